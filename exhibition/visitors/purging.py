"""Everything personal whose time is over goes at once: rows, mails as files, and the bytes a database leaves behind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, or_, select

from exhibition.accounts import audit
from exhibition.accounts.models import Invitation
from exhibition.core import clock, jobs, outbox
from exhibition.core.config import instance_folder
from exhibition.core.db import db, transaction
from exhibition.core.sql import wiping
from exhibition.exhibitors import privacy as exhibitors_privacy
from exhibition.exhibitors.applications import privacy as application_privacy
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy, rules
from exhibition.visitors.models import LinkRequest

REQUESTS_KEPT = timedelta(days=7)
"""How long somebody's asking for a lost link stays on the desk's list."""


@dataclass(frozen=True)
class Purged:
    """What was, or would be, erased; ``names`` counts the entries of the audit trail that lost theirs."""

    contacts: list[privacy.ErasedContacts]
    applications: list[application_privacy.ErasedApplications]
    exhibitors: int = 0
    names: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.names or self.exhibitors or any(one.contacts for one in self.contacts)) or any(
            one.applications for one in self.applications
        )


def purge(actor: audit.Actor, *, days: int | None = None, dry_run: bool = False, thorough: bool = False) -> Purged:
    """Erase what every edition has kept for its retention, or for ``days``; with ``thorough`` tidy up in any case."""
    before = _forgotten_before(days)
    contacts = privacy.purge(actor, days=days, dry_run=dry_run)
    applications = application_privacy.purge(actor, days=days, dry_run=dry_run)
    if dry_run or before is None:
        return Purged(contacts, applications)
    _erase_invitations(before)
    forget_link_requests(before)
    outbox.forget_mails(before)
    purged = Purged(contacts, applications, exhibitors_privacy.purge(actor), audit.erase_names(before))
    _delete_files(instance_folder() / "outbox", before)
    if purged.anything or thorough:
        wiping.wipe()
        jobs.wipe()
    return purged


def _forgotten_before(days: int | None) -> datetime | None:
    """What was written before this moment is forgotten if it belongs to no edition; None while none is long over."""
    today = clock.now().date()
    kept = [
        retention
        for edition in db.session.scalars(select(Exhibition)).all()
        if today >= rules.erase_from(edition.ends_on, retention := edition.retention_days if days is None else days)
    ]
    return clock.now() - timedelta(days=min(kept)) if kept else None


@transaction
def _erase_invitations(before: datetime) -> None:
    """Those that were accepted or cannot be any more."""
    over = or_(Invitation.accepted_at.is_not(None), Invitation.expires_at <= clock.now())
    db.session.execute(delete(Invitation).where(Invitation.created_at < before, over))


@transaction
def forget_link_requests(before: datetime | None = None) -> None:
    """Delete who asked for a lost link before this moment, else a week ago, and whom an organizer has answered."""
    over = or_(LinkRequest.asked_at < (before or clock.now() - REQUESTS_KEPT), LinkRequest.done_at.is_not(None))
    db.session.execute(delete(LinkRequest).where(over))


def _delete_files(folder: Path, before: datetime) -> None:
    """Mails that were written to the folder because there is no mail server."""
    for file in folder.glob("*.eml"):
        if file.stat().st_mtime < before.timestamp():
            file.unlink(missing_ok=True)
