"""What the fair offers at this moment, as sentences for the front page and the form."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.core.i18n import clock_time, long_date
from exhibition.venue.edition import choice
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.venue.service import local_day
from exhibition.visitors import slots
from exhibition.visitors.advice.fair_now import FairNow, OfferedSession, Room, fair_now

TEXTS = {
    Room.NOT_ANNOUNCED: _l("Registration has not opened yet: the sessions will stand here. Come back in a few days."),
    Room.FULL: _l(
        "All sessions are full. Places come back whenever somebody cancels: look here again from time to time."
    ),
    Room.CLOSED: _l("All sessions that are left are closed. What comes instead will stand here."),
    Room.NO_MORE: _l("All sessions are over; there is none left to register for."),
}


def offered(
    exhibition: Exhibition,
    days: Sequence[slots.DaySlots],
    rounds: Mapping[date, Sequence[DisinfectionRound]],
    now: datetime,
) -> dict[str, Any]:
    """The state of the fair for a template: its code, its sentence, and that the hall is being disinfected."""
    sessions = [
        OfferedSession(slot.status(now), slot.starts_at, slot.ends_at, slot.remaining)
        for day in days
        for slot in day.slots
    ]
    found = fair_now(sessions, [(one.starts_at, one.ends_at) for day in rounds.values() for one in day], now)
    sprayed = ""
    if found.sprayed_until is not None:
        until = clock_time(found.sprayed_until, exhibition.timezone)
        sprayed = _("The hall is being sprayed until %(time)s; nobody is let in until then.", time=until)
    return {"room": found.room.value, "text": _sentence(exhibition, found), "sprayed": sprayed}


def _sentence(exhibition: Exhibition, found: FairNow) -> str:
    session = found.session
    if session is None:
        return str(TEXTS[found.room])
    day, time = long_date(session.starts_at, exhibition.timezone), clock_time(session.starts_at, exhibition.timezone)
    if found.room is Room.NOW:
        return _(
            "There is room now, in the session until %(time)s.", time=clock_time(session.ends_at, exhibition.timezone)
        )
    if local_day(exhibition, session.starts_at) == choice.today(exhibition):
        return _("There is room today from %(time)s on.", time=time)
    return _("There is room from %(day)s, %(time)s on.", day=day, time=time)
