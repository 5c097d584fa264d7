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
from exhibition.gate.rules.admission import AdmissionSlot, Direction, PassFacts
from exhibition.gate.rules.offline_tally import Presence
from exhibition.gate.scan import badge_statements
from exhibition.gate.scan.statements import Line
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import SlotState


def with_window(seen: Any) -> Any:
    """The row with the moments between which badges of its edition are good, in place of the edition's days."""
    begins, ends = window(seen.starts_at, seen.ends_at, seen.timezone)
    return seen._replace(starts_at=begins, ends_at=ends)


def facts(seen: Line) -> PassFacts:
    """What the rule needs to know of a badge. Without a confirmed booth it is as good as revoked."""
    return PassFacts(
        exhibition=str(seen.pass_exhibition_id),
        state="valid" if seen.state is BadgeState.VALID and seen.booth is not None else "revoked",
        generation=seen.generation,
        party_size=seen.party_size,
        inside=seen.inside,
        admitted=seen.admitted,
        slot=AdmissionSlot(seen.starts_at, seen.ends_at, closed=seen.sprayed_until is not None),
        reentry=True,
        moved_at=seen.moved_at,
    )


def told(seen: Line) -> dict[str, Any]:
    """What the steward is told: whose badge it is, and the booth, None when it is not confirmed."""
    return {"exhibitor": seen.exhibitor, "booth": seen.booth}


@dataclass(frozen=True)
class LockedBadge:
    """A badge as a batch of offline decisions looks at it, with the names that a pass has there."""

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
    """The badges with these ids or codes, kept from changing, in the order of their ids; whoever is away is out."""
    found: list[tuple[LockedBadge, Presence]] = []
    for row in connection.execute(badge_statements.LOCKED, dict(wanted)):
        state = row.state if row.booth is not None else BadgeState.REVOKED
        begins, ends = window(row.starts_on, row.ends_on, row.timezone)
        away = row.moved_at is not None and now - row.moved_at >= AWAY_AFTER
        one = LockedBadge(row.id, row.code, row.exhibition_id, state, row.generation, begins, ends)
        found.append((one, Presence(0 if away else row.inside)))
    return found


def settle(connection: Connection, ids: Collection[int], now: datetime, *, but: int = 0) -> dict[int, int]:
    """Set badges to what their scans say, the scan ``but`` left out; tells who is inside then."""
    rows = connection.execute(badge_statements.SETTLE, {"ids": sorted(ids), "now": now, "but": but})
    return {row.id: row.inside for row in rows}


def take_back(connection: Connection, last: Line, now: datetime) -> int:
    """Set the badge of a scan that is undone to what its other scans say; tells who is inside then.

    Raises Refused ``undo_has_left``.
    """
    row = connection.execute(badge_statements.LOCKED, {"ids": [last.pass_id], "codes": []}).one()
    if last.direction is Direction.ENTRY and row.inside == 0:
        raise Refused("undo_has_left", _l("These people have left since. Their entry cannot be undone."))
    return settle(connection, [last.pass_id], now, but=last.id)[last.pass_id]


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
