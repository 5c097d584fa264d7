"""Problems of a floor plan: overlaps, pieces outside the hall, blocked doors and aisles, repeated numbers.

Exact for rotated rectangles (separating axes), fast for thousands of them (sorted by their left edges).
"""

import enum
import math
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property

from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth, PlanLandmark, doubled
from exhibition.venue.rules.halls import NamedHall

TOUCH_M = 0.01
"""Pieces that overlap by less only share an edge; the rest is the rounding of a drawing."""
DOOR_CLEARANCE_M = 1.2
"""Free space before and behind a door: for two people abreast, or a turning wheelchair."""
MOST_PROBLEMS = 300

DOORS = frozenset({"entrance", "exit", "door"})
SOLID = frozenset({"stage", "wall", "hand_washing", "information"})
"""No booth can stand on these."""
IN_THE_WAY = SOLID - {"wall"}
"""Those of them that block a door; walls do not, since doors are in walls."""

Point = tuple[float, float]


class ProblemCode(enum.StrEnum):
    NUMBER_DOUBLED = "number_doubled"
    BOOTHS_OVERLAP = "booths_overlap"
    BOOTH_ON_LANDMARK = "booth_on_landmark"
    OUTSIDE_HALL = "outside_hall"
    DOOR_BLOCKED = "door_blocked"
    AISLE_BLOCKED = "aisle_blocked"


@dataclass(frozen=True)
class PlanProblem:
    """One problem, with the booths and landmarks at fault by their index in the plan."""

    code: ProblemCode
    booths: tuple[int, ...] = ()
    landmarks: tuple[int, ...] = ()
    hall: str = ""
    """The code of the hall that a piece reaches beyond; empty where there is only one."""


class Shape:
    """A rectangle turned about its centre."""

    def __init__(self, x: float, y: float, width: float, depth: float, rotation: float) -> None:
        self.centre: Point = (x + width / 2, y + depth / 2)
        self.half = (width / 2, depth / 2)
        angle = math.radians(rotation)
        self.right: Point = (math.cos(angle), math.sin(angle))
        self.down: Point = (-self.right[1], self.right[0])

    @classmethod
    def of(cls, piece: PlanBooth | PlanLandmark) -> "Shape":
        return cls(piece.x, piece.y, piece.width, piece.depth, piece.rotation)

    def moved(self, dx: float, dy: float) -> "Shape":
        moved = copy(self)
        moved.centre = self.centre[0] + dx, self.centre[1] + dy
        moved.__dict__.pop("box", None)
        return moved

    def reach(self, axis: Point) -> float:
        """Half the length of its projection on an axis of length 1."""
        across = abs(self.right[0] * axis[0] + self.right[1] * axis[1])
        along = abs(self.down[0] * axis[0] + self.down[1] * axis[1])
        return self.half[0] * across + self.half[1] * along

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        (x, y), wide, high = self.centre, self.reach((1.0, 0.0)), self.reach((0.0, 1.0))
        return x - wide, y - high, x + wide, y + high

    def overlaps(self, other: "Shape") -> bool:
        """Whether the two overlap by more than ``TOUCH_M``."""
        apart = (other.centre[0] - self.centre[0], other.centre[1] - self.centre[1])
        for axis in (self.right, self.down, other.right, other.down):
            distance = abs(apart[0] * axis[0] + apart[1] * axis[1])
            if distance > self.reach(axis) + other.reach(axis) - TOUCH_M:
                return False
        return True


def before_door(door: PlanLandmark) -> Shape:
    """The door with the free space on both sides of it; people walk across its longer side."""
    along = door.width >= door.depth
    sideways, ahead = (0.0, DOOR_CLEARANCE_M) if along else (DOOR_CLEARANCE_M, 0.0)
    return Shape(door.x - sideways, door.y - ahead, door.width + 2 * sideways, door.depth + 2 * ahead, door.rotation)


def _meetings(shapes: Sequence[Shape]) -> Iterator[tuple[int, int]]:
    """The pairs that overlap; only pairs whose bounding boxes meet are measured exactly."""
    order = sorted(range(len(shapes)), key=lambda number: shapes[number].box[0])
    open_: list[int] = []
    for number in order:
        left, top, _right, bottom = shapes[number].box
        open_ = [other for other in open_ if shapes[other].box[2] > left]
        for other in open_:
            box = shapes[other].box
            if box[1] < bottom and box[3] > top and shapes[number].overlaps(shapes[other]):
                yield min(number, other), max(number, other)
        open_.append(number)


def _outside(hall: NamedHall, shape: Shape) -> bool:
    left, top, right, bottom = shape.box
    return (
        left < hall.x - TOUCH_M
        or top < hall.y - TOUCH_M
        or right > hall.right + TOUCH_M
        or bottom > hall.bottom + TOUCH_M
    )


def _strayed(
    plan: FloorPlan, pieces: Sequence[PlanBooth | PlanLandmark], shapes: Sequence[Shape]
) -> Iterator[tuple[int, str]]:
    """The pieces that reach beyond the hall they belong to, with its code."""
    for number, (piece, shape) in enumerate(zip(pieces, shapes, strict=True)):
        hall = plan.room_of(piece)
        if _outside(hall, shape):
            yield number, hall.code


def problems(plan: FloorPlan) -> list[PlanProblem]:
    """The problems, the gravest first; at most ``MOST_PROBLEMS``."""
    return all_problems(plan)[:MOST_PROBLEMS]


def all_problems(plan: FloorPlan) -> list[PlanProblem]:
    """All problems, the gravest first."""
    booths = [Shape.of(booth) for booth in plan.booths]
    landmarks = [Shape.of(landmark) for landmark in plan.landmarks]
    found = _doubled(plan)
    found += [PlanProblem(ProblemCode.OUTSIDE_HALL, (n,), hall=hall) for n, hall in _strayed(plan, plan.booths, booths)]
    found += [
        PlanProblem(ProblemCode.OUTSIDE_HALL, (), (n,), hall=hall)
        for n, hall in _strayed(plan, plan.landmarks, landmarks)
    ]
    found += [PlanProblem(ProblemCode.BOOTHS_OVERLAP, pair) for pair in sorted(_meetings(booths))]
    for number, landmark in enumerate(plan.landmarks):
        found += _about(plan, number, landmark, booths, landmarks)
    return found


def _doubled(plan: FloorPlan) -> list[PlanProblem]:
    codes = doubled(booth.code for booth in plan.booths)
    return [
        PlanProblem(ProblemCode.NUMBER_DOUBLED, tuple(n for n, booth in enumerate(plan.booths) if booth.code == code))
        for code in codes
    ]


def _about(
    plan: FloorPlan, number: int, landmark: PlanLandmark, booths: Sequence[Shape], landmarks: Sequence[Shape]
) -> list[PlanProblem]:
    """Problems of booths and other landmarks on this landmark or in front of it."""
    own = landmarks[number]
    if landmark.kind in DOORS:
        code, shape, blocking = ProblemCode.DOOR_BLOCKED, before_door(landmark), IN_THE_WAY
    elif landmark.kind == "aisle":
        code, shape, blocking = ProblemCode.AISLE_BLOCKED, own, SOLID
    elif landmark.kind in SOLID:
        code, shape, blocking = ProblemCode.BOOTH_ON_LANDMARK, own, frozenset[str]()
    else:
        return []
    found = [PlanProblem(code, (n,), (number,)) for n, booth in enumerate(booths) if shape.overlaps(booth)]
    found += [
        PlanProblem(code, (), (number, n))
        for n, other in enumerate(plan.landmarks)
        if other.kind in blocking and shape.overlaps(landmarks[n])
    ]
    return found
