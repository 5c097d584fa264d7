"""Rules for exhibitors and their applications, as plain functions of values.

- the slug of an exhibitor, made from its name;
- the steps of an application: from which state to which, and who may take them (docs/applications.md draws them, and a
  test compares);
- the priority points of an application, and the lottery that orders applications with equal points.
"""

import enum
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

MOST_WISHES, MOST_NAMES, LONGEST_NAME = 5, 5, 120
"""The most wished-for booths and brand names in an application, and the most characters of a brand name."""


class ExhibitorKind(enum.StrEnum):
    MINISTRY = "ministry"
    PROVINCE = "province"
    REGENCY = "regency"
    COOPERATIVE = "cooperative"
    UMKM = "umkm"
    """Usaha mikro, kecil dan menengah: a micro, small or medium business."""
    SPONSOR = "sponsor"


LONGEST_SLUG = 56
"""The column has 64 characters; the rest is for a number at the end."""
WITHOUT_LETTERS = "peserta"


def slug_of(name: str) -> str:
    """A name as part of an address: ``Keripik Bu Tini`` becomes ``keripik-bu-tini``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")
    return slug or WITHOUT_LETTERS


def slugs_of(name: str) -> Iterator[str]:
    """The slug, then the slug with 2, 3, … at its end."""
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
    """The time to accept has run out, the organizers have withdrawn the offer, or the exhibitor waits for another
    booth."""
    ACCEPT = "accept"
    CONFIRM = "confirm"
    DECLINE = "decline"
    CANCEL = "cancel"
    """The exhibitor gives an accepted booth back, or the organizers take it back."""
    UNDO = "undo"
    """Undoing, on the floor plan, the act that offered or gave the booth."""
    RESTORE = "restore"
    """Undoing the act that took an accepted, not yet confirmed booth back."""
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    RESUME = "resume"
    """Undoing the withdrawal of a draft."""


class StepTaker(enum.StrEnum):
    """Who may take a step. The allocation acts when a booth changes, through organizer, exhibitor or the clock."""

    APPLICANT = "applicant"
    ORGANIZER = "organizer"
    ALLOCATION = "allocation"


@dataclass(frozen=True)
class Passage:
    """One line of the table of steps: the states before the step, the state after it, and who may take it."""

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
    Passage(Step.WITHDRAW, (_S.DRAFT, *_UNDECIDED), _S.WITHDRAWN, (StepTaker.APPLICANT, StepTaker.ORGANIZER)),
    Passage(Step.REOPEN, (_S.SHORTLISTED, _S.WAITLISTED, *_GONE), _S.SUBMITTED, (StepTaker.ORGANIZER,)),
    Passage(Step.RESUME, (_S.WITHDRAWN,), _S.DRAFT, (StepTaker.ORGANIZER,)),
)
"""Every possible step. Only the allocation moves an application that has an offer or a booth; the one exception is that
organizers may confirm an accepted booth. Offering or giving a booth overrules an earlier rejection or refusal."""

EDITABLE = frozenset({_S.DRAFT, _S.SUBMITTED})
"""States in which the applicant may still change the answers, because nothing is decided."""
GONE = frozenset(_GONE)
"""States of applications that have ended without a booth."""
BOUND = frozenset({_S.WAITLISTED, _S.OFFERED, _S.ACCEPTED, _S.CONFIRMED})
"""States in which the exhibitor has an offer, a booth or a place on the waiting list."""
CONSIDERED = frozenset({_S.SUBMITTED, _S.SHORTLISTED})
"""States in which a proposal may give the applicant a booth. Otherwise it includes only those who have a booth or a
pin."""


def passage(state: ApplicationState, step: Step, party: StepTaker) -> Passage | None:
    """The line of the table that allows this step; None when it is not allowed."""
    for line in PASSAGES:
        if line.step is step and state in line.before and party in line.by:
            return line
    return None


def step_to(state: ApplicationState, to: ApplicationState, party: StepTaker) -> Step | None:
    """The step that leads a party straight from ``state`` to ``to``; None when there is none."""
    for line in PASSAGES:
        if state in line.before and line.after is to and party in line.by:
            return line.step
    return None


def way_back(state: ApplicationState, to: ApplicationState) -> Step | None:
    """The allocation's step from ``state`` back to ``to``, for an undo; never DECLINE, which is up to exhibitors."""
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
    """The steps that a party may take from a state, in the table's order."""
    return [line.step for line in PASSAGES if state in line.before and party in line.by]


def diagram(*parties: StepTaker) -> str:
    """The steps of these parties as a Mermaid state diagram; docs/applications.md contains it word for word."""
    lines = ["stateDiagram-v2"]
    if StepTaker.APPLICANT in parties:
        lines.append("    [*] --> draft")
    for line in PASSAGES:
        if by := ", ".join(party for party in line.by if party in parties):
            lines += [f"    {before} --> {line.after}: {line.step} ({by})" for before in line.before]
    return "\n".join(lines)


_LEGAL_FORMS = frozenset({"cv", "pt", "ud", "tb", "toko", "umkm", "ukm", "kub", "koperasi", "warung"})


def name_key(name: str) -> str:
    """A key that is equal for spellings of one business's name, such as ``CV. Kopi Gunung`` and ``kopi gunung``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    telling = [word for word in words if word not in _LEGAL_FORMS]
    return "".join(telling or words) or "".join(name.casefold().split())


def is_news(step: Step, taker: StepTaker) -> bool:
    """Whether the applicant gets a mail about the step: not when they took it this moment, nor when the allocation
    mails it with the booth and its deadline.
    """
    return step not in (Step.WITHDRAW, Step.RESUME) and (taker is not StepTaker.ALLOCATION or step is Step.DECLINE)


class Ground(enum.StrEnum):
    """The grounds on which priority points are given."""

    KIND = "kind"
    FIRST_TIME = "first_time"
    ATTENDED = "attended"
    DISTRICT = "district"
    CLUSTER = "cluster"


@dataclass(frozen=True)
class PointRules:
    """The edition's points, by kind of exhibitor and district, and for newcomers, earlier exhibitors and clusters."""

    kinds: Mapping[str, int] = field(default_factory=dict[str, int])
    districts: Mapping[str, int] = field(default_factory=dict[str, int])
    """Points by district name, compared without regard to case and spaces; ``*`` stands for any other named
    district."""
    first_time: int = 0
    attended: int = 0
    cluster: int = 0

    @cached_property
    def compared_districts(self) -> Mapping[str, int]:
        """The same points, by the form in which district names are compared."""
        return {_district(name): worth for name, worth in self.districts.items()}


@dataclass(frozen=True)
class PointsClaim:
    """The facts of an application that may earn points."""

    kind: str
    district: str
    attended: bool
    in_cluster: bool


def _district(name: str) -> str:
    return "".join(name.casefold().split())


def points(rules: PointRules, claim: PointsClaim) -> list[tuple[Ground, int]]:
    """The grounds that add or subtract points, in the published order, with their points; the sum is the priority."""
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
    """The hash that is published before the seed: the SHA-256 of its UTF-8 text, in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def lot(seed: str, reference: str) -> str:
    """The lot of one application: the SHA-256 of ``seed:reference`` in hex. Smaller lots come first."""
    return hashlib.sha256(f"{seed}:{reference}".encode()).hexdigest()


def ranking(seed: str, scores: Mapping[str, int]) -> Sequence[str]:
    """References ordered by points, the highest first, and by lot where points are equal."""
    return sorted(scores, key=lambda reference: (-scores[reference], lot(seed, reference)))
