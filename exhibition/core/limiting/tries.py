"""Counting tries: a few for a person, many for an address, so that guessing takes longer than the fair.

All processes and servers count together (``core.limiting.shared_windows``, or Redis), so a limit allows what it says.
"""

import time

from flask import current_app
from limits import parse_many
from werkzeug.exceptions import TooManyRequests

from exhibition.core.extensions import limiter


def forget_tries(rules: str, *who: str) -> None:
    """Forget earlier tries, because this person has now got it right."""
    for rule in parse_many(rules):
        limiter.limiter.clear(rule, *who)


def count_try(rules: str, *who: str, cost: int = 1) -> None:
    """Count a try as ``seconds_to_wait`` does. Raises TooManyRequests (429), with Retry-After, for one too many."""
    wait_s = seconds_to_wait(rules, *who, cost=cost)
    if wait_s is not None:
        raise TooManyRequests(retry_after=wait_s)


def seconds_to_wait(rules: str, *who: str, cost: int = 1) -> int | None:
    """Count a try against each of the rules (``5 per minute; 30 per hour``) for the person or address ``who``.

    It counts ``cost`` times. None when no rule is exceeded, else after how many seconds another try makes sense. A
    refused try counts only against the rules that stand before the one that refuses it.
    """
    if not current_app.config["RATELIMIT_ENABLED"]:
        return None
    for rule in parse_many(rules):
        if not limiter.limiter.hit(rule, *who, cost=cost):
            again_at = limiter.limiter.get_window_stats(rule, *who).reset_time
            return max(1, round(again_at - time.time()))
    return None
