"""The floor plan as one value: halls, booths, zones, landmarks, background; and the changes between two plans.

Lengths are metres, x to the right and y down from the upper left corner of the hall, or of the ground that several lie
on; rotations are degrees clockwise about a piece's own centre. ``venue.plan.versions`` stores plans, ``plan_problems``
checks them.
"""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from exhibition.venue.rules import halls as hall_rules
from exhibition.venue.rules.halls import NamedHall

FORMAT = "exhibition-plan/1"
SMALLEST_HALL_M, LARGEST_HALL_M = 1.0, 1000.0
FARTHEST_M = 2000.0
"""No piece may lie farther from the corner, in any direction."""
SMALLEST_M, LARGEST_M = 0.1, 1000.0
MOST_BOOTHS, MOST_LANDMARKS, MOST_ZONES, MOST_HALLS = 2000, 500, 60, 12
MOST_POWER_VA = 100_000
LONGEST_LABEL, LONGEST_REASON = 80, 200
PICTURE = re.compile(r"[0-9a-f]{64}")
LANDMARK_KINDS = ("entrance", "exit", "door", "stage", "wall", "aisle", "hand_washing", "information")
MOVED_M = 0.005
"""A smaller move is only the rounding of a drawing."""


@dataclass(frozen=True)
class Area:
    """A rectangle parallel to the walls."""

    x: float
    y: float
    width: float
    depth: float


@dataclass(frozen=True)
class PlanZone:
    code: str
    name: str
    area: Area | None = None


@dataclass(frozen=True)
class PlanBooth:
    """A booth; ``id`` identifies it in the edition, so that its number can change."""

    code: str
    x: float
    y: float
    width: float
    depth: float
    rotation: float = 0.0
    zone: str = ""
    corner: bool = False
    power_va: int = 0
    water: bool = False
    accessible: bool = True
    blocked_reason: str = ""
    id: int | None = None


@dataclass(frozen=True)
class PlanLandmark:
    kind: str
    x: float
    y: float
    width: float
    depth: float
    rotation: float = 0.0
    label: str = ""


@dataclass(frozen=True)
class Background:
    """A picture under the plan, named by its SHA-256 and stretched over a rectangle in metres."""

    picture: str
    x: float
    y: float
    width: float
    depth: float
    opacity: float = 0.5


Put = TypeVar("Put", PlanBooth, PlanLandmark, Area, Background)


def centre(piece: PlanBooth | PlanLandmark) -> tuple[float, float]:
    """Where it is turned about; it is in the hall that this point is in."""
    return piece.x + piece.width / 2, piece.y + piece.depth / 2


@dataclass(frozen=True)
class FloorPlan:
    width: float
    depth: float
    booths: tuple[PlanBooth, ...] = ()
    landmarks: tuple[PlanLandmark, ...] = ()
    zones: tuple[PlanZone, ...] = ()
    background: Background | None = None
    halls: tuple[NamedHall, ...] = ()
    """By their codes; then ``width`` and ``depth`` are those of the ground. Without any there is one hall, unnamed."""

    @property
    def rooms(self) -> tuple[NamedHall, ...]:
        """The halls, or the only one without a code and a name."""
        return self.halls or (NamedHall("", "", 0.0, 0.0, self.width, self.depth),)

    def room_of(self, piece: PlanBooth | PlanLandmark) -> NamedHall:
        """The hall that the piece is shown in."""
        return hall_rules.hall_of(self.rooms, *centre(piece))

    def alone(self, room: NamedHall) -> "FloorPlan":
        """One of the halls as a plan of its own, with what belongs to it."""

        def put(piece: Put) -> Put:
            return replace(piece, x=piece.x - room.x, y=piece.y - room.y)

        return FloorPlan(
            room.width,
            room.depth,
            tuple(put(booth) for booth in self.booths if self.room_of(booth) == room),
            tuple(put(mark) for mark in self.landmarks if self.room_of(mark) == room),
            tuple(replace(zone, area=put(zone.area) if zone.area else None) for zone in self.zones),
            put(self.background) if self.background else None,
        )

    def document(self, *, ids: bool = False) -> dict[str, Any]:
        """The plan as its JSON document (docs/plan.md); with ``ids`` it includes the booths' ids."""
        booths = [asdict(booth) for booth in self.booths]
        if not ids:
            for booth in booths:
                del booth["id"]
        named = {"halls": [asdict(hall) for hall in self.halls]} if self.halls else {}
        return {
            "format": FORMAT,
            "hall": {"width": self.width, "depth": self.depth},
            **named,
            "zones": [asdict(zone) for zone in self.zones],
            "booths": booths,
            "landmarks": [asdict(landmark) for landmark in self.landmarks],
            "background": asdict(self.background) if self.background else None,
        }

    @property
    def extent(self) -> Area:
        """The ground together with everything beyond it, for drawing."""
        pieces = (*self.booths, *self.landmarks)
        left, top = min(0.0, 0.0, *(piece.x for piece in pieces)), min(0.0, 0.0, *(piece.y for piece in pieces))
        right = max(0.0, self.width, *(piece.x + piece.width for piece in pieces))
        below = max(0.0, self.depth, *(piece.y + piece.depth for piece in pieces))
        return Area(left, top, right - left, below - top)

    @property
    def mark(self) -> str:
        """Equal for equal plans, different for different ones."""
        text = json.dumps(self.document(ids=True), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def identified(plan: FloorPlan, present: FloorPlan) -> FloorPlan:
    """The plan with the ids of present booths: a booth's own id if known, else that of the same code, else none."""
    known = {booth.id for booth in present.booths}
    named = {booth.id for booth in plan.booths if booth.id in known}
    by_code = {booth.code: booth.id for booth in present.booths if booth.id not in named}
    booths = tuple(booth if booth.id in known else replace(booth, id=by_code.get(booth.code)) for booth in plan.booths)
    return replace(plan, booths=booths)


def doubled(codes: Iterable[str]) -> list[str]:
    """Codes that occur more than once, in order."""
    return sorted(code for code, times in Counter(codes).items() if times > 1)


@dataclass(frozen=True)
class PlanFile:
    """A plan as a file of ours holds it: ``picture`` is its background as a ``data:`` address, or empty."""

    plan: FloorPlan
    picture: str = ""


@dataclass(frozen=True)
class Affected:
    """A change of a booth that somebody has."""

    code: str
    holder: str
    how: str
    """``moved``, ``resized``, ``renumbered`` or ``removed``."""
    new_code: str = ""
    metres: float = 0.0


@dataclass(frozen=True)
class Changes:
    """The differences between two plans, by booth codes."""

    added: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])
    renumbered: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    moved: list[str] = field(default_factory=list[str])
    resized: list[str] = field(default_factory=list[str])
    other: list[str] = field(default_factory=list[str])
    """Zone, power, water and the like."""
    surroundings: bool = False
    """Halls, zones, landmarks or background."""
    affected: list[Affected] = field(default_factory=list[Affected])

    @property
    def nothing(self) -> bool:
        lists = (self.added, self.removed, self.renumbered, self.moved, self.resized, self.other)
        return not any(lists) and not self.surroundings


def _moved(before: PlanBooth, after: PlanBooth, metres: float) -> bool:
    return metres > MOVED_M or before.rotation != after.rotation


def _metres(before: PlanBooth, after: PlanBooth, shift: tuple[float, float]) -> float:
    """How far it moved; a booth that its whole hall took along by ``shift`` did not."""
    (x, y), (new_x, new_y) = centre(before), centre(after)
    along = math.hypot(new_x - x - shift[0], new_y - y - shift[1])
    return min(along, math.hypot(new_x - x, new_y - y))


def _shift(before: FloorPlan, after: FloorPlan, was: PlanBooth, now: PlanBooth) -> tuple[float, float]:
    """How far the booth's hall moved on the ground, if it is still in the same one."""
    old, new = before.room_of(was), after.room_of(now)
    return (new.x - old.x, new.y - old.y) if old.code == new.code else (0.0, 0.0)


def _facts(booth: PlanBooth) -> tuple[object, ...]:
    return booth.zone, booth.corner, booth.power_va, booth.water, booth.accessible, booth.blocked_reason


def changes(before: FloorPlan, after: FloorPlan, holders: Mapping[int, str]) -> Changes:
    """What saving ``after`` over ``before`` changes, and for whom; ``holders`` are names by booth id."""
    after = identified(after, before)
    old = {booth.id: booth for booth in before.booths if booth.id is not None}
    new = {booth.id: booth for booth in after.booths if booth.id is not None}
    found = Changes(
        added=sorted(booth.code for booth in after.booths if booth.id is None),
        removed=sorted(booth.code for number, booth in old.items() if number not in new),
        surroundings=replace(before, booths=()) != replace(after, booths=()),
    )
    for number, was in sorted(old.items(), key=lambda item: item[1].code):
        holder = holders.get(number, "")
        now = new.get(number)
        if now is None:
            if holder:
                found.affected.append(Affected(was.code, holder, "removed"))
            continue
        _compare(found, was, now, holder, _metres(was, now, _shift(before, after, was, now)))
    return found


def _compare(found: Changes, was: PlanBooth, now: PlanBooth, holder: str, metres: float) -> None:
    if now.code != was.code:
        found.renumbered.append((was.code, now.code))
        if holder:
            found.affected.append(Affected(was.code, holder, "renumbered", now.code))
    if (now.width, now.depth) != (was.width, was.depth):
        found.resized.append(was.code)
        if holder:
            found.affected.append(Affected(was.code, holder, "resized"))
    if _moved(was, now, metres):
        found.moved.append(was.code)
        if holder:
            found.affected.append(Affected(was.code, holder, "moved", metres=round(metres, 1)))
    if _facts(now) != _facts(was):
        found.other.append(was.code)
