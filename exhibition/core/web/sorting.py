"""Lists sorted by the headings of their columns; the order stands in the address, so it can be kept and sent."""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class SortedHeading:
    """A heading that sorts: its text, where it leads, and ``aria-sort`` of its column."""

    text: str
    address: str
    direction: str


@dataclass(frozen=True)
class Sorting:
    """The column a list is sorted by; ``-name`` in an address is ``name`` from the last to the first."""

    column: str
    backwards: bool = False

    def __str__(self) -> str:
        return f"-{self.column}" if self.backwards else self.column

    def heading(self, column: str, text: str, address: Callable[[str], str]) -> SortedHeading:
        """The heading of a column. It leads to the list sorted by it, and to the other way round once that is so."""
        here = column == self.column
        direction = "none" if not here else "descending" if self.backwards else "ascending"
        return SortedHeading(text, address(str(Sorting(column, here and not self.backwards))), direction)


def sorting(text: str, columns: Collection[str], default: str) -> Sorting:
    """What an address says; the default for a column that is none."""
    column = text.removeprefix("-")
    return Sorting(column, text.startswith("-")) if column in columns else Sorting(default)
