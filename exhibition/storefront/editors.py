"""Who may edit which shop."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

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
    exhibitor_id: int | None = None
    """The exhibitor for whom they act by a link, without an account."""

    @property
    def acts_for(self) -> ColumnElement[bool]:
        """The condition that this person acts for an exhibitor."""
        if self.exhibitor_id is not None:
            return Exhibitor.id == self.exhibitor_id
        return Exhibitor.id.in_(select(ExhibitorMember.exhibitor_id).where(ExhibitorMember.user_id == self.actor.id))


def exhibitors_of(editor: Editor) -> list[Exhibitor]:
    """The exhibitors this person acts for."""
    return list(db.session.scalars(select(Exhibitor).where(editor.acts_for).order_by(Exhibitor.name)))


def exhibitor_for(editor: Editor, slug: str) -> Exhibitor:
    """The exhibitor with this slug; raises NotFound when there is none or the editor may not edit its shop."""
    statement = select(Exhibitor).where(Exhibitor.slug == slug)
    if not editor.organizer:
        statement = statement.where(editor.acts_for)
    elif editor.editions is not None:
        theirs = select(Participant.exhibitor_id).where(Participant.exhibition_id.in_(editor.editions))
        statement = statement.where(Exhibitor.id.in_(theirs))
    exhibitor = db.session.scalar(statement) if "\0" not in slug else None
    if exhibitor is None:
        raise NotFound
    return exhibitor
