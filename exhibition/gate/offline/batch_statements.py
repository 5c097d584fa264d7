"""The statements of one batch of offline scans, written once; their number does not grow with the batch."""

from sqlalchemy import bindparam, case, func, insert, or_, select, update

from exhibition.core.db import Moment
from exhibition.core.sql.list_parameters import among
from exhibition.gate.models import HallCap, Scan, ScanConflict
from exhibition.gate.occupancy.caps import IN_FORCE
from exhibition.gate.occupancy.counters import COUNTS, ENTERED, LEFT, UNDONE
from exhibition.gate.rules.admission import ConflictKind, Direction
from exhibition.gate.scan.statements import (
    CONFLICT,
    DEVICE,
    EXHIBITION,
    GATE,
    HALL,
    PASS,
    SCAN,
    SLOT,
    device,
    edition,
    gate,
    hall,
    kept,
    slot,
    spraying,
    ticket,
)

DEVICE_ROW = (
    select(
        device.id.label("device_id"),
        device.revoked_at,
        device.enrolled_at,
        gate.id.label("gate_id"),
        edition.id.label("exhibition_id"),
        edition.early_minutes,
        edition.late_minutes,
        edition.mask_required,
        (edition.screening_question != "").label("screening_asked"),
    )
    .select_from(
        DEVICE.join(GATE, gate.id == device.gate_id).join(EXHIBITION, edition.id == gate.exhibition_id),
    )
    .where(device.token_hash == bindparam("token_hash"))
)
STORED = select(
    kept.id,
    kept.nonce,
    kept.pass_id,
    kept.direction,
    kept.people,
    kept.verdict,
    kept.offline,
    kept.answer,
    (UNDONE | kept.undoes_id.is_not(None)).label("undone"),
).where(kept.device_id == bindparam("device_id"), among(kept.nonce, "nonces"))
LOCKED_PASSES = (
    select(
        ticket.id,
        ticket.code,
        ticket.exhibition_id,
        ticket.state,
        ticket.generation,
        ticket.party_size,
        slot.starts_at,
        slot.ends_at,
        slot.state.label("slot_state"),
    )
    .join_from(PASS, SLOT, slot.id == ticket.slot_id)
    .where(or_(among(ticket.id, "ids"), among(ticket.code, "codes")))
    .order_by(ticket.id)
    .with_for_update(of=PASS)
)
SUMS = (
    select(
        Scan.pass_id,
        ENTERED.label("entered"),
        LEFT.label("gone"),
        func.max(case((Scan.direction == Direction.ENTRY, Scan.id))).label("last_entry"),
    )
    .where(among(Scan.pass_id, "ids"), COUNTS)
    .group_by(Scan.pass_id)
)
ROUNDS = select(spraying.starts_at, spraying.ends_at, spraying.planned_at).where(
    spraying.exhibition_id == bindparam("fair"),
    spraying.starts_at <= bindparam("last", type_=Moment),
    spraying.ends_at > bindparam("first", type_=Moment),
)
HALL_ROW = (
    select(hall.inside, hall.capacity.label("own_capacity"), IN_FORCE.label("capacity"))
    .where(hall.exhibition_id == bindparam("fair"))
    .with_for_update(of=HALL)
)
CAPS = (
    select(HallCap.starts_at, HallCap.capacity)
    .where(HallCap.exhibition_id == bindparam("fair"))
    .order_by(HallCap.starts_at)
)
ADD_HALL = insert(HALL)
KEEP_ALL = insert(SCAN)
KEPT_IDS = select(kept.id, kept.nonce).where(kept.device_id == bindparam("device_id"), among(kept.nonce, "nonces"))
SET_PASS = (
    update(PASS)
    .where(ticket.id == bindparam("named"))
    .values(admitted=bindparam("now_admitted"), inside=bindparam("now_inside"), updated_at=bindparam("now"))
)
SET_HALL = update(HALL).where(hall.exhibition_id == bindparam("fair")).values(inside=bindparam("now_inside"))
SEEN = update(DEVICE).where(device.id == bindparam("device_id")).values(last_seen_at=bindparam("now"))
OPEN_DRIFT = (
    select(ScanConflict.id)
    .join(Scan, Scan.id == ScanConflict.scan_id)
    .where(
        Scan.device_id == bindparam("device_id"),
        ScanConflict.kind == ConflictKind.CLOCK_DRIFT,
        ScanConflict.closed_at.is_(None),
    )
    .limit(1)
)
ADD_CONFLICTS = insert(CONFLICT)
