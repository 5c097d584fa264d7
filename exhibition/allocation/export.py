"""The allocation as CSV and XLSX, safe to open in a spreadsheet."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.allocation.planned import PlannedBooth
from exhibition.allocation.texts import BOOTH_STATES
from exhibition.core.files.spreadsheets import Cell, Table
from exhibition.core.i18n import short_date
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
    _l("Days"),
    _l("Until"),
    _l("Width (m)"),
    _l("Depth (m)"),
)


def table(planned: Sequence[PlannedBooth], exhibitors: dict[int, Exhibitor], timezone: str) -> Table:
    """One row for each booth that is in use, in the order of the codes; several when it is shared out by days.

    Where there are several halls the last column names them.
    """
    rows: list[list[Cell]] = []
    parts = [(booth, part) for booth in planned if booth.state != "closed" for part in booth.parts or [booth]]
    for booth, part in parts:
        claim = part.claim
        exhibitor = exhibitors.get(claim.exhibitor_id) if claim else None
        told: list[Cell] = [booth.code, booth.zone, str(BOOTH_STATES[part.state])]
        if exhibitor is None:
            told += [""] * 7
        else:
            told += [exhibitor.name, str(KINDS[exhibitor.kind]), exhibitor.product_group, exhibitor.district]
            told += [exhibitor.contact_name, exhibitor.email, exhibitor.phone]
        days = ", ".join(short_date(day) for day in part.days)
        hall = [booth.hall.name] if booth.hall else []
        rows.append([*told, days, claim.expires_at if claim else None, booth.width, booth.depth, *hall])
    halls = (_l("Hall"),) if any(booth.hall for booth in planned) else ()
    return Table(_("Booths"), COLUMNS + halls, rows, timezone)
