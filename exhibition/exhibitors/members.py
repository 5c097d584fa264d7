"""Who acts for which exhibitor: handling accepted invitations with the role exhibitor."""

from collections.abc import Sequence

from sqlalchemy import select

from exhibition.accounts.models import Invitation, User
from exhibition.accounts.signals import invitation_accepted
from exhibition.core.db import db
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember


def choices() -> Sequence[tuple[int, str]]:
    """Id and name of every exhibitor for whom people may be invited, ordered by name."""
    rows = db.session.execute(select(Exhibitor.id, Exhibitor.name).order_by(Exhibitor.name))
    return [(row.id, row.name) for row in rows]


def _on_accepted(_sender: object, *, invitation: Invitation, user: User) -> None:
    if invitation.exhibitor_id is not None and db.session.get(Exhibitor, invitation.exhibitor_id) is not None:
        db.session.merge(ExhibitorMember(user_id=user.id, exhibitor_id=invitation.exhibitor_id))


invitation_accepted.connect(_on_accepted)
