"""Which booths several exhibitors get who are put down on one, as plain functions of values; lengths are metres."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import hypot

BESIDE_M = 1.0
"""So far from the spot that it would have by the shift, a booth still counts as lying there."""


@dataclass(frozen=True)
class Spot:
    """The centre of a booth."""

    code: str
    x: float
    y: float

    def distance(self, x: float, y: float) -> float:
        return hypot(self.x - x, self.y - y)


def shifted(spots: Mapping[str, Spot], free: Collection[str], own: Sequence[str], target: str) -> list[str] | None:
    """The booths of exhibitors who all move as far as the first of them; None when one would have no free booth there.

    ``own`` are the codes of their booths. ``free`` may hold some of these, as they are left.
    """
    right, down = spots[target].x - spots[own[0]].x, spots[target].y - spots[own[0]].y
    found: list[str] = []
    for code in own:
        x, y = spots[code].x + right, spots[code].y + down
        nearest = min(
            (spots[one] for one in free if one not in found), key=lambda spot: spot.distance(x, y), default=None
        )
        if nearest is None or nearest.distance(x, y) > BESIDE_M:
            return None
        found.append(nearest.code)
    return found


def gathered(spots: Mapping[str, Spot], free: Collection[str], count: int, target: str) -> list[str] | None:
    """The target and the free booths nearest to it, by their codes after it; None when too few are free."""
    middle = spots[target]
    nearest = sorted(
        (spots[code] for code in free if code != target),
        key=lambda spot: (spot.distance(middle.x, middle.y), spot.code),
    )[: count - 1]
    if len(nearest) < count - 1:
        return None
    return [target, *sorted(spot.code for spot in nearest)]
