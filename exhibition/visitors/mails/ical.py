"""A pass as a calendar entry."""

from datetime import timedelta

from flask_babel import gettext as _

from exhibition.core import clock
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors.models import PassState
from exhibition.visitors.registration.party import Issued

REMINDER = timedelta(hours=-2)


def _status(issued: Issued, exhibition: Exhibition) -> str:
    if issued.state is not PassState.VALID or exhibition.told_state is EditionState.CALLED_OFF:
        return "CANCELLED"
    return "TENTATIVE" if exhibition.state is EditionState.POSTPONED else "CONFIRMED"


def entry(issued: Issued, exhibition: Exhibition, address: str) -> bytes:
    """An iCalendar file with the visit; a cancelled pass cancels the entry of the same visit."""
    from icalendar import Alarm, Calendar, Event

    event = Event()
    event.add("uid", f"{issued.reference}@{exhibition.slug}.invalid")
    event.add("sequence", issued.generation + (issued.state is not PassState.VALID))
    event.add("dtstamp", clock.now())
    event.add("dtstart", issued.slot.starts_at)
    event.add("dtend", issued.slot.ends_at)
    event.add("summary", exhibition.name)
    event.add("location", ", ".join(part for part in (exhibition.venue_name, exhibition.address) if part))
    event.add("description", _("Show this pass at the gate: %(address)s", address=address))
    event.add("url", address)
    event.add("status", _status(issued, exhibition))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", exhibition.name)
    alarm.add("trigger", REMINDER)
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Exhibition//Visitor pass//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return calendar.to_ical()
