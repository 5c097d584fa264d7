"""What a pass says to its holder at a moment: the first line of the pass page, as a pure function.

The page's JavaScript follows it line by line (``static/js/visitors/pass_advice.js``), so that the line stays true
without a network; both run ``tests/vectors/pass_advice.json``.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal


class Advice(enum.StrEnum):
    """What to do now; the sentences are in ``visitors/web/advice_texts.py``."""

    CANCELLED = "cancelled"
    REVOKED = "revoked"
    CALLED_OFF = "called_off"
    POSTPONED = "postponed"
    FAIR_OVER = "fair_over"
    INSIDE = "inside"
    """Everybody of the party was let in, and somebody is still inside."""
    LEFT = "left"
    """Everybody was let in and has left, and may not come back."""
    OVER = "over"
    """The session is over."""
    CLOSED = "closed"
    """Nobody is let in during the session: choose another one."""
    COME = "come"
    MOVED = "moved"
    """As COME, but the session or its time is another one than at first."""
    SPRAYED = "sprayed"
    """The hall is disinfected: wait."""
    GO_IN = "go_in"
    REST_GO_IN = "rest_go_in"
    """Some of the party were let in; the others can go in."""
    GO_BACK = "go_back"
    """Everybody was let in and has left; they can come in again."""


@dataclass(frozen=True)
class Round:
    """A time in which the hall is disinfected and nobody is let in."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class AdvisedPass:
    """A pass with its session, the edition's minutes of grace, and the rounds around that session, in order.

    ``fair`` is what the edition is to visitors; ``closed``: the organizers have closed the session; ``moved``: it is
    not the session, or not the time, that the pass was issued for.
    """

    state: Literal["valid", "cancelled", "revoked"]
    fair: Literal["on", "called_off", "postponed", "over"]
    starts_at: datetime
    ends_at: datetime
    closed: bool
    moved: bool
    party_size: int
    admitted: int
    inside: int
    early_minutes: int
    late_minutes: int
    rounds: Sequence[Round]
    reentry: Literal["never", "after_round", "within_session"] = "never"
    """Whether who has left may come in again (``venue.rules.edition.Reentry``)."""
    left_at: datetime | None = None
    """When somebody of the party went out last."""


@dataclass(frozen=True)
class Advised:
    """What to do, and the moment that the sentence names, if it names one.

    COME and MOVED name the beginning of the session, SPRAYED the end of the round, GO_IN, REST_GO_IN and GO_BACK the
    moment from which on nobody is let in.
    """

    advice: Advice
    at: datetime | None = None


def advise(facts: AdvisedPass, now: datetime) -> Advised:  # noqa: C901, PLR0911 one return for each line, in their order
    """The first line that is true gives the advice. Gates let the party in exactly while it is to go in, as long as
    there is room (``gate/rules/admission.py``).
    """
    if facts.state != "valid":
        return Advised(Advice.CANCELLED if facts.state == "cancelled" else Advice.REVOKED)
    if facts.fair == "called_off":
        return Advised(Advice.CALLED_OFF)
    were_all_in = facts.admitted >= facts.party_size
    if were_all_in and facts.inside > 0:
        return Advised(Advice.INSIDE)
    if were_all_in and not _may_return(facts, now):
        return Advised(Advice.LEFT)
    if facts.fair == "postponed":
        return Advised(Advice.POSTPONED)
    if facts.fair == "over":
        return Advised(Advice.FAIR_OVER)
    opens_at = facts.starts_at - timedelta(minutes=facts.early_minutes)
    shuts_at = facts.ends_at + timedelta(minutes=facts.late_minutes)
    if now >= shuts_at:
        return Advised(Advice.OVER)
    if facts.closed or any(_leaves_nothing(one, max(now, opens_at), shuts_at) for one in facts.rounds):
        return Advised(Advice.CLOSED)
    if now < opens_at:
        return Advised(Advice.MOVED if facts.moved else Advice.COME, facts.starts_at)
    sprayed = next((one for one in facts.rounds if one.starts_at <= now < one.ends_at), None)
    if sprayed is not None:
        return Advised(Advice.SPRAYED, sprayed.ends_at)
    until = min([shuts_at, *(one.starts_at for one in facts.rounds if one.starts_at > now)])
    if were_all_in:
        return Advised(Advice.GO_BACK, until)
    return Advised(Advice.REST_GO_IN if facts.admitted > 0 else Advice.GO_IN, until)


def _may_return(facts: AdvisedPass, now: datetime) -> bool:
    """Whether who has left is let in again now, or once the hall is not sprayed any more (``may_return`` of gates)."""
    is_on = facts.fair == "on" and not facts.closed
    if not is_on or now >= facts.ends_at + timedelta(minutes=facts.late_minutes) or facts.reentry == "never":
        return False
    if facts.reentry == "within_session":
        return True
    left_at = facts.left_at
    return left_at is not None and any(one.starts_at <= now and left_at < one.ends_at for one in facts.rounds)


def _leaves_nothing(one: Round, since: datetime, shuts_at: datetime) -> bool:
    return one.starts_at <= since and one.ends_at >= shuts_at
