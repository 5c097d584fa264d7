"""What a scan reads before it decides: the device that asks, and the pass or the badge that it was shown."""

from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from exhibition.badges.models import BadgeState
from exhibition.badges.rules import window
from exhibition.gate.rules.admission import AdmissionSlot, Direction, Edition, PassFacts, PeopleInside
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
    sprayed_until: datetime | None
    """The end of the disinfection round that is on."""

    @property
    def edition(self) -> Edition:
        return Edition(str(self.exhibition_id), self.early_minutes, self.late_minutes)

    @property
    def hall(self) -> PeopleInside:
        return PeopleInside(self.hall_inside or 0, self.hall_capacity or 0)


class Shown(Protocol):
    """What was held to the scanner, or typed, and is known here: a pass or a badge."""

    @property
    def pass_id(self) -> int: ...

    def facts(self, *, sprayed: bool) -> PassFacts:
        """What the rule decides on; ``sprayed`` while a disinfection round is on."""
        ...

    def moved(self, direction: Direction, people: int) -> tuple[int, int]:
        """People inside and admitted once so many have moved; 0 for a refusal."""
        ...

    def told(self) -> dict[str, Any]:
        """What the answer says of it besides what it says of every pass."""
        ...


class Seen(NamedTuple):
    """Everything that a scan is decided on."""

    asked: ScanContext
    shown: Shown | None
    """None when the scan names no pass that is known here."""

    @property
    def revoked_at(self) -> datetime | None:
        """Since when the device may not scan any more."""
        return self.asked.revoked_at


class Locked(Protocol):
    """A pass or a badge that nobody else changes until the transaction ends, as offline decisions are held against."""

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

    def facts(self, *, sprayed: bool) -> PassFacts:
        return PassFacts(
            exhibition=str(self.pass_exhibition_id),
            state=self.state.value,
            generation=self.generation,
            party_size=self.party_size,
            inside=self.inside,
            admitted=self.admitted,
            slot=AdmissionSlot(self.starts_at, self.ends_at, closed=self.slot_state is SlotState.CLOSED or sprayed),
        )

    def moved(self, direction: Direction, people: int) -> tuple[int, int]:
        if direction is Direction.ENTRY:
            return self.inside + people, self.admitted + people
        return self.inside - people, self.admitted

    def told(self) -> dict[str, Any]:
        return {}


class ShownBadge(NamedTuple):
    """The badge of one of an exhibitor's staff: a pass for one that lets in again whoever is out."""

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

    def facts(self, *, sprayed: bool) -> PassFacts:
        begins, ends = window(self.starts_on, self.ends_on, self.timezone)
        return PassFacts(
            exhibition=str(self.pass_exhibition_id),
            state="valid" if self.state is BadgeState.VALID and self.booth is not None else "revoked",
            generation=self.generation,
            party_size=1,
            inside=self.inside,
            admitted=self.inside,
            slot=AdmissionSlot(begins, ends, closed=sprayed),
            reentry=True,
            moved_at=self.moved_at,
        )

    def moved(self, direction: Direction, people: int) -> tuple[int, int]:
        inside = int(direction is Direction.ENTRY) if people else self.inside
        return inside, inside  # whoever went away without a scan comes in again

    def told(self) -> dict[str, Any]:
        return {"badge": {"exhibitor": self.exhibitor, "booth": self.booth}}
