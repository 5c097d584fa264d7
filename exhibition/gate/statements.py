"""The statements of one scan, each compiled once.

Plain tables, not entities: on the hot path nothing is loaded into a session.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, bindparam, case, exists, insert, select, update

from exhibition.core.db import Moment
from exhibition.core.statements import Statement, table_of
from exhibition.gate.caps import IN_FORCE
from exhibition.gate.models import Device, Gate, Occupancy, Scan, ScanConflict
from exhibition.gate.rules import Direction, Verdict
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.visitors.models import PassState, TimeSlot, VisitorPass

Line = Row[*tuple[Any, ...]]
"""A row of one of these statements."""


DEVICE, GATE, EXHIBITION, HALL = table_of(Device), table_of(Gate), table_of(Exhibition), table_of(Occupancy)
SCAN, CONFLICT = table_of(Scan), table_of(ScanConflict)
ROUND = table_of(DisinfectionRound)
spraying = ROUND.c
PASS, SLOT = table_of(VisitorPass), table_of(TimeSlot)
device, gate, edition, hall = DEVICE.c, GATE.c, EXHIBITION.c, HALL.c
kept, ticket, slot = SCAN.c, PASS.c, SLOT.c


def everything(
    about: Sequence[ColumnElement[Any]], found: Callable[[FromClause], FromClause]
) -> Select[*tuple[Any, ...]]:
    """All that a scan is decided on, in one row: device, gate, edition, hall, stored answer, and ``about`` what was
    shown, which ``found`` joins to the rest.
    """
    known = (
        DEVICE.join(GATE, gate.id == device.gate_id)
        .join(EXHIBITION, edition.id == gate.exhibition_id)
        .outerjoin(HALL, hall.exhibition_id == edition.id)
        .outerjoin(SCAN, (kept.device_id == device.id) & (kept.nonce == bindparam("nonce")))
    )
    return (
        select(
            device.id.label("device_id"),
            device.revoked_at,
            gate.id.label("gate_id"),
            edition.id.label("exhibition_id"),
            edition.early_minutes,
            edition.late_minutes,
            edition.mask_required,
            (edition.screening_question != "").label("screening_asked"),
            hall.inside.label("hall_inside"),
            IN_FORCE.label("hall_capacity"),
            kept.id.label("scan_id"),
            kept.answer,
            *about,
            select(spraying.ends_at)
            .where(
                spraying.exhibition_id == edition.id,
                spraying.starts_at <= bindparam("now", type_=Moment),
                spraying.ends_at > bindparam("now", type_=Moment),
            )
            .limit(1)
            .scalar_subquery()
            .label("sprayed_until"),
        )
        .select_from(found(known))
        .where(device.token_hash == bindparam("token_hash"))
    )


def _by(names_pass: ColumnElement[bool]) -> Statement:
    columns: list[ColumnElement[Any]] = [
        ticket.id.label("pass_id"),
        ticket.exhibition_id.label("pass_exhibition_id"),
        ticket.state,
        ticket.generation,
        ticket.party_size,
        ticket.inside,
        ticket.admitted,
        slot.starts_at,
        slot.ends_at,
        slot.state.label("slot_state"),
    ]
    return Statement(
        everything(columns, lambda known: known.outerjoin(PASS, names_pass).outerjoin(SLOT, slot.id == ticket.slot_id))
    )


BY_ID = _by(ticket.id == bindparam("named"))
BY_CODE = _by(ticket.code == bindparam("named"))
_undo = SCAN.alias("undo").c
LAST_ENTRY = Statement(
    select(kept.device_id, kept.server_at, gate.code, gate.name)
    .join_from(SCAN, GATE, gate.id == kept.gate_id)
    .where(
        kept.pass_id == bindparam("pass_id"),
        kept.verdict == Verdict.ACCEPTED,
        kept.direction == Direction.ENTRY,
    )
    .where(kept.undoes_id.is_(None), ~exists().where(_undo.undoes_id == kept.id))
    .order_by(kept.server_at.desc(), kept.id.desc())
    .limit(1)
)
ENTER = Statement(
    update(PASS)
    .where(
        ticket.id == bindparam("pass_id"),
        ticket.state == PassState.VALID,
        ticket.generation == bindparam("decided_generation"),
        ticket.admitted + bindparam("people") <= ticket.party_size,
    )
    .values(
        inside=ticket.inside + bindparam("people"),
        admitted=ticket.admitted + bindparam("people"),
        updated_at=bindparam("now"),
    )
    .returning(ticket.party_size, ticket.inside, ticket.admitted)
)
LEAVE = Statement(
    update(PASS)
    .where(ticket.id == bindparam("pass_id"), ticket.inside >= bindparam("people"))
    .values(inside=ticket.inside - bindparam("people"), updated_at=bindparam("now"))
    .returning(ticket.party_size, ticket.inside, ticket.admitted)
)
FILL = Statement(
    update(HALL)
    .where(hall.exhibition_id == bindparam("fair"), hall.inside + bindparam("people") <= IN_FORCE)
    .values(inside=hall.inside + bindparam("people"))
    .returning(hall.inside, IN_FORCE.label("capacity"))
)
FILL_OVER_CAP = Statement(
    update(HALL)
    .where(hall.exhibition_id == bindparam("fair"))
    .values(inside=hall.inside + bindparam("people"))
    .returning(hall.inside, IN_FORCE.label("capacity"))
)
DRAIN = Statement(
    update(HALL)
    .where(hall.exhibition_id == bindparam("fair"))
    .values(inside=case((hall.inside > bindparam("people"), hall.inside - bindparam("people")), else_=0))
    .returning(hall.inside, IN_FORCE.label("capacity"))
)
KEEP = Statement(insert(SCAN).returning(kept.id))
