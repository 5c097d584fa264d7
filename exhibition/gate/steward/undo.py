"""Undoing the last scan: a new scan that reverses it; nothing is deleted (docs/adr/0008-at-the-gate.md)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from exhibition.core import clock
from exhibition.core.db import Mode, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.core.sql.statements import Rows
from exhibition.gate.devices import known_device, token_hash
from exhibition.gate.models import Scan
from exhibition.gate.occupancy.counters import CORRECTED, UNDONE
from exhibition.gate.offline import batch_statements
from exhibition.gate.offline.batch_facts import correction_nonce
from exhibition.gate.rules.admission import Direction, Verdict
from exhibition.gate.scan.service import ATTEMPTS
from exhibition.gate.scan.statements import kept
from exhibition.gate.steward.taking_back import KEEP_AGAIN, row_of, take_back, told

UNDO_WINDOW = timedelta(minutes=5)


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
    after = take_back(connection, last, device.exhibition_id, now)
    answer = told(last, after, now) | {"undoes": undoes}
    row = row_of(last, device.exhibition_id, now) | {
        "device_id": device.device_id,
        "gate_id": device.gate_id,
        "nonce": nonce,
        "answer": answer,
        "undoes_id": last.id,
    }
    return {"scan_id": KEEP_AGAIN.one(connection, row).id} | answer
