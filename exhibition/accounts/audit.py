"""The audit trail: services write an entry in the transaction of the change that it records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, exists, func, select

from exhibition.accounts.models import AuditEntry, AuditName
from exhibition.accounts.personal_words import DEVICE, names_people, split
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.sql.paging import READ_AT_ONCE, Page, paginate
from exhibition.core.sql.words import has_words


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, or a device or command with only a name. Views use ``accounts.web.signin.actor``."""

    id: int | None
    name: str


LONGEST_NAME = 200
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
    personal_object = names_people(object_type)
    personal_actor = actor.id is not None or object_type == DEVICE
    kept_before, own_before = split(object_type, before)
    kept_after, own_after = split(object_type, after)
    name = name[:LONGEST_NAME]
    entry = AuditEntry(
        actor_id=actor.id,
        kept_actor="" if personal_actor else actor.name,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        kept_object="" if personal_object else name,
        kept_before=kept_before,
        kept_after=kept_after,
    )
    if personal_actor or (personal_object and name) or own_before or own_after:
        entry.personal = AuditName(
            actor_name=actor.name if personal_actor else "",
            object_name=name if personal_object else "",
            before=own_before,
            after=own_after,
        )
    db.session.add(entry)


@transaction
def erase_names(before: datetime) -> int:
    """Erase what entries written before this moment say about people, and return in how many; the entries stay."""
    old = AuditName.entry_id.in_(select(AuditEntry.id).where(AuditEntry.at < before))
    count = db.session.scalar(select(func.count()).select_from(AuditName).where(old)) or 0
    db.session.execute(delete(AuditName).where(old))
    return count


def erase_names_of(object_type: str, object_id: object) -> None:
    """Erase what entries about one object say about people, in the open transaction; the entries stay."""
    about = AuditEntry.object_type == object_type, AuditEntry.object_id == str(object_id)
    db.session.execute(delete(AuditName).where(AuditName.entry_id.in_(select(AuditEntry.id).where(*about))))


@transaction
def record_list(actor: Actor, key: str, address: str, *, again_after: timedelta) -> None:
    """Add an entry that somebody was handed a list of people's contacts, unless they have one of the same list that is
    younger than ``again_after``.
    """
    same = (
        AuditEntry.object_type == "list",
        AuditEntry.object_id == key,
        AuditEntry.kept_object == address[:LONGEST_NAME],
        AuditEntry.actor_id == actor.id,
    )
    if not db.session.scalar(select(exists().where(*same, AuditEntry.at > clock.now() - again_after))):
        record(actor, "export.contacts", "list", key, name=address)


def _entries(words: str, action: str, object_type: str) -> Select[AuditEntry]:
    statement = select(AuditEntry).order_by(AuditEntry.id.desc())
    if words:
        kept = (AuditEntry.kept_actor, AuditEntry.kept_object, AuditEntry.object_id)
        statement = statement.outerjoin(AuditName, AuditName.entry_id == AuditEntry.id)
        statement = statement.where(has_words(words, *kept, AuditName.actor_name, AuditName.object_name))
    if action:
        statement = statement.where(AuditEntry.action == action)
    if object_type:
        statement = statement.where(AuditEntry.object_type == object_type)
    return statement


def entries(*, words: str = "", action: str = "", object_type: str = "", number: int = 1) -> Page[AuditEntry]:
    """One page of the trail, newest first; ``words`` are searched for in the names of actor and object."""
    return paginate(_entries(words, action, object_type), number)


def all_entries(*, words: str = "", action: str = "", object_type: str = "") -> Iterator[AuditEntry]:
    """As ``entries``, all of them, read bit by bit."""
    statement = _entries(words, action, object_type).execution_options(yield_per=READ_AT_ONCE)
    yield from db.session.scalars(statement)


def known_actions() -> list[str]:
    """Every action in the trail, for the filter."""
    return list(db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def known_object_types() -> list[str]:
    """Every kind of object in the trail, for the filter."""
    return list(db.session.scalars(select(AuditEntry.object_type).distinct().order_by(AuditEntry.object_type)))
