"""Badges at the gate: the same rule and the same promises as for passes, with re-entry (docs/adr/0013-badges.md)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, Integer, func, select
from sqlalchemy import cast as as_type

from exhibition.badges import service
from exhibition.badges.models import Badge, BadgeState
from exhibition.badges.rules import AWAY_AFTER, window
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.gate.rules.admission import Direction
from exhibition.gate.rules.offline_tally import Presence
from exhibition.gate.scan import badge_statements
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import SlotState


@dataclass(frozen=True)
class LockedBadge:
    """A badge, locked, with what a batch of offline decisions needs."""

    id: int
    code: str
    exhibition_id: int
    state: BadgeState
    generation: int
    starts_at: datetime
    ends_at: datetime
    party_size: int = 1
    slot_state: SlotState = SlotState.OPEN


def locked(connection: Connection, wanted: Mapping[str, Any], now: datetime) -> list[tuple[LockedBadge, Presence]]:
    """The badges with these ids or codes, locked in the order of their ids; a holder who has been away too long counts
    as out.
    """
    found: list[tuple[LockedBadge, Presence]] = []
    for row in badge_statements.LOCKED.all(connection, wanted):
        state = row.state if row.booth is not None else BadgeState.REVOKED
        begins, ends = window(row.starts_on, row.ends_on, row.timezone)
        away = row.moved_at is not None and now - row.moved_at >= AWAY_AFTER
        one = LockedBadge(row.id, row.code, row.exhibition_id, state, row.generation, begins, ends)
        found.append((one, Presence(0 if away else row.inside)))
    return found


def settle(connection: Connection, ids: Collection[int], now: datetime, *, but: int = 0) -> dict[int, int]:
    """Set badges to what their scans say, without the scan ``but``; returns for each whether its holder is inside."""
    rows = badge_statements.SETTLE.all(connection, {"ids": sorted(ids), "now": now, "but": but})
    return {row.id: row.inside for row in rows}


def take_back(connection: Connection, badge_id: int, scan_id: int, direction: Direction, now: datetime) -> int:
    """Set the badge of an undone scan to what its other scans say; returns 1 if the holder is inside, else 0.

    Raises Refused ``undo_has_left``.
    """
    row = badge_statements.LOCKED.one(connection, {"ids": [badge_id], "codes": []})
    if direction is Direction.ENTRY and row.inside == 0:
        raise Refused("undo_has_left", _l("These people have left since. Their entry cannot be undone."))
    return settle(connection, [badge_id], now, but=scan_id)[badge_id]


def staff_inside(exhibition: Exhibition) -> int:
    """How many of the exhibitors' staff are inside now; they are part of the hall's count."""
    recent = Badge.moved_at > clock.now() - AWAY_AFTER
    statement = select(func.count()).where(Badge.exhibition_id == exhibition.id, Badge.inside == 1, recent)
    return db.session.execute(statement).scalar_one()


def badges_valid(exhibition: Exhibition) -> int:
    """How many of the staff could be inside at once."""
    statement = select(func.count()).where(
        Badge.exhibition_id == exhibition.id,
        Badge.state == BadgeState.VALID,
        service.confirmed(Badge.exhibition_id, Badge.exhibitor_id),
    )
    return db.session.execute(statement).scalar_one()


def differing() -> list[tuple[str, int, int]]:
    """Badges whose ``inside`` is not what their scans say: code, counter, and what it should be."""
    last = badge_statements.LAST_DIRECTION
    derived = func.coalesce(as_type(last == Direction.ENTRY, Integer), 0)
    statement = select(Badge.code, Badge.inside, derived).where(Badge.inside != derived).order_by(Badge.code)
    return [(code, counted, inside) for code, counted, inside in db.session.execute(statement, {"but": 0})]
