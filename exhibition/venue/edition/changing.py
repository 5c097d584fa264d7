"""Changing the edition: its texts, dates, opening hours and limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.venue.edition.days import check_days, days_between
from exhibition.venue.models import Exhibition, ExhibitionDay
from exhibition.venue.rules import edition_states
from exhibition.venue.rules.edition import Reentry
from exhibition.venue.rules.edition_states import ANNOUNCED
from exhibition.venue.rules.fair_hours import FairHours, Way
from exhibition.venue.service import fair_hours, hours_changed

Hours = tuple[time, time]


@dataclass(frozen=True)
class EditionDetails:
    name: str
    tagline: str
    venue_name: str
    address: str
    directions_url: str
    timezone: str
    starts_on: date
    ends_on: date
    early_minutes: int
    late_minutes: int
    reentry: Reentry
    people_each_contact: int
    waiting_minutes: int
    hold_hours: int
    badges_per_booth: int
    offline_after_ms: int
    amber_minutes: int
    red_minutes: int
    walk_in_name_required: bool
    override_codes: str
    longest_stay_minutes: int | None
    no_show_minutes: int | None
    mask_required: bool
    screening_question: str
    retention_days: int


def _refuse(code: str, message: Any, field: str) -> Refused:
    return Refused(code, message, status=422, field=field)


def _check(details: EditionDetails, hours: Mapping[date, Hours]) -> None:
    check_days(details.starts_on, details.ends_on)
    if details.amber_minutes > details.red_minutes:
        raise _refuse("ages_order", _l("A scanner's data cannot be red before it is amber."), "red_minutes")
    if not hours:
        raise _refuse("hours_missing", _l("Write opening hours for at least one day."), "days")
    if any(opens >= closes for opens, closes in hours.values()):
        raise _refuse("hours_order", _l("A day must close later than it opens."), "days")


@dataclass(frozen=True)
class FairPlace:
    """Where a fair takes place."""

    venue_name: str
    address: str

    @classmethod
    def of(cls, exhibition: Exhibition) -> "FairPlace":
        return cls(exhibition.venue_name, exhibition.address)


@dataclass(frozen=True)
class HoursChange:
    """New days, hours, zone or place, just written, and what the organizer wants of all that hangs on the old ones."""

    actor: Actor
    before: FairHours
    after: FairHours
    way: Way | None
    """None: not said yet."""
    place_before: FairPlace
    place_after: FairPlace
    tell_place: bool | None = None
    """Whether people are told of the new place; None: not said yet."""


def _hours(before: FairHours, details: EditionDetails, hours: Mapping[date, Hours]) -> FairHours:
    """The days from first to last with their hours.

    A fair that moves as a whole takes the hours of each day along; else a new day gets those of the last day given.
    """
    days = days_between(details.starts_on, details.ends_on)
    if hours.keys() == before.days.keys() and len(hours) == len(days):
        return FairHours(details.timezone, dict(zip(days, (hours[day] for day in sorted(hours)), strict=True)))
    usual = hours[max(hours)]
    return FairHours(details.timezone, {day: hours.get(day, usual) for day in days})


def write_hours(exhibition: Exhibition, hours: FairHours) -> None:
    """Give the edition these days and zone in the open transaction, and nothing else: what follows is the caller's."""
    if exhibition.state in ANNOUNCED and exhibition.days:
        told, before = exhibition.rescheduled_from, exhibition.days[0].day
        exhibition.rescheduled_from = edition_states.rescheduled_from(told, before, hours.first)
    exhibition.starts_on, exhibition.ends_on, exhibition.timezone = hours.first, hours.last, hours.timezone
    stored = {day.day: day for day in exhibition.days}
    for day in stored.keys() - hours.days.keys():
        db.session.delete(stored[day])
    for day, (opens_at, closes_at) in hours.days.items():
        if day in stored:
            stored[day].opens_at, stored[day].closes_at = opens_at, closes_at
        else:
            db.session.add(ExhibitionDay(exhibition_id=exhibition.id, day=day, opens_at=opens_at, closes_at=closes_at))
    db.session.flush()
    db.session.expire(exhibition, ["days"])


def _recorded_values(exhibition: Exhibition) -> dict[str, Any]:
    names = EditionDetails.__dataclass_fields__
    values = {name: getattr(exhibition, name) for name in names}
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    hours = {day.day.isoformat(): f"{day.opens_at:%H:%M}-{day.closes_at:%H:%M}" for day in exhibition.days}
    return values | {"hours": hours}


@transaction
def edit(
    actor: Actor,
    exhibition: Exhibition,
    details: EditionDetails,
    hours: Mapping[date, Hours],
    way: Way | None = None,
    *,
    tell_place: bool | None = None,
) -> None:
    """Change an edition. ``hours`` are opening and closing time of each day, in the edition's zone.

    Days, hours, zone and place change with all that follows (``hours_changed``), or not at all. Raises Refused with
    status 422: ``date_invalid``, ``dates_order``, ``too_long``, ``hours_missing``, ``hours_order``, ``ages_order``; and
    what receivers of ``hours_changed`` raise, ``consequences`` (409) among them as long as ``way`` or ``tell_place`` is
    needed and not said.
    """
    _check(details, hours)
    db.session.refresh(exhibition, with_for_update=True)  # one change after the other
    values_before, hours_before = _recorded_values(exhibition), fair_hours(exhibition)
    place_before = FairPlace.of(exhibition)
    for name in EditionDetails.__dataclass_fields__:
        setattr(exhibition, name, getattr(details, name))
    hours_after = _hours(hours_before, details, hours)
    write_hours(exhibition, hours_after)
    after = _recorded_values(exhibition)
    changed = [name for name in after if after[name] != values_before[name]]
    if changed:
        was, now = ({name: values[name] for name in changed} for values in (values_before, after))
        record(actor, "exhibition.edit", "exhibition", exhibition.id, name=exhibition.name, before=was, after=now)
    place_after = FairPlace.of(exhibition)
    if (hours_after, place_after) != (hours_before, place_before):
        change = HoursChange(actor, hours_before, hours_after, way, place_before, place_after, tell_place)
        hours_changed.send(exhibition, change=change)


def details_of(exhibition: Exhibition) -> EditionDetails:
    """All of an edition that can be changed, as it is."""
    return EditionDetails(**{name: getattr(exhibition, name) for name in EditionDetails.__dataclass_fields__})
