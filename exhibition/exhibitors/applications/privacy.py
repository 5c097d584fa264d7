"""Erasing unsuccessful applications, with all their files, after the fair."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from exhibition.accounts import audit
from exhibition.core import clock, outbox
from exhibition.core.db import db, transaction
from exhibition.exhibitors.applications import mail as application_mail
from exhibition.exhibitors.models import Application, ApplicationDocument, ApplicationImport
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.venue.models import Exhibition

KEPT = (ApplicationState.ACCEPTED, ApplicationState.CONFIRMED)
"""These applicants took part; their data remains in their entry among the exhibitors."""


@dataclass(frozen=True)
class ErasedApplications:
    """How many applications of one edition were, or would be, erased."""

    exhibition: str
    applications: int


@transaction
def purge(actor: audit.Actor, *, days: int | None = None, dry_run: bool = False) -> list[ErasedApplications]:
    """Erase them, their mails and the imported lists, for every edition whose retention time after its end is over.

    ``days`` replaces the editions' own retention.
    """
    today = clock.now().date()
    done = []
    for exhibition in db.session.scalars(select(Exhibition).order_by(Exhibition.starts_on)).all():
        if exhibition.ends_on + timedelta(days=exhibition.retention_days if days is None else days) >= today:
            continue
        old = (Application.exhibition_id == exhibition.id, Application.state.not_in(KEPT))
        count = db.session.scalar(select(func.count()).select_from(Application).where(*old)) or 0
        if not dry_run:
            _erase(exhibition)
            if count:
                after = {"erased": count}
                audit.record(
                    actor, "applications.erase", "exhibition", exhibition.id, name=exhibition.name, after=after
                )
        done.append(ErasedApplications(exhibition.name, count))
    return done


def _erase(exhibition: Exhibition) -> None:
    edition = Application.exhibition_id == exhibition.id
    documents = ApplicationDocument.application_id.in_(select(Application.id).where(edition))
    db.session.execute(delete(ApplicationDocument).where(documents))
    gone = edition, Application.state.not_in(KEPT)
    outbox.erase(application_mail.KINDS, select(Application.id).where(*gone))
    db.session.execute(delete(Application).where(*gone))
    db.session.execute(update(Application).where(edition).values(origin=None))
    lists = update(ApplicationImport).where(ApplicationImport.exhibition_id == exhibition.id)
    db.session.execute(lists.values(content=None, rows=[], problems=[], file_name=""))
