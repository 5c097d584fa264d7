"""When a link counts as broken, and when it is checked again. Plain functions of values."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from exhibition.storefront.rules.states import LinkState

FAILURES = 3
BROKEN_AFTER = timedelta(hours=24)
AGAIN = timedelta(hours=24)
AGAIN_AFTER_FAILURE = timedelta(hours=8)


class Answer(enum.Enum):
    GOOD = "good"
    UNSURE = "unsure"
    """The server refuses programs, so whether the link works for people is unknown."""
    BAD = "bad"


@dataclass(frozen=True)
class Health:
    """The state of a link after its checks so far."""

    state: LinkState
    failures: int
    failing_since: datetime | None


def answer_of(status: int | None) -> Answer:
    """The meaning of an HTTP status for a link; None stands for no answer at all."""
    if status is None:
        return Answer.BAD
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED):
        return Answer.UNSURE
    return Answer.GOOD if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES else Answer.BAD


def after(health: Health, answer: Answer, now: datetime) -> Health:
    """The state after one more check. A link is broken after three failures in a row over at least a day.

    An unclear answer ends a row of failures, but does not make a broken link good.
    """
    if answer is Answer.GOOD:
        return Health(LinkState.ALIVE, 0, None)
    if answer is Answer.UNSURE:
        return health if health.state is LinkState.BROKEN else Health(LinkState.UNKNOWN, 0, None)
    since = health.failing_since or now
    failures = health.failures + 1
    lasting = failures >= FAILURES and now - since >= BROKEN_AFTER
    broken = lasting or health.state is LinkState.BROKEN
    return Health(LinkState.BROKEN if broken else LinkState.FAILING, failures, since)


def next_try(health: Health, now: datetime) -> datetime:
    return now + (AGAIN_AFTER_FAILURE if health.state is LinkState.FAILING else AGAIN)


def is_below(host: str, dead: str) -> bool:
    """Whether a host is the dead one or a name below it; ``notshopee.com`` is not below ``shopee.com``."""
    return host == dead or host.endswith(f".{dead}")
