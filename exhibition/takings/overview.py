"""The takings of a day or of the whole fair, summed by day, product group and district. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation, AllocationDay
from exhibition.core.db import db
from exhibition.core.i18n import short_date
from exhibition.exhibitors.models import Exhibitor
from exhibition.takings import service
from exhibition.takings.models import Takings
from exhibition.takings.rules.sums import SellerDay, TakingsSum, parts, shown_median, summed
from exhibition.takings.rules.telling import Amounts
from exhibition.venue.models import Booth, Exhibition


@dataclass(frozen=True)
class SellerLine:
    """A seller on one day, for the desk's list."""

    exhibitor: Exhibitor
    seller: SellerDay
    takings: Takings | None

    @property
    def amounts(self) -> Amounts | None:
        return self.seller.amounts


@dataclass(frozen=True)
class TakingsOverview:
    """``day`` is None for the whole fair until now."""

    day: date | None
    lines: list[SellerLine]
    total: TakingsSum
    days: list[TakingsSum]
    groups: list[TakingsSum]
    districts: list[TakingsSum]
    middle: int | None
    """The median that sellers see, of one day."""

    @property
    def missing(self) -> int:
        """How many sellers have not told, each day counted."""
        return sum(line.amounts is None for line in self.lines)


def overview(exhibition: Exhibition, day: date | None) -> TakingsOverview:
    """The takings of a day, or of all days that have begun; the number of queries is fixed."""
    days = [one for one in service.days_to_tell(exhibition) if day in (None, one)]
    lines = _lines(exhibition, days)
    sellers = [line.seller for line in lines]
    return TakingsOverview(
        day,
        lines,
        summed(sellers),
        [summed([one for one in sellers if one.day == each], short_date(each)) for each in days],
        parts(sellers, lambda one: one.group),
        parts(sellers, lambda one: one.district),
        _median(sellers) if day else None,
    )


def median_of(exhibition: Exhibition, day: date) -> int | None:
    """The median of what sellers told for a day; None while so few have told that it would tell of one of them."""
    rows = select(Takings.cash + Takings.qris + Takings.orders)
    return shown_median(
        list(db.session.scalars(rows.where(Takings.exhibition_id == exhibition.id, Takings.day == day)))
    )


def missing_days(exhibition: Exhibition) -> dict[int, frozenset[date]]:
    """The days for which each seller has still to tell, by the exhibitor's id."""
    days = list(service.days_to_tell(exhibition))
    found: dict[int, frozenset[date]] = {}
    for line in _lines(exhibition, days) if days else []:
        if line.amounts is None:
            found[line.exhibitor.id] = found.get(line.exhibitor.id, frozenset()) | {line.seller.day}
    return found


def _median(sellers: Sequence[SellerDay]) -> int | None:
    return shown_median([one.amounts.total for one in sellers if one.amounts is not None])


def _lines(exhibition: Exhibition, days: Sequence[date]) -> list[SellerLine]:
    """Who has a confirmed booth on these days, and who told without one, by day and name."""
    placed = (
        select(AllocationDay.exhibitor_id, AllocationDay.day, Booth.code)
        .join(Allocation, Allocation.id == AllocationDay.allocation_id)
        .join(Booth, Booth.id == Allocation.booth_id)
        .where(confirmed_in(exhibition.id), AllocationDay.live, AllocationDay.day.in_(days))
    )
    booths = {(exhibitor_id, day): code for exhibitor_id, day, code in db.session.execute(placed)}
    kept = select(Takings).where(Takings.exhibition_id == exhibition.id, Takings.day.in_(days))
    takings = {(one.exhibitor_id, one.day): one for one in db.session.scalars(kept)}
    keys = booths.keys() | takings.keys()
    ids = {exhibitor_id for exhibitor_id, _day in keys}
    people = {one.id: one for one in db.session.scalars(select(Exhibitor).where(Exhibitor.id.in_(ids)))}
    lines = []
    for exhibitor_id, day in keys:
        one, own = people[exhibitor_id], takings.get((exhibitor_id, day))
        amounts = service.amounts_of(own) if own else None
        booth = booths.get((exhibitor_id, day), "")
        lines.append(SellerLine(one, SellerDay(one.id, day, one.product_group, one.district, booth, amounts), own))
    return sorted(lines, key=lambda line: (line.seller.day, line.exhibitor.name.casefold(), line.exhibitor.id))
