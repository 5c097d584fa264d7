"""Loading the demo edition into an empty database, in one transaction."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from exhibition.allocation.models import Allocation, AllocationDay, AllocationState
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.demo import applications, data, listings
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Cluster, Exhibitor
from exhibition.gate.models import Gate, HallCap, HallOccupancy
from exhibition.storefront.models import Listing, Platform, Review, Storefront
from exhibition.venue.models import (
    Booth,
    DisinfectionRound,
    Exhibition,
    ExhibitionDay,
    Landmark,
    LandmarkKind,
    Layout,
    LayoutBooth,
    Zone,
)
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors.models import TimeSlot

FRIDAY, FAIR_DAYS = 4, 3
OPEN_NOW_BEFORE, OPEN_NOW_AFTER = timedelta(minutes=30), timedelta(hours=4)


@transaction
def load(*, open_now: bool = False) -> Exhibition:
    """Write the demo edition. ``open_now`` makes one slot contain the present moment, whatever the hour.

    Raises Refused ``not_empty`` when there already is an edition.
    """
    if db.session.scalar(select(exists().where(Exhibition.id.is_not(None)))):
        raise Refused("not_empty", "The database holds an edition already; the demo goes into an empty one.")
    now = clock.now()
    exhibition = _exhibition(now, open_now=open_now)
    booths = _hall(exhibition)
    exhibitors = _exhibitors()
    participants.take_in(exhibition.id, [one.id for one in exhibitors])
    allocations = _allocations(exhibition, booths, exhibitors, now)
    applications.add(exhibition, exhibitors, allocations, now)
    _shops(exhibitors)
    _slots(exhibition, now, open_now=open_now)
    db.session.add_all(Gate(exhibition_id=exhibition.id, code=code, name=name) for code, name in data.GATES)
    db.session.add(HallOccupancy(exhibition_id=exhibition.id, capacity=data.INSIDE_CAPACITY))
    _last_day_cap(exhibition)
    return exhibition


def _last_day_cap(exhibition: Exhibition) -> None:
    """The district eases its rule for the last day."""
    opens = datetime.combine(exhibition.ends_on, data.OPENS_AT, ZoneInfo(exhibition.timezone))
    capacity, reason = data.LAST_DAY_CAPACITY
    db.session.add(HallCap(exhibition_id=exhibition.id, starts_at=opens, capacity=capacity, reason=reason))


def first_day(today: date, *, open_now: bool) -> date:
    """The Friday of the fair that holds today or comes next; today itself when the fair must be open now."""
    if open_now:
        return today
    since_friday = (today.weekday() - FRIDAY) % 7
    if since_friday < FAIR_DAYS:
        return today - timedelta(days=since_friday)
    return today + timedelta(days=7 - since_friday)


def _exhibition(now: datetime, *, open_now: bool) -> Exhibition:
    timezone = ZoneInfo("Asia/Jakarta")
    first = first_day(now.astimezone(timezone).date(), open_now=open_now)
    exhibition = Exhibition(
        slug=f"umkm-{first.year}",
        timezone=timezone.key,
        starts_on=first,
        ends_on=first + timedelta(days=2),
        hall_width=data.HALL_WIDTH_M,
        hall_depth=data.HALL_DEPTH_M,
        state=EditionState.PUBLISHED,
        sample=True,
        days=[
            ExhibitionDay(day=first + timedelta(days=n), opens_at=data.OPENS_AT, closes_at=data.CLOSES_AT)
            for n in range(FAIR_DAYS)
        ],
        **data.FAIR,
    )
    db.session.add(exhibition)
    db.session.flush()
    return exhibition


def _zone(exhibition: Exhibition, code: str, name: str, rows: Sequence[int]) -> Zone:
    """A zone with the area that its rows of booths cover."""
    margin = (data.PITCH_M - data.BOOTH_M) / 2
    return Zone(
        exhibition_id=exhibition.id,
        code=code,
        name=name,
        x=data.LEFT_M - margin,
        y=data.TOP_M + min(rows) * data.PITCH_M - margin,
        width=data.GRID * data.PITCH_M,
        depth=len(rows) * data.PITCH_M,
    )


def _hall(exhibition: Exhibition) -> list[Booth]:
    """A hundred booths on a grid; the published layout opens 38 of them, none beside or behind another."""
    zones: dict[int, Zone] = {}
    for code, name, rows in data.ZONES:
        zones |= dict.fromkeys(rows, _zone(exhibition, code, name, rows))
    booths = [
        Booth(
            exhibition_id=exhibition.id,
            zone=zones[row],
            code=f"{chr(ord('A') + row)}{column + 1:02}",
            x=data.LEFT_M + column * data.PITCH_M,
            y=data.TOP_M + row * data.PITCH_M,
            width=data.BOOTH_M,
            depth=data.BOOTH_M,
            corner=column in (0, data.GRID - 1),
            power_va=1300 if column in (0, data.GRID - 1) else 450,
            water=column == 0,
        )
        for row in range(data.GRID)
        for column in range(data.GRID)
    ]
    layout = Layout(exhibition_id=exhibition.id, name="38 stan berjarak", published=True)
    middle, width, depth = data.HALL_WIDTH_M / 2, data.HALL_WIDTH_M, data.HALL_DEPTH_M
    landmarks = [
        (LandmarkKind.ENTRANCE, "Pintu masuk", middle - 2, 0.0, 4.0, 0.6),
        (LandmarkKind.EXIT, "Pintu keluar", middle - 2, depth - 0.6, 4.0, 0.6),
        (LandmarkKind.STAGE, "Panggung", middle + 5, 1.0, 8.0, 2.0),
        (LandmarkKind.DOOR, "Pintu darurat", width - 0.4, 17.0, 0.4, 2.0),
        (LandmarkKind.AISLE, "Lorong depan", 2.0, 3.05, 30.0, 0.8),
        (LandmarkKind.HAND_WASHING, "Cuci tangan", 0.3, 0.6, 1.8, 1.2),
        (LandmarkKind.HAND_WASHING, "Cuci tangan", width - 2.1, depth - 1.8, 1.8, 1.2),
    ]
    db.session.add_all([*booths, layout])
    db.session.add_all(
        Landmark(exhibition_id=exhibition.id, kind=kind, label=label, x=x, y=y, width=w, depth=d)
        for kind, label, x, y, w, d in landmarks
    )
    db.session.flush()
    apart = [booth for n, booth in enumerate(booths) if (n // data.GRID + n % data.GRID) % 2 == 0]
    step = len(apart) / data.OPEN_BOOTHS
    opened = [apart[int(n * step)] for n in range(data.OPEN_BOOTHS)]
    db.session.add_all(LayoutBooth(layout_id=layout.id, booth_id=booth.id) for booth in opened)
    return opened


def _exhibitors() -> list[Exhibitor]:
    clusters = {slug: Cluster(slug=slug, name=name) for slug, name in data.CLUSTERS}
    exhibitors = [
        Exhibitor(
            slug=row.slug,
            name=row.name,
            kind=row.kind,
            product_group=row.product_group,
            district=row.district,
            description=row.description,
            sample=row.sample,
            trusted=row.slug not in data.UNTRUSTED,
            cluster=clusters[row.cluster] if row.cluster else None,
        )
        for row in (*data.GOVERNMENT, *data.BUSINESSES)
    ]
    db.session.add_all([*clusters.values(), *exhibitors])
    db.session.flush()
    return exhibitors


def _allocations(
    exhibition: Exhibition, booths: list[Booth], exhibitors: list[Exhibitor], now: datetime
) -> list[Allocation]:
    states = (
        [AllocationState.CONFIRMED] * data.CONFIRMED
        + [AllocationState.OFFERED] * data.OFFERED
        + [AllocationState.HELD] * data.HELD
    )
    allocations = []
    for booth, exhibitor, state in zip(booths, exhibitors, states, strict=False):
        allocation = Allocation(
            exhibition_id=exhibition.id,
            booth_id=booth.id,
            exhibitor_id=exhibitor.id,
            state=state,
            expires_at=None if state is AllocationState.CONFIRMED else now + timedelta(hours=exhibition.hold_hours),
        )
        allocation.days = [
            AllocationDay(day=day.day, exhibition_id=exhibition.id, booth_id=booth.id, exhibitor_id=exhibitor.id)
            for day in exhibition.days
        ]
        allocations.append(allocation)
    db.session.add_all(allocations)
    return allocations


def _shops(exhibitors: list[Exhibitor]) -> None:
    """A sample shop with sample products for every invented business."""
    for exhibitor in exhibitors:
        items = listings.LISTINGS.get(exhibitor.slug, ())
        if items:
            url = f"{listings.SHOP}/{exhibitor.slug}"
            db.session.add(Storefront(exhibitor_id=exhibitor.id, platform=Platform.WARUNG_SERASI, url=url))
        db.session.add_all(
            Listing(
                exhibitor_id=exhibitor.id,
                position=position,
                title=item.title,
                price=item.price,
                description=item.description,
                availability=item.availability,
                link=f"{listings.SHOP}/{exhibitor.slug}/{position + 1}",
                **_shown(exhibitor, last=position == len(items) - 1),
            )
            for position, item in enumerate(items)
        )


def _shown(exhibitor: Exhibitor, *, last: bool) -> dict[str, object]:
    """Whether the listing is shown: a newcomer's latest one waits for the organizer."""
    waits = last and not exhibitor.trusted
    return {"published": not waits, "review": Review.WAITING if waits else Review.APPROVED}


def _rounds(exhibition: Exhibition, now: datetime, *, open_slot: tuple[datetime, datetime] | None) -> None:
    """Three rounds a day, none within the slot that is open now."""
    timezone = ZoneInfo(exhibition.timezone)
    for day in exhibition.days:
        for begins, minutes in data.ROUNDS:
            starts = datetime.combine(day.day, begins, timezone)
            ends = starts + timedelta(minutes=minutes)
            if open_slot is None or ends <= open_slot[0] or starts >= open_slot[1]:
                row = DisinfectionRound(exhibition_id=exhibition.id, starts_at=starts, ends_at=ends)
                if starts < now:
                    row.done_at, row.done_by = min(now, ends), "Petugas kebersihan"
                db.session.add(row)


def _slots(exhibition: Exhibition, now: datetime, *, open_now: bool) -> None:
    """Hourly slots; with ``open_now`` one around the present moment replaces those it overlaps."""
    timezone = ZoneInfo(exhibition.timezone)
    windows: list[tuple[datetime, datetime]] = []
    now_open: tuple[datetime, datetime] | None = None
    for day in exhibition.days:
        for hour in range(day.opens_at.hour, day.closes_at.hour):
            starts = datetime.combine(day.day, time(hour), timezone)
            windows.append((starts, starts + timedelta(hours=1)))
    if open_now:
        quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        midnight = datetime.combine(now.astimezone(timezone).date(), time(), timezone)
        starts, ends = max(quarter - OPEN_NOW_BEFORE, midnight), quarter + OPEN_NOW_AFTER
        windows = [window for window in windows if window[1] <= starts or window[0] >= ends]
        windows.append((starts, ends))
        now_open = starts, ends
    _rounds(exhibition, now, open_slot=now_open)
    db.session.add_all(
        TimeSlot(
            exhibition_id=exhibition.id,
            number=number,
            starts_at=starts,
            ends_at=ends,
            capacity=data.SLOT_CAPACITY,
        )
        for number, (starts, ends) in enumerate(sorted(windows), start=1)
    )
