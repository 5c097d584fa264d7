"""Lost phone: today's passes found by a name, the last four digits of a phone number, or a code with a slip in it.

Stewards see just enough to recognise the right one; every search is in the audit trail, without its words.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.limiting.tries import count_try
from exhibition.core.sql.words import has_words
from exhibition.gate import devices
from exhibition.gate.devices import KnownDevice
from exhibition.gate.rules.admission import SearchKind, search_kind, shortened
from exhibition.gate.rules.typed_codes import one_letter_off
from exhibition.gate.scan.scanned_text import read_code
from exhibition.visitors.models import PassState, Registration, TimeSlot, VisitorContact, VisitorPass

SEARCH_LIMIT = "10/minute;60/hour"
"""For one device: enough for a queue, too few to page through all visitors."""
NEAR_LIMIT = "5/minute;30/hour"
"""Codes with a slip in them, for one device. One such search tries 184 codes of 10^11, so guessing stays hopeless."""
MOST_HITS = 10


@dataclass(frozen=True)
class Hit:
    """A pass of today; ``name`` is shortened, ``code`` opens it at the gate."""

    name: str
    party_size: int
    admitted: int
    inside: int
    left_at: datetime | None
    """When somebody of it went out last."""
    starts_at: datetime
    ends_at: datetime
    code: str


def search(device_token: str, words: str) -> list[Hit]:
    """Valid passes of today, by time; at most ten.

    Raises Refused ``device_unknown`` and ``device_revoked`` (401), ``invalid`` (422) for too short a search, and
    TooManyRequests (429).
    """
    device = devices.authenticate(device_token)
    kind = search_kind(words)
    if kind is None:
        message = _l("Give the last four digits of the phone number, or at least three letters of the name.")
        raise Refused("invalid", message, status=422, field="words")
    count_try(SEARCH_LIMIT, "lost_phone", str(device.id))
    words = "".join(words.split()) if kind is SearchKind.PHONE else " ".join(words.split())
    matches: ColumnElement[bool] = (
        VisitorContact.phone.endswith(words, autoescape=True)
        if kind is SearchKind.PHONE
        else has_words(words, VisitorContact.name)
    )
    return _found(device, kind, matches)


def near(device_token: str, code: str) -> list[Hit]:
    """Valid passes of today whose short code differs from the typed one in exactly one letter.

    Raises Refused ``device_unknown`` and ``device_revoked`` (401), and TooManyRequests (429).
    """
    device = devices.authenticate(device_token)
    count_try(NEAR_LIMIT, "near_codes", str(device.id))
    return _found(device, SearchKind.CODE, VisitorPass.code.in_(one_letter_off(read_code(code).code or "")))


def _found(device: KnownDevice, kind: SearchKind, matches: ColumnElement[bool]) -> list[Hit]:
    zone = ZoneInfo(device.timezone)
    midnight = datetime.combine(clock.now().astimezone(zone).date(), time(), zone)
    statement = (
        select(
            VisitorContact.name,
            VisitorPass.party_size,
            VisitorPass.admitted,
            VisitorPass.inside,
            VisitorPass.left_at,
            TimeSlot.starts_at,
            TimeSlot.ends_at,
            VisitorPass.code,
        )
        .select_from(VisitorPass)
        .join(Registration, Registration.id == VisitorPass.registration_id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .where(
            matches,
            VisitorPass.exhibition_id == device.exhibition_id,
            VisitorPass.state == PassState.VALID,
            TimeSlot.starts_at >= midnight,
            TimeSlot.starts_at < midnight + timedelta(days=1),
        )
        .order_by(TimeSlot.starts_at, VisitorPass.code)
        .limit(MOST_HITS)
    )
    hits = [Hit(shortened(row.name or ""), *row[1:]) for row in db.session.execute(statement)]
    _note(device.id, device.name, kind, len(hits))
    return hits


@transaction
def _note(device_id: int, device_name: str, kind: SearchKind, hits: int) -> None:
    after = {"by": kind.value, "hits": hits}
    record(Actor(None, device_name), "pass.search", "device", device_id, name=device_name, after=after)
