"""What the decisions of a batch did: how each moved its pass and the hall, and which of them contradict the server."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

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
)
from exhibition.gate.rules.offline_tally import WOULD_REFUSE, Counted, moved_hall
from exhibition.gate.scan.scanned_text import ScannedText
from exhibition.gate.scan.shown import Locked
from exhibition.visitors.models import SlotState


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
class BatchFact:
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
    conflicts: dict[ConflictKind, "int | BatchFact | None"] = field(default_factory=dict)
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
class BatchPass:
    """A pass or a badge with the people that its scans count."""

    row: Locked
    tally: Counted
    last_entry: "int | BatchFact | None"


def correction_nonce(nonce: str) -> str:
    """The nonce for a decision whose own nonce already has another answer of the server."""
    return f"corrects:{hashlib.sha256(nonce.encode()).hexdigest()[:48]}"


def happen(
    device: BatchDevice, fact: BatchFact, passes: dict[int, BatchPass], touched: set[int], hall: PeopleInside
) -> int:
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


def _note_entry(device: BatchDevice, fact: BatchFact, known: BatchPass | None, hall: PeopleInside) -> None:
    if known is None:
        fact.conflicts[ConflictKind.UNKNOWN_PASS] = None
    else:
        if known.tally.entered + fact.scan.people > known.row.party_size:
            fact.conflicts[ConflictKind.DOUBLE_ENTRY] = known.last_entry
        if _would_refuse(device, fact, known):
            fact.conflicts.setdefault(ConflictKind.DIFFERS, None)
    if hall.inside + fact.scan.people > hall.capacity:
        fact.conflicts[ConflictKind.OVER_CAP] = None


def _would_refuse(device: BatchDevice, fact: BatchFact, known: BatchPass) -> bool:
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
