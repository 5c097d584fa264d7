"""The statements for badges: a scan runs either these or the ones for passes, never both.

Whether the exhibitor's booth is confirmed is read in the same statement as everything else, and checked again by the
guard.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, select, update

from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation
from exhibition.badges.models import Badge, BadgeState
from exhibition.core.db import Moment
from exhibition.core.sql.statements import Rows, Statement, table_of
from exhibition.exhibitors.models import Exhibitor
from exhibition.gate.models import Scan
from exhibition.gate.occupancy.counters import COUNTS
from exhibition.gate.rules.admission import Direction
from exhibition.gate.scan.shown import Seen, ShownBadge
from exhibition.gate.scan.statements import EXHIBITION, Source, edition, everything
from exhibition.venue.models import Booth

BADGE, EXHIBITOR = table_of(Badge), table_of(Exhibitor)
ALLOCATION, BOOTH = table_of(Allocation), table_of(Booth)
badge, exhibitor, claim, booth = BADGE.c, EXHIBITOR.c, ALLOCATION.c, BOOTH.c

BOOTH_CODE = (
    select(booth.code)
    .join_from(ALLOCATION, BOOTH, booth.id == claim.booth_id)
    .where(confirmed_in(badge.exhibition_id), claim.exhibitor_id == badge.exhibitor_id)
    .limit(1)
    .correlate(BADGE)
    .scalar_subquery()
)
"""The confirmed booth of the badge's exhibitor; NULL while the badge opens no gate."""


def _by(names_badge: ColumnElement[bool]) -> Statement[Seen]:
    columns: list[ColumnElement[Any]] = [
        badge.id.label("pass_id"),
        badge.exhibition_id.label("pass_exhibition_id"),
        badge.state,
        badge.generation,
        badge.inside,
        badge.moved_at,
        edition.starts_on,
        edition.ends_on,
        edition.timezone,
        exhibitor.name.label("exhibitor"),
        BOOTH_CODE.label("booth"),
    ]
    return everything(
        ShownBadge,
        columns,
        lambda known: known.outerjoin(BADGE, names_badge).outerjoin(EXHIBITOR, exhibitor.id == badge.exhibitor_id),
    )


_ENTER = (
    update(BADGE)
    .where(
        badge.id == bindparam("pass_id"),
        badge.state == BadgeState.VALID,
        badge.generation == bindparam("decided_generation"),
        (badge.inside == 0) | (badge.moved_at <= bindparam("away_since", type_=Moment)),
        BOOTH_CODE.is_not(None),
    )
    .values(inside=1, moved_at=bindparam("now"), updated_at=bindparam("now"))
    .returning(badge.id)
)
_LEAVE = (
    update(BADGE)
    .where(badge.id == bindparam("pass_id"), badge.inside == 1)
    .values(inside=0, moved_at=bindparam("now"), updated_at=bindparam("now"))
    .returning(badge.id)
)
BADGES = Source(
    by_id=_by(badge.id == bindparam("named")),
    by_code=_by(badge.code == bindparam("named")),
    entering=_ENTER,
    leaving=_LEAVE,
)


class BadgeRow(NamedTuple):
    """A badge that is locked, with its edition's days."""

    id: int
    code: str
    exhibition_id: int
    state: BadgeState
    generation: int
    inside: int
    moved_at: datetime | None
    starts_on: date
    ends_on: date
    timezone: str
    booth: str | None


LOCKED = Rows(
    select(
        badge.id,
        badge.code,
        badge.exhibition_id,
        badge.state,
        badge.generation,
        badge.inside,
        badge.moved_at,
        edition.starts_on,
        edition.ends_on,
        edition.timezone,
        BOOTH_CODE.label("booth"),
    )
    .join_from(BADGE, EXHIBITION, edition.id == badge.exhibition_id)
    .where(badge.id.in_(bindparam("ids", expanding=True)) | badge.code.in_(bindparam("codes", expanding=True)))
    .order_by(badge.id)
    .with_for_update(of=BADGE),
    BadgeRow,
)

_last = (
    select(Scan.id)
    .where(Scan.pass_id == badge.id, COUNTS, Scan.id != bindparam("but"))
    .order_by(Scan.id.desc())
    .limit(1)
    .correlate(BADGE)
)
_moved_at = case((Scan.device_at < Scan.server_at, Scan.device_at), else_=Scan.server_at)
LAST_DIRECTION = select(Scan.direction).where(Scan.id == _last.scalar_subquery()).correlate(BADGE).scalar_subquery()


class Settled(NamedTuple):
    id: int
    inside: int


SETTLE = Rows(
    update(BADGE)
    .where(badge.id.in_(bindparam("ids", expanding=True)))
    .values(
        inside=case((LAST_DIRECTION == Direction.ENTRY, 1), else_=0),
        moved_at=select(_moved_at).where(Scan.id == _last.scalar_subquery()).correlate(BADGE).scalar_subquery(),
        updated_at=bindparam("now"),
    )
    .returning(badge.id, badge.inside),
    Settled,
)
"""Sets badges to what their scans say, without the scan ``but``: inside is the direction of the last that counts."""
