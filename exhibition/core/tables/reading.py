"""The one reader of uploaded tables: a score of headings decides on the sheet, the separator and the heading row."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from exhibition.core.tables import objects, separated, workbook
from exhibition.core.tables.decoding import decode
from exhibition.core.tables.table import (
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Format,
    TableFault,
    UnreadableTable,
    UploadedTable,
    filled,
    text_of,
    tidy,
)

_EXPLAINING = re.compile(
    r"petunjuk|panduan|contoh|cara|instruksi|keterangan|referensi|readme|instruction|guide|example|help|note",
    re.IGNORECASE,
)
"""Names of sheets that explain how to fill in another."""
HEADING_WITHIN = 30
"""How many rows of titles, addresses and comments may stand above the headings."""
_PICTURES_AND_PACKED = (
    *(b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"),
    *(b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf"),
)
MOSTLY_CONTROL = 0.02
LOOKED_AT = 4000
"""How many characters are read to tell text from binary data."""

T = TypeVar("T")
Score = Callable[[Sequence[str]], int]
"""How many headings of a row are recognised."""


def read(content: bytes, score: Score) -> UploadedTable:
    """The table in a file of any format; the sheet, separator and heading row with the best score are taken.

    Raises Unreadable.
    """
    if content.startswith((*workbook.ZIP, workbook.COMPOUND)):
        return read_workbook(content, score)
    text, guessed = decode(content)
    if is_binary(content, text):
        raise UnreadableTable(TableFault.UNREADABLE)
    if text.lstrip()[:1] in ("[", "{"):
        return objects.read_document(text, guessed=guessed)
    return read_text(text, score, guessed=guessed)


def is_binary(content: bytes, text: str) -> bool:
    """Whether the bytes are not text, although they could be decoded."""
    sample = text[:LOOKED_AT]
    controls = sum(character < " " and character not in "\t\r\n\f" for character in sample)
    return content.startswith(_PICTURES_AND_PACKED) or controls > MOSTLY_CONTROL * len(sample) + 2


def read_workbook(content: bytes, score: Score) -> UploadedTable:
    """The sheet of an XLSX workbook whose headings score best, of equal ones the longest. Raises Unreadable.

    A sheet with nothing below its headings and one that explains how to fill in another are taken only for want of a
    better one; without known headings it is the first that is not empty.
    """
    sheets = [sheet for sheet in workbook.sheets(content) if any(map(filled, sheet.rows))]
    if not sheets:
        return UploadedTable([], [], [], Format.XLSX)
    found = [(_headings(sheet.rows[:HEADING_WITHIN], score), sheet) for sheet in sheets]

    def rank(candidate: tuple[_Headings, workbook.WorkbookSheet]) -> tuple[bool, bool, int, int]:
        headings, sheet = candidate
        below = sum(map(filled, sheet.rows[headings.below :]))
        holds = bool(headings.score and below)
        explains = bool(_EXPLAINING.search(sheet.name))
        return holds and not explains, holds, headings.score, below if headings.score else 0

    headings, taken = max(found, key=rank)
    shown = [candidate for candidate in found if not (candidate[1].hidden or _EXPLAINING.search(candidate[1].name))]
    left = [sheet.name for one, sheet in shown if sheet is not taken and _alike(one, headings)]
    return replace(_table(taken.rows, headings, Format.XLSX), sheets_left=tuple(left))


def _alike(one: "_Headings", taken: "_Headings") -> bool:
    """Whether a sheet holds a list of the kind of the one that is taken."""
    return one.score > 1 and [cell for cell in one.cells if cell] == [cell for cell in taken.cells if cell]


def read_text(text: str, score: Score, *, guessed: bool = False) -> UploadedTable:
    """CSV or TSV, with the separator that gives the best headings."""
    lines = separated.lines(text)

    def top(separator: str) -> list[list[str]]:
        return [cells for cells, _broken in islice(separated.records(lines, separator), HEADING_WITHIN)]

    headings, separator = _best((_headings(top(one), score), one) for one in separated.separators(lines))
    records = list(islice(separated.records(lines, separator), MOST_ROWS + 1))
    rows = [cells for cells, _broken in records]
    kind = Format.TSV if separator == "\t" else Format.CSV
    broken = {number for number, (_cells, broken) in enumerate(records) if broken}
    return _table(rows, headings, kind, guessed=guessed, broken=broken)


@dataclass(frozen=True)
class _Headings:
    cells: list[str]
    below: int
    """Rows up to and with the headings."""
    score: int
    width: int = 0
    """Cells of the row, including empty ones at its end."""


def _best(candidates: Iterable[tuple[_Headings, T]]) -> tuple[_Headings, T]:
    """The first candidate with the highest score."""
    return max(candidates, key=lambda candidate: candidate[0].score)


def _headings(rows: Sequence[Sequence[Cell]], score: Score) -> _Headings:
    """The first row with the best score, or two rows joined under merged headings; else the first with two cells."""
    tidied = [[tidy(text_of(cell)) for cell in row[:MOST_COLUMNS]] for row in rows]
    best = _Headings([], 0, 0)
    before: _Headings | None = None
    for number, cells in enumerate(tidied, 1):
        one = _Headings(cells, number, score(cells), len(rows[number - 1]))
        merged = _merged(before, one, score) if before else None
        best = max(best, one, *([merged] if merged else []), key=lambda headings: headings.score)
        before = one
    if best.score:
        return best
    fallback = (number for number, cells in enumerate(tidied, 1) if sum(map(bool, cells)) > 1)
    number = next(fallback, next((number for number, cells in enumerate(tidied, 1) if any(cells)), 0))
    return _Headings(tidied[number - 1], number, 0, len(rows[number - 1])) if number else best


def _merged(upper: _Headings, lower: _Headings, score: Score) -> _Headings | None:
    """Two rows as one, where headings of the upper span several of the lower; None where they do not."""
    if not upper.score or not any(lower.cells):
        return None
    width = max(len(upper.cells), len(lower.cells))
    above, below = ([*one.cells, *[""] * (width - len(one.cells))] for one in (upper, lower))
    alone = [cell if not under else "" for cell, under in zip(above, below, strict=True)]
    if score(alone) < upper.score or not lower.score:
        return None  # the row below has a value under a known heading: it is data
    cells = [under or cell for cell, under in zip(above, below, strict=True)]
    return _Headings(cells, lower.below, score(cells), max(upper.width, lower.width))


def _table(
    rows: Sequence[Sequence[Cell]],
    headings: _Headings,
    kind: Format,
    *,
    guessed: bool = False,
    broken: Iterable[int] = (),
) -> UploadedTable:
    numbers = [number for number in range(headings.below, min(len(rows), MOST_ROWS)) if filled(rows[number])]
    longer = {
        row for row, number in enumerate(numbers) if len(rows[number]) > headings.width and kind is not Format.XLSX
    }
    positions = {number: row for row, number in enumerate(numbers)}
    return UploadedTable(
        headings=headings.cells,
        values=[list(rows[number][:MOST_COLUMNS]) for number in numbers],
        places=[str(number + 1) for number in numbers],
        format=kind,
        known=headings.score,
        heading_place=str(headings.below),
        guessed=guessed,
        broken=frozenset(positions[number] for number in broken if number in positions),
        longer=frozenset(longer) if len(longer) <= len(numbers) / 2 else frozenset(),
        cut=len(rows) > MOST_ROWS,
    )
