"""Which column of a table holds which field, judged by its heading and the shape of its values."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from exhibition.core.tables.table import UploadedTable, says_nothing

LOOKED_AT = 50
"""Rows from which the shape of a column's values is judged."""
FITTING, SURE = 0.5, 0.8
"""Shares of values with the right shape: the least that confirms a heading, and the least that needs no heading at
all."""
TELLING = 4
"""How many letters the known beginning of a heading must have."""
_ASIDE = re.compile(r"[(\[].*?[)\]]")
_LAST_WORD = re.compile(r"^(.*)[\s_]+\(?([^\s_()]+)\)?\s*$")

Fits = Callable[[str], bool]


def key(heading: str) -> str:
    """The form in which headings are compared: ASCII letters and digits, in lower case."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


@dataclass(frozen=True)
class Column:
    """A column that a list may have. ``headings`` are keys (``key``), the surest first."""

    name: str
    headings: tuple[str, ...]
    fits: Fits | None = None
    """Whether a value has this column's shape; None where any text will do."""
    telling: bool = False
    """Whether the shape is enough where no heading is known."""


class _How(IntEnum):
    """How a heading was recognised, the surest way first."""

    HEADING = 0
    BEGINNING = 1
    VALUES = 2


@dataclass(frozen=True, order=True)
class _Match:
    """A column that may stand at a position; the smallest match is the likeliest."""

    misfit: bool
    empty: bool
    how: _How
    rank: int
    order: int
    position: int


class Columns:
    """All columns that a kind of list may have, in the order in which they are looked for.

    ``unit`` says whether the last word of a heading is a unit, such as a currency or ``cm``, and not part of its name.
    With ``beginnings``, a heading that only begins with a known one matches too.
    """

    def __init__(self, *columns: Column, unit: Fits | None = None, beginnings: bool = False) -> None:
        self.columns = {column.name: column for column in columns}
        self._unit, self._beginnings = unit, beginnings

    def match(self, headings: Sequence[str], table: UploadedTable | None = None) -> dict[str, int]:
        """The likely position of each column, by name; a position belongs to one name only.

        With a table its values count too: a heading over values of another shape, or over an empty column, is used only
        if nothing else fits.
        """
        samples = [table.column(position, LOOKED_AT) if table else [] for position in range(len(headings))]
        found: dict[str, int] = {}
        names = list(self.columns)
        for match in sorted(self._matches(headings, samples)):
            name = names[match.order]
            if name not in found and match.position not in found.values():
                found[name] = match.position
        return {name: found[name] for name in names if name in found}

    def namesakes(self, headings: Sequence[str], name: str) -> list[int]:
        """Every position whose heading is one of the column's, the surest first."""
        ranked = [
            (self.columns[name].headings.index(spelling), position)
            for position, heading in enumerate(headings)
            if (spelling := key(heading)) in self.columns[name].headings
        ]
        return [position for _rank, position in sorted(ranked)]

    def known(self, headings: Sequence[str]) -> int:
        """How many of the headings are recognised."""
        return len(self.match(headings))

    def misfits(self, columns: dict[str, int], row: Sequence[str]) -> int:
        """How many cells of a row do not have the shape of their column."""
        shapes = ((self.columns[name].fits, position) for name, position in columns.items() if position < len(row))
        return sum(
            bool(fits and not says_nothing(row[position]) and not fits(row[position])) for fits, position in shapes
        )

    def shifted(self, table: UploadedTable, columns: dict[str, int]) -> set[int]:
        """Rows with one separator too many in the middle: longer than the headings, and with values out of place.

        A longer row whose end is empty is shifted only where leaving out a separator brings values into their places.
        """
        return {
            number
            for number in table.longer
            if any(table.rows[number][table.width :]) or self._is_mended(columns, table.rows[number])
        }

    def _is_mended(self, columns: dict[str, int], row: Sequence[str]) -> bool:
        now = self.misfits(columns, row)
        return now > 0 and any(self.misfits(columns, joined) < now for joined in joinings(row))

    def mended(self, columns: dict[str, int], row: Sequence[str]) -> list[str]:
        """A shifted row with the separator left out that brings most values into their places, in a column that is
        known if several do: a proposal only.
        """
        told = set(columns.values())
        ways = enumerate(joinings(row))
        best = min(ways, key=lambda way: (self.misfits(columns, way[1]), way[0] not in told), default=(0, list(row)))
        return best[1]

    def _matches(self, headings: Sequence[str], samples: Sequence[Sequence[str]]) -> Iterator[_Match]:
        for position, heading in enumerate(headings):
            spellings = set(self._spellings(heading))
            for order, column in enumerate(self.columns.values()):
                found = self._known(column, spellings)
                if found is None and not column.telling:
                    continue
                share = _share(column, samples[position])
                if found is not None:
                    misfit = share is not None and share < FITTING
                    yield _Match(misfit, not samples[position], *found, order, position)
                elif share is not None and share >= SURE:
                    yield _Match(False, False, _How.VALUES, 0, order, position)

    def _spellings(self, heading: str) -> Iterator[str]:
        yield key(heading)
        yield key(_ASIDE.sub("", heading))
        last = _LAST_WORD.match(heading.strip())
        if self._unit and last and self._unit(last[2]):
            yield key(last[1])

    def _known(self, column: Column, spellings: Collection[str]) -> tuple[_How, int] | None:
        """How the heading was recognised, and a rank, the least the surest: its name's, or minus its first letters."""
        rank = next((rank for rank, name in enumerate(column.headings) if name in spellings), None)
        if rank is not None:
            return _How.HEADING, rank
        begun = (
            name for name in column.headings if len(name) >= TELLING and any(one.startswith(name) for one in spellings)
        )
        longest = max(map(len, begun), default=0) if self._beginnings else 0
        return (_How.BEGINNING, -longest) if longest else None


def joinings(row: Sequence[str]) -> list[list[str]]:
    """The row with two neighbouring cells taken as one, for each pair of neighbours."""
    return [[*row[:at], f"{row[at]}, {row[at + 1]}", *row[at + 2 :]] for at in range(len(row) - 1)]


def _share(column: Column, sample: Sequence[str]) -> float | None:
    """The share of values with the column's shape; None when there are no values, or the column takes any."""
    if column.fits is None or not sample:
        return None
    return sum(map(column.fits, sample)) / len(sample)
