"""The desk's list of who has told takings."""

from flask import url_for
from flask_babel import gettext as _

from exhibition.core.i18n import lazy as _l
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription, state_column
from exhibition.takings.overview import SellerLine
from exhibition.takings.rules.telling import Amounts, TakingsSource

SOURCES = {
    TakingsSource.EXHIBITOR: _l("by the seller"),
    TakingsSource.BADGE: _l("by badge"),
    TakingsSource.DESK: _l("by the desk"),
}


def _state(line: SellerLine) -> list[Chip]:
    if line.takings is None:
        return [Chip(_("not told yet"), "warn")]
    return [Chip(_("told"), "good"), Chip(str(SOURCES[line.takings.source]))]


def _amount(name: str) -> ListColumn[SellerLine]:
    headings = {"cash": _l("Cash"), "qris": _l("QRIS"), "orders": _l("Orders"), "total": _l("Together")}

    def value(line: SellerLine) -> int | None:
        amounts: Amounts | None = line.amounts
        return getattr(amounts, name) if amounts else None

    return ListColumn(name, headings[name], value, ColumnKind.MONEY, order=name)


TAKINGS = ListDescription[SellerLine](
    "takings",
    (
        ListColumn(
            "exhibitor",
            _l("Exhibitor"),
            lambda line: line.exhibitor.name,
            order="exhibitor",
            link=lambda line: url_for(
                "takings_desk.correct", day=line.seller.day.isoformat(), slug=line.exhibitor.slug
            ),
            names=True,
        ),
        ListColumn("day", _l("Day"), lambda line: line.seller.day, ColumnKind.DAY, order="day"),
        ListColumn("booth", _l("Booth"), lambda line: line.seller.booth, order="booth"),
        ListColumn("group", _l("Product group"), lambda line: line.seller.group, order="group", at_first=False),
        ListColumn("district", _l("District"), lambda line: line.seller.district, order="district", at_first=False),
        *(_amount(name) for name in ("cash", "qris", "orders", "total")),
        ListColumn(
            "pieces",
            _l("Pieces sold"),
            lambda line: line.amounts.pieces if line.amounts else None,
            ColumnKind.NUMBER,
            order="pieces",
            at_first=False,
        ),
        state_column("state", _l("State"), _state, order="state"),
        ListColumn(
            "entered",
            _l("Entered at"),
            lambda line: line.takings.entered_at if line.takings else None,
            ColumnKind.INSTANT,
            order="entered",
            at_first=False,
        ),
        ListColumn(
            "by",
            _l("Told by"),
            lambda line: line.takings.told_by if line.takings else "",
            order="by",
            at_first=False,
        ),
    ),
    attributes=lambda line: {"data-exhibitor": line.exhibitor.slug},
)
