"""Writing a floor plan into the tables of halls, booths, zones and landmarks: a part of saving it."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.venue.models import (
    Booth,
    Exhibition,
    ExhibitionHall,
    Landmark,
    LandmarkKind,
    LayoutBooth,
    PlanBackground,
    PlanPicture,
    Zone,
)
from exhibition.venue.plan.reading.plan_values import Background, FloorPlan, PlanLandmark

GIVEN = ("fk_allocation_booth_id_booth", "fk_allocation_day_booth_id_booth", "fk_allocation_pin_booth_id_booth")
"""Foreign keys that keep a booth from being deleted when it is given or pinned to somebody at this very moment."""


def write(exhibition: Exhibition, present: FloorPlan, wanted: FloorPlan) -> None:
    """Change the present plan into the wanted one, whose booths have the ids of those that stay.

    Raises Refused ``booth_held`` (409) when a booth to be removed has just been given to somebody, and
    ``picture_unknown`` (422).
    """
    exhibition.hall_width, exhibition.hall_depth = wanted.width, wanted.depth
    _write_halls(exhibition, wanted)
    zones = _write_zones(exhibition, wanted)
    _write_booths(exhibition, present, wanted, zones)
    gone = {zone.code for zone in present.zones} - {zone.code for zone in wanted.zones}
    db.session.flush()
    db.session.execute(delete(Zone).where(Zone.exhibition_id == exhibition.id, Zone.code.in_(gone)))
    if wanted.landmarks != present.landmarks:
        db.session.execute(delete(Landmark).where(Landmark.exhibition_id == exhibition.id))
        db.session.add_all(_landmark(exhibition, mark) for mark in wanted.landmarks)
        db.session.flush()
    _write_background(exhibition, wanted.background)
    db.session.flush()


def _landmark(exhibition: Exhibition, mark: PlanLandmark) -> Landmark:
    return Landmark(
        exhibition_id=exhibition.id,
        kind=LandmarkKind(mark.kind),
        label=mark.label,
        x=mark.x,
        y=mark.y,
        width=mark.width,
        depth=mark.depth,
        rotation=mark.rotation,
    )


def _write_halls(exhibition: Exhibition, wanted: FloorPlan) -> None:
    """A hall is known by its code."""
    known = select(ExhibitionHall).where(ExhibitionHall.exhibition_id == exhibition.id)
    rows = {row.code: row for row in db.session.scalars(known)}
    for hall in wanted.halls:
        row = rows.pop(hall.code, None) or ExhibitionHall(exhibition_id=exhibition.id, code=hall.code)
        row.name, row.x, row.y, row.width, row.depth = hall.name, hall.x, hall.y, hall.width, hall.depth
        db.session.add(row)
    for row in rows.values():
        db.session.delete(row)
    db.session.flush()


def _write_zones(exhibition: Exhibition, wanted: FloorPlan) -> dict[str, int]:
    """The zones' ids by code."""
    rows = {zone.code: zone for zone in db.session.scalars(select(Zone).where(Zone.exhibition_id == exhibition.id))}
    for zone in wanted.zones:
        row = rows.get(zone.code)
        if row is None:
            row = rows[zone.code] = Zone(exhibition_id=exhibition.id, code=zone.code)
            db.session.add(row)
        area = zone.area
        row.name = zone.name
        row.x, row.y = (area.x, area.y) if area else (None, None)
        row.width, row.depth = (area.width, area.depth) if area else (None, None)
    db.session.flush()
    return {code: row.id for code, row in rows.items()}


def _write_booths(exhibition: Exhibition, present: FloorPlan, wanted: FloorPlan, zones: dict[str, int]) -> None:
    kept = {booth.id for booth in wanted.booths}
    gone = [booth.id for booth in present.booths if booth.id not in kept]
    rows = {booth.id: booth for booth in db.session.scalars(select(Booth).where(Booth.exhibition_id == exhibition.id))}
    codes = {booth.id: booth.code for booth in present.booths}
    renumbered = [booth.id for booth in wanted.booths if booth.id in codes and codes[booth.id] != booth.code]
    for number in renumbered:  # two booths may exchange their numbers
        db.session.execute(update(Booth).where(Booth.id == number).values(code=f"~{number}"))
    if gone:
        db.session.execute(delete(LayoutBooth).where(LayoutBooth.booth_id.in_(gone)))
        try:
            with db.session.begin_nested():
                db.session.execute(delete(Booth).where(Booth.id.in_(gone)))
        except IntegrityError as error:
            if not violates(error, *GIVEN):
                raise
            message = _l("Somebody was given one of these booths meanwhile. Look again.")
            raise Refused("booth_held", message, field="booths") from error
    for booth in wanted.booths:
        row = rows.get(booth.id) if booth.id is not None else None
        if row is None:
            row = Booth(exhibition_id=exhibition.id)
            db.session.add(row)
        row.code, row.zone_id = booth.code, zones[booth.zone] if booth.zone else None
        row.x, row.y, row.width, row.depth, row.rotation = booth.x, booth.y, booth.width, booth.depth, booth.rotation
        row.corner, row.power_va, row.water = booth.corner, booth.power_va, booth.water
        row.accessible, row.blocked_reason = booth.accessible, booth.blocked_reason
    db.session.flush()


def _write_background(exhibition: Exhibition, wanted: Background | None) -> None:
    db.session.execute(delete(PlanBackground).where(PlanBackground.exhibition_id == exhibition.id))
    if wanted is None:
        return
    statement = select(PlanPicture.id).where(
        PlanPicture.exhibition_id == exhibition.id, PlanPicture.digest == wanted.picture
    )
    picture_id = db.session.scalar(statement)
    if picture_id is None:
        message = _l("The background's picture is not here. Upload it again.")
        raise Refused("picture_unknown", message, status=422, field="background.picture")
    db.session.add(
        PlanBackground(
            exhibition_id=exhibition.id,
            picture_id=picture_id,
            x=wanted.x,
            y=wanted.y,
            width=wanted.width,
            depth=wanted.depth,
            opacity=wanted.opacity,
        )
    )
