"""Reading the edition, and the hall as other packages draw it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from blinker import Signal
from sqlalchemy import func, select

from exhibition.core.db import db
from exhibition.venue.models import Booth, Exhibition, Landmark, LandmarkKind, Layout, LayoutBooth, Zone
from exhibition.venue.rules.edition import SPACIOUS_M2_EACH, suggested_cap
from exhibition.venue.rules.fair_hours import FairHours

hours_changed = Signal()
"""Sent with the exhibition and ``change`` (``edition.changing.HoursChange``), inside the transaction that gives it
other days, hours, another zone or place. Receivers carry out what follows, or refuse all of it."""


@dataclass(frozen=True)
class PlacedBooth:
    """A booth as the plan draws it; ``open`` says whether the published layout opens it."""

    id: int
    code: str
    zone: str
    x: float
    y: float
    width: float
    depth: float
    rotation: float
    open: bool
    blocked_reason: str


@dataclass(frozen=True)
class Hall:
    """The hall of one edition with its booths, in metres."""

    width: float
    depth: float
    booths: list[PlacedBooth]
    landmarks: list[Landmark]


def hall(exhibition: Exhibition) -> Hall:
    """All candidate booths in the order of their codes, each open or not by the published layout."""
    opened = (
        select(LayoutBooth.booth_id)
        .join(Layout, Layout.id == LayoutBooth.layout_id)
        .where(Layout.exhibition_id == exhibition.id, Layout.published)
        .subquery()
    )
    statement = (
        select(
            Booth.id,
            Booth.code,
            func.coalesce(Zone.name, ""),
            Booth.x,
            Booth.y,
            Booth.width,
            Booth.depth,
            Booth.rotation,
            opened.c.booth_id.is_not(None) & (Booth.blocked_reason == ""),
            Booth.blocked_reason,
        )
        .outerjoin(Zone, Zone.id == Booth.zone_id)
        .outerjoin(opened, opened.c.booth_id == Booth.id)
        .where(Booth.exhibition_id == exhibition.id)
        .order_by(Booth.code)
    )
    booths = [PlacedBooth(*row) for row in db.session.execute(statement)]
    landmarks = db.session.scalars(
        select(Landmark).where(Landmark.exhibition_id == exhibition.id).order_by(Landmark.id)
    ).all()
    return Hall(exhibition.hall_width, exhibition.hall_depth, booths, list(landmarks))


TAKES_FLOOR = frozenset({LandmarkKind.STAGE, LandmarkKind.WALL, LandmarkKind.HAND_WASHING, LandmarkKind.INFORMATION})
"""Landmarks that take floor away from visitors."""


@dataclass(frozen=True)
class FloorArea:
    """The hall's floor in square metres: all of it, and the parts that open booths and landmarks take."""

    hall: float
    booths: float
    landmarks: float

    @property
    def usable(self) -> float:
        return max(0.0, self.hall - self.booths - self.landmarks)


def floor_area(plan: Hall) -> FloorArea:
    """Where visitors can stand and walk."""
    booths = sum(booth.width * booth.depth for booth in plan.booths if booth.open)
    marks = sum(mark.width * mark.depth for mark in plan.landmarks if mark.kind in TAKES_FLOOR)
    return FloorArea(plan.width * plan.depth, booths, marks)


def people_suggested(exhibition: Exhibition) -> int | None:
    """How many people the floor holds at once by the edition's rule, or with two metres between them; None: no floor
    is left to stand on.
    """
    each = exhibition.square_metres_each or SPACIOUS_M2_EACH
    return suggested_cap(floor_area(hall(exhibition)).usable, each) or None


def local_day(exhibition: Exhibition, moment: datetime) -> date:
    """The day of a moment in the edition's time zone."""
    return moment.astimezone(ZoneInfo(exhibition.timezone)).date()


def fair_hours(exhibition: Exhibition) -> FairHours:
    """The fair's days with their hours, in its time zone."""
    return FairHours(exhibition.timezone, {day.day: (day.opens_at, day.closes_at) for day in exhibition.days})


def days(exhibition: Exhibition) -> list[date]:
    """The days of the fair, first to last."""
    return [day.day for day in exhibition.days]


def booths_open(exhibition: Exhibition) -> int:
    """How many booths the published layout opens and nothing blocks."""
    statement = (
        select(func.count())
        .select_from(LayoutBooth)
        .join(Layout, Layout.id == LayoutBooth.layout_id)
        .join(Booth, Booth.id == LayoutBooth.booth_id)
        .where(Layout.exhibition_id == exhibition.id, Layout.published, Booth.blocked_reason == "")
    )
    return db.session.scalar(statement) or 0


caps: dict[str, Callable[[Exhibition], int]] = {"booths_open": booths_open}
"""Functions that give the limits of ``GET /api/v1/exhibition``; packages above add theirs."""
