"""The evening's report of takings to hand over: as PDF and as a workbook, in the reader's language.

Texts go to typst as data, never as markup, and into cells as texts, never as formulas.
"""

from collections.abc import Sequence

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from exhibition.core import clock
from exhibition.core.config import PROJECT
from exhibition.core.files import spreadsheets
from exhibition.core.files.pdf import render
from exhibition.core.files.spreadsheets import Table
from exhibition.core.i18n import long_date, moment_text, money, zone_name
from exhibition.takings.overview import TakingsOverview
from exhibition.takings.rules.sums import TakingsSum
from exhibition.takings.rules.telling import Amounts
from exhibition.venue import looks
from exhibition.venue.models import Exhibition

TEMPLATE = PROJECT / "templates" / "takings" / "report.typ"


def title(found: TakingsOverview) -> str:
    return _("Takings, %(day)s", day=long_date(found.day)) if found.day else _("Takings of the whole fair")


def covers(part: TakingsSum, *, by_day: bool) -> str:
    """How many booths a sum covers: ``12 of 38 booths``; over several days each booth counts once a day."""
    if by_day:
        return ngettext(
            "%(told)s of %(num)s booth day", "%(told)s of %(num)s booth days", part.booths, told=part.booths_told
        )
    return ngettext("%(told)s of %(num)s booth", "%(told)s of %(num)s booths", part.booths, told=part.booths_told)


def groups(found: TakingsOverview) -> list[tuple[str, str, list[TakingsSum]]]:
    """The sums by day (of the whole fair), product group and district: heading, name of the first column, sums."""
    shown = [
        (_("By product group"), _("Product group"), found.groups),
        (_("By district"), _("District"), found.districts),
    ]
    return shown if found.day else [(_("By day"), _("Day"), found.days), *shown]


def named(part: TakingsSum) -> str:
    return part.name or _("not said")


def notes(exhibition: Exhibition) -> list[str]:
    made = moment_text(clock.now(), exhibition.timezone)
    return [
        _("Sums are of what sellers told; nothing is estimated for booths that have not told."),
        _("Orders were taken and are still to be paid."),
        _("Made on %(moment)s %(zone)s.", moment=made, zone=zone_name(exhibition.timezone)),
    ]


def _figures(found: TakingsOverview) -> list[tuple[str, str, str]]:
    total = found.total
    return [
        (_("Together"), money(total.total), covers(total, by_day=found.day is None)),
        (_("Cash"), money(total.cash), ""),
        (_("QRIS"), money(total.qris), ""),
        (_("Orders"), money(total.orders), ""),
    ]


def pdf(found: TakingsOverview, exhibition: Exhibition, *, system_fonts: bool = True) -> bytes:
    """The report on A4, without names of sellers."""
    data = looks.on_paper(exhibition, title(found)) | {
        "figures": [{"name": name, "count": count, "more": more} for name, count, more in _figures(found)],
        "nothing": _("Nobody has told takings yet."),
        "tables": [
            {
                "heading": heading,
                "columns": [column, _("Booths"), _("Cash"), _("QRIS"), _("Orders"), _("Together")],
                "rows": [_row(part) for part in sums],
            }
            for heading, column, sums in groups(found)
        ],
        "notes": " ".join(notes(exhibition)),
    }
    return render(TEMPLATE, data, system_fonts=system_fonts)


def _row(part: TakingsSum) -> list[str]:
    told = _("%(told)s of %(all)s", told=part.booths_told, all=part.booths)
    return [named(part), told, *(format_decimal(one) for one in _amounts(part))]


def _amounts(part: TakingsSum | Amounts) -> Sequence[int]:
    return part.cash, part.qris, part.orders, part.total


def _counts(part: TakingsSum) -> Sequence[int]:
    return part.booths_told, part.booths


def xlsx(found: TakingsOverview, exhibition: Exhibition) -> bytes:
    """A workbook: a sheet with the sums, and one with every seller."""
    money_columns = [_("Cash"), _("QRIS"), _("Orders"), _("Together")]
    counts = [_("Booths that told"), _("Booths")]
    all_of_them = Table(
        _("All"), [_("What"), *counts, *money_columns], [[_("All"), *_counts(found.total), *_amounts(found.total)]]
    )
    tables = [
        Table(heading, [column, *counts, *money_columns], [[named(p), *_counts(p), *_amounts(p)] for p in sums])
        for heading, column, sums in groups(found)
    ]
    lines = [title(found), f"{exhibition.name} \N{MIDDLE DOT} {exhibition.venue_name}", *notes(exhibition)]
    sellers = Table(
        _("Sellers"),
        [_("Exhibitor"), _("Day"), _("Booth"), _("Product group"), _("District"), *money_columns, _("Pieces sold")],
        [
            [line.exhibitor.name, line.seller.day, line.seller.booth, line.seller.group, line.seller.district]
            + ([*_amounts(line.amounts), line.amounts.pieces] if line.amounts else [None] * 5)
            for line in found.lines
        ],
    )
    return spreadsheets.as_xlsx(spreadsheets.Report(_("Report"), lines, [all_of_them, *tables]), sellers)
