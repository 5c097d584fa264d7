"""The floor plan of an edition: reading the present plan, saving a new one, and the versions saved before.

The present plan is in the tables of booths, zones and landmarks, where everything else reads it. A version is its
document at one moment. Saving names the plan that was edited; if that is no longer the present one, nothing is saved.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import Base, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.tables import tidy
from exhibition.venue import layouts, service
from exhibition.venue.models import (
    Booth,
    Exhibition,
    Landmark,
    LayoutBooth,
    PlanBackground,
    PlanPicture,
    Zone,
)
from exhibition.venue.plan import writing as plan_writing
from exhibition.venue.plan.models import PlanVersion
from exhibition.venue.plan.reading import plan_json, plan_values
from exhibition.venue.plan.reading.plan_problems import problems
from exhibition.venue.plan.reading.plan_values import (
    Area,
    Background,
    Changes,
    FloorPlan,
    PlanBooth,
    PlanLandmark,
    PlanZone,
)
from exhibition.venue.rules.halls import hall_around

LONGEST_NOTE = 300
SHOWN_CODES = 12
"""How many codes a sentence names; the rest is only counted."""


@dataclass(frozen=True)
class Saved:
    """The result of saving: the version's number, the plan's new mark, and the changes."""

    number: int
    mark: str
    changes: Changes


def current(exhibition: Exhibition) -> FloorPlan:
    """The plan as it is now, its booths with their ids."""
    zones = list(db.session.scalars(select(Zone).where(Zone.exhibition_id == exhibition.id).order_by(Zone.id)))
    codes = {zone.id: zone.code for zone in zones}
    booths = db.session.scalars(select(Booth).where(Booth.exhibition_id == exhibition.id).order_by(Booth.code))
    landmarks = db.session.scalars(
        select(Landmark).where(Landmark.exhibition_id == exhibition.id).order_by(Landmark.id)
    )
    return FloorPlan(
        exhibition.hall_width,
        exhibition.hall_depth,
        tuple(_booth(booth, codes) for booth in booths),
        tuple(
            PlanLandmark(mark.kind.value, mark.x, mark.y, mark.width, mark.depth, mark.rotation, mark.label)
            for mark in landmarks
        ),
        tuple(PlanZone(zone.code, zone.name, _area(zone)) for zone in zones),
        _background(exhibition),
        service.named_halls(exhibition),
    )


def _booth(booth: Booth, zones: dict[int, str]) -> PlanBooth:
    return PlanBooth(
        code=booth.code,
        x=booth.x,
        y=booth.y,
        width=booth.width,
        depth=booth.depth,
        rotation=booth.rotation,
        zone=zones[booth.zone_id] if booth.zone_id else "",
        corner=booth.corner,
        power_va=booth.power_va,
        water=booth.water,
        accessible=booth.accessible,
        blocked_reason=booth.blocked_reason,
        id=booth.id,
    )


def _area(zone: Zone) -> Area | None:
    if zone.x is None or zone.y is None or zone.width is None or zone.depth is None:
        return None
    return Area(zone.x, zone.y, zone.width, zone.depth)


def _background(exhibition: Exhibition) -> Background | None:
    statement = (
        select(PlanBackground, PlanPicture.digest)
        .join(PlanPicture, PlanPicture.id == PlanBackground.picture_id)
        .where(PlanBackground.exhibition_id == exhibition.id)
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        return None
    found, digest = row
    return Background(digest, found.x, found.y, found.width, found.depth, found.opacity)


def holders(exhibition: Exhibition) -> dict[int, str]:
    """Who has which booth now, by booth id."""
    return {booth_id: name for who in layouts.holders for booth_id, name in who(exhibition).items()}


def consequences(exhibition: Exhibition, wanted: FloorPlan) -> Changes:
    """What saving this plan would change, and who is affected."""
    return plan_values.changes(current(exhibition), wanted, holders(exhibition))


def _named(codes: Sequence[str]) -> str:
    rest = len(codes) - SHOWN_CODES
    return ", ".join(codes[:SHOWN_CODES]) + (f" … (+{rest})" if rest > 0 else "")


@transaction
def save(
    actor: Actor, exhibition: Exhibition, wanted: FloorPlan, *, seen: str, note: str = "", knowing: bool = False
) -> Saved:
    """Make ``wanted`` the plan of the hall and store it as a version. ``seen`` is the mark of the plan that was edited.

    ``knowing``: the organizer has seen the problems, and whose booths are moved, resized or renumbered.
    Raises Refused ``plan_changed`` (409, with ``by`` and ``at``), ``plan_invalid`` and ``number_doubled`` (422),
    ``booth_held`` and ``booth_has_history`` (409) for booths that cannot be removed, ``hall_in_use`` (409) and
    ``hall_too_small`` and ``booth_between_halls`` (422) for booths that would be in none of several halls,
    ``plan_unsure`` (409) when there is something to confirm first, and ``picture_unknown`` (422).
    """
    db.session.execute(select(Exhibition.id).where(Exhibition.id == exhibition.id).with_for_update(key_share=True))
    present = current(exhibition)
    if present.mark != seen:
        raise _changed(exhibition)
    wanted = plan_values.identified(wanted, present)
    found = problems(wanted)
    changes = plan_values.changes(present, wanted, holders(exhibition))
    _refuse_booths(wanted)
    _refuse_removal(present, wanted, changes)
    _refuse_between_halls(present, wanted)
    if (found or changes.affected) and not knowing:
        message = _l("Look at the problems and at whose booth changes, then save once more.")
        raise Refused("plan_unsure", message, field="knowing")
    number = _latest_number(exhibition)
    if number == 0:
        number = 1
        _keep(Actor(None, ""), exhibition, present, number, "", len(problems(present)))
    if changes.nothing:
        return Saved(number, present.mark, changes)
    plan_writing.write(exhibition, present, wanted)
    db.session.expire_all()
    now = current(exhibition)
    _keep(actor, exhibition, now, number + 1, tidy(note)[:LONGEST_NOTE], len(found))
    _record(actor, exhibition, number + 1, changes)
    return Saved(number + 1, now.mark, changes)


def _changed(exhibition: Exhibition) -> Refused:
    latest = db.session.scalar(
        select(PlanVersion)
        .where(PlanVersion.exhibition_id == exhibition.id)
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    if latest is None:
        return Refused("plan_changed", _l("Nothing was saved, because the booths were changed meanwhile. Look again."))
    message = _l(
        "Nothing was saved, because %(name)s saved version %(number)s meanwhile. Open it and repeat your changes.",
        name=latest.created_by,
        number=latest.number,
    )
    return Refused("plan_changed", message, by=latest.created_by, at=latest.created_at.isoformat())


def _refuse_booths(wanted: FloorPlan) -> None:
    if len(wanted.booths) > plan_values.MOST_BOOTHS:
        message = _l("A hall has at most %(most)s booths.", most=plan_values.MOST_BOOTHS)
        raise Refused("plan_invalid", message, status=422, field="booths")
    if twice := plan_values.doubled(booth.code for booth in wanted.booths):
        message = _l("These numbers are there more than once: %(codes)s.", codes=_named(twice))
        raise Refused("number_doubled", message, status=422, field="booths", booths=twice[:SHOWN_CODES])


def _refuse_removal(present: FloorPlan, wanted: FloorPlan, changes: Changes) -> None:
    held = [f"{one.code} ({one.holder})" for one in changes.affected if one.how == "removed"]
    if held:
        message = _l(
            "Somebody has these booths: %(names)s. Move or release them on the floor plan first, or keep the booths.",
            names=_named(held),
        )
        codes = [one.code for one in changes.affected if one.how == "removed"]
        raise Refused("booth_held", message, field="booths", booths=codes[:SHOWN_CODES])
    kept = {booth.id for booth in wanted.booths}
    going = {booth.id: booth.code for booth in present.booths if booth.id is not None and booth.id not in kept}
    if used := sorted(going[number] for number in _referred_to(list(going))):
        message = _l(
            "There are records of these booths: %(codes)s. Keep them, and fill in “Cannot be used because”.",
            codes=_named(used),
        )
        raise Refused("booth_has_history", message, field="booths", booths=used[:SHOWN_CODES])


def _refuse_between_halls(present: FloorPlan, wanted: FloorPlan) -> None:
    """Every booth must be in a hall, because it is shown and counted there."""
    if not wanted.halls:
        return
    lost = [booth for booth in wanted.booths if hall_around(wanted.halls, *plan_values.centre(booth)) is None]
    if not lost:
        return
    before = {booth.id: hall_around(present.rooms, *plan_values.centre(booth)) for booth in present.booths}
    was = next((hall for booth in lost if (hall := before.get(booth.id)) and hall not in wanted.halls), None)
    codes = sorted(booth.code for booth in lost if was is None or before.get(booth.id) == was)
    place = next((n for n, hall in enumerate(wanted.halls) if was and hall.code == was.code), None)
    named, shown = _named(codes), codes[:SHOWN_CODES]
    if was and place is not None:
        message = _l("There is no room in %(hall)s for these booths: %(codes)s.", hall=was.name, codes=named)
        raise Refused("hall_too_small", message, status=422, field=f"halls[{place}]", booths=shown)
    if was and was.code:
        message = _l(
            "There are booths in %(hall)s still: %(codes)s. Move them to another hall or remove them first.",
            hall=was.name,
            codes=named,
        )
        raise Refused("hall_in_use", message, field="halls", booths=shown)
    message = _l("These booths are in none of the halls: %(codes)s. Move them into one.", codes=named)
    raise Refused("booth_between_halls", message, status=422, field="booths", booths=shown)


def _referred_to(booth_ids: list[int]) -> set[int]:
    """The booths that rows of any table refer to, except layouts, which only list open booths."""
    columns = [
        column
        for table in Base.metadata.sorted_tables
        if table.name != LayoutBooth.__tablename__
        for column in table.columns
        if any(key.column is Booth.__table__.c.id for key in column.foreign_keys)
    ]
    if not booth_ids:
        return set()
    return {
        number
        for column in columns
        for number in db.session.scalars(select(column).where(column.in_(booth_ids)).distinct())
    }


def _latest_number(exhibition: Exhibition) -> int:
    statement = select(func.max(PlanVersion.number)).where(PlanVersion.exhibition_id == exhibition.id)
    return db.session.scalar(statement) or 0


def _keep(actor: Actor, exhibition: Exhibition, now: FloorPlan, number: int, note: str, faults: int) -> None:
    version = PlanVersion(
        exhibition_id=exhibition.id,
        number=number,
        document=now.document(ids=True),
        mark=now.mark,
        note=note,
        problems=faults,
        created_by=actor.name,
    )
    db.session.add(version)
    db.session.flush()


def _record(actor: Actor, exhibition: Exhibition, number: int, changes: Changes) -> None:
    after = {
        "version": number,
        "added": changes.added,
        "removed": changes.removed,
        "renumbered": [f"{old} → {new}" for old, new in changes.renumbered],
        "moved": changes.moved,
        "resized": changes.resized,
    }
    told = {name: value for name, value in after.items() if value}
    record(actor, "plan.save", "exhibition", exhibition.id, name=exhibition.name, after=told)


def versions(exhibition: Exhibition) -> list[PlanVersion]:
    """All versions, the newest first, without their documents."""
    statement = select(PlanVersion).where(PlanVersion.exhibition_id == exhibition.id)
    return list(db.session.scalars(statement.order_by(PlanVersion.number.desc())))


def version(exhibition: Exhibition, number: int) -> tuple[PlanVersion, FloorPlan]:
    """One version with its plan. Raises NotFound."""
    statement = select(PlanVersion).where(PlanVersion.exhibition_id == exhibition.id, PlanVersion.number == number)
    found = db.session.scalar(statement) if number <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found, plan_json.floor_plan(found.document)


@transaction
def go_back(actor: Actor, exhibition: Exhibition, number: int, *, seen: str, knowing: bool = False) -> Saved:
    """Make an earlier version the present plan again, as a new version. Raises NotFound and what ``save`` raises."""
    found, wanted = version(exhibition, number)
    note = str(_l("Back to version %(number)s", number=found.number))
    return save(actor, exhibition, wanted, seen=seen, note=note, knowing=knowing)
