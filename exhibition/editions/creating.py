"""A fair from a plan, or from an earlier fair: everything that the packages below keep of it, in one transaction."""

from collections.abc import Collection
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.editions.checking import check, check_slug, reachable
from exhibition.editions.plans import EVERYTHING, EditionPlan, Part
from exhibition.exhibitors.applications import calls
from exhibition.gate import devices, new_edition
from exhibition.venue.edition import cloning, halls, states
from exhibition.venue.edition.days import check_days, days_between
from exhibition.venue.models import Exhibition, ExhibitionDay
from exhibition.venue.rules.day_windows import windows
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors import session_series

NO_HALL_M = 20.0
"""Width and depth of a hall that nobody has drawn yet."""


def create(actor: Actor, plan: EditionPlan, *, publish: bool = False) -> Exhibition:
    """Make a fair; a draft, or published at once.

    Raises what ``checking.check`` raises, and Refused ``slug_taken`` (409).
    """
    check(plan)
    return _create(actor, plan, _opened(plan), publish=publish)


def _opened(plan: EditionPlan) -> Collection[str]:
    """The codes of the booths to open; outside of any transaction, because it may take long."""
    if plan.hall is None:
        return ()
    if plan.open_booths is None or isinstance(plan.open_booths, int):
        booths = plan.hall.booths()
        return halls.farthest_apart(booths, plan.open_booths or len(booths))
    return plan.open_booths


@transaction
def _create(actor: Actor, plan: EditionPlan, opened: Collection[str], *, publish: bool) -> Exhibition:
    exhibition = Exhibition(state=EditionState.DRAFT, **_described(plan))
    _add(exhibition)
    record(actor, "exhibition.create", "exhibition", exhibition.id, name=exhibition.name, after=_told(exhibition))
    if plan.hall is not None:
        halls.draw(exhibition, plan.hall)
    halls.open_only(actor, exhibition, opened)
    people = 0
    if plan.sessions is not None:
        people = plan.sessions.people
        daily = windows(plan.opens, plan.closes, plan.sessions.every_minutes, plan.sessions.breaks)
        session_series.add(exhibition, daily, people)
    for gate in plan.gates:
        devices.add_gate(actor, exhibition, gate.code, gate.name)
    new_edition.begin(exhibition, people if plan.inside_cap is None else plan.inside_cap)
    return _finish(actor, exhibition, publish=publish)


def _described(plan: EditionPlan) -> dict[str, Any]:
    """The values of an edition that a plan gives."""
    contact = reachable(plan.contact)
    return {
        "slug": plan.slug,
        "name": plan.name.strip(),
        "venue_name": plan.venue_name.strip(),
        "address": plan.address.strip(),
        "timezone": plan.timezone,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "organizer_name": contact.organizer,
        "reentry": plan.reentry,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
        "contact_whatsapp": contact.whatsapp,
        "hall_width": plan.hall.width if plan.hall else NO_HALL_M,
        "hall_depth": plan.hall.depth if plan.hall else NO_HALL_M,
        "days": [
            ExhibitionDay(day=day, opens_at=plan.opens, closes_at=plan.closes)
            for day in days_between(plan.starts_on, plan.ends_on)
        ],
    }


def _told(exhibition: Exhibition) -> dict[str, Any]:
    return {
        "slug": exhibition.slug,
        "starts_on": exhibition.starts_on.isoformat(),
        "ends_on": exhibition.ends_on.isoformat(),
    }


def clone(
    actor: Actor,
    source_slug: str,
    slug: str,
    starts_on: date,
    *,
    parts: Collection[Part] = EVERYTHING,
    open_booths: int | None = None,
    publish: bool = False,
) -> Exhibition:
    """Make a fair as long as an earlier one, with ``parts`` of it on the new days.

    Clusters belong to exhibitors, so they are there already. Visitors, passes, scans and allocations stay behind.
    ``open_booths``: so many are opened, as far apart as possible; None: those that the source opens.
    Raises NotFound for the source, Refused ``invalid``, ``slug_reserved``, ``date_invalid`` (422) and
    ``slug_taken`` (409).
    """
    source = states.by_slug(source_slug)
    check_slug(slug)
    check_days(starts_on, starts_on + (source.ends_on - source.starts_on))
    if Part.HALL not in parts:
        if open_booths is not None:
            message = _l("There is no hall whose booths could be opened.")
            raise Refused("invalid", message, status=422, field="open_booths")
        opened = []
    else:
        opened = halls.published_codes(source)
    if open_booths is not None:
        booths = halls.candidates(source)
        if open_booths > len(booths):
            message = _l("The hall has %(count)s booths only.", count=len(booths))
            raise Refused("invalid", message, status=422, field="open_booths")
        opened = halls.farthest_apart(booths, open_booths)
    exhibition = cloning.draft_of(source, slug, starts_on, rules=Part.RULES in parts)
    return _clone(actor, source_slug, exhibition, parts, opened, publish=publish)


def renew(actor: Actor, source_slug: str, plan: EditionPlan, parts: Collection[Part] = EVERYTHING) -> Exhibition:
    """Make a draft with the name, place, days and contact of ``plan`` and with ``parts`` of an earlier fair.

    Sessions that the new days or hours do not hold stay behind. Raises NotFound for the source, and what ``create``
    raises.
    """
    check(plan)
    source = states.by_slug(source_slug)
    exhibition = cloning.draft_of(source, plan.slug, plan.starts_on, rules=Part.RULES in parts)
    own = _described(plan)
    for name in own.keys() - {"hall_width", "hall_depth", "reentry"}:
        setattr(exhibition, name, own[name])
    opened = halls.published_codes(source) if Part.HALL in parts else []
    return _clone(actor, source_slug, exhibition, parts, opened, within_hours=True)


@transaction
def _clone(
    actor: Actor,
    source_slug: str,
    exhibition: Exhibition,
    parts: Collection[Part],
    opened: Collection[str],
    *,
    within_hours: bool = False,
    publish: bool = False,
) -> Exhibition:
    source = states.by_slug(source_slug)
    if Part.HALL not in parts:
        exhibition.hall_width = exhibition.hall_depth = NO_HALL_M
    _add(exhibition)
    after = _told(exhibition) | {"source": source.slug}
    record(actor, "exhibition.clone", "exhibition", exhibition.id, name=exhibition.name, after=after)
    people = 0
    if Part.HALL in parts:
        halls.copy(source, exhibition)
    if Part.SESSIONS in parts:
        cloning.copy_rounds(actor, source, exhibition)
        people = session_series.copy(source, exhibition, within_hours=within_hours)
    halls.open_only(actor, exhibition, opened)
    if Part.GATES in parts:
        new_edition.copy_gates(source, exhibition)
    if Part.CAPS in parts:
        new_edition.copy_caps(actor, source, exhibition)
    else:
        new_edition.begin(exhibition, people)
    if Part.RULES in parts:
        calls.take_over(source, exhibition)
        cloning.copy_mail_texts(source, exhibition)
    return _finish(actor, exhibition, publish=publish)


def _add(exhibition: Exhibition) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(exhibition)
    except IntegrityError as error:
        if not violates(error, "uq_exhibition_slug"):
            raise
        message = _l("Another edition has this slug already.")
        raise Refused("slug_taken", message, field="slug") from error


def _finish(actor: Actor, exhibition: Exhibition, *, publish: bool) -> Exhibition:
    db.session.flush()
    return states.change_state(actor, exhibition.slug, EditionState.PUBLISHED) if publish else exhibition
