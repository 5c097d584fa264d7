"""Another number of people for a pass: smaller at once, larger while its session has room."""

from dataclasses import replace
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.visitors import rules, service, slots
from exhibition.visitors.mails import messages
from exhibition.visitors.models import LARGEST_PARTY, MessageKind, VisitorPass
from exhibition.visitors.pass_faults import refuse
from exhibition.visitors.registration.party import Issued

FIELD = "party_size"


def require_size(people: int) -> None:
    """Raise Refused ``invalid`` (422) for a number that no party can have."""
    if not 1 <= people <= LARGEST_PARTY:
        message = _l("A party has 1 to %(most)s people.", most=LARGEST_PARTY)
        raise Refused("invalid", message, status=422, field=FIELD)


@transaction
def resize(manage_key: str, people: int) -> Issued:
    """Give the party ``people`` people; the QR becomes another one, because it says how many may come in.

    The same number changes nothing. Raises NotFound and Refused ``invalid`` (422), ``pass_cancelled``,
    ``pass_revoked``, ``people_admitted``, ``moved_too_often``, ``slot_past`` (409), and for a larger party
    ``contact_people`` (409) and as ``register`` does for its session.
    """
    now = clock.now()
    require_size(people)
    issued = service.held_by(manage_key, lock=True)
    refuse(rules.state_fault(issued.state), FIELD)
    if people == issued.party_size:
        return issued
    refuse(rules.resize_fault(issued.state, issued.admitted, issued.generation, people), FIELD)
    if issued.slot.ends_at <= now:
        raise Refused("slot_past", _l("This session is over; the party stays as it was."), field=FIELD)
    changed = _grow(issued, people, now) if people > issued.party_size else _shrink(issued, people)
    write(changed, now)
    if service.has_email(issued.registration_id):
        messages.write(db.session.connection(), issued.registration_id, MessageKind.CHANGED, now)
    return replace(changed, generation=issued.generation + 1)


def _grow(issued: Issued, people: int, now: datetime) -> Issued:
    connection, slot_id = db.session.connection(), issued.slot.id
    service.require_room_of_contact(issued, slot_id, people)
    taken = slots.take(connection, slot_id, people - issued.party_size, now, beside=slot_id)
    if taken is None:
        refusal = slots.refusal(connection, slot_id, people, now, beside=slot_id)
        raise Refused(refusal.code, refusal.message, status=refusal.status, field=FIELD, **refusal.details)
    return replace(issued, party_size=people, slot=taken)


def _shrink(issued: Issued, people: int) -> Issued:
    shrunk = rules.shrink(issued.released, issued.party_size - people)
    slots.free(issued.slot.id, shrunk.freed)
    slot = replace(issued.slot, issued=issued.slot.issued - shrunk.freed)
    return replace(issued, party_size=people, released=shrunk.released, slot=slot)


def write(issued: Issued, now: datetime) -> None:
    """Write the new size of a locked pass, with a new generation, in the open transaction."""
    values = {"party_size": issued.party_size, "released": issued.released, "updated_at": now}
    statement = update(VisitorPass).where(VisitorPass.id == issued.pass_id)
    db.session.execute(statement.values(generation=VisitorPass.generation + 1, **values))
