"""How many people a phone number or an e-mail address has registered for a day, and whether it may take more places.

The people are those of its valid passes, so nothing is given back when one is cancelled, moved or made smaller. Who
takes places also takes the contact's turn (``ContactTurn``): of two at the same moment the second finds its turn taken,
and looks again.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, Integer, String, bindparam, delete, func, literal, or_, select, union
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import aliased

from exhibition.core.config import secret_key
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.sql.statements import Ascertaining, Statement, table_of
from exhibition.core.sql.upserts import add_or_change
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys, privacy, rules
from exhibition.visitors.models import (
    ContactTurn,
    PassState,
    Registration,
    TimeSlot,
    VisitorContact,
    VisitorPass,
)
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rules import ContactFault, HeldPass

DIGEST_LENGTH = 32
TURN = table_of(ContactTurn)


class KnownOfParty(NamedTuple):
    """What a registration must know before it takes places; one such row for each pass of its contact, at least one."""

    key_id: int | None
    """The key that signs; None: there is none yet."""
    earlier_id: int | None
    """The registration that was made with the same idempotency key."""
    earlier_digest: str | None
    earlier_at: datetime | None
    earlier_state: PassState | None
    exhibition_id: int | None
    """None: there is no such slot."""
    starts_at: datetime | None
    timezone: str | None
    most: int | None
    """People for each contact and day."""
    online: bool | None
    """Whether visitors may register by themselves."""
    phone_turns: int | None
    email_turns: int | None
    held_registration_id: int | None
    held_manage_key: str | None
    held_starts_at: datetime | None
    held_people: int | None

    @property
    def turns(self) -> tuple[int | None, int | None]:
        return self.phone_turns, self.email_turns


def _known() -> Any:
    key = keys.SIGNING.subquery("signing")
    earlier, earlier_pass = aliased(Registration), aliased(VisitorPass)
    by_phone = VisitorContact.phone == bindparam("phone", type_=String)
    by_email = func.lower(VisitorContact.email) == bindparam("folded_email", type_=String)
    own = union(*(select(VisitorContact.registration_id).where(by) for by in (by_phone, by_email))).cte("own")
    own = own.prefix_with("MATERIALIZED", dialect="postgresql")
    # Each step by itself: else PostgreSQL may begin with all registrations of the edition.
    held = (
        select(
            Registration.exhibition_id,
            Registration.id.label("registration_id"),
            Registration.manage_key,
            TimeSlot.starts_at,
            VisitorPass.party_size.label("people"),
        )
        .select_from(own)
        .join(Registration, Registration.id == own.c.registration_id)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .where(VisitorPass.state == PassState.VALID)
        .cte("held")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    wanted = aliased(TimeSlot, name="wanted_slot")

    def turns(parameter: str) -> Any:
        of_contact = ContactTurn.contact == bindparam(parameter, type_=String)
        turned = select(ContactTurn.turns).where(ContactTurn.exhibition_id == wanted.exhibition_id, of_contact)
        return turned.correlate(wanted).scalar_subquery().label(parameter.replace("contact", "turns"))

    repeated = bindparam("idempotency_key", type_=String)
    return (
        select(
            key.c.key_id,
            earlier.id.label("earlier_id"),
            earlier.request_digest.label("earlier_digest"),
            earlier.created_at.label("earlier_at"),
            earlier_pass.state.label("earlier_state"),
            wanted.exhibition_id,
            wanted.starts_at,
            Exhibition.timezone,
            Exhibition.people_each_contact.label("most"),
            Exhibition.online_registration.label("online"),
            turns("phone_contact"),
            turns("email_contact"),
            held.c.registration_id.label("held_registration_id"),
            held.c.manage_key.label("held_manage_key"),
            held.c.starts_at.label("held_starts_at"),
            held.c.people.label("held_people"),
        )
        .select_from(key)
        .outerjoin(earlier, earlier.idempotency_key == repeated)
        .outerjoin(earlier_pass, earlier_pass.registration_id == earlier.id)
        .outerjoin(wanted, wanted.id == bindparam("wanted", type_=Integer))
        .outerjoin(Exhibition, Exhibition.id == wanted.exhibition_id)
        .outerjoin(held, held.c.exhibition_id == wanted.exhibition_id)
    )


KNOWN = Statement(_known(), KnownOfParty)


def digest(contact: str | None) -> str | None:
    """What stands for a phone number in E.164 or an e-mail address in ``ContactTurn``; None for none."""
    if contact is None:
        return None
    return hmac.digest(secret_key(), f"contact\n{contact}".encode(), "sha256").hex()[:DIGEST_LENGTH]


def folded(email: str | None) -> str | None:
    """An e-mail address as addresses are compared."""
    return None if email is None else email.lower()


def look(connection: Connection, party: Party, idempotency_key: str | None, now: datetime) -> list[KnownOfParty]:
    """What is known for the party, in one statement."""
    email = folded(party.email)
    return KNOWN.all(
        connection,
        {
            "now": now,
            "idempotency_key": idempotency_key,
            "wanted": party.slot_id,
            "phone": party.phone,
            "folded_email": email,
            "phone_contact": digest(party.phone),
            "email_contact": digest(email),
        },
    )


def _held(known: Sequence[KnownOfParty]) -> list[HeldPass]:
    return [
        HeldPass(one.held_registration_id, one.held_manage_key, one.held_starts_at, one.held_people)
        for one in known
        if one.held_registration_id is not None
        and one.held_manage_key is not None
        and one.held_starts_at is not None
        and one.held_people is not None
    ]


class HasPass(Refused):
    """There is a pass for the day already. Whose it is may be said to its owner only, so not in the answer."""

    def __init__(self, held: HeldPass, field: str) -> None:
        message = _l(
            "There is a pass for this day with this e-mail address or phone number already, so no second one was made."
            " We do not show it here; it is sent to whom it belongs."
        )
        super().__init__(ContactFault.HAS_PASS.value, message, field=field)
        self.held = held


def refuse_more(
    known: Sequence[KnownOfParty], party: Party, *, knows: str | None = None, trusted: bool = False
) -> None:
    """Raise HasPass (``contact_has_pass``) or Refused ``contact_people`` (409) if the contact may not take more.

    ``trusted``: it is known to be theirs, as if they knew one of their passes.
    """
    first = known[0]
    if first.starts_at is None or first.timezone is None or first.most is None or not (party.phone or party.email):
        return
    of_day = rules.on_the_day(_held(known), first.starts_at, first.timezone)
    field = "phone" if party.phone else "email"
    if trusted and of_day:
        knows = of_day[0].manage_key
    match rules.contact_fault(of_day, party.party_size, first.most, knows=knows):
        case ContactFault.HAS_PASS:
            raise HasPass(of_day[0], field)
        case ContactFault.PEOPLE:
            raise Refused(ContactFault.PEOPLE.value, _too_many(of_day, first.most), field="party_size", most=first.most)
        case None:
            return


def _too_many(of_day: Sequence[HeldPass], most: int) -> LazyString:
    here = sum(one.people for one in of_day)
    if not here:
        return _l("With one phone number or e-mail address, %(most)s people can be registered for a day.", most=most)
    return _l(
        "With one phone number or e-mail address, %(most)s people can be registered for a day; you have %(here)s.",
        most=most,
        here=here,
    )


def _turning(contacts: int) -> Ascertaining:
    """Take the turns after those that were seen; in the order of the rows, so that no two wait for each other."""
    rows = [
        {
            "exhibition_id": bindparam("turn_exhibition", type_=Integer),
            "contact": bindparam(f"turn_contact_{number}", type_=String),
            "turns": bindparam(f"turn_{number}", type_=Integer),
        }
        for number in range(contacts)
    ]
    adding = postgresql.insert(TURN).values(rows)
    nobody_between = TURN.c.turns == adding.excluded.turns - literal(1)
    taken = adding.on_conflict_do_update(
        index_elements=[TURN.c.exhibition_id, TURN.c.contact],
        set_={"turns": adding.excluded.turns},
        where=nobody_between,
    )
    return Ascertaining(taken.returning(TURN.c.contact), contacts)


def _erase_turns(exhibition_id: int, *, dry_run: bool) -> int:
    """With the contacts go the digests of them; they are no names, so they count as none."""
    if not dry_run:
        db.session.execute(delete(ContactTurn).where(ContactTurn.exhibition_id == exhibition_id))
    return 0


privacy.erasers.append(_erase_turns)
TURNING = {1: _turning(1), 2: _turning(2)}
"""By the number of contacts."""


def turn_values(known: KnownOfParty, party: Party) -> dict[str, Any]:
    """The parameters of ``TURNING``."""
    contacts = [
        (contact, (seen or 0) + 1)
        for contact, seen in (
            (digest(party.phone), known.phone_turns),
            (digest(folded(party.email)), known.email_turns),
        )
        if contact is not None
    ]
    values: dict[str, Any] = {"turn_exhibition": known.exhibition_id}
    for number, (contact, turn) in enumerate(sorted(contacts)):
        values |= {f"turn_contact_{number}": contact, f"turn_{number}": turn}
    return values


def take_turn(connection: Connection, exhibition_id: int, phone: str | None, email: str | None) -> None:
    """Take the contact's turn in an open transaction: nobody else takes places for it until the transaction ends."""
    for contact in sorted(one for one in (digest(phone), digest(folded(email))) if one is not None):
        key = {"exhibition_id": exhibition_id, "contact": contact}
        add_or_change(connection, ContactTurn, key, {"turns": 1}, {"turns": TURN.c.turns + 1})


_OTHERS = (
    select(Registration.id, Registration.manage_key, TimeSlot.starts_at, VisitorPass.party_size)
    .select_from(VisitorContact)
    .join(Registration, Registration.id == VisitorContact.registration_id)
    .join(VisitorPass, VisitorPass.registration_id == Registration.id)
    .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
    .where(
        VisitorPass.state == PassState.VALID,
        VisitorPass.exhibition_id == bindparam("exhibition_id", type_=Integer),
        Registration.id != bindparam("registration_id", type_=Integer),
        or_(
            VisitorContact.phone == bindparam("phone", type_=String),
            func.lower(VisitorContact.email) == bindparam("folded_email", type_=String),
        ),
    )
)
_EDITION_OF_SLOT = (
    select(TimeSlot.starts_at, Exhibition.timezone, Exhibition.people_each_contact)
    .join(Exhibition, Exhibition.id == TimeSlot.exhibition_id)
    .where(TimeSlot.id == bindparam("slot_id", type_=Integer))
)


def require_room(
    connection: Connection,
    *,
    exhibition_id: int,
    registration_id: int,
    slot_id: int,
    people: int,
    phone: str | None,
    email: str | None,
) -> None:
    """Let a pass have so many people on the day of a slot, in an open transaction, also if it has others than before.

    Takes the contact's turn. Raises Refused ``contact_people`` (409) if its other passes leave no room for them.
    """
    if not (phone or email):
        return
    take_turn(connection, exhibition_id, phone, email)
    slot = connection.execute(_EDITION_OF_SLOT, {"slot_id": slot_id}).one_or_none()
    if slot is None:
        return
    values = {
        "exhibition_id": exhibition_id,
        "registration_id": registration_id,
        "phone": phone,
        "folded_email": folded(email),
    }
    others = [HeldPass(*row) for row in connection.execute(_OTHERS, values)]
    of_day = rules.on_the_day(others, slot.starts_at, slot.timezone)
    if sum(one.people for one in of_day) + people > slot.people_each_contact:
        message = _too_many(of_day, slot.people_each_contact)
        raise Refused(ContactFault.PEOPLE.value, message, field="party_size", most=slot.people_each_contact)
