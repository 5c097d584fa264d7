"""Whether every counter of people agrees with the scans, and every session's with its passes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, exists, false, func, or_, select, true, union_all
from sqlalchemy.orm import aliased

from exhibition.core.db import db
from exhibition.gate.models import HallOccupancy, OccupancyCount, Scan, ScanConflict
from exhibition.gate.occupancy.counters import COUNTS, ENTERED, LEFT, RETURNED
from exhibition.gate.rules.admission import ConflictKind, Verdict
from exhibition.gate.rules.offline_tally import Movement, replay_hall, replay_pass
from exhibition.gate.scan import badge_scans
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState, TimeSlot, VisitorPass, WaitingParty, WaitingState


@dataclass(frozen=True)
class Difference:
    """A counter that disagrees with the scans."""

    counter: str
    counted: int
    derived: int


def verify_counters() -> list[Difference]:
    """Recompute every counter from the scans; an empty list means that all are right.

    Most counters are plain sums. Where offline decisions admitted more than the party, or recorded an exit before its
    entry, the counter is computed by replaying its scans in the order in which they were recorded; a hall's counter
    from the last count by hand on. Each counter is compared with its scans in one statement, so scans that arrive
    meanwhile do no harm.
    """
    badges = [Difference(f"badge {code} inside", *counts) for code, *counts in badge_scans.differing()]
    return [*_passes(), *badges, *_halls()]


def verify_places() -> list[Difference]:
    """The sessions whose count is not that of the places held by passes and kept by offers of their waiting lists."""
    held = (
        select(func.coalesce(func.sum(VisitorPass.party_size - VisitorPass.released), 0))
        .where(
            VisitorPass.slot_id == TimeSlot.id,
            or_(VisitorPass.state == PassState.VALID, VisitorPass.admitted > 0),
        )
        .correlate(TimeSlot)
        .scalar_subquery()
    )
    kept = (
        select(func.coalesce(func.sum(WaitingParty.party_size), 0))
        .where(WaitingParty.slot_id == TimeSlot.id, WaitingParty.state == WaitingState.OFFERED)
        .correlate(TimeSlot)
        .scalar_subquery()
    )
    statement = (
        select(Exhibition.slug, TimeSlot.number, TimeSlot.issued, held + kept)
        .join(Exhibition, Exhibition.id == TimeSlot.exhibition_id)
        .where(TimeSlot.issued != held + kept)
        .order_by(Exhibition.slug, TimeSlot.number)
    )
    return [
        Difference(f"session {number} of {slug}", counted, derived)
        for slug, number, counted, derived in db.session.execute(statement)
    ]


def _passes() -> list[Difference]:
    moved = (
        select(Scan.pass_id, ENTERED.label("entered"), LEFT.label("gone"), RETURNED.label("returned"))
        .where(COUNTS, Scan.pass_id.is_not(None))
        .group_by(Scan.pass_id)
        .subquery()
    )
    entered, gone = func.coalesce(moved.c.entered, 0), func.coalesce(moved.c.gone, 0)
    visitors = entered - func.coalesce(moved.c.returned, 0)
    suspects = list(
        db.session.scalars(
            select(VisitorPass.id)
            .outerjoin(moved, moved.c.pass_id == VisitorPass.id)
            .where(or_(VisitorPass.admitted != visitors, VisitorPass.inside != entered - gone))
            .order_by(VisitorPass.code)
        )
    )
    found: list[Difference] = []
    for pass_id in suspects:
        movements = _movements().subquery()
        statement = (
            select(VisitorPass.code, VisitorPass.party_size, VisitorPass.admitted, VisitorPass.inside, movements)
            .outerjoin(movements, movements.c.pass_id == VisitorPass.id)
            .where(VisitorPass.id == pass_id)
            .order_by(movements.c.recorded, movements.c.taken_back.desc())
        )
        rows = db.session.execute(statement).all()
        code, party_size, *counted = rows[0][:4]
        for counter, value, derived in zip(
            ("admitted", "inside"), counted, replay_pass(party_size, _read(rows)), strict=True
        ):
            if value != derived:
                found.append(Difference(f"pass {code} {counter}", value, derived))
    return found


def _halls() -> list[Difference]:
    counted = exists().where(OccupancyCount.exhibition_id == Exhibition.id).correlate(Exhibition)
    suspects = db.session.execute(
        select(Exhibition.id, Exhibition.slug)
        .join(HallOccupancy, HallOccupancy.exhibition_id == Exhibition.id)
        .outerjoin(Scan, and_(Scan.exhibition_id == Exhibition.id, COUNTS))
        .group_by(Exhibition.id, Exhibition.slug, HallOccupancy.inside)
        .having(or_(HallOccupancy.inside != ENTERED - LEFT, counted))
        .order_by(Exhibition.slug)
    ).all()
    of_hall = select(func.max(OccupancyCount.id)).where(OccupancyCount.exhibition_id == HallOccupancy.exhibition_id)
    newest = of_hall.correlate(HallOccupancy).scalar_subquery()
    found: list[Difference] = []
    for exhibition_id, slug in suspects:
        movements = _movements().subquery()
        after_count = movements.c.recorded > func.coalesce(OccupancyCount.after_scan_id, 0)
        statement = (
            select(HallOccupancy.inside, func.coalesce(OccupancyCount.inside, 0).label("by_hand"), movements)
            .outerjoin(OccupancyCount, OccupancyCount.id == newest)
            .outerjoin(movements, and_(movements.c.exhibition_id == HallOccupancy.exhibition_id, after_count))
            .where(HallOccupancy.exhibition_id == exhibition_id)
            .order_by(movements.c.recorded, movements.c.taken_back.desc())
        )
        rows = db.session.execute(statement).all()
        derived = replay_hall(_read(rows), rows[0].by_hand)
        if rows[0].inside != derived:
            found.append(Difference(f"hall {slug} inside", rows[0].inside, derived))
    return found


def _movements() -> Select[*tuple[Any, ...]]:
    """Every accepted scan at the time of recording, and once more with its people negative where its device undid it or
    had decided otherwise.
    """
    fact = aliased(Scan)
    columns = (Scan.exhibition_id, Scan.pass_id, Scan.direction, Scan.people, Scan.returned)
    happened = select(Scan.id.label("recorded"), *columns, Scan.offline, false().label("taken_back")).where(
        Scan.verdict == Verdict.ACCEPTED, Scan.undoes_id.is_(None)
    )
    undone = select(Scan.id, *columns, true(), true()).where(Scan.undoes_id.is_not(None))
    replaced = (
        select(fact.id, *columns, true(), true())
        .select_from(ScanConflict)
        .join(fact, fact.id == ScanConflict.scan_id)
        .join(Scan, Scan.id == ScanConflict.other_scan_id)
        .where(ScanConflict.kind == ConflictKind.DIFFERS, Scan.verdict == Verdict.ACCEPTED)
    )
    return select(union_all(happened, undone, replaced).subquery())


def _read(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Movement]:
    return [
        Movement(row.pass_id, row.direction, row.people * _sign(row), row.offline, row.returned * _sign(row))
        for row in rows
        if row.recorded is not None
    ]


def _sign(row: Row[*tuple[Any, ...]]) -> int:
    return -1 if row.taken_back else 1
