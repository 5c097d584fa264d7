"""The statements of a registration, each compiled once.

Plain tables, not entities: on the hot path nothing is loaded into a session.
"""

import functools
from datetime import datetime
from typing import Any, NamedTuple

from exhibition.core import outbox
from exhibition.core.sql.statements import Adding, Chain, EarlierAnswers, Step, given, table_of
from exhibition.visitors import slots
from exhibition.visitors.models import Registration, SlotState, TimeSlot, VisitorContact, VisitorPass
from exhibition.visitors.registration import contact_days
from exhibition.visitors.registration.party import Party


class TakenPlaces(NamedTuple):
    """The slot after places of it were taken, and the registration that they were taken for."""

    slot_id: int
    slot_number: int
    slot_starts_at: datetime
    slot_ends_at: datetime
    slot_capacity: int
    slot_issued: int
    slot_state: SlotState
    slot_note: str
    slot_reserved: bool
    slot_disinfected_from: datetime | None
    slot_exhibition_id: int
    registration_id: int

    @property
    def slot(self) -> slots.Slot:
        return slots.from_row(self)


REGISTRATION, CONTACT, PASS = table_of(Registration), table_of(VisitorContact), table_of(VisitorPass)


def _registration(earlier: EarlierAnswers) -> dict[str, Any]:
    columns = "reference", "manage_key", "locale", "consent_at", "consent_notice", "idempotency_key", "request_digest"
    more = "created_at", "walk_in", "origin"
    return given(REGISTRATION, *columns, *more) | {"exhibition_id": earlier("slot", "exhibition_id")}


def _visitor_pass(earlier: EarlierAnswers) -> dict[str, Any]:
    columns = "id", "code", "party_size", "inside", "admitted", "released", "generation", "state", "updated_at"
    return given(PASS, *columns) | {
        "registration_id": earlier("registration", "id"),
        "exhibition_id": earlier("slot", "exhibition_id"),
        "slot_id": earlier("slot", "id"),
    }


def _contact(earlier: EarlierAnswers) -> dict[str, Any]:
    return given(CONTACT, "name", "email", "phone") | {"registration_id": earlier("registration", "id")}


def _message(earlier: EarlierAnswers) -> dict[str, Any]:
    return outbox.QUEUED | {"about_id": earlier("registration", "id")}


_TAKING: dict[str, Step] = {"slot": slots.TAKING.returning(*slots.COLUMNS, TimeSlot.exhibition_id)}
_KEEPING: dict[str, Step] = {"slot": slots.KEEPING.returning(*slots.COLUMNS, TimeSlot.exhibition_id)}
_PASS: dict[str, Step] = {
    "registration": Adding(REGISTRATION, _registration, (REGISTRATION.c.id,)),
    "visitor_pass": Adding(PASS, _visitor_pass),
}
_NAMED: dict[str, Step] = {"contact": Adding(CONTACT, _contact)}
_MAILED: dict[str, Step] = {"message": Adding(outbox.MAIL, _message)}


@functools.cache
def _issuing(*, kept: bool, named: bool, contacts: int, mailed: bool) -> Chain[TakenPlaces]:
    turn: dict[str, Step] = {"turn": contact_days.TURNING[contacts]} if contacts else {}
    steps = turn | (_KEEPING if kept else _TAKING) | _PASS | (_NAMED if named else {}) | (_MAILED if mailed else {})
    return Chain(TakenPlaces, **steps)


def issuing(party: Party, *, kept: bool = False) -> Chain[TakenPlaces]:
    """Takes the places of the party, unless they are ``kept`` for it, and adds its rows."""
    mailed = party.email is not None
    return _issuing(kept=kept, named=bool(party.name), contacts=(party.phone is not None) + mailed, mailed=mailed)
