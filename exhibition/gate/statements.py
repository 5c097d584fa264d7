"""The statements of one scan, each compiled once.

Plain tables, not entities: on the hot path nothing is loaded into a session.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, case, exists, insert, select, update

from exhibition.core.db import Moment
from exhibition.core.statements import Adding, Chain, Earlier, Statement, given, put, table_of
from exhibition.gate.models import Device, Gate, Occupancy, Scan, ScanConflict, ScanOverride
from exhibition.gate.rules import Direction, Verdict
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.visitors.models import PassState, TimeSlot, VisitorPass

Line = Row[*tuple[Any, ...]]
"""A row of one of these statements."""


DEVICE, GATE, EXHIBITION, HALL = table_of(Device), table_of(Gate), table_of(Exhibition), table_of(Occupancy)
SCAN, CONFLICT, OVERRIDE = table_of(Scan), table_of(ScanConflict), table_of(ScanOverride)
ROUND = table_of(DisinfectionRound)
spraying = ROUND.c
PASS, SLOT = table_of(VisitorPass), table_of(TimeSlot)
device, gate, edition, hall = DEVICE.c, GATE.c, EXHIBITION.c, HALL.c
kept, ticket, slot = SCAN.c, PASS.c, SLOT.c


def _everything(names_pass: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """All that a scan is decided on, in one row: device, gate, edition, hall, stored answer, pass, slot."""
    return (
        select(
            device.id.label("device_id"),
            device.revoked_at,
            gate.id.label("gate_id"),
            edition.id.label("exhibition_id"),
            edition.early_minutes,
            edition.late_minutes,
            hall.inside.label("hall_inside"),
            hall.capacity.label("hall_capacity"),
            kept.id.label("scan_id"),
            kept.answer,
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
        .select_from(
            DEVICE.join(GATE, gate.id == device.gate_id)
            .join(EXHIBITION, edition.id == gate.exhibition_id)
            .outerjoin(HALL, hall.exhibition_id == edition.id)
            .outerjoin(SCAN, (kept.device_id == device.id) & (kept.nonce == bindparam("nonce")))
            .outerjoin(PASS, names_pass)
            .outerjoin(SLOT, slot.id == ticket.slot_id)
        )
        .where(device.token_hash == bindparam("token_hash"))
    )


BY_ID = Statement(_everything(ticket.id == bindparam("named")))
BY_CODE = Statement(_everything(ticket.code == bindparam("named")))
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
_people = bindparam("people", type_=Integer)
_AS_DECIDED = (
    ticket.id == bindparam("pass_id"),
    ticket.inside == bindparam("decided_inside"),
    ticket.admitted == bindparam("decided_admitted"),
)
"""The pass has not moved since the decision."""
_ENTER = (
    update(PASS)
    .where(*_AS_DECIDED, ticket.state == PassState.VALID, ticket.generation == bindparam("decided_generation"))
    .values(inside=ticket.inside + _people, admitted=ticket.admitted + _people, updated_at=bindparam("now"))
    .returning(ticket.id)
)
_LEAVE = (
    update(PASS)
    .where(*_AS_DECIDED)
    .values(inside=ticket.inside - _people, updated_at=bindparam("now"))
    .returning(ticket.id)
)
_IN_HALL = update(HALL).where(hall.exhibition_id == bindparam("exhibition_id"))
_FILL_OVER_CAP = _IN_HALL.values(inside=hall.inside + _people).returning(hall.inside, hall.capacity)
_FILL = _FILL_OVER_CAP.where(hall.inside + _people <= hall.capacity)
_DRAIN = _IN_HALL.values(inside=case((hall.inside > _people, hall.inside - _people), else_=0)).returning(
    hall.inside, hall.capacity
)
SCANNED = given(
    SCAN,
    "exhibition_id",
    "device_id",
    "gate_id",
    "nonce",
    "pass_id",
    "presented",
    "direction",
    "people",
    "verdict",
    "code",
    "offline",
    "device_at",
    "server_at",
    "answer",
)


def _moved(earlier: Earlier) -> Mapping[str, Any]:
    """A scan that moved people: its answer tells the hall's count as it is after them."""
    counted = put(SCANNED["answer"], "occupancy.inside", earlier("hall", "inside"))
    return SCANNED | {"answer": put(counted, "occupancy.capacity", earlier("hall", "capacity"))}


def _let_in(earlier: Earlier) -> Mapping[str, Any]:
    return {
        "scan_id": earlier("scan", "id"),
        "code": bindparam("overruled"),
        **given(OVERRIDE, "user_id", "by", "reason"),
    }


_KEEP = Adding(SCAN, _moved, (kept.id, kept.answer))
_SUPERVISED = Adding(OVERRIDE, _let_in)
KEEP_REFUSED = Statement(insert(SCAN).values(SCANNED).returning(kept.id))
ENTER = Chain(party=_ENTER, hall=_FILL, scan=_KEEP)
LEAVE = Chain(party=_LEAVE, hall=_DRAIN, scan=_KEEP)
ENTER_SUPERVISED = Chain(party=_ENTER, hall=_FILL, scan=_KEEP, override=_SUPERVISED)
ENTER_OVER_CAP = Chain(party=_ENTER, hall=_FILL_OVER_CAP, scan=_KEEP, override=_SUPERVISED)
