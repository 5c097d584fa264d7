"""Decisions about exhibitors and their applications, as plain functions of values.

How a short address is made from a name; which steps an application may take and who may take them; its priority
points, and how a published lottery orders those that are equal. docs/applications.md draws the steps; a test compares.
"""

import enum
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

MOST_WISHES, MOST_NAMES, LONGEST_NAME = 5, 5, 120
"""How many booths one may wish for and brand names one may give; the latter are of at most so many characters."""


class ExhibitorKind(enum.StrEnum):
    MINISTRY = "ministry"
    PROVINCE = "province"
    REGENCY = "regency"
    COOPERATIVE = "cooperative"
    UMKM = "umkm"
    """Usaha mikro, kecil dan menengah: a micro, small or medium business."""
    SPONSOR = "sponsor"


LONGEST_SLUG = 56
"""Leaves room in the column's 64 characters for a number behind it."""
WITHOUT_LETTERS = "peserta"


def slug_of(name: str) -> str:
    """``Keripik Bu Tini`` as ``keripik-bu-tini``: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")
    return slug or WITHOUT_LETTERS


def slugs_of(name: str) -> Iterator[str]:
    """The slug, then the same with 2, 3, … behind it."""
    slug = slug_of(name)
    yield slug
    for number in range(2, 1000):
        yield f"{slug}-{number}"


class ApplicationState(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SHORTLISTED = "shortlisted"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Step(enum.StrEnum):
    SUBMIT = "submit"
    SHORTLIST = "shortlist"
    WAITLIST = "waitlist"
    REJECT = "reject"
    OFFER = "offer"
    LAPSE = "lapse"
    """The time to accept is over, the organizers took the offer back, or the exhibitor waits for another booth."""
    ACCEPT = "accept"
    CONFIRM = "confirm"
    DECLINE = "decline"
    CANCEL = "cancel"
    """The booth is given back or taken back after it was accepted."""
    UNDO = "undo"
    """An offer or a booth was undone on the floor plan, as if it had never been."""
    RESTORE = "restore"
    """Taking back a booth that was accepted and not confirmed yet was undone."""
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


class StepTaker(enum.StrEnum):
    """Who takes a step. The allocation acts for whoever decides about booths: organizer, exhibitor or the clock."""

    APPLICANT = "applicant"
    ORGANIZER = "organizer"
    ALLOCATION = "allocation"


@dataclass(frozen=True)
class Passage:
    """One line of the table: a step leads from some states to one and is open to some parties."""

    step: Step
    before: tuple[ApplicationState, ...]
    after: ApplicationState
    by: tuple[StepTaker, ...]


_S = ApplicationState
_UNDECIDED = (_S.SUBMITTED, _S.SHORTLISTED, _S.WAITLISTED)
_GONE = (_S.REJECTED, _S.WITHDRAWN, _S.DECLINED, _S.CANCELLED)
PASSAGES = (
    Passage(Step.SUBMIT, (_S.DRAFT,), _S.SUBMITTED, (StepTaker.APPLICANT, StepTaker.ORGANIZER)),
    Passage(Step.SHORTLIST, (_S.SUBMITTED, _S.WAITLISTED, _S.REJECTED), _S.SHORTLISTED, (StepTaker.ORGANIZER,)),
    Passage(Step.WAITLIST, (_S.SUBMITTED, _S.SHORTLISTED, _S.REJECTED), _S.WAITLISTED, (StepTaker.ORGANIZER,)),
    Passage(Step.REJECT, _UNDECIDED, _S.REJECTED, (StepTaker.ORGANIZER,)),
    Passage(Step.OFFER, (*_UNDECIDED, *_GONE, _S.ACCEPTED, _S.CONFIRMED), _S.OFFERED, (StepTaker.ALLOCATION,)),
    Passage(Step.LAPSE, (_S.OFFERED,), _S.WAITLISTED, (StepTaker.ALLOCATION,)),
    Passage(Step.ACCEPT, (_S.OFFERED,), _S.ACCEPTED, (StepTaker.ALLOCATION,)),
    Passage(Step.CONFIRM, (_S.ACCEPTED,), _S.CONFIRMED, (StepTaker.ORGANIZER, StepTaker.ALLOCATION)),
    Passage(Step.CONFIRM, (*_UNDECIDED, *_GONE, _S.OFFERED), _S.CONFIRMED, (StepTaker.ALLOCATION,)),
    Passage(Step.DECLINE, (_S.OFFERED,), _S.DECLINED, (StepTaker.ALLOCATION,)),
    Passage(Step.CANCEL, (_S.ACCEPTED, _S.CONFIRMED), _S.CANCELLED, (StepTaker.ALLOCATION,)),
    Passage(Step.UNDO, (_S.OFFERED, _S.ACCEPTED, _S.CONFIRMED), _S.SHORTLISTED, (StepTaker.ALLOCATION,)),
    Passage(Step.RESTORE, (*_UNDECIDED, *_GONE), _S.ACCEPTED, (StepTaker.ALLOCATION,)),
    Passage(Step.WITHDRAW, (_S.DRAFT, *_UNDECIDED), _S.WITHDRAWN, (StepTaker.APPLICANT,)),
    Passage(Step.REOPEN, (_S.SHORTLISTED, _S.WAITLISTED, *_GONE), _S.SUBMITTED, (StepTaker.ORGANIZER,)),
)
"""Every step there is. Where an offer or a booth stands behind a state, only the allocation moves it, but that the
organizers confirm who has accepted. A booth that is offered or given all the same overrules an earlier no."""

EDITABLE = frozenset({_S.DRAFT, _S.SUBMITTED})
"""While nobody has decided, the applicant may still change what is written."""
GONE = frozenset(_GONE)
"""Came to nothing."""
BOUND = frozenset({_S.WAITLISTED, _S.OFFERED, _S.ACCEPTED, _S.CONFIRMED})
"""The allocation has a booth or a place in line for its exhibitor."""
CONSIDERED = frozenset({_S.SUBMITTED, _S.SHORTLISTED})
"""Whom a proposal may give a booth; of the others it only minds those who have one or are pinned to one."""


def passage(state: ApplicationState, step: Step, party: StepTaker) -> Passage | None:
    """The line that lets somebody take this step from here; None when there is none."""
    for line in PASSAGES:
        if line.step is step and state in line.before and party in line.by:
            return line
    return None


def way_back(state: ApplicationState, to: ApplicationState) -> Step | None:
    """The allocation's step that brings an application back to where it was; declining is the exhibitor's word only."""
    for line in PASSAGES:
        if (
            state in line.before
            and line.after is to
            and StepTaker.ALLOCATION in line.by
            and line.step is not Step.DECLINE
        ):
            return line.step
    return None


def steps_from(state: ApplicationState, party: StepTaker) -> list[Step]:
    """The steps open to somebody from here, in the table's order."""
    return [line.step for line in PASSAGES if state in line.before and party in line.by]


def diagram(*parties: StepTaker) -> str:
    """The steps of these parties as a Mermaid state diagram; docs/applications.md holds it word for word."""
    lines = ["stateDiagram-v2"]
    if StepTaker.APPLICANT in parties:
        lines.append("    [*] --> draft")
    for line in PASSAGES:
        if by := ", ".join(party for party in line.by if party in parties):
            lines += [f"    {before} --> {line.after}: {line.step} ({by})" for before in line.before]
    return "\n".join(lines)


_LEGAL_FORMS = frozenset({"cv", "pt", "ud", "tb", "toko", "umkm", "ukm", "kub", "koperasi", "warung"})


def name_key(name: str) -> str:
    """What names that mean the same business have in common: ``CV. Kopi  Gunung`` and ``kopi gunung``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    telling = [word for word in words if word not in _LEGAL_FORMS]
    return "".join(telling or words) or "".join(name.casefold().split())


def is_news(step: Step, taker: StepTaker) -> bool:
    """Whether the applicant gets a mail about the step: not when they took it this moment, nor when the allocation
    mails it with the booth and its deadline.
    """
    return step is not Step.WITHDRAW and (taker is not StepTaker.ALLOCATION or step is Step.DECLINE)


class Ground(enum.StrEnum):
    """What priority points are given for."""

    KIND = "kind"
    FIRST_TIME = "first_time"
    ATTENDED = "attended"
    DISTRICT = "district"
    CLUSTER = "cluster"


@dataclass(frozen=True)
class PointRules:
    """The edition's rules: points by kind of exhibitor and district, and for newcomers, old hands and clusters."""

    kinds: Mapping[str, int] = field(default_factory=dict[str, int])
    districts: Mapping[str, int] = field(default_factory=dict[str, int])
    """District names as written, compared without regard to case and blanks; ``*`` is any other that is named."""
    first_time: int = 0
    attended: int = 0
    cluster: int = 0

    @cached_property
    def compared_districts(self) -> Mapping[str, int]:
        """The same districts, by what is compared of their names."""
        return {_district(name): worth for name, worth in self.districts.items()}


@dataclass(frozen=True)
class PointsClaim:
    """What of an application earns points."""

    kind: str
    district: str
    attended: bool
    in_cluster: bool


def _district(name: str) -> str:
    return "".join(name.casefold().split())


def points(rules: PointRules, claim: PointsClaim) -> list[tuple[Ground, int]]:
    """The breakdown: each ground that gives or takes points, in the published order. Their sum is the priority."""
    districts, district = rules.compared_districts, _district(claim.district)
    by_district = districts.get(district, districts.get("*", 0)) if district else 0
    breakdown = [
        (Ground.KIND, rules.kinds.get(claim.kind, 0)),
        (Ground.FIRST_TIME, 0 if claim.attended else rules.first_time),
        (Ground.ATTENDED, rules.attended if claim.attended else 0),
        (Ground.DISTRICT, by_district),
        (Ground.CLUSTER, rules.cluster if claim.in_cluster else 0),
    ]
    return [(ground, worth) for ground, worth in breakdown if worth]


def seed_hash(seed: str) -> str:
    """What is published before the seed is: the SHA-256 of its UTF-8 text, in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def lot(seed: str, reference: str) -> str:
    """The lot of one application: SHA-256 of ``seed:reference`` in hex. The smaller lot goes first."""
    return hashlib.sha256(f"{seed}:{reference}".encode()).hexdigest()


def ranking(seed: str, scores: Mapping[str, int]) -> Sequence[str]:
    """References in the order of their points, the highest first; the lot decides between equals."""
    return sorted(scores, key=lambda reference: (-scores[reference], lot(seed, reference)))
