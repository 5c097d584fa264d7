"""The statements of one batch of offline scans, written once; their number does not grow with the batch."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, or_, select, update

from exhibition.core.db import Moment
from exhibition.core.sql.list_parameters import among
from exhibition.core.sql.statements import Rows
from exhibition.gate.models import HallCap, Scan, ScanConflict
from exhibition.gate.occupancy.caps import IN_FORCE
from exhibition.gate.occupancy.counters import COUNTS, HAPPENED_AT, UNDONE
from exhibition.gate.rules.admission import ConflictKind, Direction, Verdict
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
    disinfection,
    edition,
    gate,
    hall,
    kept,
    slot,
    ticket,
)
from exhibition.venue.rules.edition import Reentry
from exhibition.visitors.models import PassState, SlotState
from exhibition.visitors.slots import state_now


class BatchDevice(NamedTuple):
    """The device that sends a batch, with its gate and edition."""

    device_id: int
    revoked_at: datetime | None
    enrolled_at: datetime
    gate_id: int
    exhibition_id: int
    early_minutes: int
    late_minutes: int
    mask_required: bool
    screening_asked: bool
    reentry: Reentry
    clock_skew_s: int | None


DEVICE_ROW = Rows(
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
        edition.reentry,
        device.clock_skew_s,
    )
    .select_from(
        DEVICE.join(GATE, gate.id == device.gate_id).join(EXHIBITION, edition.id == gate.exhibition_id),
    )
    .where(device.token_hash == bindparam("token_hash")),
    BatchDevice,
)


class StoredScan(NamedTuple):
    """The scan that is already stored under a nonce."""

    id: int
    nonce: str
    pass_id: int | None
    direction: Direction
    people: int
    returned: int
    verdict: Verdict
    offline: bool
    answer: dict[str, Any]
    undone: bool


STORED = Rows(
    select(
        kept.id,
        kept.nonce,
        kept.pass_id,
        kept.direction,
        kept.people,
        kept.returned,
        kept.verdict,
        kept.offline,
        kept.answer,
        (UNDONE | kept.undoes_id.is_not(None)).label("undone"),
    ).where(kept.device_id == bindparam("device_id"), among(kept.nonce, "nonces")),
    StoredScan,
)


class LockedPass(NamedTuple):
    """A visitor's pass, locked, with the columns that a batch of offline decisions needs."""

    id: int
    code: str
    exhibition_id: int
    state: PassState
    generation: int
    party_size: int
    starts_at: datetime
    ends_at: datetime
    slot_state: SlotState


LOCKED_PASSES = Rows(
    select(
        ticket.id,
        ticket.code,
        ticket.exhibition_id,
        ticket.state,
        ticket.generation,
        ticket.party_size,
        slot.starts_at,
        slot.ends_at,
        state_now(slot).label("slot_state"),
    )
    .join_from(PASS, SLOT, slot.id == ticket.slot_id)
    .where(or_(among(ticket.id, "ids"), among(ticket.code, "codes")))
    .order_by(ticket.id)
    .with_for_update(of=PASS),
    LockedPass,
)


class CountedMove(NamedTuple):
    """A movement of a pass that counts."""

    id: int
    pass_id: int
    direction: Direction
    people: int
    returned: int
    at: datetime


MOVES = Rows(
    select(Scan.id, Scan.pass_id, Scan.direction, Scan.people, Scan.returned, HAPPENED_AT.label("at"))
    .where(among(Scan.pass_id, "ids"), COUNTS)
    .order_by(Scan.id),
    CountedMove,
)


class RoundSpan(NamedTuple):
    """A disinfection round; ``planned_at`` is None for rounds older than that column."""

    starts_at: datetime
    ends_at: datetime
    planned_at: datetime | None


ROUNDS = Rows(
    select(disinfection.starts_at, disinfection.ends_at, disinfection.planned_at).where(
        disinfection.exhibition_id == bindparam("fair"),
        disinfection.starts_at <= bindparam("last", type_=Moment),
    ),
    RoundSpan,
)


class HallRow(NamedTuple):
    """People in the hall, its cap before the first planned change, and the cap in force."""

    inside: int
    own_capacity: int
    capacity: int


HALL_ROW = Rows(
    select(hall.inside, hall.capacity.label("own_capacity"), IN_FORCE.label("capacity"))
    .where(hall.exhibition_id == bindparam("fair"))
    .with_for_update(of=HALL),
    HallRow,
)


class DatedCap(NamedTuple):
    starts_at: datetime
    capacity: int


CAPS = Rows(
    select(HallCap.starts_at, HallCap.capacity)
    .where(HallCap.exhibition_id == bindparam("fair"))
    .order_by(HallCap.starts_at),
    DatedCap,
)


class KeptNonce(NamedTuple):
    id: int
    nonce: str


ADD_HALL = insert(HALL)
KEEP_ALL = insert(SCAN)
KEPT_IDS = Rows(
    select(kept.id, kept.nonce).where(kept.device_id == bindparam("device_id"), among(kept.nonce, "nonces")),
    KeptNonce,
)
SET_PASS = (
    update(PASS)
    .where(ticket.id == bindparam("named"))
    .values(
        admitted=bindparam("now_admitted"),
        inside=bindparam("now_inside"),
        left_at=bindparam("last_left_at", type_=Moment),
        updated_at=bindparam("now"),
    )
)
SET_HALL = update(HALL).where(hall.exhibition_id == bindparam("fair")).values(inside=bindparam("now_inside"))
SEEN = (
    update(DEVICE)
    .where(device.id == bindparam("device_id"))
    .values(last_seen_at=bindparam("now"), clock_skew_s=bindparam("skew_s"))
)
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
