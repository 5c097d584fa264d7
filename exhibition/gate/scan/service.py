"""One scan at a gate: decided, counted and kept in one transaction (DESIGN §6).

A scan costs one SELECT that reads all the rule needs, and one change: two guarded UPDATEs (pass, hall) and one
INSERT, which PostgreSQL takes as one statement; on SQLite with BEGIN and COMMIT that makes six. Nothing is decided
by counting rows. When a guard finds that somebody was faster, nothing is kept and it is decided anew on fresh values.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exhibition.badges.rules import AWAY_AFTER
from exhibition.core import clock
from exhibition.core.db import single_write
from exhibition.core.errors import Refused
from exhibition.gate.devices import known_device, token_hash
from exhibition.gate.rules.admission import (
    NOT_CHECKED,
    AdmissionSlot,
    Attempt,
    Checked,
    Decision,
    Direction,
    Earlier,
    Edition,
    HallCount,
    PassFacts,
    ScanCode,
    Verdict,
    admit,
    overrule,
)
from exhibition.gate.scan import badge_scans, badge_statements, keyring, overrides, statements
from exhibition.gate.scan.overrides import Supervision
from exhibition.gate.scan.scanned_text import ScannedText, read_code
from exhibition.gate.scan.statements import Line
from exhibition.visitors.models import SlotState

ATTEMPTS = 10
"""How often a scan is decided anew when others move the same counters at the same moment."""


@dataclass(frozen=True)
class ScanRequest:
    """What a device sends. Exactly one of ``token`` and ``code``; ``people`` None: everybody who is left."""

    nonce: str
    token: str | None
    code: str | None
    direction: Direction
    people: int | None = None
    checked: Checked = NOT_CHECKED
    device_at: datetime | None = None
    supervision: Supervision | None = None
    """A supervisor's word, already checked."""


class _Overtaken(Exception):
    """A guard found other values than those decided on."""


def scan(device_token: str, request: ScanRequest) -> dict[str, Any]:
    """Decide one scan and keep it; a nonce that was seen before gets its stored answer.

    Returns the answer of the HTTP contract. Raises Refused ``device_unknown`` or ``device_revoked`` (401), and
    ``busy`` (503) when others moved the same counters ten times in a row; then nothing was kept.
    """
    reading = read_code(request.code) if request.code is not None else keyring.read(request.token or "")
    hashed = token_hash(device_token)
    for _attempt in range(ATTEMPTS):
        try:
            return _decide_and_keep(hashed, request, reading)
        except (_Overtaken, IntegrityError):  # IntegrityError: the same nonce arrived twice at once; the other won
            continue
    raise Refused("busy", _l("Too busy at this moment. Nothing was changed; please try again."), status=503)


@single_write
def _decide_and_keep(connection: Connection, hashed: str, request: ScanRequest, reading: ScannedText) -> dict[str, Any]:
    source = badge_statements if reading.badge else statements
    statement, named = (source.BY_CODE, reading.code) if reading.code is not None else (source.BY_ID, reading.pass_id)
    now = clock.now()
    found = statement.first(connection, {"named": named, "nonce": request.nonce, "token_hash": hashed, "now": now})
    seen = known_device(found)
    if seen.scan_id is not None:
        return {"scan_id": seen.scan_id} | seen.answer
    if reading.badge:
        seen = badge_scans.with_window(seen)
    last = _last_entry(connection, seen, request.direction)
    decision, overruled = _decide(seen, request, reading, last, now)
    answer = _answer(seen, request.direction, decision, last, now, badge=reading.badge)
    line = {
        "exhibition_id": seen.exhibition_id,
        "device_id": seen.device_id,
        "gate_id": seen.gate_id,
        "nonce": request.nonce,
        "pass_id": seen.pass_id,
        "presented": "" if seen.pass_id is not None else reading.text,
        "direction": request.direction,
        "people": decision.people,
        "verdict": decision.verdict,
        "code": decision.code,
        "offline": False,
        "device_at": request.device_at,
        "server_at": now,
        "answer": answer,
        **request.checked.to_keep(
            request.direction, mask_asked=seen.mask_required, screening_asked=seen.screening_asked
        ),
    }
    if decision.verdict is not Verdict.ACCEPTED:
        return {"scan_id": statements.KEEP_REFUSED.first(connection, line).id} | answer
    line |= {
        "decided_generation": seen.generation,
        "decided_inside": seen.inside,
        "decided_admitted": seen.admitted,
        "away_since": now - AWAY_AFTER,
        "now": now,
    }
    movements = badge_statements.BADGES if reading.badge else statements.PASSES
    chain = movements.enter if request.direction is Direction.ENTRY else movements.leave
    if overruled and request.supervision is not None:
        over_cap = ScanCode.VENUE_FULL in overruled
        chain = movements.enter_over_cap if over_cap else movements.enter_supervised
        answer["override"] = {"codes": [code.value for code in overruled], "by": request.supervision.by}
        line |= overrides.columns(overruled[0], request.supervision)
    moved = chain.run(connection, line)
    if moved is None:
        raise _Overtaken
    occupancy = {"inside": moved.hall_inside, "capacity": moved.hall_capacity}  # as in the answer that was kept
    return {"scan_id": moved.scan_id} | answer | {"occupancy": occupancy}


def _last_entry(connection: Connection, seen: Line, direction: Direction) -> Line | None:
    """The last accepted entry, asked for only where the rule can need it: nobody is left to enter."""
    if seen.pass_id is None or direction is Direction.EXIT or seen.admitted < seen.party_size:
        return None
    return statements.LAST_ENTRY.first(connection, {"pass_id": seen.pass_id})


def _decide(
    seen: Line, request: ScanRequest, reading: ScannedText, last: Line | None, now: datetime
) -> tuple[Decision, tuple[ScanCode, ...]]:
    """The decision, and the refusals that a supervisor's word has set aside for it."""
    attempt = Attempt(
        presented=reading.presented,
        direction=request.direction,
        device=str(seen.device_id),
        now=now,
        generation=reading.generation,
        people=request.people,
        screening_failed=request.checked.failed,
    )
    pass_ = None
    if seen.pass_id is not None and reading.badge:
        pass_ = badge_scans.facts(seen)
    elif seen.pass_id is not None:
        pass_ = PassFacts(
            exhibition=str(seen.pass_exhibition_id),
            state=seen.state.value,
            generation=seen.generation,
            party_size=seen.party_size,
            inside=seen.inside,
            admitted=seen.admitted,
            slot=AdmissionSlot(
                seen.starts_at,
                seen.ends_at,
                closed=seen.slot_state is SlotState.CLOSED or seen.sprayed_until is not None,
            ),
        )
    edition = Edition(str(seen.exhibition_id), seen.early_minutes, seen.late_minutes)
    hall = HallCount(seen.hall_inside or 0, seen.hall_capacity or 0)
    earlier = Earlier(str(last.device_id), last.server_at) if last is not None else None
    if request.supervision is None:
        return admit(attempt, edition, hall, pass_, earlier), ()
    overruled = overrule(attempt, edition, hall, pass_, earlier, request.supervision.codes)
    return overruled.decision, overruled.codes if overruled.decision.verdict is Verdict.ACCEPTED else ()


def _answer(
    seen: Line, direction: Direction, decision: Decision, last: Line | None, now: datetime, *, badge: bool
) -> dict[str, Any]:
    """What the device is told. Where people move, the hall's count is put in when they have."""
    people = decision.people
    entered, left = (people, 0) if direction is Direction.ENTRY else (0, people)
    answer: dict[str, Any] = {
        "verdict": decision.verdict.value,
        "code": decision.code.value,
        "people": people,
        "pass": None,
        "slot": None,
        "occupancy": {"inside": seen.hall_inside or 0, "capacity": seen.hall_capacity or 0},
        "server_at": now.isoformat(),
    }
    if seen.pass_id is not None and decision.code is not ScanCode.WRONG_EXHIBITION:
        inside, admitted = seen.inside + entered - left, seen.admitted + entered
        if badge and people:  # in or out: who went away without a scan comes in again
            inside = admitted = entered
        answer["pass"] = {"party_size": seen.party_size, "inside": inside, "admitted": admitted}
        answer["slot"] = {"starts_at": seen.starts_at.isoformat(), "ends_at": seen.ends_at.isoformat()}
        if badge:
            answer["badge"] = badge_scans.told(seen)
    if decision.code is ScanCode.SLOT_CLOSED and seen.sprayed_until is not None:
        answer["reopens_at"] = seen.sprayed_until.isoformat()
    if decision.code in (ScanCode.ALREADY_USED, ScanCode.REPEAT_SCAN) and last is not None:
        answer["earlier"] = {"gate": last.code, "gate_name": last.name, "at": last.server_at.isoformat()}
    return answer
