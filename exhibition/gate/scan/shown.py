"""The rows a scan reads before it decides: the calling device, and the pass or badge that it was shown."""

from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from exhibition.badges.models import BadgeState
from exhibition.badges.rules import window
from exhibition.gate.rules.admission import AdmissionSlot, Direction, Edition, PassFacts, PeopleInside
from exhibition.venue.rules.edition import Reentry
from exhibition.visitors.models import PassState, SlotState


class ScanContext(NamedTuple):
    """The device with its gate, edition and hall, and the answer that the same nonce got before."""

    device_id: int
    revoked_at: datetime | None
    gate_id: int
    exhibition_id: int
    early_minutes: int
    late_minutes: int
    mask_required: bool
    screening_asked: bool
    hall_inside: int | None
    hall_capacity: int | None
    scan_id: int | None
    answer: dict[str, Any] | None
    disinfected_until: datetime | None
    """The end of the disinfection round that is on."""
    reentry: Reentry
    round_over_at: datetime | None
    """The end of the last disinfection round that is over."""

    @property
    def edition(self) -> Edition:
        return Edition(str(self.exhibition_id), self.early_minutes, self.late_minutes, self.reentry, self.round_over_at)

    @property
    def hall(self) -> PeopleInside:
        return PeopleInside(self.hall_inside or 0, self.hall_capacity or 0)


class Shown(Protocol):
    """A pass or a badge that was held to the scanner or typed, and is known here."""

    @property
    def pass_id(self) -> int: ...

    def facts(self, *, disinfecting: bool) -> PassFacts:
        """Its state for the rule; ``disinfecting`` while a disinfection round is on."""
        ...

    def moved(self, direction: Direction, people: int, returned: int) -> tuple[int, int]:
        """People inside and admitted once ``people`` have moved, of whom ``returned`` had been in before; 0 for a
        refusal.
        """
        ...

    def told(self) -> dict[str, Any]:
        """Members that the answer has only for this kind of pass."""
        ...


class Seen(NamedTuple):
    """Everything a decision is based on."""

    asked: ScanContext
    shown: Shown | None
    """None when the scan names no pass that is known here."""

    @property
    def revoked_at(self) -> datetime | None:
        """Since when the device may no longer scan; None while it may."""
        return self.asked.revoked_at


class Locked(Protocol):
    """A pass or a badge, locked until the transaction ends, to compare offline decisions with."""

    @property
    def id(self) -> int: ...

    @property
    def code(self) -> str: ...

    @property
    def exhibition_id(self) -> int: ...

    @property
    def state(self) -> PassState | BadgeState: ...

    @property
    def generation(self) -> int: ...

    @property
    def party_size(self) -> int: ...

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...

    @property
    def slot_state(self) -> SlotState: ...


class ShownPass(NamedTuple):
    """A visitor's pass with its time slot."""

    pass_id: int
    pass_exhibition_id: int
    state: PassState
    generation: int
    party_size: int
    inside: int
    admitted: int
    starts_at: datetime
    ends_at: datetime
    slot_state: SlotState
    left_at: datetime | None

    def facts(self, *, disinfecting: bool) -> PassFacts:
        return PassFacts(
            exhibition=str(self.pass_exhibition_id),
            state=self.state.value,
            generation=self.generation,
            party_size=self.party_size,
            inside=self.inside,
            admitted=self.admitted,
            slot=AdmissionSlot(
                self.starts_at, self.ends_at, closed=self.slot_state is SlotState.CLOSED or disinfecting
            ),
            left_at=self.left_at,
        )

    def moved(self, direction: Direction, people: int, returned: int) -> tuple[int, int]:
        if direction is Direction.ENTRY:
            return self.inside + people, self.admitted + people - returned
        return self.inside - people, self.admitted

    def told(self) -> dict[str, Any]:
        return {}


class ShownBadge(NamedTuple):
    """The badge of one of an exhibitor's staff: a pass for one person who may come in again whenever they are out."""

    pass_id: int
    pass_exhibition_id: int
    state: BadgeState
    generation: int
    inside: int
    moved_at: datetime | None
    starts_on: date
    ends_on: date
    timezone: str
    exhibitor: str
    booth: str | None
    """None while the exhibitor's booth is not confirmed; then the badge is as good as revoked."""

    def facts(self, *, disinfecting: bool) -> PassFacts:
        begins, ends = window(self.starts_on, self.ends_on, self.timezone)
        return PassFacts(
            exhibition=str(self.pass_exhibition_id),
            state="valid" if self.state is BadgeState.VALID and self.booth is not None else "revoked",
            generation=self.generation,
            party_size=1,
            inside=self.inside,
            admitted=self.inside,
            slot=AdmissionSlot(begins, ends, closed=disinfecting),
            reentry=True,
            moved_at=self.moved_at,
        )

    def moved(self, direction: Direction, people: int, returned: int) -> tuple[int, int]:
        inside = int(direction is Direction.ENTRY) if people else self.inside
        return inside, inside  # somebody who left without a scan may come in again

    def told(self) -> dict[str, Any]:
        return {"badge": {"exhibitor": self.exhibitor, "booth": self.booth}}
