"""Scans that devices decided without the server: recorded as they happened, never refused (docs/adr/0007-offline.md).

One transaction for a batch, and the same statements for five hundred scans as for one: device, stored
answers, passes, their sums, hall, then the scans and their ids, the counters and the conflicts. Locks are taken as
one scan takes them: passes in the order of their ids, then the hall.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exhibition.core import clock
from exhibition.core.db import Mode, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.gate.devices import CLOCK_DRIFT, known_device, token_hash
from exhibition.gate.offline import batch_statements as statements
from exhibition.gate.offline.batch_statements import BatchDevice, RoundSpan, StoredScan
from exhibition.gate.rules.admission import (
    NOT_CHECKED,
    AdmissionSlot,
    Attempt,
    Checked,
    ConflictKind,
    Direction,
    Edition,
    PassFacts,
    PeopleInside,
    ScanCode,
    Verdict,
    admit,
    cap_at,
)
from exhibition.gate.rules.offline_tally import WOULD_REFUSE, Counted, Presence, Tally, moved_hall
from exhibition.gate.scan import badge_scans, keyring
from exhibition.gate.scan.scanned_text import ScannedText, read_code
from exhibition.gate.scan.service import ATTEMPTS
from exhibition.gate.scan.shown import Locked
from exhibition.visitors.models import SlotState

LARGEST_BATCH = 500
OTHERS_WERE_FASTER = ("uq_scan_device_id_nonce", "pk_occupancy")
"""At the same moment the nonce came in online or in another batch, or the very first scan made the hall's row."""


@dataclass(frozen=True)
class OfflineScan:
    """One decision of a device. Exactly one of ``token`` and ``short_code``; ``people`` is 0 for a refusal."""

    nonce: str
    token: str | None
    short_code: str | None
    direction: Direction
    people: int
    device_at: datetime
    verdict: Verdict
    code: ScanCode
    checked: Checked = NOT_CHECKED


@dataclass
class _Fact:
    """A decision that is new to the server, with what the server finds out about it."""

    scan: OfflineScan
    reading: ScannedText
    corrects: StoredScan | None
    """The scan stored under this nonce with another answer."""
    visitor_pass: Locked | None = None
    inside: int = 0
    """People in the hall after it."""
    admitted: int = 0
    pass_inside: int = 0
    disinfection: RoundSpan | None = None
    """The disinfection round during which people were let in."""
    conflicts: dict[ConflictKind, "int | _Fact | None"] = field(default_factory=dict)
    """Each kind with the other scan: one stored before, or one of this batch."""

    @property
    def conflict(self) -> str | None:
        if not self.conflicts:
            return None
        return next(kind.value for kind in ConflictKind if kind in self.conflicts)

    @property
    def nonce(self) -> str:
        return correction_nonce(self.scan.nonce) if self.corrects is not None else self.scan.nonce


@dataclass
class _Pass:
    """A pass or a badge with the people that its scans count."""

    row: Locked
    tally: Counted
    last_entry: "int | _Fact | None"


def correction_nonce(nonce: str) -> str:
    """The nonce for a decision whose own nonce already has another answer of the server."""
    return f"corrects:{hashlib.sha256(nonce.encode()).hexdigest()[:48]}"


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
    answers: dict[str, dict[str, Any]] = {}
    fresh: dict[str, _Fact] = {}
    for scan, reading in zip(scans, readings, strict=True):
        if scan.nonce in answers or scan.nonce in fresh:
            continue
        known = stored.get(scan.nonce)
        if known is not None and not known.offline:
            known = stored.get(correction_nonce(scan.nonce), known)
        if known is None or not (known.offline or known.undone or _agree(known, scan)):
            fresh[scan.nonce] = _Fact(scan, reading, known)
        else:
            answers[scan.nonce] = _result(scan.nonce, known.id, known.answer.get("conflict"))
    facts = list(fresh.values())
    if facts:
        now = clock.now()
        ids = _keep(connection, device, facts, now, drifting=_drifting(device, facts, now, sent_at))
        for fact, scan_id in zip(facts, ids, strict=True):
            answers[fact.scan.nonce] = _result(fact.scan.nonce, scan_id, fact.conflict)
        connection.execute(statements.SEEN, {"device_id": device.device_id, "now": now})
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


def _drifting(device: BatchDevice, facts: list[_Fact], now: datetime, sent_at: datetime | None) -> set[str]:
    """Nonces whose device time cannot be right: in the future, before enrolment, or sent by a clock that is off."""
    if sent_at is not None and abs(sent_at - now) > CLOCK_DRIFT:
        return {fact.scan.nonce for fact in facts}
    first, last = device.enrolled_at - CLOCK_DRIFT, now + CLOCK_DRIFT
    return {fact.scan.nonce for fact in facts if not first <= fact.scan.device_at <= last}


def _keep(
    connection: Connection, device: BatchDevice, facts: list[_Fact], now: datetime, *, drifting: set[str]
) -> Sequence[int]:
    passes = _lock_passes(connection, facts, now)
    hall = statements.HALL_ROW.first(connection, {"fair": device.exhibition_id, "now": now})
    if hall is None:
        connection.execute(statements.ADD_HALL, {"exhibition_id": device.exhibition_id, "inside": 0, "capacity": 0})
    inside, own, capacity = (hall.inside, hall.own_capacity, hall.capacity) if hall is not None else (0, 0, 0)
    dated = statements.CAPS.all(connection, {"fair": device.exhibition_id})
    touched: set[int] = set()
    for fact in facts:
        then = now if fact.scan.nonce in drifting else fact.scan.device_at
        inside = _happen(device, fact, passes, touched, PeopleInside(inside, cap_at(own, dated, then)))
        if fact.scan.nonce in drifting:
            fact.conflicts[ConflictKind.CLOCK_DRIFT] = None
    _note_rounds(connection, device, facts)
    rows = [_row(device, fact, capacity, now) for fact in facts]
    connection.execute(statements.KEEP_ALL, rows)
    ids = _ids(connection, device, facts)
    badges = {n for n in touched if isinstance(passes[n].tally, Presence)}
    if visitors := sorted(touched - badges):
        counters = [
            {"named": n, "now_admitted": passes[n].tally.admitted, "now_inside": passes[n].tally.inside, "now": now}
            for n in visitors
        ]
        connection.execute(statements.SET_PASS, counters)
    connection.execute(statements.SET_HALL, {"fair": device.exhibition_id, "now_inside": inside})
    _keep_conflicts(connection, device, facts, ids, now)
    if badges:
        badge_scans.settle(connection, badges, now)
    return ids


def _ids(connection: Connection, device: BatchDevice, facts: list[_Fact]) -> list[int]:
    """The ids of the scans just stored. Read in a query of its own, because an INSERT with RETURNING would be a
    statement with thousands of parameters.
    """
    wanted = {"device_id": device.device_id, "nonces": [fact.nonce for fact in facts]}
    ids = {row.nonce: row.id for row in statements.KEPT_IDS.all(connection, wanted)}
    return [ids[fact.nonce] for fact in facts]


def _note_rounds(connection: Connection, device: BatchDevice, facts: list[_Fact]) -> None:
    """Entries during a disinfection round that was planned by then and that the device did not know of."""
    entries = [
        fact for fact in facts if fact.scan.verdict is Verdict.ACCEPTED and fact.scan.direction is Direction.ENTRY
    ]
    if not entries:
        return
    moments = [fact.scan.device_at for fact in entries]
    span = {"fair": device.exhibition_id, "first": min(moments), "last": max(moments)}
    rounds = statements.ROUNDS.all(connection, span)
    for fact in entries:
        at = fact.scan.device_at
        for row in rounds:
            if row.starts_at <= at < row.ends_at and (row.planned_at is None or row.planned_at <= at):
                fact.disinfection = row
                fact.conflicts[ConflictKind.DURING_ROUND] = None


def _lock_passes(connection: Connection, facts: list[_Fact], now: datetime) -> dict[int, _Pass]:
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
    sums = {row.pass_id: row for row in statements.SUMS.all(connection, {"ids": list(rows)})}
    by_code = {row.code: row for row in rows.values()}
    for fact in facts:
        code, pass_id = fact.reading.code, fact.reading.pass_id
        fact.visitor_pass = by_code.get(code) if code is not None else rows.get(pass_id or 0)
    known: dict[int, _Pass] = {}
    for pass_id, row in rows.items():
        entered, gone, last = (
            (sums[pass_id].entered, sums[pass_id].gone, sums[pass_id].last_entry) if pass_id in sums else (0, 0, None)
        )
        known[pass_id] = _Pass(row, badges.get(pass_id) or Tally(row.party_size, entered, gone), last)
    return known


def _happen(device: BatchDevice, fact: _Fact, passes: dict[int, _Pass], touched: set[int], hall: PeopleInside) -> int:
    """Move the counters as the people moved, and note every conflict; tells how many are in the hall then."""
    scan, inside = fact.scan, hall.inside
    if (corrects := fact.corrects) is not None:
        fact.conflicts[ConflictKind.DIFFERS] = corrects.id
        if corrects.verdict is Verdict.ACCEPTED:
            inside = moved_hall(inside, corrects.direction, -corrects.people)
            if corrects.pass_id in passes:
                passes[corrects.pass_id].tally.move(corrects.direction, -corrects.people)
                touched.add(corrects.pass_id)
    if fact.visitor_pass is not None and fact.visitor_pass.exhibition_id != device.exhibition_id:
        fact.visitor_pass = None
    known = passes[fact.visitor_pass.id] if fact.visitor_pass is not None else None
    if scan.verdict is Verdict.ACCEPTED:
        if scan.direction is Direction.ENTRY:
            _note_entry(device, fact, known, PeopleInside(inside, hall.capacity))
        inside = moved_hall(inside, scan.direction, scan.people)
        if known is not None:
            known.tally.move(scan.direction, scan.people)
            touched.add(known.row.id)
            if scan.direction is Direction.ENTRY:
                known.last_entry = fact
    if known is not None:
        fact.admitted, fact.pass_inside = known.tally.admitted, known.tally.inside
    fact.inside = inside
    return inside


def _note_entry(device: BatchDevice, fact: _Fact, known: _Pass | None, hall: PeopleInside) -> None:
    if known is None:
        fact.conflicts[ConflictKind.UNKNOWN_PASS] = None
    else:
        if known.tally.entered + fact.scan.people > known.row.party_size:
            fact.conflicts[ConflictKind.DOUBLE_ENTRY] = known.last_entry
        if _would_refuse(device, fact, known):
            fact.conflicts.setdefault(ConflictKind.DIFFERS, None)
    if hall.inside + fact.scan.people > hall.capacity:
        fact.conflicts[ConflictKind.OVER_CAP] = None


def _would_refuse(device: BatchDevice, fact: _Fact, known: _Pass) -> bool:
    """Whether the rule, with the server's present knowledge and at the device's time, would refuse."""
    row = known.row
    attempt = Attempt(
        presented=fact.reading.presented,
        direction=fact.scan.direction,
        device=str(device.device_id),
        now=fact.scan.device_at,
        generation=fact.reading.generation,
        people=fact.scan.people,
    )
    facts = PassFacts(
        exhibition=str(row.exhibition_id),
        state=row.state.value,
        generation=row.generation,
        party_size=row.party_size,
        inside=0,
        admitted=0,
        slot=AdmissionSlot(row.starts_at, row.ends_at, closed=row.slot_state is SlotState.CLOSED),
    )
    edition = Edition(str(device.exhibition_id), device.early_minutes, device.late_minutes)
    return admit(attempt, edition, PeopleInside(0, row.party_size), facts, None).code in WOULD_REFUSE


def _row(device: BatchDevice, fact: _Fact, capacity: int, now: datetime) -> dict[str, Any]:
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
        "verdict": scan.verdict,
        "code": scan.code,
        "offline": True,
        "device_at": scan.device_at,
        "server_at": now,
        "answer": answer,
    } | scan.checked.to_keep(scan.direction, mask_asked=device.mask_required, screening_asked=device.screening_asked)


def _keep_conflicts(
    connection: Connection, device: BatchDevice, facts: list[_Fact], ids: Sequence[int], now: datetime
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
                    "other_scan_id": scan_ids[id(other)] if isinstance(other, _Fact) else other,
                    "created_at": now,
                    "round_starts_at": disinfection.starts_at if disinfection is not None else None,
                    "round_ends_at": disinfection.ends_at if disinfection is not None else None,
                    "round_planned_at": disinfection.planned_at if disinfection is not None else None,
                }
            )
    if rows:
        connection.execute(statements.ADD_CONFLICTS, rows)
