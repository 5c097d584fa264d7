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
from exhibition.venue.service import current_exhibition, days_changed

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


def _set_days(exhibition: Exhibition, details: EditionDetails, hours: Mapping[date, Hours]) -> bool:
    """Write the days from first to last; a day without hours gets the last given ones. True if the days changed."""
    usual = hours[max(hours)]
    stored = {day.day: day for day in exhibition.days}
    wanted = days_between(details.starts_on, details.ends_on)
    for day in stored.keys() - set(wanted):
        db.session.delete(stored[day])
    for day in wanted:
        opens_at, closes_at = hours.get(day, usual)
        if day in stored:
            stored[day].opens_at, stored[day].closes_at = opens_at, closes_at
        else:
            db.session.add(ExhibitionDay(exhibition_id=exhibition.id, day=day, opens_at=opens_at, closes_at=closes_at))
    db.session.flush()
    db.session.expire(exhibition, ["days"])
    return set(stored) != set(wanted)


def _recorded_values(exhibition: Exhibition) -> dict[str, Any]:
    names = EditionDetails.__dataclass_fields__
    values = {name: getattr(exhibition, name) for name in names}
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    hours = {day.day.isoformat(): f"{day.opens_at:%H:%M}-{day.closes_at:%H:%M}" for day in exhibition.days}
    return values | {"hours": hours}


@transaction
def edit(actor: Actor, details: EditionDetails, hours: Mapping[date, Hours]) -> Exhibition:
    """Change the current edition. ``hours`` are the opening and closing time of each day, in the edition's time zone.

    Raises Refused with status 422: ``date_invalid``, ``dates_order``, ``too_long``, ``hours_missing``, ``hours_order``,
    ``ages_order``.
    """
    _check(details, hours)
    exhibition = current_exhibition()
    before = _recorded_values(exhibition)
    for name in EditionDetails.__dataclass_fields__:
        setattr(exhibition, name, getattr(details, name))
    if _set_days(exhibition, details, hours):
        days_changed.send(exhibition)
    after = _recorded_values(exhibition)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        was, now = ({name: values[name] for name in changed} for values in (before, after))
        record(actor, "exhibition.edit", "exhibition", exhibition.id, name=exhibition.name, before=was, after=now)
    return exhibition
