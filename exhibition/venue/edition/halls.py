"""The hall of a new edition: drawn by rule or taken over from another, and the booths it opens.

These are steps of making an edition, inside its transaction; choosing booths is none: it may take many seconds.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.core.db import db
from exhibition.core.sql.copies import copied
from exhibition.venue import layouts
from exhibition.venue.models import (
    Booth,
    Exhibition,
    ExhibitionHall,
    Landmark,
    LandmarkKind,
    Layout,
    LayoutBooth,
    PlanBackground,
    PlanPicture,
    Zone,
)
from exhibition.venue.rules.booth_blocks import BoothPlace
from exhibition.venue.rules.hall_grid import HallGrid

Kept = TypeVar("Kept", ExhibitionHall, Zone, Booth, Landmark)


def draw(exhibition: Exhibition, grid: HallGrid) -> None:
    """Write the grid's booths and its entrance; the edition has the grid's size already."""
    x, y, width, depth = grid.entrance()
    entrance = Landmark(
        exhibition_id=exhibition.id,
        kind=LandmarkKind.ENTRANCE,
        label=_("Entrance"),
        x=x,
        y=y,
        width=width,
        depth=depth,
    )
    booths = [Booth(exhibition_id=exhibition.id, **asdict(booth)) for booth in grid.booths()]
    db.session.add_all([entrance, *booths])
    db.session.flush()


def farthest_apart(booths: Sequence[BoothPlace], count: int) -> list[str]:
    """The codes of so many booths, or of all if there are not more, with the largest smallest distance between two.

    Takes up to twenty seconds in a large hall.
    """
    if count >= len(booths):
        return [booth.code for booth in booths]
    from exhibition.venue.rules import spacing  # its libraries are heavy, and few commands need them

    places = tuple(
        spacing.CandidateBooth(
            booth.code,
            booth.x + booth.width / 2,
            booth.y + booth.depth / 2,
            booth.width,
            booth.depth,
            booth.rotation,
        )
        for booth in booths
    )
    return list(spacing.farthest(spacing.CandidateBooths(places), count).open)


def candidates(exhibition: Exhibition) -> list[BoothPlace]:
    """The booths that nothing blocks, by their codes."""
    statement = select(Booth.code, Booth.x, Booth.y, Booth.width, Booth.depth, Booth.corner, Booth.rotation)
    free = statement.where(Booth.exhibition_id == exhibition.id, Booth.blocked_reason == "")
    return [BoothPlace(*row) for row in db.session.execute(free.order_by(Booth.code))]


def published_codes(exhibition: Exhibition) -> list[str]:
    """The booths that the published layout opens."""
    statement = (
        select(Booth.code)
        .join(LayoutBooth, LayoutBooth.booth_id == Booth.id)
        .join(Layout, Layout.id == LayoutBooth.layout_id)
        .where(Layout.exhibition_id == exhibition.id, Layout.published)
    )
    return list(db.session.scalars(statement.order_by(Booth.code)))


def open_only(actor: Actor, exhibition: Exhibition, codes: Collection[str]) -> None:
    """Publish a first layout that opens these booths; none for none."""
    if codes:
        name = ngettext("%(num)d booth", "%(num)d booths", len(codes))
        layouts.publish(actor, exhibition, layouts.draft(actor, exhibition, name, codes), knowing=True)


def copy(source: Exhibition, target: Exhibition) -> None:
    """Write the source's halls, zones, booths, landmarks and the picture under its plan into an edition without any."""
    zones = {zone.id: copied(zone, exhibition_id=target.id) for zone in _rows(Zone, source)}
    db.session.add_all(zones.values())
    db.session.add_all(copied(hall, exhibition_id=target.id) for hall in _rows(ExhibitionHall, source))
    db.session.flush()
    booths = [
        copied(booth, exhibition_id=target.id, zone_id=zones[booth.zone_id].id if booth.zone_id else None)
        for booth in _rows(Booth, source)
    ]
    db.session.add_all([*booths, *(copied(mark, exhibition_id=target.id) for mark in _rows(Landmark, source))])
    background = db.session.get(PlanBackground, source.id)
    if background is not None:
        picture = copied(db.session.get_one(PlanPicture, background.picture_id), exhibition_id=target.id)
        db.session.add(picture)
        db.session.flush()
        db.session.add(copied(background, exhibition_id=target.id, picture_id=picture.id))
    db.session.flush()


def _rows(model: type[Kept], exhibition: Exhibition) -> Sequence[Kept]:
    return db.session.scalars(select(model).where(model.exhibition_id == exhibition.id).order_by(model.id)).all()
