"""Erasing personal data after its retention; passes, scans and counts stay."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import delete, func, select

from exhibition.accounts import audit
from exhibition.core import clock, outbox
from exhibition.core.db import db, transaction
from exhibition.venue.models import Exhibition
from exhibition.visitors import rules
from exhibition.visitors.models import MessageKind, Registration, VisitorContact


class Eraser(Protocol):
    """Erases the names that a higher package stores for an edition, and returns how many."""

    def __call__(self, exhibition_id: int, *, dry_run: bool) -> int: ...


erasers: list[Eraser] = []


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
        count += sum(erase(exhibition.id, dry_run=dry_run) for erase in erasers)
        if count and not dry_run:
            audit.record(
                actor, "contacts.erase", "exhibition", exhibition.id, name=exhibition.name, after={"erased": count}
            )
        done.append(ErasedContacts(exhibition.name, count))
    return done
