"""What the decisions of a batch did: how each moved its pass and the hall, and which of them contradict the server."""

import hashlib
from dataclasses import dataclass, field, replace
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
    coming_back,
    may_return,
)
from exhibition.gate.rules.clock_skew import HappenedAt
from exhibition.gate.rules.offline_tally import WOULD_REFUSE, Counted, PassMove, Tally, excess, moved_hall
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
    when: HappenedAt
    round_over_at: datetime | None = None
    """The end of the last disinfection round that was over by then."""
    returned: int = 0
    """Of the people let in, those who had been in before."""
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
    def move(self) -> PassMove:
        return PassMove(self.when.at, self.scan.direction, self.scan.people)

    @property
    def lets_in(self) -> bool:
        return self.scan.verdict is Verdict.ACCEPTED and self.scan.direction is Direction.ENTRY

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
    left_at: datetime | None
    """When somebody of it went out last."""
    timeline: list[PassMove] = field(default_factory=list[PassMove])
    """Its movements that are known, and the exits of this batch that come after."""


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
                passes[corrects.pass_id].tally.move(corrects.direction, -corrects.people, -corrects.returned)
                touched.add(corrects.pass_id)
    if fact.visitor_pass is not None and fact.visitor_pass.exhibition_id != device.exhibition_id:
        fact.visitor_pass = None
    known = passes[fact.visitor_pass.id] if fact.visitor_pass is not None else None
    if scan.verdict is Verdict.ACCEPTED:
        if scan.direction is Direction.ENTRY:
            _note_entry(device, fact, known, PeopleInside(inside, hall.capacity))
        inside = moved_hall(inside, scan.direction, scan.people)
        if known is not None:
            known.tally.move(scan.direction, scan.people, fact.returned)
            touched.add(known.row.id)
            if scan.direction is Direction.ENTRY:
                known.last_entry = fact
                known.timeline.append(fact.move)
            else:
                known.left_at = max(known.left_at or fact.when.at, fact.when.at)
    if known is not None:
        fact.admitted, fact.pass_inside = known.tally.admitted, known.tally.inside
    fact.inside = inside
    return inside


def _note_entry(device: BatchDevice, fact: BatchFact, known: BatchPass | None, hall: PeopleInside) -> None:
    if known is None:
        fact.conflicts[ConflictKind.UNKNOWN_PASS] = None
    else:
        if _is_double(device, fact, known):
            fact.conflicts[ConflictKind.DOUBLE_ENTRY] = known.last_entry
        if _would_refuse(device, fact, known):
            fact.conflicts.setdefault(ConflictKind.DIFFERS, None)
    if hall.inside + fact.scan.people > hall.capacity:
        fact.conflicts[ConflictKind.OVER_CAP] = None


def _is_double(device: BatchDevice, fact: BatchFact, known: BatchPass) -> bool:
    """Whether more enter than can; tells the fact who of them come back.

    Movements come in as devices find the server, so what counts is the order in which they happened, where it is sure.
    """
    people, party, tally = fact.scan.people, known.row.party_size, known.tally
    if not isinstance(tally, Tally):
        return tally.entered + people > party
    edition = _edition(device, fact)
    facts = replace(_facts(known), inside=tally.inside, admitted=tally.admitted, left_at=known.left_at)
    if not may_return(edition, facts):
        return tally.entered - tally.returned + people > party
    fact.returned = max(coming_back(edition, facts, people), min(people, tally.admitted + people - party))
    if not fact.when.sure:
        return tally.entered - tally.left + people > party
    return excess(party, [*known.timeline, fact.move]) > excess(party, known.timeline)


def _edition(device: BatchDevice, fact: BatchFact) -> Edition:
    return Edition(
        str(device.exhibition_id), device.early_minutes, device.late_minutes, device.reentry, fact.round_over_at
    )


def _facts(known: BatchPass) -> PassFacts:
    row = known.row
    return PassFacts(
        exhibition=str(row.exhibition_id),
        state=row.state.value,
        generation=row.generation,
        party_size=row.party_size,
        inside=0,
        admitted=0,
        slot=AdmissionSlot(row.starts_at, row.ends_at, closed=row.slot_state is SlotState.CLOSED),
    )


def _would_refuse(device: BatchDevice, fact: BatchFact, known: BatchPass) -> bool:
    """Whether the rule, with the server's present knowledge and at the time of the scan, would refuse."""
    attempt = Attempt(
        presented=fact.reading.presented,
        direction=fact.scan.direction,
        device=str(device.device_id),
        now=fact.when.at if fact.when.sure else known.row.starts_at,
        generation=fact.reading.generation,
        people=fact.scan.people,
    )
    room = PeopleInside(0, known.row.party_size)
    return admit(attempt, _edition(device, fact), room, _facts(known), None).code in WOULD_REFUSE
