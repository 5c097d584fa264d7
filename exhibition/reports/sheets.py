"""How a plan is divided into sheets of paper so that names can be read: plain functions of metres, millimetres."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from statistics import median

NAME_MM = 14.5
"""A booth as wide as this on paper has a name in letters of 6 points or more."""
AROUND_M = 0.3
"""What is drawn around a booth at the edge of a sheet."""
MOST = 5
"""Into so many sheets the hall is divided at most, across and down."""


@dataclass(frozen=True)
class Extent:
    """An upright rectangle of the hall, in metres."""

    x: float
    y: float
    width: float
    depth: float

    def around(self, other: "Extent") -> "Extent":
        """The smallest area that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        low = max(self.y + self.depth, other.y + other.depth)
        return Extent(x, y, right - x, low - y)

    def holds(self, x: float, y: float) -> bool:
        """Whether the point is inside; of two neighbours the later one has their common edge."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.depth


@dataclass(frozen=True)
class PaperSheet:
    """What is drawn on one sheet, with the millimetres of a metre and the numbers of the booths that belong to it."""

    area: Extent
    metre_mm: float
    booths: tuple[int, ...]


def divided(hall: Extent, booths: Sequence[Extent], width_mm: float, depth_mm: float) -> list[PaperSheet]:
    """The fewest sheets on which booths are large enough for names, each booth whole on one of them.

    ``width_mm`` and ``depth_mm`` are the room for the drawing on a sheet. One sheet of the whole hall if that is
    enough, or nothing is drawn; the most that there may be, if even those are too small.
    """
    wanted = NAME_MM / median(booth.width for booth in booths) if booths else 0.0
    grids = sorted(product(range(1, MOST + 1), repeat=2), key=lambda grid: (grid[0] * grid[1], abs(grid[0] - grid[1])))
    found: list[PaperSheet] = []
    for columns, rows in grids:
        found = _sheets(hall, booths, columns, rows, width_mm, depth_mm)
        if all(sheet.metre_mm >= wanted for sheet in found):
            break
    return found


def _sheets(
    hall: Extent, booths: Sequence[Extent], columns: int, rows: int, width_mm: float, depth_mm: float
) -> list[PaperSheet]:
    found = []
    for row, column in product(range(rows), range(columns)):
        tile = Extent(
            hall.x + hall.width * column / columns,
            hall.y + hall.depth * row / rows,
            hall.width / columns,
            hall.depth / rows,
        )
        own = [n for n, one in enumerate(booths) if tile.holds(one.x + one.width / 2, one.y + one.depth / 2)]
        if not own and columns * rows > 1:
            continue
        for number in own:
            one = booths[number]
            tile = tile.around(
                Extent(one.x - AROUND_M, one.y - AROUND_M, one.width + 2 * AROUND_M, one.depth + 2 * AROUND_M)
            )
        found.append(PaperSheet(tile, min(width_mm / tile.width, depth_mm / tile.depth), tuple(own)))
    return found
