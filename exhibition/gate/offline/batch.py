"""Scans that devices decided without the server: recorded as they happened, never refused (docs/adr/0007-offline.md).

One transaction for a batch, and the same statements for five hundred scans as for one: device, stored
answers, passes, their sums, hall, then the scans and their ids, the counters and the conflicts. Locks are taken as
one scan takes them: passes in the order of their ids, then the hall.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exhibition.core import clock
from exhibition.core.db import Mode, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.gate.devices import known_device, token_hash
from exhibition.gate.offline import batch_statements as statements
from exhibition.gate.offline.batch_facts import BatchFact, BatchPass, OfflineScan, correction_nonce, happen
from exhibition.gate.offline.batch_statements import BatchDevice, CountedMove, RoundSpan, StoredScan
from exhibition.gate.rules.admission import (
    ConflictKind,
    Direction,
    PeopleInside,
    Verdict,
    cap_at,
)
from exhibition.gate.rules.clock_skew import happened_at, measured
from exhibition.gate.rules.offline_tally import PassMove, Presence, Tally
from exhibition.gate.scan import badge_scans, keyring
from exhibition.gate.scan.scanned_text import ScannedText, read_code
from exhibition.gate.scan.service import ATTEMPTS
from exhibition.gate.scan.shown import Locked

LARGEST_BATCH = 500
OTHERS_WERE_FASTER = ("uq_scan_device_id_nonce", "pk_occupancy")
"""At the same moment the nonce came in online or in another batch, or the very first scan made the hall's row."""


def record_batch(
    device_token: str, scans: Sequence[OfflineScan], sent_at: datetime | None = None
) -> list[dict[str, Any]]:
    """Record the decisions that a device made by itself; answers in the order of ``scans``. Any part may be sent again.

    ``sent_at`` is the device's clock at the moment of sending, if the device says it. Raises Refused ``device_unknown``
    or ``device_revoked`` (401), and ``busy`` (503) when others took the same nonces ten times in a row; then nothing
    was stored.
    """
    readings = [
        read_code(scan.short_code) if scan.short_code is not None else keyring.read(scan.token or "") for scan in scans
    ]
    hashed = token_hash(device_token)
    for _attempt in range(ATTEMPTS):
        try:
            return _record(hashed, scans, readings, sent_at)
        except IntegrityError as error:
            if not violates(error, *OTHERS_WERE_FASTER):
                raise
    raise Refused("busy", _l("Too busy at this moment. Nothing was changed; please try again."), status=503)


@transaction(mode=Mode.CONNECTION)
def _record(
    connection: Connection,
    hashed: str,
    scans: Sequence[OfflineScan],
    readings: Sequence[ScannedText],
    sent_at: datetime | None,
) -> list[dict[str, Any]]:
    device = known_device(statements.DEVICE_ROW.first(connection, {"token_hash": hashed}))
    stored = _stored(connection, device, scans)
    now = clock.now()
    skew = _skew(device, sent_at, now)
    answers: dict[str, dict[str, Any]] = {}
    fresh: dict[str, BatchFact] = {}
    for scan, reading in zip(scans, readings, strict=True):
        if scan.nonce in answers or scan.nonce in fresh:
            continue
        known = stored.get(scan.nonce)
        if known is not None and not known.offline:
            known = stored.get(correction_nonce(scan.nonce), known)
        if known is None or not (known.offline or known.undone or _agree(known, scan)):
            when = happened_at(scan.device_at, skew, now, device.enrolled_at)
            fresh[scan.nonce] = BatchFact(scan, reading, known, when)
        else:
            answers[scan.nonce] = _result(scan.nonce, known.id, known.answer.get("conflict"))
    facts = list(fresh.values())
    if facts:
        ids = _keep(connection, device, facts, now)
        for fact, scan_id in zip(facts, ids, strict=True):
            answers[fact.scan.nonce] = _result(fact.scan.nonce, scan_id, fact.conflict)
        skew_s = None if skew is None else round(skew.total_seconds())
        connection.execute(statements.SEEN, {"device_id": device.device_id, "now": now, "skew_s": skew_s})
    return [answers[scan.nonce] for scan in scans]


def _result(nonce: str, scan_id: int, conflict: str | None) -> dict[str, Any]:
    return {"nonce": nonce, "scan_id": scan_id, "recorded": True, "conflict": conflict}


def _stored(connection: Connection, device: BatchDevice, scans: Sequence[OfflineScan]) -> dict[str, StoredScan]:
    nonces = {scan.nonce for scan in scans} | {correction_nonce(scan.nonce) for scan in scans}
    rows = statements.STORED.all(connection, {"device_id": device.device_id, "nonces": sorted(nonces)})
    return {row.nonce: row for row in rows}


def _agree(known: StoredScan, scan: OfflineScan) -> bool:
    """Whether the server's answer and the device's decision moved the same people."""
    if known.verdict is not scan.verdict:
        return False
    return scan.verdict is Verdict.REFUSED or (known.direction, known.people) == (scan.direction, scan.people)


def _skew(device: BatchDevice, sent_at: datetime | None, now: datetime) -> timedelta | None:
    """How far the device's clock is ahead: by what it says now, or by when it was last compared; None: nobody knows."""
    if sent_at is not None:
        return measured(sent_at, now)
    return None if device.clock_skew_s is None else timedelta(seconds=device.clock_skew_s)


def _keep(connection: Connection, device: BatchDevice, facts: list[BatchFact], now: datetime) -> Sequence[int]:
    rounds = _rounds(connection, device, facts)
    passes = _lock_passes(connection, facts, now)
    hall = statements.HALL_ROW.first(connection, {"fair": device.exhibition_id, "now": now})
    if hall is None:
        connection.execute(statements.ADD_HALL, {"exhibition_id": device.exhibition_id, "inside": 0, "capacity": 0})
    inside, own, capacity = (hall.inside, hall.own_capacity, hall.capacity) if hall is not None else (0, 0, 0)
    dated = statements.CAPS.all(connection, {"fair": device.exhibition_id})
    touched: set[int] = set()
    for fact in facts:
        then = fact.when.at if fact.when.sure else now
        fact.round_over_at = max((row.ends_at for row in rounds if row.ends_at <= then), default=None)
        inside = happen(device, fact, passes, touched, PeopleInside(inside, cap_at(own, dated, then)))
        if not fact.when.sure:
            fact.conflicts[ConflictKind.CLOCK_DRIFT] = None
    _note_rounds(facts, rounds)
    rows = [_row(device, fact, capacity, now) for fact in facts]
    connection.execute(statements.KEEP_ALL, rows)
    ids = _ids(connection, device, facts)
    badges = {n for n in touched if isinstance(passes[n].tally, Presence)}
    if visitors := sorted(touched - badges):
        counters = [
            {
                "named": n,
                "now_admitted": passes[n].tally.admitted,
                "now_inside": passes[n].tally.inside,
                "last_left_at": passes[n].left_at,
                "now": now,
            }
            for n in visitors
        ]
        connection.execute(statements.SET_PASS, counters)
    connection.execute(statements.SET_HALL, {"fair": device.exhibition_id, "now_inside": inside})
    _keep_conflicts(connection, device, facts, ids, now)
    if badges:
        badge_scans.settle(connection, badges, now)
    return ids


def _ids(connection: Connection, device: BatchDevice, facts: list[BatchFact]) -> list[int]:
    """The ids of the scans just stored. Read in a query of its own, because an INSERT with RETURNING would be a
    statement with thousands of parameters.
    """
    wanted = {"device_id": device.device_id, "nonces": [fact.nonce for fact in facts]}
    ids = {row.nonce: row.id for row in statements.KEPT_IDS.all(connection, wanted)}
    return [ids[fact.nonce] for fact in facts]


def _rounds(connection: Connection, device: BatchDevice, facts: list[BatchFact]) -> list[RoundSpan]:
    """The disinfection rounds that had begun when the last people were let in."""
    moments = [fact.when.at for fact in facts if fact.lets_in and fact.when.sure]
    if not moments:
        return []
    return statements.ROUNDS.all(connection, {"fair": device.exhibition_id, "last": max(moments)})


def _note_rounds(facts: list[BatchFact], rounds: list[RoundSpan]) -> None:
    """Entries during a disinfection round that was planned by then and that the device did not know of."""
    for fact in facts:
        at = fact.when.at
        if not (fact.lets_in and fact.when.sure):
            continue
        for row in rounds:
            if row.starts_at <= at < row.ends_at and (row.planned_at is None or row.planned_at <= at):
                fact.disinfection = row
                fact.conflicts[ConflictKind.DURING_ROUND] = None


def _lock_passes(connection: Connection, facts: list[BatchFact], now: datetime) -> dict[int, BatchPass]:
    named = {fact.reading.pass_id for fact in facts} | {fact.corrects.pass_id for fact in facts if fact.corrects}
    codes = {fact.reading.code for fact in facts}
    wanted = {
        "ids": sorted(pass_id for pass_id in named if pass_id is not None),
        "codes": sorted(code for code in codes if code is not None),
    }
    rows: dict[int, Locked] = {row.id: row for row in statements.LOCKED_PASSES.all(connection, wanted)}
    badges: dict[int, Presence] = {}
    if any(fact.reading.badge for fact in facts) or any(number not in rows for number in wanted["ids"]):
        for badge, presence in badge_scans.locked(connection, wanted, now):
            rows[badge.id], badges[badge.id] = badge, presence
    moves: dict[int, list[CountedMove]] = {pass_id: [] for pass_id in rows}
    for move in statements.MOVES.all(connection, {"ids": list(rows)}):
        moves[move.pass_id].append(move)
    by_code = {row.code: row for row in rows.values()}
    for fact in facts:
        code, pass_id = fact.reading.code, fact.reading.pass_id
        fact.visitor_pass = by_code.get(code) if code is not None else rows.get(pass_id or 0)
    known = {pass_id: _known(row, badges.get(pass_id), moves[pass_id]) for pass_id, row in rows.items()}
    corrected = {fact.corrects.id for fact in facts if fact.corrects}
    for pass_id, one in known.items():
        one.timeline += [PassMove(m.at, m.direction, m.people) for m in moves[pass_id] if m.id not in corrected]
    for fact in facts:
        if fact.visitor_pass is not None and fact.scan.verdict is Verdict.ACCEPTED and not fact.lets_in:
            known[fact.visitor_pass.id].timeline.append(fact.move)
    return known


def _known(row: Locked, badge: Presence | None, moves: Sequence[CountedMove]) -> BatchPass:
    tally = Tally(row.party_size)
    for move in moves:
        tally.move(move.direction, move.people, move.returned)
    last_entry = max((move.id for move in moves if move.direction is Direction.ENTRY), default=None)
    left_at = max((move.at for move in moves if move.direction is Direction.EXIT), default=None)
    return BatchPass(row, badge or tally, last_entry, left_at)


def _row(device: BatchDevice, fact: BatchFact, capacity: int, now: datetime) -> dict[str, Any]:
    scan, row = fact.scan, fact.visitor_pass
    answer: dict[str, Any] = {
        "verdict": scan.verdict.value,
        "code": scan.code.value,
        "people": scan.people,
        "pass": None,
        "slot": None,
        "occupancy": {"inside": fact.inside, "capacity": capacity},
        "conflict": fact.conflict,
        "server_at": now.isoformat(),
    }
    if row is not None:
        answer["pass"] = {"party_size": row.party_size, "inside": fact.pass_inside, "admitted": fact.admitted}
        answer["slot"] = {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat()}
    return {
        "exhibition_id": device.exhibition_id,
        "device_id": device.device_id,
        "gate_id": device.gate_id,
        "nonce": fact.nonce,
        "pass_id": row.id if row is not None else None,
        "presented": "" if row is not None else fact.reading.text or f"pass {fact.reading.pass_id:016x}",
        "direction": scan.direction,
        "people": scan.people,
        "returned": fact.returned,
        "verdict": scan.verdict,
        "code": scan.code,
        "offline": True,
        "device_at": fact.when.at,
        "device_skew_s": round(fact.when.skew.total_seconds()) or None,
        "server_at": now,
        "answer": answer,
    } | scan.checked.to_keep(scan.direction, mask_asked=device.mask_required, screening_asked=device.screening_asked)


def _keep_conflicts(
    connection: Connection, device: BatchDevice, facts: list[BatchFact], ids: Sequence[int], now: datetime
) -> None:
    """Write the conflicts. A wrong clock is one open conflict, not one for each of its scans."""
    scan_ids = {id(fact): scan_id for fact, scan_id in zip(facts, ids, strict=True)}
    drift_is_shown = (
        any(ConflictKind.CLOCK_DRIFT in fact.conflicts for fact in facts)
        and connection.execute(statements.OPEN_DRIFT, {"device_id": device.device_id}).first() is not None
    )
    rows: list[dict[str, Any]] = []
    for fact, scan_id in zip(facts, ids, strict=True):
        for kind, other in fact.conflicts.items():
            if kind is ConflictKind.CLOCK_DRIFT:
                if drift_is_shown:
                    continue
                drift_is_shown = True
            disinfection = fact.disinfection if kind is ConflictKind.DURING_ROUND else None
            rows.append(
                {
                    "exhibition_id": device.exhibition_id,
                    "kind": kind,
                    "scan_id": scan_id,
                    "other_scan_id": scan_ids[id(other)] if isinstance(other, BatchFact) else other,
                    "created_at": now,
                    "round_starts_at": disinfection.starts_at if disinfection is not None else None,
                    "round_ends_at": disinfection.ends_at if disinfection is not None else None,
                    "round_planned_at": disinfection.planned_at if disinfection is not None else None,
                }
            )
    if rows:
        connection.execute(statements.ADD_CONFLICTS, rows)
