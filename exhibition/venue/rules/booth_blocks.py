"""A block of booths: rows of equal booths, drawn in one act. All lengths are metres.

``static/js/venue/plan/blocks.js`` draws the same while a block is being placed; ``tests/vectors/blocks.json`` holds
both to the same answers.
"""

from dataclasses import dataclass

from exhibition.venue.rules.booth_numbers import NumberFault, NumberScheme, row_numbers


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
class BoothBlock:
    """Rows of booths from an upper left corner; ``gap`` is between the booths of a row, ``aisle`` between rows."""

    x: float
    y: float
    rows: int
    columns: int
    booth_width: float
    booth_depth: float
    gap: float = 0.0
    aisle: float = 0.0
    first: str = "A01"
    scheme: NumberScheme = NumberScheme.BY_ROW
    snake: bool = False

    @property
    def width(self) -> float:
        return round(self.columns * (self.booth_width + self.gap) - self.gap, 3)

    @property
    def depth(self) -> float:
        return round(self.rows * (self.booth_depth + self.aisle) - self.aisle, 3)

    def booths(self) -> list[BoothPlace] | NumberFault:
        """Row by row from the left; the first and last of a row are corners."""
        codes = row_numbers(self.first, [self.columns] * self.rows, self.scheme, snake=self.snake)
        if isinstance(codes, NumberFault):
            return codes
        return [
            BoothPlace(
                code=codes[row][column],
                x=round(self.x + column * (self.booth_width + self.gap), 3),
                y=round(self.y + row * (self.booth_depth + self.aisle), 3),
                width=self.booth_width,
                depth=self.booth_depth,
                corner=column in (0, self.columns - 1),
            )
            for row in range(self.rows)
            for column in range(self.columns)
        ]
