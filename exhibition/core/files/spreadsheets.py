"""Tables as CSV and XLSX, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Sequence

from flask_babel import LazyString

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins with one of these for a formula."""

Cell = str | int | float


def harmless(text: str) -> str:
    """The text so that no spreadsheet runs it: an apostrophe goes before what would begin a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(columns: Sequence[str | LazyString], table: Sequence[Sequence[Cell]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([str(column) for column in columns])
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(columns: Sequence[str | LazyString], table: Sequence[Sequence[Cell]], title: str) -> bytes:
    """A workbook with one sheet; every text is written as text."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True})
        for column, name in enumerate(columns):
            sheet.write_string(0, column, str(name), bold)
        for number, row in enumerate(table, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write_number(number, column, cell)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(table), 1), len(columns) - 1)
        sheet.autofit()
    return file.getvalue()
