"""The rights of people over what is kept of them (Law 27/2022): correct it, erase it, take a copy of it.

By themselves on their pass page, or at the desk. The pass stays valid without a name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from exhibition.accounts import audit
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.visitors import privacy, service
from exhibition.visitors.listing import search
from exhibition.visitors.mails import messages
from exhibition.visitors.models import MessageKind, PassState, Registration, VisitorContact
from exhibition.visitors.registration import contact_days
from exhibition.visitors.registration.party import Issued


@dataclass(frozen=True)
class PersonalData:
    """What somebody tells of themselves, checked and normalised."""

    name: str
    email: str | None
    phone: str | None


def corrected(registration_id: int, person: PersonalData) -> frozenset[str]:
    """The names of what would become different; empty when nothing would, or when nothing is kept any more."""
    kept = service.contact(registration_id)
    if kept is None:
        return frozenset()
    return frozenset(name for name in ("name", "email", "phone") if getattr(kept, name) != getattr(person, name))


@transaction
def correct(manage_key: str, person: PersonalData) -> frozenset[str]:
    """Write what is right, and return what was changed; a new e-mail address gets the pass.

    Raises NotFound and Refused ``contacts_erased`` (409), and ``contact_people`` (409) for a number or address that has
    too many people on that day already.
    """
    issued = service.held_by(manage_key)
    if corrected(issued.registration_id, person) & {"email", "phone"}:
        _require_room(issued, person)
    return _correct(issued.registration_id, person)


def require_room_at_desk(issued: Issued, *, phone: str | None, email: str | None) -> None:
    """Let a number or address be written down for a pass in the open transaction, unless it has too many people on that
    day. A pass that is no longer valid counts for nobody. Raises Refused ``contact_people`` (409), said to organizers.
    """
    if issued.state is not PassState.VALID:
        return
    try:
        _require_room(issued, PersonalData("", email, phone))
    except Refused as refused:
        refused.message = _l(
            "With this number or address as many people are registered for that day as may be: %(most)s. Leave it out,"
            " or raise that number on the page “Edition”.",
            most=refused.details["most"],
        )
        raise


def _require_room(issued: Issued, person: PersonalData) -> None:
    try:
        contact_days.require_room(
            db.session.connection(),
            exhibition_id=issued.exhibition_id,
            registration_id=issued.registration_id,
            slot_id=issued.slot.id,
            people=issued.party_size,
            phone=person.phone,
            email=person.email,
        )
    except Refused as refused:
        refused.field = "phone" if person.phone else "email"
        raise


@transaction
def correct_at_desk(actor: audit.Actor, issued: Issued, person: PersonalData) -> frozenset[str]:
    """As ``correct``, for somebody who asks an organizer; the trail says what was corrected, not how.

    Raises Refused ``contacts_erased`` and ``contact_people`` (409).
    """
    if corrected(issued.registration_id, person) & {"email", "phone"}:
        require_room_at_desk(issued, phone=person.phone, email=person.email)
    changed = _correct(issued.registration_id, person)
    if changed:
        _record(actor, "contact.correct", issued, {"fields": sorted(changed)})
    return changed


def _correct(registration_id: int, person: PersonalData) -> frozenset[str]:
    kept = db.session.get(VisitorContact, registration_id, with_for_update=True)
    if kept is None:
        message = _l("Your details were erased, so there is nothing to correct. The pass is good without them.")
        raise Refused("contacts_erased", message, field="name")
    changed = corrected(registration_id, person)
    kept.name, kept.email, kept.phone = person.name, person.email, person.phone
    if "email" in changed and person.email:
        messages.write(db.session.connection(), registration_id, MessageKind.PASS, clock.now())
    return changed


@transaction
def erase(manage_key: str) -> None:
    """Erase all that tells who has the pass; a second time changes nothing. Raises NotFound."""
    privacy.erase_person(service.held_by(manage_key).registration_id)


@transaction
def erase_at_desk(actor: audit.Actor, issued: Issued) -> None:
    """As ``erase``, for somebody who asks an organizer."""
    if service.contact(issued.registration_id) is None:
        return
    privacy.erase_person(issued.registration_id)
    _record(actor, "contact.erase", issued, None)


@transaction
def copy_at_desk(actor: audit.Actor, issued: Issued) -> dict[str, Any]:
    """As ``copy``, for an organizer who hands it to the person."""
    _record(actor, "contact.copy", issued, None)
    return copy(issued)


def copy(issued: Issued) -> dict[str, Any]:
    """Everything that is kept of the person and their visit, as JSON with names that can be read."""
    registration = db.session.get_one(Registration, issued.registration_id)
    person = service.contact(issued.registration_id)
    slot = issued.slot
    kept: dict[str, Any] = {
        "fair": service.exhibition(issued).name,
        "reference": issued.reference,
        "name": person.name if person else None,
        "email": person.email if person else None,
        "phone": person.phone if person else None,
        "language": registration.locale,
        "registered_at": registration.created_at.isoformat(),
        "registered_at_the_gate": registration.walk_in,
        "agreed_at": registration.consent_at.isoformat(),
        "privacy_notice": registration.consent_notice,
        "network_origin": registration.origin,
        "session": {"starts_at": slot.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat()},
        "pass": {
            "code": issued.code,
            "state": issued.state.value,
            "people": issued.party_size,
            "let_in": issued.admitted,
            "inside": issued.inside,
        },
        "mails": [
            {"about": mail.kind, "written_at": mail.created_at.isoformat(), "state": mail.state.value}
            for mail in search.mails(issued.registration_id)
        ],
    }
    more: Callable[[int], dict[str, Any]]
    for more in privacy.copiers:
        kept |= more(issued.registration_id)
    return kept


def _record(actor: audit.Actor, action: str, issued: Issued, after: dict[str, Any] | None) -> None:
    audit.record(actor, action, "registration", issued.registration_id, name=issued.reference, after=after)
