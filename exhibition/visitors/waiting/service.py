"""Waiting for places in a full session: joining the line, seeing one's place, taking an offer, leaving."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock, outbox
from exhibition.core.db import Mode, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.constraints import violates
from exhibition.core.sql.statements import table_of
from exhibition.venue.models import Exhibition
from exhibition.venue.rules import privacy_notices
from exhibition.visitors import privacy, slots
from exhibition.visitors.models import (
    Registration,
    TimeSlot,
    WaitingParty,
    WaitingState,
)
from exhibition.visitors.registration import contact_days, registering
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.waiting import chances, line, rules
from exhibition.visitors.waiting.mail_kinds import WaitingMail
from exhibition.visitors.waiting.rules import Chance, PlacesBack

KEY_BYTES = 24
KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")
LIVE = (WaitingState.WAITING, WaitingState.OFFERED)
WAITING = table_of(WaitingParty)
SLOT = table_of(TimeSlot)
ERASED = {"name": None, "email": None, "phone": None, "origin": None, "form_key": None}


@dataclass(frozen=True)
class Place:
    """Where a party stands."""

    party: WaitingParty
    exhibition: Exhibition
    slot: slots.Slot
    number: int
    """1 is the next; 0 for a party that does not wait."""
    people_before: int
    so_far: PlacesBack
    chance: Chance
    manage_key: str | None
    """Of the pass, once the places are taken."""

    @property
    def state(self) -> WaitingState:
        """An offer counts as lapsed from the moment on at which its time is over."""
        expires_at = self.party.expires_at
        if self.party.state is WaitingState.OFFERED and expires_at is not None and expires_at <= clock.now():
            return WaitingState.LAPSED
        return self.party.state


def _form_key(party: Party, seen: str) -> str:
    said = f"{party.digest()}\n{party.origin}\n{seen}"
    return "wait:" + hashlib.sha256(said.encode(errors="replace")).hexdigest()


def join(party: Party, *, seen: str = "") -> str:
    """Put a party at the end of the line of a session; returns the key of its page. The same party is there once.

    ``seen`` tells browsers of one network apart, as far as they can be. Raises Refused ``room_now``,
    ``registration_closed``, ``waits_already``, ``contact_people`` (409), ``contact_missing`` (422), or as
    ``slots.refusal`` for a session that is over or closed.
    """
    if not (party.email or party.phone):
        message = _l("Write a phone number or an e-mail address, so that we can tell you of a free place.")
        raise Refused("contact_missing", message, status=422, field="phone")
    form_key = _form_key(party, seen)
    try:
        return _join(party, form_key)
    except IntegrityError as error:
        if not violates(error, "uq_waiting_party_form_key"):
            raise
        return _join(party, form_key)


@transaction
def _join(party: Party, form_key: str) -> str:
    now, connection = clock.now(), db.session.connection()
    statement = select(WaitingParty.key).where(WaitingParty.form_key == form_key, WaitingParty.state.in_(LIVE))
    if (key := db.session.scalar(statement)) is not None:
        return key
    exhibition_id = db.session.scalar(select(TimeSlot.exhibition_id).where(TimeSlot.id == party.slot_id))
    if exhibition_id is not None:
        contact_days.take_turn(connection, exhibition_id, party.phone, party.email)
    slot = line.lock(party.slot_id)
    if slot is not None and not slot.online:
        message = _l("Online registration is closed now, and so are the waiting lists.")
        raise Refused("registration_closed", message, field="slot_id")
    if slot is None or not slot.gives(now):
        raise slots.refusal(connection, party.slot_id, party.party_size, now)
    if rules.may_take(slot.free, party.party_size, line.waiting(slot.id)):
        message = _l("There is room for all of you now. Get your pass at once.")
        raise Refused("room_now", message, field="slot_id")
    _require_few_waiting(party, slot.exhibition_id)
    db.session.execute(update(WaitingParty).where(WaitingParty.form_key == form_key).values(form_key=None))
    waiting = WaitingParty(
        exhibition_id=slot.exhibition_id,
        slot_id=slot.id,
        key=secrets.token_urlsafe(KEY_BYTES),
        form_key=form_key,
        party_size=party.party_size,
        name=party.name,
        email=party.email,
        phone=party.phone,
        locale=party.locale,
        consent_at=now,
        consent_notice=privacy_notices.shown(party.locale),
        origin=party.origin,
        created_at=now,
    )
    db.session.add(waiting)
    db.session.flush()
    if party.email:
        outbox.post_later(WaitingMail.JOINED, waiting.id, slot.starts_at)
    line.pass_on(slot.id)
    return waiting.key


def _require_few_waiting(party: Party, exhibition_id: int) -> None:
    """A contact waits once for a session, and on a day with no more people than it may register."""
    contact = []
    if party.phone:
        contact.append(WaitingParty.phone == party.phone)
    if party.email:
        contact.append(func.lower(WaitingParty.email) == contact_days.folded(party.email))
    statement = (
        select(WaitingParty.slot_id, WaitingParty.party_size, TimeSlot.starts_at)
        .join(TimeSlot, TimeSlot.id == WaitingParty.slot_id)
        .where(WaitingParty.exhibition_id == exhibition_id, WaitingParty.state.in_(LIVE), or_(*contact))
    )
    there = db.session.execute(statement).all()
    field = "phone" if party.phone else "email"
    if any(row.slot_id == party.slot_id for row in there):
        message = _l(
            "With this phone number or e-mail address somebody waits for this session already. The link to the place in"
            " the line is in the mail or message from then."
        )
        raise Refused("waits_already", message, field=field)
    edition = db.session.get_one(Exhibition, exhibition_id)
    zone = ZoneInfo(edition.timezone)
    wanted = db.session.execute(select(TimeSlot.starts_at).where(TimeSlot.id == party.slot_id)).scalar_one()
    day = wanted.astimezone(zone).date()
    people = sum(row.party_size for row in there if row.starts_at.astimezone(zone).date() == day)
    if people + party.party_size > edition.people_each_contact:
        message = _l(
            "With one phone number or e-mail address, %(most)s people can wait for a day.",
            most=edition.people_each_contact,
        )
        raise Refused("contact_people", message, field="party_size", most=edition.people_each_contact)


def _find(key: str) -> WaitingParty:
    found = None
    if KEY.fullmatch(key):
        found = db.session.scalars(select(WaitingParty).where(WaitingParty.key == key)).one_or_none()
    if found is None:
        raise NotFound
    return found


def place(key: str) -> Place:
    """Where the party with this key stands. Raises NotFound."""
    party = _find(key)
    exhibition = db.session.get_one(Exhibition, party.exhibition_id)
    before = select(func.count(), func.coalesce(func.sum(WaitingParty.party_size), 0)).where(
        WaitingParty.slot_id == party.slot_id,
        WaitingParty.state == WaitingState.WAITING,
        WaitingParty.id < party.id,
    )
    parties, people = db.session.execute(before).one()
    slot, now = slots.get(exhibition, party.slot_id), clock.now()
    so_far = chances.places_back([party.slot_id]).get(party.slot_id, chances.NOTHING)
    likely = rules.chance(so_far, people + party.party_size, slot.starts_at, now)
    number = parties + 1 if party.state is WaitingState.WAITING else 0
    its_pass = select(Registration.manage_key).where(Registration.id == party.registration_id)
    manage_key = db.session.scalar(its_pass) if party.registration_id is not None else None
    return Place(party, exhibition, slot, number, people, so_far, likely, manage_key)


def take(key: str) -> Issued:
    """Take the places that are offered: the party gets its pass.

    Raises NotFound, Refused ``offer_over`` (409) when there is no offer any more, ``contact_people``, ``slot_closed``,
    ``slot_past`` (409).
    """
    waiting = _find(key)
    registering.require_key()
    return _take(waiting.id, waiting.exhibition_id, waiting.slot_id, waiting.phone, waiting.email)


@transaction(mode=Mode.CONNECTION)
def _take(
    connection: Connection, waiting_id: int, exhibition_id: int, slot_id: int, phone: str | None, email: str | None
) -> Issued:
    now = clock.now()
    contact_days.take_turn(connection, exhibition_id, phone, email)
    connection.execute(select(SLOT.c.id).where(SLOT.c.id == slot_id).with_for_update())
    row = connection.execute(select(WAITING).where(WAITING.c.id == waiting_id)).one()
    if row.state is not WaitingState.OFFERED or row.expires_at <= now:
        raise Refused("offer_over", _l("The time to take these places is over. They went to the next in line."))
    party = Party(slot_id, row.name or "", row.email, row.phone, row.party_size, row.locale, row.origin)
    known = contact_days.look(connection, party, None, now)
    contact_days.refuse_more(known, party, trusted=True)
    issued = registering.issue(connection, party, known[0], now, kept=True)
    if issued is None:
        raise slots.refusal(connection, slot_id, row.party_size, now)
    values = ERASED | {"state": WaitingState.TAKEN, "registration_id": issued.registration_id}
    connection.execute(update(WAITING).where(WAITING.c.id == waiting_id).values(values))
    return issued


@transaction
def leave(key: str) -> None:
    """Leave the line, or give an offer back; what is known of the person is erased. Again changes nothing.

    Raises NotFound.
    """
    _leave(_find(key))


def _leave(party: WaitingParty) -> bool:
    line.lock(party.slot_id)
    db.session.refresh(party)
    before = party.state
    if before not in LIVE:
        return False
    gone = update(WaitingParty).where(WaitingParty.id == party.id)
    db.session.execute(gone.values(ERASED | {"state": WaitingState.LEFT}))
    outbox.erase(WaitingMail, [party.id])
    if before is WaitingState.OFFERED:
        slots.free(party.slot_id, party.party_size)
    return True


@dataclass(frozen=True)
class WaitingPartyLine:
    """A party of a line as the desk sees it."""

    id: int
    slot: slots.Slot
    number: int
    """Its place in the line; 0 with an offer."""
    people: int
    name: str | None
    phone: str | None
    has_email: bool
    expires_at: datetime | None
    told_at: datetime | None
    told_by: str
    key: str
    locale: str


def lines(exhibition: Exhibition) -> list[WaitingPartyLine]:
    """Everybody who waits or has an offer, by session, offers first."""
    found = {slot.id: slot for slot in slots.of_edition(exhibition.id)}
    statement = select(WaitingParty).where(WaitingParty.exhibition_id == exhibition.id, WaitingParty.state.in_(LIVE))
    parties = sorted(
        db.session.scalars(statement),
        key=lambda party: (found[party.slot_id].starts_at, party.state is WaitingState.WAITING, party.id),
    )
    result: list[WaitingPartyLine] = []
    numbers: dict[int, int] = {}
    for party in parties:
        number = 0
        if party.state is WaitingState.WAITING:
            number = numbers[party.slot_id] = numbers.get(party.slot_id, 0) + 1
        result.append(
            WaitingPartyLine(
                party.id,
                found[party.slot_id],
                number,
                party.party_size,
                party.name,
                party.phone,
                party.email is not None,
                party.expires_at if party.state is WaitingState.OFFERED else None,
                party.told_at,
                party.told_by,
                party.key,
                party.locale,
            )
        )
    return result


@transaction
def hand_out(actor: Actor, exhibition: Exhibition, *, kind: str, reason: str) -> list[WaitingPartyLine]:
    """Everybody who waits, for a file of this kind; the audit trail keeps who took it, and why.

    Raises Refused ``reason_missing`` (422, ``reason``) for what is no reason.
    """
    privacy.require_reason(reason)
    record(actor, "export.make", "export", "waiting", name=exhibition.name, after={"kind": kind, "reason": reason})
    return lines(exhibition)


def _of(exhibition: Exhibition, waiting_id: int) -> WaitingParty:
    party = db.session.get(WaitingParty, waiting_id) if waiting_id <= LARGEST_ID else None
    if party is None or party.exhibition_id != exhibition.id:
        raise NotFound
    return party


@transaction
def tick(actor: Actor, exhibition: Exhibition, waiting_id: int) -> None:
    """Tick off that a party was written to by phone about its offer. Raises NotFound."""
    party = _of(exhibition, waiting_id)
    if party.told_at is None:
        party.told_at, party.told_by = clock.now(), actor.name
        record(actor, "waiting_party.tick", "waiting_party", party.id)


@transaction
def remove(actor: Actor, exhibition: Exhibition, waiting_id: int) -> None:
    """Take a party off the list at the desk. Raises NotFound."""
    if _leave(_of(exhibition, waiting_id)):
        record(actor, "waiting_party.remove", "waiting_party", waiting_id)


@transaction
def forget_over() -> None:
    """Erase the contacts of who waited for sessions that have ended, and of lapsed offers."""
    over = select(TimeSlot.id).where(TimeSlot.ends_at <= clock.now())
    named = WaitingParty.name.is_not(None), WaitingParty.slot_id.in_(over)
    db.session.execute(update(WaitingParty).where(*named).values(ERASED))


def _erase(exhibition_id: int, *, dry_run: bool) -> int:
    """With the contacts of visitors go those of who waited; returns how many."""
    of_edition = WaitingParty.exhibition_id == exhibition_id
    named = of_edition, or_(WaitingParty.name.is_not(None), WaitingParty.origin.is_not(None))
    count = db.session.execute(select(func.count()).select_from(WaitingParty).where(*named)).scalar_one()
    if not dry_run:
        db.session.execute(update(WaitingParty).where(*named).values(ERASED))
        outbox.erase(WaitingMail, select(WaitingParty.id).where(of_edition))
    return count


privacy.erasers.append(_erase)
