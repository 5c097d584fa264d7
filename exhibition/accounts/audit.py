"""The audit trail: written by services in the transaction of the change it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, or a device or command with only a name. Views make one with ``accounts.signin.actor``."""

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
