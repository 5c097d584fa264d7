"""An exhibitor's results: views, clicks and favourites of a period, beside the median of all. Reads only."""

import enum
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.models import ClickSource, Listing, OutboundClick
from exhibition.storefront.visits.models import FavouriteMark, PageView
from exhibition.venue.models import Exhibition
from exhibition.venue.service import local_day

BEFORE_THE_FAIR = timedelta(days=30)
"""From this long before the first day on, everything is attributed to the fair."""
COMPARED_WITH = 5
"""A median of fewer exhibitors would reveal the figures of single ones."""


class StatisticsSpan(enum.StrEnum):
    ALL = "all"
    FAIR = "fair"
    AFTER = "after"


@dataclass(frozen=True)
class Period:
    """Whole days of the edition, first and last included."""

    span: StatisticsSpan
    first: date
    last: date
    timezone: str

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def holds(self, hour: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
        """The condition that a count's hour lies in the period."""
        zone = ZoneInfo(self.timezone)
        starts = datetime.combine(self.first, time(), zone)
        ends = datetime.combine(self.last + timedelta(days=1), time(), zone)
        return and_(hour >= starts, hour < ends)

    def local(self, hour: datetime) -> datetime:
        return hour.astimezone(ZoneInfo(self.timezone))


def spans(exhibition: Exhibition) -> list[StatisticsSpan]:
    """The periods that have begun; only those have figures."""
    today = local_day(exhibition, clock.now())
    begun = {
        StatisticsSpan.ALL: True,
        StatisticsSpan.FAIR: today >= exhibition.starts_on,
        StatisticsSpan.AFTER: today > exhibition.ends_on,
    }
    return [span for span in StatisticsSpan if begun[span]]


def period(exhibition: Exhibition, wanted: str = "") -> Period:
    """The period with this name; everything up to today for an unknown name."""
    today = local_day(exhibition, clock.now())
    span = StatisticsSpan(wanted) if wanted in spans(exhibition) else StatisticsSpan.ALL
    first = exhibition.starts_on - BEFORE_THE_FAIR
    first, last = {
        StatisticsSpan.ALL: (min(first, today), today),
        StatisticsSpan.FAIR: (exhibition.starts_on, min(exhibition.ends_on, today)),
        StatisticsSpan.AFTER: (exhibition.ends_on + timedelta(days=1), today),
    }[span]
    return Period(span, first, last, exhibition.timezone)


class Figures(NamedTuple):
    views: float = 0
    clicks: float = 0
    favourites: float = 0


class ProductFigures(NamedTuple):
    """A listing's figures; ``title`` is None for the shop itself, empty for one that was deleted."""

    title: str | None
    clicks: int
    favourites: int


class Origin(NamedTuple):
    source: ClickSource
    views: int
    clicks: int


@dataclass(frozen=True)
class Statistics:
    """One exhibitor's period."""

    period: Period
    totals: Figures
    fair: Figures | None
    """The median of all exhibitors with a booth; None when there are too few to compare with."""
    days: list[tuple[date, Figures]]
    """Every day, starting with the first that has a figure."""
    products: list[ProductFigures]
    origins: list[Origin]
    hours: list[tuple[int, int]]
    """Hours of the day, in the edition's time zone, and the clicks in them; only those between the first and last."""


_COUNTERS = (PageView.views, OutboundClick.clicks, FavouriteMark.marks)


def with_a_booth(exhibition: Exhibition) -> list[Exhibitor]:
    """The exhibitors with a confirmed booth in the edition, by name."""
    standing = select(Allocation.exhibitor_id).where(confirmed_in(exhibition.id))
    return list(db.session.scalars(select(Exhibitor).where(Exhibitor.id.in_(standing)).order_by(Exhibitor.name)))


def totals(during: Period) -> dict[int, Figures]:
    """All exhibitors' figures, by exhibitor; those without any are missing. Three queries."""
    found: list[dict[int, int]] = []
    for counter in _COUNTERS:
        table = counter.class_
        statement = select(table.exhibitor_id, func.sum(counter)).where(during.holds(table.hour))
        found.append(_pairs(db.session.execute(statement.group_by(table.exhibitor_id))))
    ids = set().union(*found)
    return {id_: Figures(*(counts.get(id_, 0) for counts in found)) for id_ in ids}


def _pairs(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    return {key: int(count) for key, count in rows}


def sum_of(figures: Iterable[Figures]) -> Figures:
    """The figures added up."""
    columns = list(zip(*figures, strict=True))
    return Figures(*(sum(column) for column in columns)) if columns else Figures()


def middle(figures: Iterable[Figures]) -> Figures | None:
    """The median of each figure; None for too few to compare with."""
    columns = list(zip(*figures, strict=True))
    if not columns or len(columns[0]) < COMPARED_WITH:
        return None
    return Figures(*(median(column) for column in columns))


def fair_median(exhibition: Exhibition, during: Period) -> Figures | None:
    """The median of all exhibitors with a booth, those without a figure counting as 0."""
    everybody = totals(during)
    return middle(everybody.get(exhibitor.id, Figures()) for exhibitor in with_a_booth(exhibition))


def of(exhibitor: Exhibitor, exhibition: Exhibition, during: Period) -> Statistics:
    """An exhibitor's results in the period; the number of queries does not grow with them."""
    days, hours = _by_day_and_hour(during, [exhibitor.id])
    return Statistics(
        period=during,
        totals=Figures(*(by_day.total() for by_day in days)),
        fair=fair_median(exhibition, during),
        days=_days(during, days),
        products=_products(exhibitor, during),
        origins=_origins(exhibitor, during),
        hours=[(hour, hours[hour]) for hour in range(min(hours), max(hours) + 1)] if hours else [],
    )


def days(during: Period, exhibitor_ids: Collection[int]) -> list[tuple[date, Figures]]:
    """These exhibitors' figures together, for every day from the first that has one."""
    return _days(during, _by_day_and_hour(during, exhibitor_ids)[0])


def _by_day_and_hour(during: Period, exhibitor_ids: Collection[int]) -> tuple[list[Counter[date]], Counter[int]]:
    """Views, clicks and favourites by day, and the clicks by the hour of the day."""
    by_days: list[Counter[date]] = []
    hours: Counter[int] = Counter()
    for counter in _COUNTERS:
        table = counter.class_
        statement = select(table.hour, func.sum(counter)).where(
            table.exhibitor_id.in_(exhibitor_ids), during.holds(table.hour)
        )
        by_day: Counter[date] = Counter()
        for hour, count in db.session.execute(statement.group_by(table.hour)):
            local = during.local(hour)
            by_day[local.date()] += int(count)
            if table is OutboundClick:
                hours[local.hour] += int(count)
        by_days.append(by_day)
    return by_days, hours


def _days(during: Period, counts: list[Counter[date]]) -> list[tuple[date, Figures]]:
    first = min((day for by_day in counts for day in by_day), default=during.last)
    return [(day, Figures(*(by_day[day] for by_day in counts))) for day in during.days if day >= first]


def _products(exhibitor: Exhibitor, during: Period) -> list[ProductFigures]:
    """All listings with a figure or on show, those with the most clicks first; all deleted ones share one line."""
    clicks, marks = (
        _pairs(
            db.session.execute(
                select(table.listing_id, func.sum(counter))
                .where(table.exhibitor_id == exhibitor.id, during.holds(table.hour))
                .group_by(table.listing_id)
            )
        )
        for table, counter in ((OutboundClick, OutboundClick.clicks), (FavouriteMark, FavouriteMark.marks))
    )
    listings = db.session.execute(
        select(Listing.id, Listing.title, Listing.published).where(Listing.exhibitor_id == exhibitor.id)
    ).all()
    titles = {id_: title for id_, title, published in listings if published or id_ in clicks or id_ in marks}
    products = [ProductFigures(title, clicks.get(id_, 0), marks.get(id_, 0)) for id_, title in titles.items()]
    if 0 in clicks:
        products.append(ProductFigures(None, clicks[0], 0))
    if gone := {id_ for id_ in (*clicks, *marks) if id_ and id_ not in titles}:
        products.append(
            ProductFigures("", sum(clicks.get(id_, 0) for id_ in gone), sum(marks.get(id_, 0) for id_ in gone))
        )
    return sorted(products, key=lambda product: (-product.clicks, -product.favourites, product.title or ""))


def _origins(exhibitor: Exhibitor, during: Period) -> list[Origin]:
    found: list[dict[ClickSource, int]] = []
    for table, counter in ((PageView, PageView.views), (OutboundClick, OutboundClick.clicks)):
        statement = select(table.source, func.sum(counter)).where(
            table.exhibitor_id == exhibitor.id, during.holds(table.hour)
        )
        found.append({source: int(count) for source, count in db.session.execute(statement.group_by(table.source))})
    views, clicks = found
    origins = [Origin(source, views.get(source, 0), clicks.get(source, 0)) for source in ClickSource]
    return sorted((one for one in origins if one.views or one.clicks), key=lambda one: (-one.views, -one.clicks))
