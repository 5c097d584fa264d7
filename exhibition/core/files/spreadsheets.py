"""Tables as CSV and XLSX, written row by row, so that even a long table needs little memory.

Every text stays a text: a spreadsheet never runs one as a formula (OWASP, CSV injection).
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import gettext as _

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet treats a cell that begins with one of these characters as a formula; the last four are full-width."""
CHUNK = 64 * 1024
SHEET_ROWS = 1_048_576
"""Rows that one sheet of a workbook can hold, headings included; the rest goes on the next sheet."""
LONGEST_CELL, LONGEST_TITLE = 32_767, 31
NARROWEST, WIDEST = 5, 44
"""Widths of columns, in characters."""
PADDING, FILTER = 2, 3
"""Characters beside the text: of every cell, and of a heading for the button that filters by it."""
MOMENT, DAY = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"
"""Formats of cells, the same characters that stand in the CSV."""
A4 = 9
"""The paper's number in workbooks."""
MEASURED = 1000
"""Rows from which the widths are taken."""
_NO_TITLE = re.compile(r"[\[\]:*?/\\]|^'|'$")

Cell = str | int | float | datetime | date | None
Row = Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """A CSV file or a sheet of a workbook. ``rows`` are read once, during writing; times are shown in ``timezone``."""

    title: str
    columns: Sequence[str | LazyString]
    rows: Iterable[Row]
    timezone: str = "UTC"
    frozen: int = 1
    """So many columns stay where they are while a workbook's sheet is scrolled sideways."""


@dataclass(frozen=True)
class Report:
    """A sheet for reading: lines of text, the first in large type, then tables, each under its title."""

    title: str
    lines: Sequence[str]
    tables: Sequence[Table]


def harmless(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_chunks(table: Table) -> Iterator[bytes]:
    """The table as UTF-8 with the byte-order mark that Excel needs, in pieces of some tens of kilobytes."""
    zone, text = ZoneInfo(table.timezone), io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow([harmless(str(column)) for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain(cell, zone) for cell in row])
        if text.tell() >= CHUNK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def xlsx_chunks(*sheets: Table | Report) -> Iterator[bytes]:
    """A workbook, written to a temporary file; times and dates are real date cells."""
    import xlsxwriter

    with TemporaryDirectory(prefix="exhibition-") as folder:
        path = Path(folder) / "table.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": folder}) as workbook:
            book = _Book(workbook)
            for sheet in sheets:
                if isinstance(sheet, Report):
                    book.report(sheet)
                else:
                    book.table(sheet)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def as_csv(table: Table) -> bytes:
    """``csv_chunks`` in one piece."""
    return b"".join(csv_chunks(table))


def as_xlsx(*sheets: Table | Report) -> bytes:
    """``xlsx_chunks`` in one piece."""
    return b"".join(xlsx_chunks(*sheets))


def _plain(cell: Cell, zone: ZoneInfo) -> str | int | float:
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


class _Book:
    """A workbook while it is being written."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._bold = workbook.add_format({"bold": True})
        self._large = workbook.add_format({"bold": True, "font_size": 14})
        self._moment = workbook.add_format({"num_format": MOMENT, "align": "left"})
        self._day = workbook.add_format({"num_format": DAY, "align": "left"})
        self._titles: set[str] = set()

    def table(self, table: Table) -> None:
        """Write a table as its own sheet; when a sheet is full, the table goes on in another."""
        rows, zone = iter(table.rows), ZoneInfo(table.timezone)
        begin = list(islice(rows, MEASURED))
        widths, rows = _widths(table.columns, begin), chain(begin, rows)
        more = True
        while more:
            sheet, line, more = self._sheet(table.title, widths), 0, False
            sheet.freeze_panes(1, table.frozen)
            sheet.repeat_rows(0)
            self._headings(sheet, 0, table)
            for line, row in enumerate(islice(rows, SHEET_ROWS - 1), 1):
                self._row(sheet, line, row, zone)
            sheet.autofilter(0, 0, max(line, 1), max(len(table.columns) - 1, 0))
            if line == SHEET_ROWS - 1 and (next_row := next(rows, None)) is not None:
                rows, more = chain([next_row], rows), True

    def report(self, report: Report) -> None:
        tables = [(table, list(table.rows)) for table in report.tables]
        found = [row for table, rows in tables for row in ([str(one) for one in table.columns], *rows)]
        sheet = self._sheet(report.title, _widths((), found))
        for line, text in enumerate(report.lines):
            sheet.write_string(line, 0, text[:LONGEST_CELL], self._bold if line else self._large)
        line = len(report.lines) + 1
        for table, rows in tables:
            sheet.write_string(line, 0, table.title, self._large)
            self._headings(sheet, line + 1, table)
            for number, row in enumerate(rows, line + 2):
                self._row(sheet, number, row, ZoneInfo(table.timezone))
            line += 3 + len(rows)

    def _sheet(self, title: str, widths: Sequence[int]) -> Any:
        plain = _NO_TITLE.sub(" ", title).strip() or "Sheet"
        names = chain([plain[:LONGEST_TITLE]], (f"{plain[: LONGEST_TITLE - 4]} {number}" for number in range(2, 1000)))
        name = next(one for one in names if one.casefold() not in self._titles)
        self._titles.add(name.casefold())
        sheet = self._workbook.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)  # on paper no column stands on a page of its own
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def _headings(self, sheet: Any, line: int, table: Table) -> None:
        for column, name in enumerate(table.columns):
            sheet.write_string(line, column, str(name), self._bold)

    def _row(self, sheet: Any, line: int, row: Row, zone: ZoneInfo) -> None:
        for column, cell in enumerate(row):
            match cell:
                case None:
                    pass
                case bool():
                    sheet.write_string(line, column, _("yes") if cell else _("no"))
                case datetime():
                    local = cell.astimezone(zone).replace(tzinfo=None)
                    sheet.write_datetime(line, column, local, self._moment)
                case date():
                    sheet.write_datetime(line, column, datetime.combine(cell, time()), self._day)
                case str():
                    sheet.write_string(line, column, cell[:LONGEST_CELL])
                case _:
                    sheet.write_number(line, column, cell)


def _widths(headings: Iterable[object], rows: Iterable[Row]) -> list[int]:
    """A width for each column, by the longest text in it, so that no date is shown as ``####``."""
    widths = [min(max(len(str(name)) + PADDING + FILTER, NARROWEST), WIDEST) for name in headings]
    for row in rows:
        widths += [NARROWEST] * (len(row) - len(widths))
        for column, cell in enumerate(row):
            widths[column] = min(max(widths[column], _length(cell) + PADDING), WIDEST)
    return widths


def _length(cell: Cell) -> int:
    match cell:
        case None:
            return 0
        case bool():
            return len(_("yes") if cell else _("no"))
        case datetime():
            return len(MOMENT)
        case date():
            return len(DAY)
        case _:
            return max(map(len, str(cell).split("\n")))
