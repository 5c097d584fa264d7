"""Reading the edition, and its halls as other packages draw them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from blinker import Signal
from sqlalchemy import func, select

from exhibition.core.db import db
from exhibition.venue.models import Booth, Exhibition, ExhibitionHall, Landmark, LandmarkKind, Layout, LayoutBooth, Zone
from exhibition.venue.rules.edition import SPACIOUS_M2_EACH, suggested_cap
from exhibition.venue.rules.fair_hours import FairHours
from exhibition.venue.rules.halls import NamedHall, hall_of

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
    hall: NamedHall | None = None
    """The hall it stands in, where there are several."""


def _room(rooms: Sequence[NamedHall], piece: PlacedBooth | Booth | Landmark) -> NamedHall:
    return hall_of(rooms, piece.x + piece.width / 2, piece.y + piece.depth / 2)


@dataclass(frozen=True)
class Hall:
    """What is drawn of an edition, in metres: its hall with the booths, one of its halls, or all on their ground."""

    width: float
    depth: float
    booths: list[PlacedBooth]
    landmarks: list[Landmark]
    rooms: Sequence[NamedHall] = ()
    """The halls in it by their codes; the only hall of an edition may have neither a code nor a name."""
    x: float = 0.0
    y: float = 0.0

    @property
    def several(self) -> bool:
        return len(self.rooms) > 1

    @property
    def name(self) -> str:
        """Empty for all of several halls together, and for an only one without a name."""
        return "" if self.several else self.rooms[0].name

    def shows(self, hall: NamedHall | None) -> bool:
        """Whether a booth of this hall is drawn here."""
        return hall is None or hall in self.rooms

    def parts(self, codes: Collection[str] | None = None) -> "list[Hall]":
        """Each hall by itself; of several with ``codes`` only those in which such a booth is."""
        if not self.several:
            return [self]
        there = {booth.hall for booth in self.booths if codes is None or booth.code in codes}
        return [self.only(room.code) for room in self.rooms if codes is None or room in there]

    @property
    def code(self) -> str:
        """Empty for all of several halls together."""
        return "" if self.several else self.rooms[0].code

    def only(self, code: str = "") -> "Hall":
        """One of several halls: the one with this code, else the first."""
        if not self.several:
            return self
        room = next((room for room in self.rooms if room.code == code), self.rooms[0])
        booths = [booth for booth in self.booths if booth.hall == room]
        landmarks = [mark for mark in self.landmarks if _room(self.rooms, mark) == room]
        return Hall(room.width, room.depth, booths, landmarks, (room,), room.x, room.y)


def named_halls(exhibition: Exhibition) -> tuple[NamedHall, ...]:
    """The edition's halls that have names, by their codes; none for an edition with a single one that has no name."""
    rows = select(ExhibitionHall).where(ExhibitionHall.exhibition_id == exhibition.id).order_by(ExhibitionHall.code)
    return tuple(NamedHall(row.code, row.name, row.x, row.y, row.width, row.depth) for row in db.session.scalars(rows))


def hall_among(halls: Sequence[NamedHall], booth: Booth) -> NamedHall | None:
    """The one of several halls that a booth stands in; None where there are not several."""
    return _room(halls, booth) if len(halls) > 1 else None


def hall_around(exhibition: Exhibition, booth: Booth) -> NamedHall | None:
    """The hall that a booth stands in, where the edition has several."""
    return hall_among(named_halls(exhibition), booth)


def hall(exhibition: Exhibition) -> Hall:
    """All candidate booths in the order of their codes, each open or not by the published layout; three queries."""
    rooms = named_halls(exhibition) or (NamedHall("", "", 0.0, 0.0, exhibition.hall_width, exhibition.hall_depth),)
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
    if len(rooms) > 1:
        booths = [replace(booth, hall=_room(rooms, booth)) for booth in booths]
    landmarks = db.session.scalars(
        select(Landmark).where(Landmark.exhibition_id == exhibition.id).order_by(Landmark.id)
    ).all()
    if len(rooms) == 1:
        return Hall(rooms[0].width, rooms[0].depth, booths, list(landmarks), rooms, rooms[0].x, rooms[0].y)
    return Hall(exhibition.hall_width, exhibition.hall_depth, booths, list(landmarks), rooms)


TAKES_FLOOR = frozenset({LandmarkKind.STAGE, LandmarkKind.WALL, LandmarkKind.HAND_WASHING, LandmarkKind.INFORMATION})
"""Landmarks that take floor away from visitors."""


@dataclass(frozen=True)
class FloorArea:
    """The halls' floor in square metres: all of it, and the parts that open booths and landmarks take."""

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
    return FloorArea(sum(room.width * room.depth for room in plan.rooms), booths, marks)


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
