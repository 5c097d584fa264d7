"""Admission: one pure function from a shown pass to a verdict (DESIGN §6, docs/api.md).

The scanner's JavaScript follows this function line by line; both run ``tests/vectors/admission.json``.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from exhibition.badges.rules import AWAY_AFTER
from exhibition.venue.rules.edition import Overridable, Reentry

REPEAT_WINDOW = timedelta(seconds=10)
"""A second scan by the same device within this time is a slip of the hand, not a second use of the pass."""

PHONE_DIGITS = 4
FEWEST_LETTERS = 3


class Direction(enum.StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


class Verdict(enum.StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ScanCode(enum.StrEnum):
    """Stable reasons of an answer; the sentences for stewards are in ``gate/web/sentences.py``."""

    ACCEPTED = "accepted"
    ALREADY_USED = "already_used"
    REPEAT_SCAN = "repeat_scan"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    SLOT_CLOSED = "slot_closed"
    WRONG_EXHIBITION = "wrong_exhibition"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    BAD_SIGNATURE = "bad_signature"
    VENUE_FULL = "venue_full"
    NOT_INSIDE = "not_inside"
    PARTY_EXCEEDED = "party_exceeded"
    PROTOCOL_REFUSED = "protocol_refused"


class ConflictKind(enum.StrEnum):
    """Why an offline decision is shown to the organizer, the most serious first."""

    UNKNOWN_PASS = "unknown_pass"
    """People were let in on a text that names no pass of this fair."""
    DOUBLE_ENTRY = "double_entry"
    """With this entry more people were let in on the pass than its party has."""
    DIFFERS = "differs"
    """The server had answered differently, or would have refused from its own knowledge."""
    DURING_ROUND = "during_round"
    """People were let in while the hall was disinfected; the device did not know of the round."""
    OVER_CAP = "over_cap"
    """More people inside than the cap."""
    CLOCK_DRIFT = "clock_drift"
    """The device's clock is off by more than two minutes."""


class Presented(enum.StrEnum):
    """What kind of text was held to the scanner or typed."""

    TOKEN = "token"
    """A token with a valid signature."""
    CODE = "code"
    """A short code that was typed."""
    DAMAGED = "damaged"
    """Looks like a token, but is damaged, signed with an unknown key, or wrongly signed."""
    OTHER = "other"
    """Any other text."""


@dataclass(frozen=True)
class Checked:
    """The steward's checks of a party at the door, each yes or no; None: not stated."""

    mask_worn: bool | None = None
    screening_passed: bool | None = None

    @property
    def failed(self) -> bool:
        return self.mask_worn is False or self.screening_passed is False

    def to_keep(self, direction: Direction, *, mask_asked: bool, screening_asked: bool) -> dict[str, bool | None]:
        """The checks to store with a scan: only for entries, and only those that the edition asks for."""
        entry = direction is Direction.ENTRY
        return {
            "mask_worn": self.mask_worn if entry and mask_asked else None,
            "screening_passed": self.screening_passed if entry and screening_asked else None,
        }


NOT_CHECKED = Checked()


@dataclass(frozen=True)
class Attempt:
    """One attempt at a gate. ``people`` None: everybody who can still move on the pass. ``generation`` None: a typed
    code.
    """

    presented: Presented
    direction: Direction
    device: str
    now: datetime
    generation: int | None = None
    people: int | None = None
    screening_failed: bool = False


@dataclass(frozen=True)
class Edition:
    """The fair the gate belongs to, with the minutes of grace before and after a slot, and who may come back."""

    exhibition: str
    early_minutes: int
    late_minutes: int
    reentry: Reentry = Reentry.WITHIN_SESSION
    round_over_at: datetime | None = None
    """When the last disinfection round ended that is over."""


@dataclass(frozen=True)
class PeopleInside:
    """People inside and how many may be: of the whole hall, or offline of the device's allotment."""

    inside: int
    capacity: int


@dataclass(frozen=True)
class AdmissionSlot:
    starts_at: datetime
    ends_at: datetime
    closed: bool


@dataclass(frozen=True)
class PassFacts:
    """The state of the pass; ``admitted`` counts people ever let in, each once, ``inside`` those in now."""

    exhibition: str
    state: Literal["valid", "cancelled", "revoked"]
    generation: int
    party_size: int
    inside: int
    admitted: int
    slot: AdmissionSlot
    reentry: bool = False
    """Whether it is a badge: its holder may come in again whenever they are out."""
    moved_at: datetime | None = None
    """The last entry or exit on a badge."""
    left_at: datetime | None = None
    """When somebody of the party went out last."""


@dataclass(frozen=True)
class Earlier:
    """The last accepted entry on the pass."""

    device: str
    at: datetime


@dataclass(frozen=True)
class Decision:
    """The answer; ``people`` is how many move, 0 for a refusal."""

    verdict: Verdict
    code: ScanCode
    people: int


def admit(  # noqa: PLR0911 one return for each check, in their order
    attempt: Attempt, edition: Edition, hall: PeopleInside, pass_: PassFacts | None, earlier: Earlier | None
) -> Decision:
    """Decide one attempt; the first check that fails gives the code.

    People inside may always leave, whatever has happened to the pass: otherwise the count would stay too high. Never
    are more inside on a pass than its party. Who has left enters again where ``may_return`` says so; a badge with
    ``reentry`` enters whenever its holder is out. Bounds: from ``early_minutes`` before the slot on, until just before
    ``late_minutes`` after its end.
    """
    if attempt.presented is Presented.DAMAGED:
        return refused(ScanCode.BAD_SIGNATURE)
    if attempt.presented is Presented.OTHER or pass_ is None:
        return refused(ScanCode.UNKNOWN)
    if pass_.exhibition != edition.exhibition:
        return refused(ScanCode.WRONG_EXHIBITION)
    if attempt.direction is Direction.EXIT and pass_.inside > 0:
        return _leave(attempt, pass_)
    if attempt.generation is not None and attempt.generation < pass_.generation:
        return refused(ScanCode.SUPERSEDED)
    if pass_.state == "cancelled":
        return refused(ScanCode.CANCELLED)
    if pass_.state == "revoked":
        return refused(ScanCode.REVOKED)
    if attempt.direction is Direction.EXIT:
        return refused(ScanCode.NOT_INSIDE)
    if attempt.screening_failed:
        return refused(ScanCode.PROTOCOL_REFUSED)
    return _enter(attempt, edition, hall, pass_, earlier)


def _leave(attempt: Attempt, pass_: PassFacts) -> Decision:
    people = pass_.inside if attempt.people is None else attempt.people
    return refused(ScanCode.PARTY_EXCEEDED) if people > pass_.inside else accepted(people)


def _enter(  # noqa: PLR0911 as above
    attempt: Attempt, edition: Edition, hall: PeopleInside, pass_: PassFacts, earlier: Earlier | None
) -> Decision:
    left = pass_.party_size - _used(attempt, edition, pass_)
    if left <= 0:
        return refused(ScanCode.REPEAT_SCAN if _is_repeat(attempt, earlier) else ScanCode.ALREADY_USED)
    if pass_.slot.closed:
        return refused(ScanCode.SLOT_CLOSED)
    if attempt.now < pass_.slot.starts_at - timedelta(minutes=edition.early_minutes):
        return refused(ScanCode.TOO_EARLY)
    if attempt.now >= pass_.slot.ends_at + timedelta(minutes=edition.late_minutes):
        return refused(ScanCode.TOO_LATE)
    people = left if attempt.people is None else attempt.people
    if people > left:
        return refused(ScanCode.PARTY_EXCEEDED)
    if hall.inside + people > hall.capacity:
        return refused(ScanCode.VENUE_FULL)
    return accepted(people)


def _used(attempt: Attempt, edition: Edition, pass_: PassFacts) -> int:
    """How many of the party cannot enter: those inside, and those who have left for good."""
    if pass_.reentry:
        return _present(attempt, pass_)
    return pass_.inside if may_return(edition, pass_) else max(pass_.admitted, pass_.inside)


def may_return(edition: Edition, pass_: PassFacts) -> bool:
    """Whether those of the party who have left may come in again, as long as their slot lasts.

    After a round: once it is over. While it is on, too, so that they are told to wait for its end.
    """
    if edition.reentry is not Reentry.AFTER_ROUND or pass_.left_at is None:
        return edition.reentry is Reentry.WITHIN_SESSION
    over_since = edition.round_over_at is not None and pass_.left_at < edition.round_over_at
    return over_since or pass_.slot.closed


def coming_back(edition: Edition, pass_: PassFacts, people: int) -> int:
    """How many of ``people`` who enter have been in before: first of all those who have left come back.

    They are no further visitors, so ``admitted`` grows by the others alone.
    """
    return min(people, max(0, pass_.admitted - pass_.inside)) if may_return(edition, pass_) else 0


def _present(attempt: Attempt, badge: PassFacts) -> int:
    away = badge.moved_at is not None and attempt.now - badge.moved_at >= AWAY_AFTER
    return 0 if away else badge.inside


def _is_repeat(attempt: Attempt, earlier: Earlier | None) -> bool:
    return earlier is not None and earlier.device == attempt.device and attempt.now - earlier.at < REPEAT_WINDOW


@dataclass(frozen=True)
class Overruled:
    """A decision after a supervisor's override, and the refusals that were set aside, in the order of the checks."""

    decision: Decision
    codes: tuple[ScanCode, ...]


def overrule(
    attempt: Attempt,
    edition: Edition,
    hall: PeopleInside,
    pass_: PassFacts | None,
    earlier: Earlier | None,
    allowed: frozenset[str],
) -> Overruled:
    """Decide an entry, setting aside every check in ``allowed``; the other checks may still refuse.

    Only what is ``Overridable`` can be set aside: a forged or unknown pass, and a party that is already in, are refused
    whatever ``allowed`` says. Who has left comes back as ``letting_return`` says.
    """
    set_aside: list[ScanCode] = []
    while True:
        decision = admit(attempt, edition, hall, pass_, earlier)
        reason = next((one for one in Overridable if one == decision.code and one in allowed), None)
        if reason is None or attempt.direction is not Direction.ENTRY or pass_ is None:
            return Overruled(decision, tuple(set_aside))
        if reason is Overridable.ALREADY_USED and (pass_.reentry or pass_.inside >= pass_.party_size):
            return Overruled(decision, tuple(set_aside))
        match reason:
            case Overridable.TOO_EARLY | Overridable.TOO_LATE:
                attempt = replace(attempt, now=pass_.slot.starts_at)
            case Overridable.SLOT_CLOSED:
                pass_ = replace(pass_, slot=replace(pass_.slot, closed=False))
            case Overridable.VENUE_FULL:
                hall = replace(hall, capacity=hall.inside + pass_.party_size)
            case Overridable.PROTOCOL_REFUSED:
                attempt = replace(attempt, screening_failed=False)
            case Overridable.ALREADY_USED:
                edition = letting_return(edition, (ScanCode.ALREADY_USED,))
        set_aside.append(decision.code)


def letting_return(edition: Edition, set_aside: Sequence[ScanCode]) -> Edition:
    """The edition as a supervisor's word makes it for one party: with ``already_used`` set aside, who has left returns
    as in an edition where they may.
    """
    return replace(edition, reentry=Reentry.WITHIN_SESSION) if ScanCode.ALREADY_USED in set_aside else edition


def cap_at(own: int, dated: Sequence[tuple[datetime, int]], moment: datetime) -> int:
    """The cap in force: that of the latest change that has begun (``dated`` is in order of time); before the first,
    ``own``.
    """
    begun = [capacity for starts_at, capacity in dated if starts_at <= moment]
    return begun[-1] if begun else own


def accepted(people: int) -> Decision:
    return Decision(Verdict.ACCEPTED, ScanCode.ACCEPTED, people)


def refused(code: ScanCode) -> Decision:
    return Decision(Verdict.REFUSED, code, 0)


class SearchKind(enum.StrEnum):
    """What a steward searches by for the pass on a lost phone."""

    PHONE = "phone"
    NAME = "name"
    CODE = "code"
    """A short code with a slip in it."""


def search_kind(words: str) -> SearchKind | None:
    """The kind of search: exactly four digits, or at least three letters; None: too little to search for."""
    compact = "".join(words.split())
    if compact.isascii() and compact.isdigit():
        return SearchKind.PHONE if len(compact) == PHONE_DIGITS else None
    letters = sum(sign.isalpha() for sign in compact)
    return SearchKind.NAME if letters >= FEWEST_LETTERS and compact.isprintable() else None


def shortened(name: str) -> str:
    """The first name and the initials of the others: enough to ask "are you …?"."""
    if not name.split():
        return ""
    first, *others = name.split()
    return " ".join([first, *(f"{other[0]}." for other in others)])
