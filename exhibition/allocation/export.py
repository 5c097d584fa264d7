"""The allocation as CSV and XLSX, safe to open in a spreadsheet."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.allocation.service import PlannedBooth
from exhibition.allocation.texts import BOOTH_STATES
from exhibition.core.files.spreadsheets import Cell, Table
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.texts import KINDS

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


def table(planned: Sequence[PlannedBooth], exhibitors: dict[int, Exhibitor], timezone: str) -> Table:
    """One row for each booth that is in use, in the order of the codes."""
    rows: list[list[Cell]] = []
    for booth in planned:
        if booth.state == "closed":
            continue
        exhibitor = exhibitors.get(booth.claim.exhibitor_id) if booth.claim else None
        told: list[Cell] = [booth.code, booth.zone, str(BOOTH_STATES[booth.state])]
        if exhibitor is None:
            told += [""] * 7
        else:
            told += [exhibitor.name, str(KINDS[exhibitor.kind]), exhibitor.product_group, exhibitor.district]
            told += [exhibitor.contact_name, exhibitor.email, exhibitor.phone]
        rows.append([*told, booth.expires_at, booth.width, booth.depth])
    return Table(_("Booths"), COLUMNS, rows, timezone)
