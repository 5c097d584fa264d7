"""One scan at a gate: decided, counted and kept in one transaction (DESIGN §6).

A scan costs one SELECT that reads everything the rule needs, and one change: two guarded UPDATEs (pass, hall) and one
INSERT, which PostgreSQL takes as one statement; on SQLite with BEGIN and COMMIT that makes six. Nothing is decided
by counting rows. When a guard finds that somebody else was faster, nothing is stored and the scan is decided again on
fresh values.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exhibition.badges.rules import AWAY_AFTER
from exhibition.core import clock
from exhibition.core.db import Mode, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.constraints import violates
from exhibition.gate.devices import known_device, token_hash
from exhibition.gate.rules.admission import (
    NOT_CHECKED,
    Attempt,
    Checked,
    Decision,
    Direction,
    Earlier,
    Edition,
    PassFacts,
    ScanCode,
    Verdict,
    admit,
    coming_back,
    letting_return,
    may_return,
    overrule,
)
from exhibition.gate.scan import keyring, overrides, statements
from exhibition.gate.scan.badge_statements import BADGES
from exhibition.gate.scan.overrides import Supervision
from exhibition.gate.scan.scanned_text import ScannedText, read_code
from exhibition.gate.scan.shown import ScanContext, Seen
from exhibition.gate.scan.statements import PASSES, LastEntry

ATTEMPTS = 10
"""How often a scan is decided again when others move the same counters at the same moment."""


@dataclass(frozen=True)
class ScanRequest:
    """A scan as a device sends it. Exactly one of ``token`` and ``code``; ``people`` None: everybody who is left."""

    nonce: str
    token: str | None
    code: str | None
    direction: Direction
    people: int | None = None
    checked: Checked = NOT_CHECKED
    device_at: datetime | None = None
    supervision: Supervision | None = None
    """A supervisor's override, already authorised."""


class _Overtaken(Exception):
    """A guard found other values than the decision was based on."""


def scan(device_token: str, request: ScanRequest) -> dict[str, Any]:
    """Decide one scan and store it; a nonce that was seen before gets its stored answer.

    Returns the answer of the HTTP contract. Raises Refused ``device_unknown`` or ``device_revoked`` (401), and
    ``busy`` (503) when others moved the same counters ten times in a row; then nothing was stored.
    """
    reading = read_code(request.code) if request.code is not None else keyring.read(request.token or "")
    hashed = token_hash(device_token)
    for _attempt in range(ATTEMPTS):
        try:
            return _decide_and_keep(hashed, request, reading)
        except _Overtaken:
            continue
        except IntegrityError as error:
            if not violates(error, "uq_scan_device_id_nonce"):  # the same nonce arrived twice at once; the other won
                raise
    raise Refused("busy", _l("Too busy at this moment. Nothing was changed; please try again."), status=503)


@transaction(mode=Mode.ONE_WRITE)
def _decide_and_keep(connection: Connection, hashed: str, request: ScanRequest, reading: ScannedText) -> dict[str, Any]:
    now = clock.now()
    seen = _look_up(connection, hashed, request, reading, now)
    asked = seen.asked
    if asked.scan_id is not None and asked.answer is not None:
        return {"scan_id": asked.scan_id} | asked.answer
    facts = None if seen.shown is None else seen.shown.facts(disinfecting=asked.disinfected_until is not None)
    last = _last_entry(connection, seen, facts, request.direction)
    decision, overruled = _decide(asked, facts, request, reading, last, now)
    returned = _returned(letting_return(asked.edition, overruled), facts, request.direction, decision)
    answer = _answer(seen, facts, request.direction, decision, returned, last, now)
    line = {
        "exhibition_id": asked.exhibition_id,
        "device_id": asked.device_id,
        "gate_id": asked.gate_id,
        "nonce": request.nonce,
        "pass_id": seen.shown.pass_id if seen.shown is not None else None,
        "presented": "" if seen.shown is not None else reading.text,
        "direction": request.direction,
        "people": decision.people,
        "returned": returned,
        "verdict": decision.verdict,
        "code": decision.code,
        "offline": False,
        "device_at": request.device_at,
        "server_at": now,
        "answer": answer,
        **request.checked.to_keep(
            request.direction, mask_asked=asked.mask_required, screening_asked=asked.screening_asked
        ),
    }
    if facts is None or decision.verdict is not Verdict.ACCEPTED:
        return {"scan_id": statements.KEEP_REFUSED.one(connection, line).id} | answer
    line |= {
        "decided_generation": facts.generation,
        "decided_inside": facts.inside,
        "decided_admitted": facts.admitted,
        "away_since": now - AWAY_AFTER,
        "now": now,
    }
    source = BADGES if reading.badge else PASSES
    chain = source.enter if request.direction is Direction.ENTRY else source.leave
    if overruled and request.supervision is not None:
        over_cap = ScanCode.VENUE_FULL in overruled
        chain = source.enter_over_cap if over_cap else source.enter_supervised
        answer["override"] = {"codes": [code.value for code in overruled], "by": request.supervision.by}
        line |= overrides.columns(overruled[0], request.supervision)
    moved = chain.run(connection, line)
    if moved is None:
        raise _Overtaken
    occupancy = {"inside": moved.hall_inside, "capacity": moved.hall_capacity}  # as in the stored answer
    return {"scan_id": moved.scan_id} | answer | {"occupancy": occupancy}


def _look_up(connection: Connection, hashed: str, request: ScanRequest, reading: ScannedText, now: datetime) -> Seen:
    source = BADGES if reading.badge else PASSES
    statement, named = (source.by_code, reading.code) if reading.code is not None else (source.by_id, reading.pass_id)
    found = statement.first(connection, {"named": named, "nonce": request.nonce, "token_hash": hashed, "now": now})
    return known_device(found)


def _last_entry(connection: Connection, seen: Seen, facts: PassFacts | None, direction: Direction) -> LastEntry | None:
    """The last accepted entry, read only where the rule can need it: when nobody is left to enter."""
    if seen.shown is None or facts is None or direction is Direction.EXIT or facts.admitted < facts.party_size:
        return None
    if facts.inside < facts.party_size and may_return(seen.asked.edition, facts):
        return None
    return statements.LAST_ENTRY.first(connection, {"pass_id": seen.shown.pass_id})


def _decide(
    asked: ScanContext,
    facts: PassFacts | None,
    request: ScanRequest,
    reading: ScannedText,
    last: LastEntry | None,
    now: datetime,
) -> tuple[Decision, tuple[ScanCode, ...]]:
    """The decision, and the refusals that a supervisor's override set aside for it."""
    attempt = Attempt(
        presented=reading.presented,
        direction=request.direction,
        device=str(asked.device_id),
        now=now,
        generation=reading.generation,
        people=request.people,
        screening_failed=request.checked.failed,
    )
    earlier = Earlier(str(last.device_id), last.server_at) if last is not None else None
    if request.supervision is None:
        return admit(attempt, asked.edition, asked.hall, facts, earlier), ()
    overruled = overrule(attempt, asked.edition, asked.hall, facts, earlier, request.supervision.codes)
    return overruled.decision, overruled.codes if overruled.decision.verdict is Verdict.ACCEPTED else ()


def _returned(edition: Edition, facts: PassFacts | None, direction: Direction, decision: Decision) -> int:
    """How many of those who enter have been in before."""
    if facts is None or direction is Direction.EXIT:
        return 0
    return coming_back(edition, facts, decision.people)


def _answer(
    seen: Seen,
    facts: PassFacts | None,
    direction: Direction,
    decision: Decision,
    returned: int,
    last: LastEntry | None,
    now: datetime,
) -> dict[str, Any]:
    """The answer to the device. Where people move, the statement that moves them fills in the hall's count."""
    hall = seen.asked.hall
    answer: dict[str, Any] = {
        "verdict": decision.verdict.value,
        "code": decision.code.value,
        "people": decision.people,
        "pass": None,
        "slot": None,
        "occupancy": {"inside": hall.inside, "capacity": hall.capacity},
        "server_at": now.isoformat(),
    }
    if seen.shown is not None and facts is not None and decision.code is not ScanCode.WRONG_EXHIBITION:
        inside, admitted = seen.shown.moved(direction, decision.people, returned)
        answer["pass"] = {"party_size": facts.party_size, "inside": inside, "admitted": admitted}
        answer["slot"] = {"starts_at": facts.slot.starts_at.isoformat(), "ends_at": facts.slot.ends_at.isoformat()}
        answer |= seen.shown.told()
        if facts.left_at is not None and facts.admitted > facts.inside:
            answer["left_at"] = facts.left_at.isoformat()
        if returned:
            answer["returned"] = returned
    if decision.code is ScanCode.SLOT_CLOSED and seen.asked.disinfected_until is not None:
        answer["reopens_at"] = seen.asked.disinfected_until.isoformat()
    if decision.code in (ScanCode.ALREADY_USED, ScanCode.REPEAT_SCAN) and last is not None:
        answer["earlier"] = {"gate": last.code, "gate_name": last.name, "at": last.server_at.isoformat()}
    return answer
