"""Erasing personal data after its retention, or when the person wants it; passes, scans and counts stay."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, or_, select, update

from exhibition.accounts import audit
from exhibition.allocation.models import Allocation
from exhibition.core import clock, outbox
from exhibition.core.db import Base, db, transaction
from exhibition.core.errors import Refused
from exhibition.venue.models import Exhibition
from exhibition.visitors import rules
from exhibition.visitors.models import LinkRequest, MessageKind, Registration, VisitorContact


class Eraser(Protocol):
    """Erases the names that a higher package stores for an edition, and returns how many."""

    def __call__(self, exhibition_id: int, *, dry_run: bool) -> int: ...


erasers: list[Eraser] = []
person_erasers: list[Callable[[int], None]] = []
"""What higher packages store about one registration is erased by these, in the open transaction."""
copiers: list[Callable[[int], dict[str, Any]]] = []
"""What higher packages store about one registration is told by these, as JSON."""
STAFF = frozenset(
    {
        "actor_name",
        "by",
        "changed_by",
        "confirmed_by",
        "created_by",
        "done_by",
        "planned_by",
        "set_by",
        "started_by",
        "told_by",
    }
)
"""Columns with the name of somebody of the staff, beside what they did."""

REASONS = {"closing": _l("The hall must close, or a session cannot be held"), "illness": _l("Somebody fell ill")}
"""Why visitors may be reached: the purposes of the privacy notice."""


def require_reason(reason: str) -> None:
    """Before a file with visitors' names or contacts is handed out.

    Raises Refused ``reason_missing`` (422, ``reason``) for anything but one of ``REASONS``.
    """
    if reason not in REASONS:
        message = _l("Say why you need visitors' names; the audit trail keeps it.")
        raise Refused("reason_missing", message, status=422, field="reason")


@dataclass(frozen=True)
class ErasedContacts:
    """The number of contacts of one edition that were, or would be, erased."""

    exhibition: str
    contacts: int


@transaction
def purge(actor: audit.Actor, *, days: int | None = None, dry_run: bool = False) -> list[ErasedContacts]:
    """Erase contacts and mails of every edition that ended more than its retention ago, on the server's UTC calendar.

    ``days`` replace what the editions say.
    """
    today = clock.now().date()
    done = []
    for exhibition in db.session.scalars(select(Exhibition).order_by(Exhibition.starts_on)).all():
        if today < rules.erase_from(exhibition.ends_on, exhibition.retention_days if days is None else days):
            continue
        registrations = select(Registration.id).where(Registration.exhibition_id == exhibition.id)
        old = VisitorContact.registration_id.in_(registrations)
        count = db.session.execute(select(func.count()).select_from(VisitorContact).where(old)).scalar_one()
        if count and not dry_run:
            db.session.execute(delete(VisitorContact).where(old))
            outbox.erase(MessageKind, registrations)
            repeated = update(Registration).where(Registration.exhibition_id == exhibition.id)
            db.session.execute(repeated.values(idempotency_key=None, request_digest=None))
        if not dry_run:
            _erase_staff(exhibition.id)
        count += sum(erase(exhibition.id, dry_run=dry_run) for erase in erasers)
        if count and not dry_run:
            audit.record(
                actor, "contacts.erase", "exhibition", exhibition.id, name=exhibition.name, after={"erased": count}
            )
        done.append(ErasedContacts(exhibition.name, count))
    return done


def erase_person(registration_id: int) -> None:
    """Erase everything that tells who a registration is of, in the open transaction; the pass stays as it is."""
    kept = db.session.get(VisitorContact, registration_id, with_for_update=True)
    if kept is not None:
        for column, value in ((LinkRequest.email, kept.email), (LinkRequest.phone, kept.phone)):
            if value:
                db.session.execute(delete(LinkRequest).where(func.lower(column) == value.lower()))
        db.session.delete(kept)
    outbox.erase(MessageKind, [registration_id])
    for erase in person_erasers:
        erase(registration_id)
    audit.erase_names_of("registration", registration_id)
    unnamed = {"idempotency_key": None, "request_digest": None, "origin": None}
    db.session.execute(update(Registration).where(Registration.id == registration_id).values(unnamed))


def _erase_staff(exhibition_id: int) -> None:
    """Erase who of the staff did what, wherever it stands beside a row of the edition, and notes to exhibitors."""
    for table in Base.metadata.sorted_tables:
        if "exhibition_id" not in table.columns:
            continue
        named = [column for column in table.columns if column.name in STAFF]
        if named:
            rows = update(table).where(table.c.exhibition_id == exhibition_id, or_(*(column != "" for column in named)))
            db.session.execute(rows.values(dict.fromkeys((column.name for column in named), "")))
    notes = update(Allocation).where(Allocation.exhibition_id == exhibition_id, Allocation.note != "")
    db.session.execute(notes.values(note=""))
