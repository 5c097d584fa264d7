"""A booth of the plan as it is seen: its state, who has it, and on which days."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from exhibition.allocation.rules import SHOWN, AllocationState, BoothState, Snapshot, booth_state, mark
from exhibition.venue.rules.halls import NamedHall, in_words
from exhibition.venue.rules.labels import CODE_LINE_M, label_lines


@dataclass(frozen=True)
class Claim:
    """A live allocation with its exhibitor."""

    allocation_id: int
    booth_id: int
    exhibitor_id: int
    exhibitor: str
    slug: str
    state: AllocationState
    expires_at: datetime | None
    changed_by: str
    changed_at: datetime
    days: tuple[date, ...] = ()
    """The days on which the exhibitor has the booth; none are named when it is theirs on all days of the fair."""
    shares: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether the booth is confirmed."""
        return self.state is AllocationState.CONFIRMED

    @property
    def mark(self) -> str:
        """The claim's current state, for forms to send back."""
        return mark(self.allocation_id, self.snapshot)

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(self.booth_id, self.state, self.expires_at, self.shares)


@dataclass(frozen=True)
class BoothPart:
    """What one exhibitor has of a booth that several have, together or by days, or its days that nobody has."""

    state: BoothState
    claim: Claim | None
    days: tuple[date, ...]
    top: float
    """Metres from the booth's upper edge, and how much of its depth is drawn as this part."""
    depth: float
    lines: list[str]
    """The exhibitor's name in lines that fit."""


@dataclass(frozen=True)
class PlannedBooth:
    """A booth of the plan with its state and whoever has it. Lengths are metres."""

    id: int
    code: str
    zone: str
    x: float
    y: float
    width: float
    depth: float
    rotation: float
    opened: bool
    """Whether the published layout opens it; if not, and nobody has it, ``state`` is closed."""
    blocked_reason: str
    state: BoothState
    """That of the first claim."""
    claims: tuple[Claim, ...] = ()
    """Who has it, by their first day; several when they share it or it changes hands during the fair."""
    free_days: tuple[date, ...] = ()
    """The days left by claims that name theirs; empty when nobody has the booth, or somebody on all days."""
    hall: NamedHall | None = None
    """The hall it stands in, where there are several."""

    @property
    def place(self) -> str:
        """The booth in words: its number, and its hall where there are several."""
        return in_words(self.code, self.hall)

    @property
    def claim(self) -> Claim | None:
        """The first who has it."""
        return self.claims[0] if self.claims else None

    @property
    def days(self) -> tuple[date, ...]:
        """The days of the first who has it, as for a claim."""
        return self.claims[0].days if self.claims else ()

    @property
    def parts(self) -> list[BoothPart]:
        """Who has it on which days, and its free days; empty when nobody or one exhibitor has it on all days."""
        if not self.claims[1:] and not self.days:
            return []
        owners: list[tuple[BoothState, Claim | None, tuple[date, ...]]]
        owners = [(SHOWN[claim.state], claim, claim.days) for claim in self.claims]
        if self.free_days:
            owners.append((booth_state(None, opened=self.opened), None, self.free_days))
        depth = (self.depth - CODE_LINE_M) / len(owners)
        return [
            BoothPart(
                state,
                claim,
                days,
                CODE_LINE_M + place * depth,
                depth,
                label_lines(claim.exhibitor if claim else "", self.width, depth + CODE_LINE_M),
            )
            for place, (state, claim, days) in enumerate(owners)
        ]

    def of(self, exhibitor_id: int) -> "PlannedBooth | None":
        """The booth as it is for one exhibitor; None when they do not have it."""
        own = tuple(claim for claim in self.claims if claim.exhibitor_id == exhibitor_id)
        return replace(self, claims=own, state=SHOWN[own[0].state], free_days=()) if own else None

    @property
    def exhibitor(self) -> str:
        """The exhibitors' names, empty when nobody has the booth."""
        return ", ".join(claim.exhibitor for claim in self.claims)

    @property
    def slug(self) -> str:
        return self.claim.slug if self.claim else ""

    @property
    def expires_at(self) -> datetime | None:
        return self.claim.expires_at if self.claim else None

    @property
    def lines(self) -> list[str]:
        """The exhibitor's name in lines, as the plan shows it in the booth."""
        return label_lines(self.exhibitor, self.width, self.depth)
