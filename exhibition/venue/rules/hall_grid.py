"""A hall drawn by rule: rows of booths side by side, an aisle before each row. All lengths are metres."""

import enum
from dataclasses import dataclass

from exhibition.venue.rules.booth_blocks import BoothBlock, BoothPlace
from exhibition.venue.rules.booth_numbers import NumberFault

MOST_ROWS, MOST_COLUMNS, MOST_BOOTHS = 26, 99, 1000
"""Rows are letters and columns two digits; more booths than a thousand the spacing planner does not take."""
BOOTH_SIDES = (0.5, 20.0)
WIDEST_AISLE = 20.0
DOOR_WIDTH, DOOR_DEPTH = 4.0, 0.6
FRONT_STRIP = 2.0
"""What stays free along the wall of the entrance: the door, and two people abreast before it."""


class Wall(enum.StrEnum):
    """The wall that the entrance is in the middle of."""

    UPPER = "upper"
    LOWER = "lower"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class HallGrid:
    """What a hall is drawn from. ``aisle`` also runs along the side walls, booths look down into theirs."""

    rows: int
    columns: int
    booth_width: float
    booth_depth: float
    aisle: float
    door: Wall = Wall.UPPER

    @property
    def width(self) -> float:
        """Of the hall."""
        return round(self._strip(Wall.LEFT) + self.columns * self.booth_width + self._strip(Wall.RIGHT), 3)

    @property
    def depth(self) -> float:
        """Of the hall."""
        rows = self.rows * (self.booth_depth + self.aisle) - self.aisle
        return round(self._strip(Wall.UPPER) + rows + self._strip(Wall.LOWER), 3)

    def _strip(self, wall: Wall) -> float:
        """What stays free along a wall."""
        return max(self.aisle, FRONT_STRIP) if wall is self.door else self.aisle

    def booths(self) -> list[BoothPlace]:
        """Numbered by row: A01, A02 and so on, the next row B01."""
        block = BoothBlock(
            x=self._strip(Wall.LEFT),
            y=self._strip(Wall.UPPER),
            rows=self.rows,
            columns=self.columns,
            booth_width=self.booth_width,
            booth_depth=self.booth_depth,
            aisle=self.aisle,
        )
        booths = block.booths()
        if isinstance(booths, NumberFault):
            raise TypeError(booths)
        return booths

    def entrance(self) -> tuple[float, float, float, float]:
        """``x, y, width, depth`` of the door, in the middle of its wall."""
        across = self.width if self.door in (Wall.UPPER, Wall.LOWER) else self.depth
        length = min(DOOR_WIDTH, across)
        begins = (across - length) / 2
        match self.door:
            case Wall.UPPER:
                return begins, 0.0, length, DOOR_DEPTH
            case Wall.LOWER:
                return begins, self.depth - DOOR_DEPTH, length, DOOR_DEPTH
            case Wall.LEFT:
                return 0.0, begins, DOOR_DEPTH, length
            case Wall.RIGHT:
                return self.width - DOOR_DEPTH, begins, DOOR_DEPTH, length
