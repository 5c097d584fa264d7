"""Who was in the hall at a time, for the health office: made on request from scans and contacts, and kept nowhere.

It holds names and phone numbers, so none of it goes into logs or the audit trail; the trail keeps who asked, for which
span, under which reference of the health office, and the number of people. Once contacts are erased, no list can be
made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.accounts import confirmation
from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.gate.models import Scan
from exhibition.gate.occupancy.counters import COUNTS, HAPPENED_AT
from exhibition.gate.rules.admission import Direction
from exhibition.gate.rules.stays import Stay, StayMove, stay_of
from exhibition.venue.models import Exhibition
from exhibition.visitors import rules as visitors_rules
from exhibition.visitors.models import Registration, VisitorContact, VisitorPass

LONGEST_SPAN = timedelta(days=1)
LONGEST_REASON = 120
"""When people moved: for an offline scan, by the device's clock."""


@dataclass(frozen=True)
class ContactSpan:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Present:
    """One party that was there. Name and contact details are empty where it left none."""

    reference: str
    name: str
    phone: str
    email: str
    stay: Stay

    @property
    def reachable(self) -> bool:
        return bool(self.phone or self.email)


def span(exhibition: Exhibition, starts: datetime, ends: datetime) -> ContactSpan:
    """The span of two local times. Raises Refused ``invalid`` (422) and ``contacts_erased`` (409)."""
    zone = ZoneInfo(exhibition.timezone)
    found = ContactSpan(starts.replace(tzinfo=zone), ends.replace(tzinfo=zone))
    if found.ends_at <= found.starts_at:
        raise Refused("invalid", _l("The end must be later than the beginning."), status=422, field="ends_at")
    if found.ends_at - found.starts_at > LONGEST_SPAN:
        raise Refused("invalid", _l("Choose at most 24 hours."), status=422, field="ends_at")
    if clock.now().date() >= visitors_rules.erase_from(exhibition.ends_on, exhibition.retention_days):
        raise Refused("contacts_erased", _l("The time for keeping contacts is over; there is nothing to list."))
    return found


def present(exhibition: Exhibition, during: ContactSpan) -> list[Present]:
    """Parties with somebody inside at some time in the span, in order of arrival."""
    stays = _stays(exhibition, during)
    rows = db.session.execute(
        select(VisitorPass.id, Registration.reference, VisitorContact.name, VisitorContact.phone, VisitorContact.email)
        .join(Registration, Registration.id == VisitorPass.registration_id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(VisitorPass.exhibition_id == exhibition.id, VisitorPass.admitted > 0)
    )
    found = [
        Present(reference, name or "", phone or "", email or "", stays[pass_id])
        for pass_id, reference, name, phone, email in rows
        if pass_id in stays
    ]
    return sorted(found, key=lambda one: (one.stay.came_at, one.reference))


def _stays(exhibition: Exhibition, during: ContactSpan) -> dict[int, Stay]:
    """People who leave without a scan count as inside until midnight."""
    statement = (
        select(Scan.pass_id, HAPPENED_AT.label("at"), Scan.direction, Scan.people, Scan.returned)
        .where(
            Scan.exhibition_id == exhibition.id,
            Scan.pass_id.is_not(None),
            COUNTS,
            during.starts_at - LONGEST_SPAN <= HAPPENED_AT,
            during.ends_at + LONGEST_SPAN > HAPPENED_AT,
        )
        .order_by(Scan.pass_id, HAPPENED_AT, Scan.id)
    )
    zone = ZoneInfo(exhibition.timezone)
    found: dict[int, Stay] = {}
    for pass_id, scans in groupby(db.session.execute(statement), key=lambda scan: scan.pass_id):
        stay = stay_of(
            [StayMove(scan.at, scan.direction is Direction.ENTRY, scan.people, scan.returned) for scan in scans]
        )
        if stay is not None and stay.overlaps(during.starts_at, during.ends_at, zone):
            found[pass_id] = stay
    return found


@transaction
def _note(actor: Actor, exhibition: Exhibition, during: ContactSpan, reason: str, parties: Sequence[Present]) -> None:
    after = {
        "starts_at": during.starts_at.isoformat(),
        "ends_at": during.ends_at.isoformat(),
        "reason": reason,
        "parties": len(parties),
        "people": sum(one.stay.people for one in parties),
    }
    record(actor, "contacts.list", "exhibition", exhibition.id, name=exhibition.name, after=after)


def hand_over(actor: Actor, exhibition: Exhibition, during: ContactSpan, reason: str, password: str) -> list[Present]:
    """The list, after the organizer has confirmed with the password; the audit trail records that it was made.

    Raises Refused ``invalid`` (422, ``reason``), ``password_wrong`` (403) and TooManyRequests (429).
    """
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON or not reason.isprintable():
        message = _l("Give 1 to %(longest)s ordinary characters.", longest=LONGEST_REASON)
        raise Refused("invalid", message, status=422, field="reason")
    confirmation.confirm(actor, password)
    parties = present(exhibition, during)
    _note(actor, exhibition, during, reason, parties)
    return parties
