"""Tables as CSV and XLSX, written row by row: however many rows there are, few of them are in memory at once.

Every text stays a text: what a spreadsheet would take for a formula is not one (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import gettext as _

from exhibition.core.files.spreadsheets import harmless

Cell = str | int | float | datetime | date | None
Row = Sequence[Cell]
CHUNK = 64 * 1024
SHEET_ROWS = 1_048_576
"""What one sheet of a workbook holds, the headings included; more go on the next."""
LONGEST_CELL = 32_767
NARROWEST, WIDEST = 12, 40
"""Widths of columns, in characters."""


@dataclass(frozen=True)
class ExportTable:
    """``rows`` are read once, while they are written. Moments are shown in the time zone."""

    title: str
    columns: Sequence[str | LazyString]
    rows: Iterable[Row]
    timezone: str


def _text(cell: Cell, zone: ZoneInfo) -> str | int | float:
    match cell:
        case None:
            return ""
        case bool():
            return _("yes") if cell else _("no")
        case datetime():
            return f"{cell.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        case date():
            return cell.isoformat()
        case str():
            return harmless(cell)
        case _:
            return cell


def csv_chunks(table: ExportTable) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it, in pieces of some tens of kilobytes."""
    zone, text = ZoneInfo(table.timezone), io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow([str(column) for column in table.columns])
    for row in table.rows:
        writer.writerow([_text(cell, zone) for cell in row])
        if text.tell() >= CHUNK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


class _Book:
    """A workbook that is being written; a new sheet begins where the last is full."""

    def __init__(self, book: Any, table: ExportTable) -> None:
        self._book, self._table, self._zone = book, table, ZoneInfo(table.timezone)
        self._bold = book.add_format({"bold": True})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets, self._line = self._sheets + 1, 0
        title = self._table.title
        self._sheet = self._book.add_worksheet(f"{title[:27]} {self._sheets}" if self._sheets > 1 else title[:31])
        self._sheet.freeze_panes(1, 1)
        for column, name in enumerate(self._table.columns):
            self._sheet.set_column(column, column, min(max(len(str(name)) + 2, NARROWEST), WIDEST))
            self._sheet.write_string(0, column, str(name), self._bold)

    def add(self, row: Row) -> None:
        self._line += 1
        if self._line == SHEET_ROWS:
            self._begin()
            self._line = 1
        for column, cell in enumerate(row):
            if cell is not None:
                self._write(column, cell)

    def _write(self, column: int, cell: str | float | datetime | date) -> None:
        match cell:
            case bool():
                self._sheet.write_string(self._line, column, _("yes") if cell else _("no"))
            case datetime():
                local = cell.astimezone(self._zone).replace(tzinfo=None)
                self._sheet.write_datetime(self._line, column, local, self._moment)
            case date():
                self._sheet.write_datetime(self._line, column, datetime.combine(cell, time()), self._day)
            case str():
                self._sheet.write_string(self._line, column, cell[:LONGEST_CELL])
            case _:
                self._sheet.write_number(self._line, column, cell)


def xlsx_chunks(table: ExportTable) -> Iterator[bytes]:
    """A workbook, written to a file of its own that is gone afterwards; moments and dates are real ones."""
    import xlsxwriter

    with TemporaryDirectory(prefix="exhibition-") as folder:
        path = Path(folder) / "table.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            written = _Book(book, table)
            for row in table.rows:
                written.add(row)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
