"""Workbooks for tests, and ways to change their parts."""

import io
import zipfile
from collections.abc import Callable, Sequence

import xlsxwriter

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    """A workbook with a sheet for each list of rows."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """The archive with the name and content of each part as ``change`` returns them."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    return file.getvalue()


def with_rows(xml: bytes, part: str = SHEET) -> bytes:
    """A workbook of two sheets, with more rows in one of them."""
    return changed(
        workbook([["nama", "kota"], ["Kopi", "Bawen"]], [["catatan"]]),
        lambda name, old: (name, old.replace(b"</sheetData>", xml + b"</sheetData>") if name == part else old),
    )
