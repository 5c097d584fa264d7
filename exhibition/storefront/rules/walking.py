"""The order in which to walk to some places in a hall. Plain functions of points in metres.

Distances are along the aisles: first one way, then across. The order is good, not proven shortest: nearest first, then
improved (2-opt and moves) while the way gets shorter.
"""

from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
LEAST_GAIN_M = 1e-9


def apart(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def length(start: Point, stops: Sequence[Point], end: Point | None = None) -> float:
    """Metres from the start past all stops, and to the end where there is one."""
    way = [start, *stops, *([end] if end else [])]
    return sum(apart(one, other) for one, other in pairwise(way))


def order(places: Sequence[Point], start: Point, end: Point | None = None) -> list[int]:
    """The numbers of the places in the order to walk them, the same for the same places."""
    left = list(range(len(places)))
    way: list[Point | None] = [start]
    found: list[int] = []
    here = start
    while left:
        following = min(left, key=lambda number: (apart(here, places[number]), number))
        left.remove(following)
        found.append(following)
        here = places[following]
    way += [places[number] for number in found]
    way.append(end)
    numbers = [-1, *found, -1]
    while _turn(way, numbers) or _move(way, numbers):
        pass
    return numbers[1:-1]


def _between(one: Point | None, other: Point | None) -> float:
    """The distance in metres; 0 where the end is free."""
    return apart(one, other) if one and other else 0.0


def _turn(way: list[Point | None], numbers: list[int]) -> bool:
    """Reverse one stretch of the way if that makes it shorter (2-opt)."""
    last = len(way) - 1
    for first in range(1, last - 1):
        for final in range(first + 1, last):
            now = _between(way[first - 1], way[first]) + _between(way[final], way[final + 1])
            then = _between(way[first - 1], way[final]) + _between(way[first], way[final + 1])
            if then < now - LEAST_GAIN_M:
                way[first : final + 1] = way[first : final + 1][::-1]
                numbers[first : final + 1] = numbers[first : final + 1][::-1]
                return True
    return False


def _move(way: list[Point | None], numbers: list[int]) -> bool:
    """Move one place to another position if that makes the way shorter."""
    last = len(way) - 1
    for here in range(1, last):
        before, place, after = way[here - 1 : here + 2]
        saved = _between(before, place) + _between(place, after) - _between(before, after)
        for there in range(last):
            if there in (here - 1, here):
                continue
            more = _between(way[there], place) + _between(place, way[there + 1]) - _between(way[there], way[there + 1])
            if more < saved - LEAST_GAIN_M:
                target = there if there > here else there + 1
                way.insert(target, way.pop(here))
                numbers.insert(target, numbers.pop(here))
                return True
    return False
