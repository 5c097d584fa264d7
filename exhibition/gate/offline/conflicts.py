"""Conflicts of offline decisions, as the organizer sees and closes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor, record
from exhibition.badges.models import Badge
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.paging import Page, paginate
from exhibition.gate.models import Device, Gate, Scan, ScanConflict, ScanOverride
from exhibition.gate.rules.admission import ConflictKind, Direction, ScanCode, Verdict
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import VisitorPass

LONGEST_NOTE = 500


@dataclass(frozen=True)
class ScanLine:
    """One of the two scans. ``pass_code`` is None where it named no pass; ``presented`` is the text that was shown
    then.
    """

    id: int
    gate: str
    device: str
    direction: Direction
    people: int
    verdict: Verdict
    code: ScanCode
    offline: bool
    device_at: datetime | None
    server_at: datetime
    pass_code: str | None
    presented: str
    overruled_by: str | None
    overruled_why: str | None


@dataclass(frozen=True)
class RoundFact:
    """The disinfection round as it was when the scan came in; ``planned_at`` is None where that was not recorded."""

    starts_at: datetime
    ends_at: datetime
    planned_at: datetime | None


@dataclass(frozen=True)
class ConflictLine:
    id: int
    kind: ConflictKind
    created_at: datetime
    closed_at: datetime | None
    closed_by: str
    note: str
    scans: list[ScanLine]
    """What happened, then the other scan where there is one."""
    disinfection: RoundFact | None
    """The round during which people were let in."""


def listed(exhibition: Exhibition, *, closed: bool, number: int) -> Page[ConflictLine]:
    """One page of the conflicts, newest first."""
    state = ScanConflict.closed_at.is_not(None) if closed else ScanConflict.closed_at.is_(None)
    statement = (
        select(ScanConflict).where(ScanConflict.exhibition_id == exhibition.id, state).order_by(ScanConflict.id.desc())
    )
    page = paginate(statement, number)
    wanted = {scan_id for row in page.items for scan_id in (row.scan_id, row.other_scan_id) if scan_id is not None}
    scans = _scans(wanted)
    lines = [
        ConflictLine(
            row.id,
            row.kind,
            row.created_at,
            row.closed_at,
            row.closed_by,
            row.note,
            [scans[scan_id] for scan_id in (row.scan_id, row.other_scan_id) if scan_id is not None],
            _round(row),
        )
        for row in page.items
    ]
    return Page(lines, page.number, page.has_next)


def _round(row: ScanConflict) -> RoundFact | None:
    if row.round_starts_at is None or row.round_ends_at is None:
        return None
    return RoundFact(row.round_starts_at, row.round_ends_at, row.round_planned_at)


def _scans(ids: Iterable[int]) -> dict[int, ScanLine]:
    statement = (
        select(
            Scan.id,
            Gate.code,
            Device.name,
            Scan.direction,
            Scan.people,
            Scan.verdict,
            Scan.code,
            Scan.offline,
            Scan.device_at,
            Scan.server_at,
            func.coalesce(VisitorPass.code, Badge.code),
            Scan.presented,
            ScanOverride.by,
            ScanOverride.reason,
        )
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Device, Device.id == Scan.device_id)
        .outerjoin(VisitorPass, VisitorPass.id == Scan.pass_id)
        .outerjoin(Badge, Badge.id == Scan.pass_id)
        .outerjoin(ScanOverride, ScanOverride.scan_id == Scan.id)
        .where(Scan.id.in_(ids))
    )
    return {line[0]: ScanLine(*line) for line in db.session.execute(statement)}


@transaction
def close(actor: Actor, exhibition: Exhibition, conflict_id: int, note: str) -> None:
    """Settle a conflict with a note; one that is already closed stays as it is.

    Raises Refused ``not_found`` (404) and ``invalid`` (422).
    """
    note = " ".join(note.split())
    if not 0 < len(note) <= LONGEST_NOTE or not note.isprintable():
        message = _l("Say in 1 to %(longest)s ordinary characters what came out.", longest=LONGEST_NOTE)
        raise Refused("invalid", message, status=422, field="note")
    conflict = db.session.get(ScanConflict, conflict_id, with_for_update=True)
    if conflict is None or conflict.exhibition_id != exhibition.id:
        raise NotFound
    if conflict.closed_at is None:
        conflict.closed_at, conflict.closed_by, conflict.note = clock.now(), actor.name[:120], note
        after = {"kind": conflict.kind.value, "note": note}
        record(actor, "scan_conflict.close", "scan_conflict", conflict.id, after=after)
