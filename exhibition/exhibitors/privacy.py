"""Contacts of exhibitors who have not taken part for long are erased, and the accounts of those who acted for them.

Name, description and products of a shop are public and stay.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from exhibition.accounts import audit
from exhibition.accounts.models import User
from exhibition.accounts.service import erase_account
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Application, Exhibitor, ExhibitorMember, Participant
from exhibition.venue.models import Exhibition

KEPT_AFTER_LAST_FAIR = timedelta(days=730)
"""Long enough to be invited again to a fair that takes place each year and was left out once."""

erasers: list[Callable[[Sequence[int]], None]] = []
"""What higher packages store about exhibitors at editions that ended so long ago is erased by these, by edition id."""

forgetters: list[Callable[[Sequence[int]], None]] = []
"""What higher packages store about exhibitors, beside any edition, is erased with their contacts by these."""


@transaction
def purge(actor: audit.Actor) -> int:
    """Erase them two years after the last fair they took part in, with their applications; returns how many."""
    last_day = (clock.now() - KEPT_AFTER_LAST_FAIR).date()
    over = list(db.session.scalars(select(Exhibition.id).where(Exhibition.ends_on < last_day)))
    taking_part = select(Participant.exhibitor_id).where(Participant.exhibition_id.not_in(over))
    gone = (
        Exhibitor.created_at < clock.now() - KEPT_AFTER_LAST_FAIR,
        Exhibitor.id.not_in(taking_part),
        or_(Exhibitor.contact_name != "", Exhibitor.email != "", Exhibitor.phone != ""),
    )
    ids = list(db.session.scalars(select(Exhibitor.id).where(*gone)))
    db.session.execute(delete(Application).where(Application.exhibition_id.in_(over)))
    for erase in erasers:
        erase(over)
    if not ids:
        return 0
    for forget in forgetters:
        forget(ids)
    empty = update(Exhibitor).where(Exhibitor.id.in_(ids)).values(contact_name="", email="", phone="")
    db.session.execute(empty)
    acting_for_others = select(ExhibitorMember.user_id).where(ExhibitorMember.exhibitor_id.not_in(ids))
    acting = select(ExhibitorMember.user_id).where(ExhibitorMember.exhibitor_id.in_(ids))
    for user in db.session.scalars(select(User).where(User.id.in_(acting), User.id.not_in(acting_for_others))):
        erase_account(user)
    audit.record(actor, "exhibitors.erase", "exhibitor", 0, after={"erased": len(ids)})
    return len(ids)
