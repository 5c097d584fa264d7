"""The demo's visits so far: views, clicks and favourites of the last days, by hour, with visible differences.

Interest grows towards today, evenings are busy, coffee and snacks lead, and some exhibitors have no views at all.
"""

import random
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.demo import data
from exhibition.storefront.models import ClickSource, Listing, OutboundClick
from exhibition.storefront.visits import statistics
from exhibition.storefront.visits.models import FavouriteMark, PageView
from exhibition.venue.models import Exhibition

SEED = 1945
DAYS = 10
HOURS, BUSY = range(7, 23), (1, 1, 1, 1, 2, 2, 2, 1, 1, 2, 1, 2, 3, 3, 2, 1)
FAVOUR = {"Camilan": 2.2, "Kopi": 2.6, "Batik": 1.6, "Wisata": 1.1, "Kerajinan": 0.9, "Minuman": 0.8}
"""How many times as often as others a product group is viewed."""
ELSEWHERE = (ClickSource.CATALOGUE, ClickSource.BOOTH_PAGE, ClickSource.FRONT_PAGE, ClickSource.CLUSTER_PAGE)
OFTEN = (5, 3, 2, 1)
CLICKING, SAVING = 0.28, 0.09
"""The shares of views after which somebody goes to the shop, or saves a product."""

Rows = list[dict[str, Any]]


@transaction
def add(exhibition: Exhibition, *, until: datetime | None = None, days: int = DAYS) -> int:
    """Write the counts of the last ``days`` before ``until`` (None: now) and return how many views they are."""
    dice = random.Random(SEED)  # noqa: S311 invented figures, no secret
    listings: dict[int, list[int]] = {}
    for id_, exhibitor_id in db.session.execute(select(Listing.id, Listing.exhibitor_id).where(Listing.published)):
        listings.setdefault(exhibitor_id, []).append(id_)
    views: Rows = []
    hours = _hours(exhibition, until or clock.now(), days)
    clicks: dict[tuple[int, int, ClickSource, datetime], int] = {}
    marks: dict[tuple[int, int, datetime], int] = {}
    for exhibitor in statistics.with_a_booth(exhibition):
        sold = listings.get(exhibitor.id, [])
        liked = FAVOUR.get(exhibitor.product_group, 0.5) * dice.uniform(0.3, 1.7) if sold else 0.2
        for hour, source, count in _views(exhibition, hours, liked, dice):
            views.append({"exhibitor_id": exhibitor.id, "source": source, "hour": hour, "views": count})
            for _ in range(count if sold else 0):
                # Earlier products are more popular; 0 is the shop itself.
                chosen = dice.choices([*sold, 0], [*range(len(sold) + 1, 1, -1), 1])[0]
                if dice.random() < CLICKING:
                    key = (exhibitor.id, chosen, source, hour)
                    clicks[key] = clicks.get(key, 0) + 1
                if chosen and dice.random() < SAVING:
                    marks[exhibitor.id, chosen, hour] = marks.get((exhibitor.id, chosen, hour), 0) + 1
    _write(views, clicks, marks)
    return sum(row["views"] for row in views)


def _hours(exhibition: Exhibition, until: datetime, days: int) -> list[tuple[datetime, float]]:
    """The busy hours of the last days that are over, and how busy they were."""
    now = until.astimezone(ZoneInfo(exhibition.timezone))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = [
        (midnight + timedelta(days=day - days + 1, hours=hour), busy * (day + 2) / days)
        for day in range(days)
        for hour, busy in zip(HOURS, BUSY, strict=True)
    ]
    return [(hour, busy) for hour, busy in hours if hour + timedelta(hours=1) <= now]


def _views(
    exhibition: Exhibition, hours: list[tuple[datetime, float]], liked: float, dice: random.Random
) -> list[tuple[datetime, ClickSource, int]]:
    """Views by hour and source; the QR at the booth is only scanned while the fair is open."""
    found: dict[tuple[datetime, ClickSource], int] = {}
    for hour, busy in hours:
        fair = exhibition.starts_on <= hour.date() <= exhibition.ends_on
        open_now = fair and data.OPENS_AT.hour <= hour.hour < data.CLOSES_AT.hour
        for _ in range(round(dice.gauss(0.55, 0.3) * busy * liked * (2 if open_now else 1))):
            at_booth = open_now and dice.random() < 0.6  # noqa: PLR2004 share of those who stand there
            source = ClickSource.BOOTH_QR if at_booth else dice.choices(ELSEWHERE, OFTEN)[0]
            found[hour, source] = found.get((hour, source), 0) + 1
    return [(hour, source, count) for (hour, source), count in found.items()]


def _write(
    views: Rows,
    clicks: dict[tuple[int, int, ClickSource, datetime], int],
    marks: dict[tuple[int, int, datetime], int],
) -> None:
    rows: list[tuple[type[Any], Rows]] = [
        (PageView, views),
        (
            OutboundClick,
            [
                {"exhibitor_id": who, "listing_id": what, "source": source, "hour": hour, "clicks": count}
                for (who, what, source, hour), count in clicks.items()
            ],
        ),
        (
            FavouriteMark,
            [
                {"exhibitor_id": who, "listing_id": what, "hour": hour, "marks": count}
                for (who, what, hour), count in marks.items()
            ],
        ),
    ]
    for table, values in rows:
        if values:
            db.session.execute(insert(table), values)
