"""The statements of a registration, each compiled once.

Plain tables, not entities: on the hot path nothing is loaded into a session.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from exhibition.core import outbox
from exhibition.core.sql.statements import Adding, Chain, EarlierAnswers, Statement, given, table_of
from exhibition.visitors import keys, slots
from exhibition.visitors.models import Registration, SlotState, TimeSlot, VisitorContact, VisitorPass


class Repeated(NamedTuple):
    """A registration made earlier with the same key."""

    id: int
    request_digest: str | None


class SigningKey(NamedTuple):
    """The key to sign with; ``key_id`` None: there is no key yet."""

    key_id: int | None


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


REPEATED = Statement(
    select(Registration.id, Registration.request_digest).where(
        Registration.idempotency_key == bindparam("idempotency_key")
    ),
    Repeated,
)
REGISTRATION, CONTACT, PASS = table_of(Registration), table_of(VisitorContact), table_of(VisitorPass)
SIGNING_KEY = Statement(keys.SIGNING, SigningKey)


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


_ISSUE = {
    "slot": slots.TAKING.returning(*slots.COLUMNS, TimeSlot.exhibition_id),
    "registration": Adding(REGISTRATION, _registration, (REGISTRATION.c.id,)),
    "visitor_pass": Adding(PASS, _visitor_pass),
}
_ISSUE_NAMED = _ISSUE | {"contact": Adding(CONTACT, _contact)}
ISSUE = Chain(TakenPlaces, **_ISSUE)
ISSUE_NAMED = Chain(TakenPlaces, **_ISSUE_NAMED)
ISSUE_MAILED = Chain(TakenPlaces, **_ISSUE_NAMED, message=Adding(outbox.MAIL, _message))
