"""The audit trail: services write an entry in the transaction of the change that it records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.core.sql.paging import Page, paginate


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, or a device or command with only a name. Views use ``accounts.web.signin.actor``."""

    id: int | None
    name: str


COMMAND_LINE = Actor(None, "command line")


def record(
    actor: Actor,
    action: str,
    object_type: str,
    object_id: object,
    *,
    name: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry to the open transaction. ``action`` is ``noun.verb``, e.g. ``booth.hold``."""
    entry = AuditEntry(
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        object_name=name[:200],
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
    db.session.add(entry)


def entries(*, words: str = "", action: str = "", object_type: str = "", number: int = 1) -> Page[AuditEntry]:
    """One page of the trail, newest first; ``words`` are searched for in the names of actor and object."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc())
    if words:
        names = (AuditEntry.actor_name, AuditEntry.object_name, AuditEntry.object_id)
        statement = statement.where(or_(*(name.icontains(words, autoescape=True) for name in names)))
    if action:
        statement = statement.where(AuditEntry.action == action)
    if object_type:
        statement = statement.where(AuditEntry.object_type == object_type)
    return paginate(statement, number)


def known_actions() -> list[str]:
    """Every action in the trail, for the filter."""
    return list(db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def known_object_types() -> list[str]:
    """Every kind of object in the trail, for the filter."""
    return list(db.session.scalars(select(AuditEntry.object_type).distinct().order_by(AuditEntry.object_type)))
