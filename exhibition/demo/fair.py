"""What both editions of the demo consist of: days, hall, sessions, rounds, gates; rows in their makers' transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from exhibition.core.db import db
from exhibition.demo import data
from exhibition.exhibitors.models import Cluster, Exhibitor
from exhibition.gate.models import Gate, HallCap, HallOccupancy
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
from exhibition.visitors.models import TimeSlot

FAIR_DAYS = 3
TIMEZONE = ZoneInfo("Asia/Jakarta")
OPEN_NOW_BEFORE, OPEN_NOW_AFTER = timedelta(minutes=30), timedelta(hours=4)


def edition(slug: str, first: date, **own: Any) -> Exhibition:
    """The row of an edition of three days from ``first`` on, with its hours, and with what is its ``own``."""
    exhibition = Exhibition(
        slug=slug,
        timezone=TIMEZONE.key,
        starts_on=first,
        ends_on=first + timedelta(days=FAIR_DAYS - 1),
        hall_width=data.HALL_WIDTH_M,
        hall_depth=data.HALL_DEPTH_M,
        sample=True,
        days=[
            ExhibitionDay(day=first + timedelta(days=n), opens_at=data.OPENS_AT, closes_at=data.CLOSES_AT)
            for n in range(FAIR_DAYS)
        ],
        **(data.FAIR | own),
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


def hall(exhibition: Exhibition, layout_name: str) -> tuple[Layout, list[Booth]]:
    """A hundred booths on a grid, and the published layout, which opens none of them yet."""
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
    layout = Layout(exhibition_id=exhibition.id, name=layout_name, published=True)
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
    return layout, booths


def exhibitor(row: data.DemoExhibitor, clusters: Mapping[str, Cluster], **more: str) -> Exhibitor:
    """The row of an exhibitor of the demo, not yet in the session."""
    return Exhibitor(
        slug=row.slug,
        name=row.name,
        kind=row.kind,
        product_group=row.product_group,
        district=row.district,
        description=row.description,
        sample=row.sample,
        trusted=row.slug not in data.UNTRUSTED,
        cluster=clusters[row.cluster] if row.cluster else None,
        **more,
    )


def open_booths(layout: Layout, booths: Sequence[Booth]) -> None:
    """Let the layout open these booths."""
    db.session.add_all(LayoutBooth(layout_id=layout.id, booth_id=booth.id) for booth in booths)


def gates(exhibition: Exhibition) -> list[Gate]:
    """The gates, and the count of people inside with its caps."""
    found = [Gate(exhibition_id=exhibition.id, code=code, name=name) for code, name in data.GATES]
    db.session.add_all(found)
    db.session.add(HallOccupancy(exhibition_id=exhibition.id, capacity=data.INSIDE_CAPACITY))
    opens = datetime.combine(exhibition.ends_on, data.OPENS_AT, TIMEZONE)
    capacity, reason = data.LAST_DAY_CAPACITY  # the district eases its rule for the last day
    db.session.add(HallCap(exhibition_id=exhibition.id, starts_at=opens, capacity=capacity, reason=reason))
    return found


def _rounds(exhibition: Exhibition, now: datetime, *, open_slot: tuple[datetime, datetime] | None) -> None:
    """Three rounds a day, none within the slot that is open now."""
    for day in exhibition.days:
        for begins, minutes in data.ROUNDS:
            starts = datetime.combine(day.day, begins, TIMEZONE)
            ends = starts + timedelta(minutes=minutes)
            if open_slot is None or ends <= open_slot[0] or starts >= open_slot[1]:
                row = DisinfectionRound(exhibition_id=exhibition.id, starts_at=starts, ends_at=ends)
                if starts < now:
                    row.done_at, row.done_by = min(now, ends), "Petugas kebersihan"
                db.session.add(row)


def slots(exhibition: Exhibition, now: datetime, *, open_now: bool) -> None:
    """Hourly slots; with ``open_now`` one around the present moment replaces those it overlaps."""
    windows: list[tuple[datetime, datetime]] = []
    now_open: tuple[datetime, datetime] | None = None
    for day in exhibition.days:
        for hour in range(day.opens_at.hour, day.closes_at.hour):
            starts = datetime.combine(day.day, time(hour), TIMEZONE)
            windows.append((starts, starts + timedelta(hours=1)))
    if open_now:
        quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        midnight = datetime.combine(now.astimezone(TIMEZONE).date(), time(), TIMEZONE)
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
