"""The problems of a plan gathered by kind, and one act for each kind that repairs as many as it can.

A repair returns another plan; booths keep their ids. Lengths are metres.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from exhibition.venue.plan.reading.plan_problems import (
    DOORS,
    SOLID,
    TOUCH_M,
    PlanProblem,
    Point,
    ProblemCode,
    Shape,
    all_problems,
    before_door,
)
from exhibition.venue.plan.reading.plan_values import (
    LARGEST_HALL_M,
    Area,
    Background,
    FloorPlan,
    PlanBooth,
    PlanLandmark,
)
from exhibition.venue.rules import halls as hall_rules
from exhibition.venue.rules.booth_numbers import LONGEST_CODE
from exhibition.venue.rules.halls import NamedHall

HALL_STEP_M = 0.5
"""A hall grows by whole steps of this."""
RINGS = ((0.1, 1.0), (0.5, 5.0), (1.0, math.inf))
"""How finely places are tried, and up to how far away."""
CELL_M = 4.0
MOST_TRIES = 100_000
"""Once so many places have been tried, the rest waits for the next act."""
UPRIGHT = 1e-9
SQUARE = math.sqrt(2)
"""The corners of a square ring are so much farther away than its sides."""
CLOSE_M = TOUCH_M / 2
"""A place is free when nothing is in it by more; stricter than the judge, so that rounding makes no problem."""

Shifted = TypeVar("Shifted", PlanBooth, PlanLandmark, Area, Background)


@dataclass(frozen=True)
class ProblemGroup:
    """All problems of one kind, those beyond a hall by hall: booths and landmarks at fault, by index, each once."""

    code: ProblemCode
    booths: tuple[int, ...]
    landmarks: tuple[int, ...]
    hall: str = ""

    @property
    def count(self) -> int:
        return len(self.booths) + len(self.landmarks)


@dataclass(frozen=True)
class Repair:
    """The repaired plan, the booths that were changed, and those for which there is no room, by their index."""

    plan: FloorPlan
    changed: tuple[int, ...] = ()
    left: tuple[int, ...] = ()


def gathered(found: Iterable[PlanProblem]) -> list[ProblemGroup]:
    """The problems by kind, in the order in which the kinds come; a door or an aisle itself is not at fault."""
    booths: dict[tuple[ProblemCode, str], dict[int, None]] = {}
    landmarks: dict[tuple[ProblemCode, str], dict[int, None]] = {}
    for one in found:
        at_fault = one.landmarks if one.code is ProblemCode.OUTSIDE_HALL else one.landmarks[1:]
        booths.setdefault((one.code, one.hall), {}).update(dict.fromkeys(one.booths))
        landmarks.setdefault((one.code, one.hall), {}).update(dict.fromkeys(at_fault))
    return [ProblemGroup(code, tuple(booths[code, hall]), tuple(landmarks[code, hall]), hall) for code, hall in booths]


def roomy_hall(plan: FloorPlan, code: str = "") -> NamedHall | None:
    """The hall with room for every piece of its own, larger by whole steps; None where that is too large, or where
    another hall or the edge of the ground is in the way. A hall without a name may begin left of the ground or above.
    """
    hall = next((room for room in plan.rooms if room.code == code), None)
    if hall is None:
        return None
    boxes = [Shape.of(piece).box for piece in (*plan.booths, *plan.landmarks) if plan.room_of(piece) == hall]
    left = _steps(hall.x - min((box[0] for box in boxes), default=hall.x))
    top = _steps(hall.y - min((box[1] for box in boxes), default=hall.y))
    right = max(hall.width, _steps(max((box[2] for box in boxes), default=0.0) - hall.x))
    bottom = max(hall.depth, _steps(max((box[3] for box in boxes), default=0.0) - hall.y))
    larger = replace(hall, x=hall.x - left, y=hall.y - top, width=right + left, depth=bottom + top)
    if max(larger.width, larger.depth) > LARGEST_HALL_M:
        return None
    blocked = plan.halls and (min(larger.x, larger.y) < 0 or hall_rules.fault(_exchanged(plan, larger)))
    return None if blocked else larger


def _exchanged(plan: FloorPlan, hall: NamedHall) -> tuple[NamedHall, ...]:
    return tuple(hall if one.code == hall.code else one for one in plan.halls)


def _steps(length: float) -> float:
    """The length as whole steps, not less than it by more than a touch; zero for a negative one."""
    return max(0.0, math.ceil((length - TOUCH_M) / HALL_STEP_M) * HALL_STEP_M)


def can_repair(plan: FloorPlan, group: ProblemGroup) -> bool:
    """Whether there is an act for this kind: landmarks in the way are moved by hand."""
    if group.code is ProblemCode.OUTSIDE_HALL:
        return roomy_hall(plan, group.hall) is not None
    return bool(group.booths)


def repaired(plan: FloorPlan, code: ProblemCode, held: Collection[int], hall: str = "") -> Repair:
    """The plan with the problems of this kind repaired; of two booths in conflict the one in ``held`` stays.

    ``hall`` says which one is made larger, where there are several.
    """
    if code is ProblemCode.OUTSIDE_HALL:
        return _enlarged(plan, hall)
    found = [one for one in all_problems(plan) if one.code is code and one.booths]
    if code is ProblemCode.NUMBER_DOUBLED:
        return _told_apart(plan, found, held)
    return _moved(plan, _in_the_way(found, held))


def _enlarged(plan: FloorPlan, code: str) -> Repair:
    hall = roomy_hall(plan, code)
    if hall is None:
        return Repair(plan)
    if plan.halls:
        halls = _exchanged(plan, hall)
        width, depth = hall_rules.ground(halls)
        return Repair(replace(plan, halls=halls, width=width, depth=depth))

    def shifted(piece: Shifted) -> Shifted:
        return replace(piece, x=round(piece.x - hall.x, 3), y=round(piece.y - hall.y, 3))

    larger = FloorPlan(
        hall.width,
        hall.depth,
        tuple(shifted(booth) for booth in plan.booths),
        tuple(shifted(mark) for mark in plan.landmarks),
        tuple(replace(zone, area=shifted(zone.area) if zone.area else None) for zone in plan.zones),
        shifted(plan.background) if plan.background else None,
    )
    return Repair(larger)


def _told_apart(plan: FloorPlan, found: Sequence[PlanProblem], held: Collection[int]) -> Repair:
    """Every booth but one of each number gets the number with the next free suffix."""
    used = {booth.code for booth in plan.booths}
    booths = list(plan.booths)
    changed: list[int] = []
    for problem in found:
        stays = next((one for one in problem.booths if one in held), problem.booths[0])
        for one in problem.booths:
            if one == stays:
                continue
            code = next(code for code in _suffixed(booths[one].code) if code not in used)
            used.add(code)
            booths[one] = replace(booths[one], code=code)
            changed.append(one)
    return Repair(replace(plan, booths=tuple(booths)), tuple(changed))


def _suffixed(code: str) -> Iterator[str]:
    number = 2
    while True:
        suffix = f"-{number}"
        yield code[: LONGEST_CODE - len(suffix)] + suffix
        number += 1


def _in_the_way(found: Sequence[PlanProblem], held: Collection[int]) -> list[int]:
    """The booths to move: one of each two that overlap, and whichever stands where no booth may."""
    moving: dict[int, None] = {}
    for problem in found:
        if any(one in moving for one in problem.booths):
            continue
        free = [one for one in problem.booths if one not in held]
        moving[(free or problem.booths)[-1]] = None
    return list(moving)


Size = tuple[str, float, float, float]
"""A booth's hall, width, depth and rotation."""
Box = tuple[float, float, float, float]
NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)


def _size(plan: FloorPlan, booth: PlanBooth) -> Size:
    return plan.room_of(booth).code, booth.width, booth.depth, booth.rotation


def _meet(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2] - CLOSE_M
        and other[0] < one[2] - CLOSE_M
        and one[1] < other[3] - CLOSE_M
        and other[1] < one[3] - CLOSE_M
    )


def _is_upright(shape: Shape) -> bool:
    """Whether it is its own bounding box."""
    return min(abs(shape.right[0]), abs(shape.right[1])) < UPRIGHT


class _Floor:
    """What stands on the floor, by cells, so that only what is near is measured; booths by their index."""

    def __init__(self, plan: FloorPlan) -> None:
        self.plan = plan
        self.cells: dict[tuple[int, int], dict[int, tuple[Box, Shape]]] = {}
        self.tries = MOST_TRIES
        self._found: dict[Size, tuple[float, float, float]] = {}
        """Where a booth of a size was and how far its nearest place was; one beside it has none much nearer."""
        self._hall = plan.rooms[0]
        self._blocking: Box = NOWHERE
        """The box that was in the way last; it often is again."""
        for number, booth in enumerate(plan.booths):
            self.put(number, Shape.of(booth))
        for number, mark in enumerate(plan.landmarks):
            if mark.kind in DOORS:
                self.put(-1 - number, before_door(mark))
            elif mark.kind in SOLID or mark.kind == "aisle":
                self.put(-1 - number, Shape.of(mark))

    def put(self, number: int, shape: Shape) -> None:
        for cell in self._cells(shape.box):
            self.cells.setdefault(cell, {})[number] = shape.box, shape

    def take(self, number: int, shape: Shape) -> None:
        for cell in self._cells(shape.box):
            del self.cells[cell][number]

    def _cells(self, box: Box) -> list[tuple[int, int]]:
        left, top, right, bottom = (int(side // CELL_M) for side in box)
        return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]

    def nearest(self, booth: PlanBooth) -> PlanBooth | None:
        """The booth at the nearest free place in its hall, tried in rings around where it is; it does not stand there
        itself.
        """
        self._blocking = NOWHERE
        self._hall = self.plan.room_of(booth)
        shape = Shape.of(booth)
        size = _size(self.plan, booth)
        x, y, far = self._found.get(size, (0.0, 0.0, 0.0))
        nothing_within = far - math.hypot(booth.x - x, booth.y - y)
        reach = max(self._hall.width, self._hall.depth) + max(abs(booth.x - self._hall.x), abs(booth.y - self._hall.y))
        for step, until in RINGS:
            place = self._in_rings(shape, step, max(0.0, nothing_within - step), min(until, reach))
            if place:
                self._found[size] = booth.x, booth.y, math.hypot(*place)
                return replace(booth, x=round(booth.x + place[0], 3), y=round(booth.y + place[1], 3))
        return None

    def _in_rings(self, shape: Shape, step: float, begin: float, end: float) -> Point | None:
        """How far to move the shape to the nearest free place between two distances; None if there is none."""
        best: Point | None = None
        nearest = math.inf
        for ring in range(max(1, math.floor(begin / step / SQUARE)), math.ceil(end / step) + 1):
            if ring * step >= nearest:
                break
            for across, down in _ring(ring):
                far = math.hypot(across, down) * step
                if begin <= far < nearest and self._is_free(shape, across * step, down * step):
                    best, nearest = (across * step, down * step), far
        return best

    def _is_free(self, shape: Shape, dx: float, dy: float) -> bool:
        """Whether the shape would have room so far from where it is. Exact only where boxes meet and one is turned."""
        left, top, right, bottom = shape.box
        box = left + dx, top + dy, right + dx, bottom + dy
        hall = self._hall
        if box[0] < hall.x - CLOSE_M or box[1] < hall.y - CLOSE_M:
            return False
        if box[2] > hall.right + CLOSE_M or box[3] > hall.bottom + CLOSE_M:
            return False
        self.tries -= 1
        upright = _is_upright(shape)
        if _meet(box, self._blocking):
            return False
        for cell in self._cells(box):
            for other_box, other in self.cells.get(cell, {}).values():
                if not _meet(box, other_box):
                    continue
                if upright and _is_upright(other):
                    self._blocking = other_box
                    return False
                if shape.moved(dx, dy).overlaps(other):
                    return False
        return True


def _ring(ring: int) -> Iterator[tuple[int, int]]:
    """The steps of a square ring, so many steps away."""
    for along in range(-ring, ring + 1):
        yield from ((along, -ring), (along, ring))
    for along in range(1 - ring, ring):
        yield from ((-ring, along), (ring, along))


def _moved(plan: FloorPlan, moving: Sequence[int]) -> Repair:
    """One after the other, each to where nothing stands at that moment, so nothing new is wrong afterwards."""
    floor = _Floor(plan)
    booths = list(plan.booths)
    changed: list[int] = []
    left: list[int] = []
    full: set[Size] = set()
    for one in moving:
        if floor.tries <= 0:
            break
        booth = booths[one]
        size = _size(plan, booth)
        floor.take(one, Shape.of(booth))
        place = None if size in full else floor.nearest(booth)
        if place is None:
            full.add(size)
            left.append(one)
        else:
            booths[one] = place
            changed.append(one)
        floor.put(one, Shape.of(booths[one]))
    return Repair(replace(plan, booths=tuple(booths)), tuple(changed), tuple(left))
