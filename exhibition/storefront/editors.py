"""Who may edit which shop."""

from dataclasses import dataclass

from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.core.db import db
from exhibition.core.errors import NotFound
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember, Participant


@dataclass(frozen=True)
class Editor:
    """Somebody who edits shops: an organizer those of all exhibitors, or of those that take part in their editions,
    everybody else only those of exhibitors they are a member of.
    """

    actor: Actor
    organizer: bool
    editions: frozenset[int] | None = None
    """The ids of the editions that they organize; None: all."""


def exhibitors_of(actor: Actor) -> list[Exhibitor]:
    """The exhibitors this user acts for."""
    statement = (
        select(Exhibitor)
        .join(ExhibitorMember, ExhibitorMember.exhibitor_id == Exhibitor.id)
        .where(ExhibitorMember.user_id == actor.id)
        .order_by(Exhibitor.name)
    )
    return list(db.session.scalars(statement))


def exhibitor_for(editor: Editor, slug: str) -> Exhibitor:
    """The exhibitor with this slug; raises NotFound when there is none or the editor may not edit its shop."""
    statement = select(Exhibitor).where(Exhibitor.slug == slug)
    if not editor.organizer:
        members = select(ExhibitorMember.exhibitor_id).where(ExhibitorMember.user_id == editor.actor.id)
        statement = statement.where(Exhibitor.id.in_(members))
    elif editor.editions is not None:
        theirs = select(Participant.exhibitor_id).where(Participant.exhibition_id.in_(editor.editions))
        statement = statement.where(Exhibitor.id.in_(theirs))
    exhibitor = db.session.scalar(statement) if "\0" not in slug else None
    if exhibitor is None:
        raise NotFound
    return exhibitor
