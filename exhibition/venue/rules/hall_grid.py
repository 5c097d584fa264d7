"""A hall drawn by rule: rows of booths side by side, an aisle before each row. All lengths are metres."""

from dataclasses import dataclass

MOST_ROWS, MOST_COLUMNS, MOST_BOOTHS = 26, 99, 1000
"""Rows are letters and columns two digits; more booths than a thousand the spacing planner does not take."""
BOOTH_SIDES = (0.5, 20.0)
WIDEST_AISLE = 20.0
DOOR_WIDTH, DOOR_DEPTH = 4.0, 0.6
FRONT_STRIP = 2.0
"""What stays free along the wall of the entrance: the door, and two people abreast before it."""


@dataclass(frozen=True)
class BoothPlace:
    """A booth and where it stands: ``x`` and ``y`` are its upper left corner, ``corner`` is open to two sides."""

    code: str
    x: float
    y: float
    width: float
    depth: float
    corner: bool
    rotation: float = 0.0


@dataclass(frozen=True)
class HallGrid:
    """What a hall is drawn from. ``aisle`` also runs along the side walls, booths look down into theirs."""

    rows: int
    columns: int
    booth_width: float
    booth_depth: float
    aisle: float

    @property
    def width(self) -> float:
        """Of the hall."""
        return round(self.columns * self.booth_width + 2 * self.aisle, 3)

    @property
    def depth(self) -> float:
        """Of the hall."""
        return round(self._top + self.rows * (self.booth_depth + self.aisle), 3)

    @property
    def _top(self) -> float:
        return max(self.aisle, FRONT_STRIP)

    def booths(self) -> list[BoothPlace]:
        """Numbered by row: A01, A02 and so on, the next row B01."""
        return [
            BoothPlace(
                code=f"{chr(ord('A') + row)}{column + 1:02}",
                x=round(self.aisle + column * self.booth_width, 3),
                y=round(self._top + row * (self.booth_depth + self.aisle), 3),
                width=self.booth_width,
                depth=self.booth_depth,
                corner=column in (0, self.columns - 1),
            )
            for row in range(self.rows)
            for column in range(self.columns)
        ]

    def entrance(self) -> tuple[float, float, float, float]:
        """``x, y, width, depth`` of the door, in the middle of the upper wall."""
        width = min(DOOR_WIDTH, self.width)
        return (self.width - width) / 2, 0.0, width, DOOR_DEPTH
