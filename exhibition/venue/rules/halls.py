"""The halls of an edition with several: upright rectangles on one ground. A piece belongs to the hall its centre is in.

Lengths are metres, x to the right and y down from the ground's upper left corner. Plain functions of values.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from flask_babel import gettext as _  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] - it has no types

TOUCH_M = 0.01
"""Halls that have no more than this in common only share a wall."""


@dataclass(frozen=True)
class NamedHall:
    """One of the halls: its code is in addresses, its name is what people call it."""

    code: str
    name: str
    x: float
    y: float
    width: float
    depth: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.depth

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x <= self.right and self.y <= y <= self.bottom

    def away(self, x: float, y: float) -> float:
        """How far a point is outside, along the walls; 0 inside."""
        return max(self.x - x, 0.0, x - self.right) + max(self.y - y, 0.0, y - self.bottom)


class HallFault(enum.StrEnum):
    """Why halls cannot be as they are described."""

    CODE_REPEATED = "code_repeated"
    OVERLAP = "overlap"


def hall_around(halls: Iterable[NamedHall], x: float, y: float) -> NamedHall | None:
    """The hall in which a piece's centre lies; on a common wall the first; None between them."""
    return next((hall for hall in halls if hall.holds(x, y)), None)


def hall_of(halls: Sequence[NamedHall], x: float, y: float) -> NamedHall:
    """The hall in which a piece with its centre there is shown: the one around it, else the nearest.

    There must be one at least.
    """
    return min(halls, key=lambda hall: hall.away(x, y))


def fault(halls: Sequence[NamedHall]) -> tuple[HallFault, int, int] | None:
    """What is wrong with the halls, with the places of the two at fault; None: nothing."""
    for (one, hall), (other, another) in combinations(enumerate(halls), 2):
        if hall.code == another.code:
            return HallFault.CODE_REPEATED, one, other
        across = min(hall.right, another.right) - max(hall.x, another.x)
        down = min(hall.bottom, another.bottom) - max(hall.y, another.y)
        if min(across, down) > TOUCH_M:
            return HallFault.OVERLAP, one, other
    return None


def ground(halls: Sequence[NamedHall]) -> tuple[float, float]:
    """Width and depth of the ground that all halls lie on, from its corner."""
    return max(hall.right for hall in halls), max(hall.bottom for hall in halls)


def in_words(code: str, hall: NamedHall | None) -> str:
    """Where a booth is, as mails and pages name it: its number, and its hall where there are several."""
    return _("%(code)s in %(hall)s", code=code, hall=hall.name) if hall else code
