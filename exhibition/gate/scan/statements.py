"""The statements of one scan, each compiled once.

Plain tables, not entities: on the hot path nothing is loaded into a session.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Update,
    bindparam,
    case,
    exists,
    func,
    insert,
    select,
    update,
)

from exhibition.core.db import Moment
from exhibition.core.sql.statements import Adding, Chain, EarlierAnswers, Statement, given, put, table_of
from exhibition.gate.models import Device, Gate, HallOccupancy, Scan, ScanConflict, ScanOverride
from exhibition.gate.occupancy.caps import IN_FORCE
from exhibition.gate.rules.admission import Direction, Verdict
from exhibition.gate.scan.shown import ScanContext, Seen, ShownBadge, ShownPass
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.visitors.models import PassState, TimeSlot, VisitorPass
from exhibition.visitors.slots import state_now

DEVICE, GATE, EXHIBITION, HALL = table_of(Device), table_of(Gate), table_of(Exhibition), table_of(HallOccupancy)
SCAN, CONFLICT, OVERRIDE = table_of(Scan), table_of(ScanConflict), table_of(ScanOverride)
ROUND = table_of(DisinfectionRound)
disinfection = ROUND.c
PASS, SLOT = table_of(VisitorPass), table_of(TimeSlot)
device, gate, edition, hall = DEVICE.c, GATE.c, EXHIBITION.c, HALL.c
kept, ticket, slot = SCAN.c, PASS.c, SLOT.c


ROUND_OVER_AT = (
    select(func.max(disinfection.ends_at, type_=Moment))
    .where(disinfection.exhibition_id == edition.id, disinfection.ends_at <= bindparam("now", type_=Moment))
    .scalar_subquery()
)


def everything(
    shown: type[ShownPass | ShownBadge],
    about: Sequence[ColumnElement[Any]],
    found: Callable[[FromClause], FromClause],
) -> Statement[Seen]:
    """The one SELECT of a scan. It reads device, gate, edition, hall and the stored answer, and the columns ``about``
    the pass or badge, whose tables ``found`` joins to the rest.
    """
    known = (
        DEVICE.join(GATE, gate.id == device.gate_id)
        .join(EXHIBITION, edition.id == gate.exhibition_id)
        .outerjoin(HALL, hall.exhibition_id == edition.id)
        .outerjoin(SCAN, (kept.device_id == device.id) & (kept.nonce == bindparam("nonce")))
    )
    statement = (
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
            select(disinfection.ends_at)
            .where(
                disinfection.exhibition_id == edition.id,
                disinfection.starts_at <= bindparam("now", type_=Moment),
                disinfection.ends_at > bindparam("now", type_=Moment),
            )
            .limit(1)
            .scalar_subquery()
            .label("disinfected_until"),
            edition.reentry,
            ROUND_OVER_AT.label("round_over_at"),
            *about,
        )
        .select_from(found(known))
        .where(device.token_hash == bindparam("token_hash"))
    )
    split = len(ScanContext._fields)

    def seen(*columns: Any) -> Seen:
        asked, rest = ScanContext(*columns[:split]), columns[split:]
        return Seen(asked, None if rest[0] is None else shown(*rest))

    return Statement(statement, seen, (*ScanContext._fields, *shown._fields))


def _by(names_pass: ColumnElement[bool]) -> Statement[Seen]:
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
        state_now(slot).label("slot_state"),
        ticket.left_at,
    ]
    return everything(
        ShownPass,
        columns,
        lambda known: known.outerjoin(PASS, names_pass).outerjoin(SLOT, slot.id == ticket.slot_id),
    )


class LastEntry(NamedTuple):
    """The last accepted entry on a pass, with its gate's code and name."""

    device_id: int
    server_at: datetime
    code: str
    name: str


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
    .limit(1),
    LastEntry,
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
    .values(
        inside=ticket.inside + _people,
        admitted=ticket.admitted + _people - bindparam("returned", type_=Integer),
        updated_at=bindparam("now"),
    )
    .returning(ticket.id)
)
_LEAVE = (
    update(PASS)
    .where(*_AS_DECIDED)
    .values(inside=ticket.inside - _people, left_at=bindparam("now"), updated_at=bindparam("now"))
    .returning(ticket.id)
)
_IN_HALL = update(HALL).where(hall.exhibition_id == bindparam("exhibition_id"))
_COUNTED = hall.exhibition_id, hall.inside, IN_FORCE.label("capacity")
_FILL_OVER_CAP = _IN_HALL.values(inside=hall.inside + _people).returning(*_COUNTED)
_FILL = _FILL_OVER_CAP.where(hall.inside + _people <= IN_FORCE)
_LESS = case((hall.inside > _people, hall.inside - _people), else_=0)
_DRAIN = _IN_HALL.values(inside=_LESS).returning(*_COUNTED)
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
    "returned",
    "verdict",
    "code",
    "offline",
    "device_at",
    "server_at",
    "answer",
    "mask_worn",
    "screening_passed",
)


def _moved(earlier: EarlierAnswers) -> Mapping[str, Any]:
    """The row of a scan that moved people: its stored answer gets the hall's count from the UPDATE before it."""
    counted = put(SCANNED["answer"], "occupancy.inside", earlier("hall", "inside"))
    return SCANNED | {
        "exhibition_id": earlier("hall", "exhibition_id"),
        "answer": put(counted, "occupancy.capacity", earlier("hall", "capacity")),
    }


def _let_in(earlier: EarlierAnswers) -> Mapping[str, Any]:
    return {
        "scan_id": earlier("scan", "id"),
        "code": bindparam("overruled"),
        **given(OVERRIDE, "user_id", "by", "reason"),
    }


class KeptScan(NamedTuple):
    """The id of a scan that was kept."""

    id: int


class Moved(NamedTuple):
    """The rows a movement has written: the pass or badge, the hall with its count afterwards, and the scan."""

    party_id: int
    hall_exhibition_id: int
    hall_inside: int
    hall_capacity: int
    scan_id: int


_KEEP = Adding(SCAN, _moved, (kept.id,))
_SUPERVISED = Adding(OVERRIDE, _let_in)
KEEP_REFUSED = Statement(insert(SCAN).values(SCANNED).returning(kept.id), KeptScan)


class Source:
    """The statements for passes, or for badges: two that find one by id or by code, four that move it together with the
    hall.

    Each movement is a chain of statements that ends with storing the scan.
    """

    def __init__(self, *, by_id: Statement[Seen], by_code: Statement[Seen], entering: Update, leaving: Update) -> None:
        self.by_id, self.by_code = by_id, by_code
        self.enter = Chain(Moved, party=entering, hall=_FILL, scan=_KEEP)
        self.enter_supervised = Chain(Moved, party=entering, hall=_FILL, scan=_KEEP, override=_SUPERVISED)
        self.enter_over_cap = Chain(Moved, party=entering, hall=_FILL_OVER_CAP, scan=_KEEP, override=_SUPERVISED)
        self.leave = Chain(Moved, party=leaving, hall=_DRAIN, scan=_KEEP)


PASSES = Source(
    by_id=_by(ticket.id == bindparam("named")),
    by_code=_by(ticket.code == bindparam("named")),
    entering=_ENTER,
    leaving=_LEAVE,
)
