"""The mails to who waits for places: that they are in the line, and that places are kept for them."""

from datetime import datetime, time, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from flask_babel import force_locale

from exhibition.core import clock, mail, outbox
from exhibition.core.config import public_url
from exhibition.core.db import db
from exhibition.core.i18n import clock_time, hours_text, long_date, show_times_in
from exhibition.core.i18n import lazy as _l
from exhibition.venue.edition import mail_texts
from exhibition.venue.edition.mail_texts import (
    OF_FAIR,
    MailValues,
    declare,
    values_of_fair,
)
from exhibition.venue.models import Exhibition
from exhibition.visitors.mails.texts import to_visitors
from exhibition.visitors.models import TimeSlot, WaitingParty, WaitingState
from exhibition.visitors.waiting.mail_kinds import WaitingMail

PLACEHOLDERS = {
    "name": _l("the reader's name"),
    **OF_FAIR,
    "day": _l("the day of the session"),
    "time": _l("the hours of the session"),
    "people": _l("for how many people they wait"),
    "link": _l("the address of their place in the line"),
}
TRUE_IN = {WaitingMail.JOINED: WaitingState.WAITING, WaitingMail.OFFERED: WaitingState.OFFERED}
SAMPLE_PEOPLE = 2


def place_address(key: str) -> str:
    """The address of a place in a line, as it goes into mails and messages."""
    return f"{public_url()}/tunggu/{key}"


def _values(
    exhibition: Exhibition, key: str, name: str, people: int, hours: tuple[datetime, datetime], until: datetime | None
) -> MailValues:
    zone = exhibition.timezone
    starts_at, ends_at = hours
    placeholders = values_of_fair(exhibition) | {
        "name": name,
        "day": long_date(starts_at, zone),
        "time": hours_text(starts_at, ends_at, zone),
        "people": str(people),
        "link": place_address(key),
    }
    facts = {
        "address": place_address(key),
        "day": placeholders["day"],
        "time": placeholders["time"],
        "people": people,
        "until": None if until is None else f"{long_date(until, zone)}, {clock_time(until)}",
    }
    return MailValues(placeholders, facts)


def _sample(exhibition: Exhibition) -> MailValues:
    opens_at = exhibition.days[0].opens_at if exhibition.days else time(9)
    starts_at = datetime.combine(exhibition.starts_on, opens_at, ZoneInfo(exhibition.timezone))
    hours = starts_at, starts_at + timedelta(hours=1)
    return _values(exhibition, "sample", "Siti Aminah", SAMPLE_PEOPLE, hours, starts_at - timedelta(hours=18))


declare(
    to_visitors(
        WaitingMail.JOINED,
        _l("On the waiting list of a full session"),
        _l("On the waiting list: {fair}"),
        _l("you are on the waiting list of this session. As soon as there is room for all of you, we write to you."),
        "waiting_joined",
        placeholders=PLACEHOLDERS,
        shown=_sample,
    ),
    to_visitors(
        WaitingMail.OFFERED,
        _l("Places for somebody on the waiting list"),
        _l("There is room for you: {fair}"),
        _l(
            "there is room for you in the session that you have waited for. Take the places in time, and you get a"
            " pass."
        ),
        "waiting_offered",
        placeholders=PLACEHOLDERS,
        shown=_sample,
    ),
)


def compose(kind: str, waiting_id: int) -> EmailMessage | None:
    """The mail in the party's language; None when it is no longer to be sent."""
    kind = WaitingMail(kind)
    party = db.session.get(WaitingParty, waiting_id)
    if party is None or party.email is None or party.state is not TRUE_IN[kind]:
        return None
    if kind is WaitingMail.OFFERED and (party.expires_at is None or party.expires_at <= clock.now()):
        return None
    exhibition = db.session.get_one(Exhibition, party.exhibition_id)
    slot = db.session.get_one(TimeSlot, party.slot_id)
    with force_locale(party.locale):
        show_times_in(exhibition.timezone)
        hours = slot.starts_at, slot.ends_at
        values = _values(exhibition, party.key, party.name or "", party.party_size, hours, party.expires_at)
        made = mail_texts.make(exhibition, kind, values)
        return mail.compose(party.email, made.subject, made.text, made.html, reply_to=exhibition.contact_email)


outbox.composers.update(dict.fromkeys(WaitingMail, compose))
