"""Taking a movement back, wholly or in part: counters follow, and what happened is written as rows of its own.

Nothing is changed or deleted: a row that undoes the movement, and where it was a movement of other people, another one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, insert

from exhibition.core.errors import Refused
from exhibition.core.sql.statements import Statement, given
from exhibition.gate.offline import batch_statements
from exhibition.gate.rules.admission import Direction, ScanCode, Verdict
from exhibition.gate.rules.offline_tally import Gap, PassMove, Tally, gap_with, moved_hall
from exhibition.gate.scan import badge_scans
from exhibition.gate.scan.statements import SCAN, SCANNED, KeptScan

GAPS = {
    Gap.HAVE_LEFT: _l("These people have left since. Their entry cannot be undone."),
    Gap.CAME_BACK: _l("These people have come in again since. Their exit cannot be undone."),
}
KEEP_AGAIN = Statement(insert(SCAN).values(SCANNED | given(SCAN, "undoes_id")).returning(SCAN.c.id), KeptScan)


class MovementToTakeBack(Protocol):
    """A scan that moved people."""

    @property
    def id(self) -> int: ...

    @property
    def pass_id(self) -> int | None: ...

    @property
    def direction(self) -> Direction: ...

    @property
    def people(self) -> int: ...

    @property
    def returned(self) -> int: ...


@dataclass(frozen=True)
class After:
    """The counters afterwards; ``counts`` is None where the movement names no pass of this fair."""

    counts: dict[str, int] | None
    inside: int
    capacity: int


def take_back(
    connection: Connection, taken: MovementToTakeBack, exhibition_id: int, now: datetime, people: int = 0
) -> After:
    """Set the counters as if the movement had been one of ``people``, 0: none at all.

    The pass is locked before the hall, as by every scan. Raises Refused ``undo_has_left``, ``undo_came_back`` and
    ``party_exceeded`` (409).
    """
    counts = _settle(connection, taken, now, people)
    fair = {"fair": exhibition_id}
    hall = batch_statements.HALL_ROW.one(connection, fair | {"now": now})
    inside = moved_hall(hall.inside, taken.direction, people - taken.people)
    connection.execute(batch_statements.SET_HALL, fair | {"now_inside": inside})
    return After(counts, inside, hall.capacity)


def told(taken: MovementToTakeBack, after: After, now: datetime) -> dict[str, Any]:
    """The answer, as an answer to a scan; ``people`` are those of the movement."""
    return {
        "verdict": Verdict.ACCEPTED.value,
        "code": ScanCode.ACCEPTED.value,
        "people": taken.people,
        "pass": after.counts,
        "slot": None,
        "occupancy": {"inside": after.inside, "capacity": after.capacity},
        "server_at": now.isoformat(),
    }


def row_of(taken: MovementToTakeBack, exhibition_id: int, now: datetime) -> dict[str, Any]:
    """The values of a row like the movement; device, gate, nonce, answer and ``undoes_id`` are the caller's."""
    return {
        "exhibition_id": exhibition_id,
        "pass_id": taken.pass_id,
        "presented": "",
        "direction": taken.direction,
        "people": taken.people,
        "returned": taken.returned,
        "verdict": Verdict.ACCEPTED,
        "code": ScanCode.ACCEPTED,
        "offline": False,
        "device_at": None,
        "server_at": now,
        "mask_worn": None,
        "screening_passed": None,
        "undoes_id": None,
    }


def _settle(connection: Connection, taken: MovementToTakeBack, now: datetime, people: int) -> dict[str, int] | None:
    """Set the pass to what its scans say then."""
    if taken.pass_id is None:
        return None
    row = batch_statements.LOCKED_PASSES.first(connection, {"ids": [taken.pass_id], "codes": []})
    if row is None:
        if people > 0:
            raise Refused("party_exceeded", _l("A badge is for one person."), field="people")
        inside = badge_scans.take_back(connection, taken.pass_id, taken.id, taken.direction, now)
        return {"party_size": 1, "inside": inside, "admitted": inside}
    if people > row.party_size:
        message = _l("The pass is for %(party)s people.", party=row.party_size)
        raise Refused("party_exceeded", message, field="people")
    found = batch_statements.MOVES.all(connection, {"ids": [taken.pass_id]})
    moves = [PassMove(move.at, move.direction, move.people) for move in found]
    gap = gap_with(row.party_size, moves, [move.id for move in found].index(taken.id), people)
    if gap is not None:
        raise Refused(gap.value, GAPS[gap], field="undoes")
    tally = Tally(row.party_size)
    for move in found:
        if move.id != taken.id:
            tally.move(move.direction, move.people, move.returned)
    tally.move(taken.direction, people, min(people, taken.returned))
    exits = [move.at for move in found if move.direction is Direction.EXIT and (move.id != taken.id or people > 0)]
    values = {"now_admitted": tally.admitted, "now_inside": tally.inside, "last_left_at": max(exits, default=None)}
    connection.execute(batch_statements.SET_PASS, {"named": row.id, "now": now} | values)
    return {"party_size": row.party_size, "inside": tally.inside, "admitted": tally.admitted}
