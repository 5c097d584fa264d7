"""The allocation as CSV and XLSX, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from exhibition.allocation.service import PlannedBooth
from exhibition.allocation.texts import BOOTH_STATES
from exhibition.core.i18n import moment_text
from exhibition.exhibitors.models import Exhibitor

COLUMNS = (
    _l("Booth"),
    _l("Zone"),
    _l("State"),
    _l("Exhibitor"),
    _l("Kind"),
    _l("Product group"),
    _l("District"),
    _l("Contact person"),
    _l("E-mail"),
    _l("Phone"),
    _l("Until"),
    _l("Width (m)"),
    _l("Depth (m)"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins with one of these for a formula."""


def harmless(text: str) -> str:
    """The text so that no spreadsheet runs it: an apostrophe goes before what would begin a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def rows(planned: Sequence[PlannedBooth], exhibitors: dict[int, Exhibitor], timezone: str) -> list[list[str | float]]:
    """One row for each booth that is in use, in the order of the codes."""
    table: list[list[str | float]] = []
    for booth in planned:
        if booth.state == "closed":
            continue
        exhibitor = exhibitors.get(booth.claim.exhibitor_id) if booth.claim else None
        told: list[str | float] = [booth.code, booth.zone, str(BOOTH_STATES[booth.state])]
        if exhibitor is None:
            told += [""] * 7
        else:
            told += [exhibitor.name, exhibitor.kind.value, exhibitor.product_group, exhibitor.district]
            told += [exhibitor.contact_name, exhibitor.email, exhibitor.phone]
        told.append(moment_text(booth.expires_at, timezone) if booth.expires_at else "")
        table.append([*told, booth.width, booth.depth])
    return table


def as_csv(table: Sequence[Sequence[str | float]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([str(column) for column in COLUMNS])
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Sequence[Sequence[str | float]], title: str) -> bytes:
    """A workbook with one sheet; every text is written as text."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True})
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, str(name), bold)
        for number, row in enumerate(table, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write_number(number, column, cell)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(table), 1), len(COLUMNS) - 1)
        sheet.autofit()
    return file.getvalue()
