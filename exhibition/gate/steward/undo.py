"""Undoing the last scan: a new scan that reverses it; nothing is deleted (docs/adr/0008-at-the-gate.md)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from exhibition.core import clock
from exhibition.core.db import Mode, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.core.sql.statements import Rows, Statement, given
from exhibition.gate.devices import known_device, token_hash
from exhibition.gate.models import Scan
from exhibition.gate.occupancy.counters import CORRECTED, UNDONE
from exhibition.gate.offline import batch_statements
from exhibition.gate.offline.batch_facts import correction_nonce
from exhibition.gate.rules.admission import Direction, ScanCode, Verdict
from exhibition.gate.rules.offline_tally import Gap, PassMove, Tally, gap_without, moved_hall
from exhibition.gate.scan import badge_scans
from exhibition.gate.scan.service import ATTEMPTS
from exhibition.gate.scan.statements import SCAN, SCANNED, KeptScan, kept

UNDO_WINDOW = timedelta(minutes=5)
GAPS = {
    Gap.HAVE_LEFT: _l("These people have left since. Their entry cannot be undone."),
    Gap.CAME_BACK: _l("These people have come in again since. Their exit cannot be undone."),
}


class LastMovement(NamedTuple):
    """The last accepted scan of a device that has not been corrected."""

    id: int
    nonce: str
    pass_id: int | None
    direction: Direction
    people: int
    returned: int
    server_at: datetime
    undone: bool


LAST_MOVEMENT = Rows(
    select(
        Scan.id,
        Scan.nonce,
        Scan.pass_id,
        Scan.direction,
        Scan.people,
        Scan.returned,
        Scan.server_at,
        UNDONE.label("undone"),
    )
    .where(
        Scan.device_id == bindparam("device_id"),
        Scan.verdict == Verdict.ACCEPTED,
        Scan.undoes_id.is_(None),
        ~CORRECTED,
    )
    .order_by(Scan.id.desc())
    .limit(1),
    LastMovement,
)


class KeptBefore(NamedTuple):
    """The scan already stored under the nonce; ``undoes_id`` None: it was no undo."""

    id: int
    answer: dict[str, Any]
    undoes_id: int | None


KEPT = Rows(
    select(kept.id, kept.answer, kept.undoes_id).where(
        kept.device_id == bindparam("device_id"), kept.nonce == bindparam("nonce")
    ),
    KeptBefore,
)
KEEP_UNDO = Statement(insert(SCAN).values(SCANNED | given(SCAN, "undoes_id")).returning(kept.id), KeptScan)


@dataclass(frozen=True)
class _After:
    """The counters after the undo."""

    party_size: int
    admitted: int
    inside: int


def undo(device_token: str, nonce: str, undoes: str) -> dict[str, Any]:
    """Undo the device's last accepted scan, named by its nonce ``undoes``; the same ``nonce`` counts once.

    Raises Refused ``device_unknown`` and ``device_revoked`` (401), ``undo_not_last``, ``undo_too_late``,
    ``undo_done``, ``undo_has_left`` (409) and ``busy`` (503).
    """
    hashed = token_hash(device_token)
    for _attempt in range(ATTEMPTS):
        try:
            return _undo(hashed, nonce, undoes)
        except IntegrityError as error:
            if not violates(error, "uq_scan_device_id_nonce", "uq_scan_undoes"):  # another undo of it was faster
                raise
    raise Refused("busy", _l("Too busy at this moment. Nothing was changed; please try again."), status=503)


@transaction(mode=Mode.CONNECTION)
def _undo(connection: Connection, hashed: str, nonce: str, undoes: str) -> dict[str, Any]:
    device = known_device(batch_statements.DEVICE_ROW.first(connection, {"token_hash": hashed}))
    known = KEPT.first(connection, {"device_id": device.device_id, "nonce": nonce})
    if known is not None:
        if known.undoes_id is None:
            raise Refused("nonce_used", _l("This nonce was used for another scan."), field="nonce")
        return {"scan_id": known.id} | known.answer
    last = LAST_MOVEMENT.first(connection, {"device_id": device.device_id})
    now = clock.now()
    if last is None or last.nonce not in (undoes, correction_nonce(undoes)):
        raise Refused("undo_not_last", _l("Only the last scan of this device can be undone."), field="undoes")
    if last.undone:
        raise Refused("undo_done", _l("This scan was undone already."), field="undoes")
    if now - last.server_at > UNDO_WINDOW:
        raise Refused("undo_too_late", _l("A scan can be undone for five minutes only."), field="undoes")
    after = _take_back(connection, last, now)
    fair = {"fair": device.exhibition_id}
    hall = batch_statements.HALL_ROW.one(connection, fair | {"now": now})
    inside = moved_hall(hall.inside, last.direction, -last.people)
    connection.execute(batch_statements.SET_HALL, fair | {"now_inside": inside})
    answer: dict[str, Any] = {
        "verdict": Verdict.ACCEPTED.value,
        "code": ScanCode.ACCEPTED.value,
        "people": last.people,
        "pass": None
        if after is None
        else {"party_size": after.party_size, "inside": after.inside, "admitted": after.admitted},
        "slot": None,
        "occupancy": {"inside": inside, "capacity": hall.capacity},
        "undoes": undoes,
        "server_at": now.isoformat(),
    }
    added = KEEP_UNDO.one(
        connection,
        {
            "exhibition_id": device.exhibition_id,
            "device_id": device.device_id,
            "gate_id": device.gate_id,
            "nonce": nonce,
            "pass_id": last.pass_id,
            "presented": "",
            "direction": last.direction,
            "people": last.people,
            "returned": last.returned,
            "verdict": Verdict.ACCEPTED,
            "code": ScanCode.ACCEPTED,
            "offline": False,
            "device_at": None,
            "server_at": now,
            "answer": answer,
            "mask_worn": None,
            "screening_passed": None,
            "undoes_id": last.id,
        },
    )
    return {"scan_id": added.id} | answer


def _take_back(connection: Connection, last: LastMovement, now: datetime) -> _After | None:
    """Set the pass to what its other scans say; locked first, as every scan locks it before the hall."""
    if last.pass_id is None:
        return None
    row = batch_statements.LOCKED_PASSES.first(connection, {"ids": [last.pass_id], "codes": []})
    if row is None:
        inside = badge_scans.take_back(connection, last.pass_id, last.id, last.direction, now)
        return _After(party_size=1, admitted=inside, inside=inside)
    found = batch_statements.MOVES.all(connection, {"ids": [last.pass_id]})
    moves = [PassMove(move.at, move.direction, move.people) for move in found]
    gap = gap_without(row.party_size, moves, [move.id for move in found].index(last.id))
    if gap is not None:
        raise Refused(gap.value, GAPS[gap], field="undoes")
    tally = Tally(row.party_size)
    rest = [move for move in found if move.id != last.id]
    for move in rest:
        tally.move(move.direction, move.people, move.returned)
    connection.execute(
        batch_statements.SET_PASS,
        {
            "named": row.id,
            "now_admitted": tally.admitted,
            "now_inside": tally.inside,
            "last_left_at": max((move.at for move in rest if move.direction is Direction.EXIT), default=None),
            "now": now,
        },
    )
    return _After(row.party_size, tally.admitted, tally.inside)
