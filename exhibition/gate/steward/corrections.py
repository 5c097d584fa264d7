"""A supervisor corrects an earlier movement, at a gate or at the desk: it did not happen, or with other people.

The wrong movement stays; a row undoes it, and another one tells what happened, at its time. So both are in the trail.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor, record
from exhibition.badges.models import Badge
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.constraints import violates
from exhibition.core.sql.paging import PAGE_SIZE, READ_AT_ONCE, Page
from exhibition.core.sql.statements import Rows
from exhibition.gate import devices
from exhibition.gate.models import Device, Gate, Scan
from exhibition.gate.occupancy.counters import CORRECTED, COUNTS, HAPPENED_AT, UNDONE
from exhibition.gate.rules.admission import Direction, Verdict
from exhibition.gate.scan import overrides
from exhibition.gate.scan.scanned_text import read_code
from exhibition.gate.scan.statements import OVERRIDE
from exhibition.gate.steward.taking_back import KEEP_AGAIN, row_of, take_back, told
from exhibition.gate.steward.undo import KEPT
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import VisitorPass

CORRECTION = overrides.CORRECTION
MOST_AT_GATE = 30


class WrongMovement(NamedTuple):
    """A movement that is to be corrected."""

    id: int
    device_id: int
    gate_id: int
    pass_id: int | None
    direction: Direction
    people: int
    returned: int
    at: datetime
    undone: bool


_WRONG = Rows(
    select(
        Scan.id,
        Scan.device_id,
        Scan.gate_id,
        Scan.pass_id,
        Scan.direction,
        Scan.people,
        Scan.returned,
        HAPPENED_AT.label("at"),
        UNDONE.label("undone"),
    ).where(
        Scan.id == bindparam("scan_id"),
        Scan.exhibition_id == bindparam("fair"),
        Scan.verdict == Verdict.ACCEPTED,
        Scan.undoes_id.is_(None),
        ~CORRECTED,
    ),
    WrongMovement,
)


@dataclass(frozen=True)
class MovementLine:
    """A movement that counts, as a supervisor finds it again."""

    scan_id: int
    at: datetime
    gate: str
    device: str
    direction: Direction
    people: int
    code: str | None
    """The short code of the pass or badge; None where people were let in on something unknown."""
    party_size: int | None
    inside: int | None


@dataclass(frozen=True)
class _Writer:
    """Who corrects, and under which device, gate and nonce the rows are kept."""

    actor: Actor
    reason: str
    device_id: int | None = None
    """None: that of the movement."""
    nonce: str | None = None


def _lines(exhibition_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Scan.id,
            HAPPENED_AT,
            Gate.code,
            Device.name,
            Scan.direction,
            Scan.people,
            func.coalesce(VisitorPass.code, Badge.code),
            VisitorPass.party_size,
            VisitorPass.inside,
        )
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Device, Device.id == Scan.device_id)
        .outerjoin(VisitorPass, VisitorPass.id == Scan.pass_id)
        .outerjoin(Badge, Badge.id == Scan.pass_id)
        .where(Scan.exhibition_id == exhibition_id, COUNTS)
        .order_by(Scan.id.desc())
    )


def recent(device_token: str) -> list[MovementLine]:
    """Today's last movements at the device's gate, newest first; at most thirty. Raises as ``known_device`` does."""
    device = devices.authenticate(device_token)
    zone = ZoneInfo(device.timezone)
    midnight = datetime.combine(clock.now().astimezone(zone).date(), time(), zone)
    gate = select(Device.gate_id).where(Device.id == device.id).scalar_subquery()
    statement = _lines(device.exhibition_id).where(Scan.gate_id == gate, Scan.server_at >= midnight)
    return [MovementLine(*row) for row in db.session.execute(statement.limit(MOST_AT_GATE))]


def _lines_of(exhibition: Exhibition, code: str) -> Select[*tuple[Any, ...]]:
    statement = _lines(exhibition.id)
    if code:
        wanted = read_code(code).code or ""
        named: ColumnElement[bool] = (VisitorPass.code == wanted) | (Badge.code == wanted)
        statement = statement.where(named)
    return statement


def listed(exhibition: Exhibition, code: str, *, number: int) -> Page[MovementLine]:
    """One page of the movements, newest first; with ``code`` only those of that pass or badge."""
    statement = _lines_of(exhibition, code)
    rows = db.session.execute(statement.limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE)).all()
    return Page([MovementLine(*row) for row in rows[:PAGE_SIZE]], number, len(rows) > PAGE_SIZE)


def all_listed(exhibition: Exhibition, code: str) -> Iterator[MovementLine]:
    """As ``listed``, all of them, read bit by bit."""
    for row in db.session.execute(_lines_of(exhibition, code).execution_options(yield_per=READ_AT_ONCE)):
        yield MovementLine(*row)


def at_gate(device_token: str, nonce: str, scan_id: int, people: int, pin: str, reason: str) -> dict[str, Any]:
    """Correct a movement of the device's fair on a supervisor's word; the same ``nonce`` counts once.

    Raises what ``overrides.authorise`` and ``take_back`` raise, and Refused ``not_found`` (404), ``undo_done``,
    ``correction_same`` (409).
    """
    device = devices.authenticate(device_token)
    supervision = overrides.authorise(device_token, pin, reason, named="")
    writer = _Writer(Actor(supervision.user_id, supervision.by), supervision.reason, device.id, nonce)
    return _try(device.exhibition_id, scan_id, people, writer)


def at_desk(actor: Actor, exhibition: Exhibition, scan_id: int, people: int, reason: str) -> dict[str, Any]:
    """Correct a movement at the desk. Raises as ``at_gate`` does, and Refused ``invalid`` (422, ``reason``)."""
    return _try(exhibition.id, scan_id, people, _Writer(actor, overrides.tidy_reason(reason, "reason")))


def _try(exhibition_id: int, scan_id: int, people: int, writer: _Writer) -> dict[str, Any]:
    try:
        return _correct(exhibition_id, scan_id, people, writer)
    except IntegrityError as error:
        if not violates(error, "uq_scan_device_id_nonce", "uq_scan_undoes"):  # another correction of it was faster
            raise
    return _correct(exhibition_id, scan_id, people, writer)


@transaction
def _correct(exhibition_id: int, scan_id: int, people: int, writer: _Writer) -> dict[str, Any]:
    connection = db.session.connection()
    if writer.nonce is not None:
        known = KEPT.first(connection, {"device_id": writer.device_id, "nonce": writer.nonce})
        if known is not None:
            return {"scan_id": known.id} | known.answer
    wrong = _WRONG.first(connection, {"scan_id": scan_id, "fair": exhibition_id})
    if wrong is None:
        raise NotFound
    if wrong.undone:
        raise Refused("undo_done", _l("This scan was undone already."), field="scan_id")
    if people == wrong.people:
        raise Refused("correction_same", _l("That is what is written already. Choose another number."), field="people")
    now = clock.now()
    after = take_back(connection, wrong, exhibition_id, now, people)
    answer = told(wrong, after, now) | {"corrects": wrong.id, "people": people}
    device_id = writer.device_id or wrong.device_id
    nonce = writer.nonce or f"desk:{wrong.id}"
    about = row_of(wrong, exhibition_id, now) | {"device_id": device_id, "gate_id": wrong.gate_id, "answer": answer}
    undoing = KEEP_AGAIN.one(connection, about | {"nonce": nonce, "undoes_id": wrong.id})
    if people:
        # As it happened then: recorded afterwards, like an offline decision.
        right = {"people": people, "returned": min(people, wrong.returned), "offline": True, "device_at": wrong.at}
        KEEP_AGAIN.one(connection, about | right | {"nonce": _nonce_of_right(nonce)})
    by = {"user_id": writer.actor.id, "by": writer.actor.name[: overrides.LONGEST_BY], "reason": writer.reason}
    connection.execute(insert(OVERRIDE), [{"scan_id": undoing.id, "code": CORRECTION} | by])
    before = {"people": wrong.people, "direction": wrong.direction.value}
    record(writer.actor, "scan.correct", "scan", wrong.id, before=before, after={"people": people})
    return {"scan_id": undoing.id} | answer


def _nonce_of_right(nonce: str) -> str:
    return f"right:{hashlib.sha256(nonce.encode()).hexdigest()[:48]}"
