"""A party that does not come together: some of its people get a pass of their own, with a page of its own.

Their places move with them, so the session counts the same people as before. Whoever has given people a pass of their
own can take it back as long as nobody has come in on it.
"""

from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.visitors import rules, service
from exhibition.visitors.mails import messages
from exhibition.visitors.models import (
    LARGEST_PARTY,
    MessageKind,
    PartySplit,
    PassState,
    Registration,
    VisitorContact,
    VisitorPass,
)
from exhibition.visitors.pass_faults import refuse
from exhibition.visitors.passes import party_size
from exhibition.visitors.registration import random_values
from exhibition.visitors.registration.party import Issued

FIELD = "people"
VISITOR = Actor(None, "visitor")


@dataclass(frozen=True)
class SplitPass:
    """A pass that people of a party were given."""

    registration_id: int
    reference: str
    manage_key: str
    pass_id: int
    people: int
    admitted: int
    state: PassState
    name: str | None


def given(issued: Issued) -> list[SplitPass]:
    """The passes that were split from this one and still count, the oldest first."""
    statement = (
        select(
            Registration.id,
            Registration.reference,
            Registration.manage_key,
            VisitorPass.id,
            VisitorPass.party_size,
            VisitorPass.admitted,
            VisitorPass.state,
            VisitorContact.name,
        )
        .join(PartySplit, PartySplit.registration_id == Registration.id)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(PartySplit.from_id == issued.registration_id, VisitorPass.state == PassState.VALID)
        .order_by(Registration.id)
    )
    return [SplitPass(*row) for row in db.session.execute(statement)]


@transaction
def split(manage_key: str, people: int, name: str = "") -> Issued:
    """Give ``people`` people of the party a pass of their own for the same session, and return it.

    Somebody stays on the pass: those let in already, or else one. The new pass has the contact of the old one, under
    ``name`` if one is given. Raises NotFound and Refused ``invalid`` (422), ``pass_cancelled``, ``pass_revoked``,
    ``people_admitted``, ``moved_too_often``, ``slot_past`` (409).
    """
    now = clock.now()
    issued = service.held_by(manage_key, lock=True)
    refuse(rules.state_fault(issued.state), FIELD)
    if not 1 <= people < issued.party_size:
        message = _l("Choose how many of you get a pass of their own; one person at least stays on this pass.")
        raise Refused("invalid", message, status=422, field=FIELD)
    staying = issued.party_size - people
    refuse(rules.resize_fault(issued.state, issued.admitted, issued.generation, staying), FIELD)
    if issued.slot.ends_at <= now:
        raise Refused("slot_past", _l("This session is over; the party stays as it was."), field=FIELD)
    shared = rules.share_released(issued.released, staying - issued.admitted)
    party_size.write(replace(issued, party_size=staying, released=shared.staying), now)
    made = _issue(issued, people, shared.leaving, name)
    if service.has_email(issued.registration_id):
        messages.write(db.session.connection(), issued.registration_id, MessageKind.CHANGED, now)
    after = {"people": people, "pass": made.reference, "left": staying}
    record(VISITOR, "pass.split", "registration", issued.registration_id, name=issued.reference, after=after)
    return made


def _issue(issued: Issued, people: int, released: int, name: str) -> Issued:
    """Write the registration, contact and pass of those who leave the party."""
    now = clock.now()
    old = db.session.get_one(Registration, issued.registration_id)
    values = random_values.registration(issued.locale, now) | {
        "exhibition_id": issued.exhibition_id,
        "consent_at": old.consent_at,
        "consent_notice": old.consent_notice,
        "walk_in": old.walk_in,
        "origin": old.origin,
    }
    connection = db.session.connection()
    registration_id = connection.execute(insert(Registration).values(values).returning(Registration.id)).scalar_one()
    split_off = {"registration_id": registration_id, "from_id": issued.registration_id, "split_at": now}
    connection.execute(insert(PartySplit).values(split_off))
    visitor_pass = random_values.visitor_pass(people, now) | {
        "released": released,
        "registration_id": registration_id,
        "exhibition_id": issued.exhibition_id,
        "slot_id": issued.slot.id,
    }
    connection.execute(insert(VisitorPass).values(visitor_pass))
    contact = service.contact(issued.registration_id)
    if contact is not None:
        kept = {"name": name or contact.name, "email": contact.email, "phone": contact.phone}
        connection.execute(insert(VisitorContact).values(kept | {"registration_id": registration_id}))
    return service.get(registration_id)


@transaction
def take_back(manage_key: str, registration_id: int) -> Issued:
    """Put the people of a pass that was split from this one back into the party; that pass is cancelled.

    Raises NotFound when it is none of its passes, and Refused ``pass_cancelled``, ``pass_revoked``, ``pass_used``,
    ``moved_too_often``, ``split_moved``, ``slot_past``, ``party_too_large`` (409).
    """
    now = clock.now()
    issued = service.held_by(manage_key)
    of_party = PartySplit.registration_id == registration_id, PartySplit.from_id == issued.registration_id
    if db.session.scalar(select(PartySplit.registration_id).where(*of_party)) is None:
        raise NotFound
    _lock_both(issued.registration_id, registration_id)
    issued, other = service.get(issued.registration_id), service.get(registration_id)
    together = issued.party_size + other.party_size
    refuse(rules.cancel_fault(other.state, other.admitted))
    refuse(rules.resize_fault(issued.state, issued.admitted, issued.generation, together))
    if other.slot.id != issued.slot.id:
        raise Refused("split_moved", _l("The other pass is for another session by now. Cancel it on its own page."))
    if issued.slot.ends_at <= now:
        raise Refused("slot_past", _l("This session is over; the party stays as it was."))
    if together > LARGEST_PARTY:
        message = _l("Together you are more than %(most)s. Keep both passes.", most=LARGEST_PARTY)
        raise Refused("party_too_large", message)
    end = update(VisitorPass).where(VisitorPass.id == other.pass_id)
    db.session.execute(end.values(state=PassState.CANCELLED, updated_at=now))
    changed = replace(issued, party_size=together, released=issued.released + other.released)
    party_size.write(changed, now)
    if service.has_email(issued.registration_id):
        messages.write(db.session.connection(), issued.registration_id, MessageKind.CHANGED, now)
    after = {"people": other.party_size, "pass": other.reference, "left": together}
    record(VISITOR, "pass.take_back", "registration", issued.registration_id, name=issued.reference, after=after)
    return replace(changed, generation=issued.generation + 1)


def _lock_both(*registration_ids: int) -> None:
    """Keep both passes from changing, in the order of their ids as everybody who locks several does."""
    both = VisitorPass.registration_id.in_(registration_ids)
    db.session.execute(select(VisitorPass.id).where(both).order_by(VisitorPass.id).with_for_update())
