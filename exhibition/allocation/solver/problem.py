"""The solver's problem and its answer, as plain values.

The schema is in docs/allocation.md. Distances are metres between booth centres.
"""

import math
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

HEAVIEST = 10_000.0
TOLERANCE_M = 1e-9
"""Two booths at exactly a radius from each other are within it, despite rounding of their coordinates."""
DEFAULT_AFFINITY = {"ministry": ("entrance",)}


@dataclass(frozen=True)
class OpenBooth:
    """A booth that can be given away; ``x`` and ``y`` are its centre in metres."""

    code: str
    x: float
    y: float
    zone: str | None = None
    power_va: float = 0.0
    water: bool = False
    accessible: bool = False
    tenants: int = 1
    """How many exhibitors of one sharing group fit into it."""


@dataclass(frozen=True)
class Needs:
    """Requirements for a booth."""

    power_va: float = 0.0
    water: bool = False
    accessible: bool = False

    def missing(self, booth: OpenBooth) -> list[str]:
        """The names of the needs that a booth does not meet."""
        return [
            name
            for name, unmet in (
                ("power_va", booth.power_va < self.power_va),
                ("water", self.water and not booth.water),
                ("accessible", self.accessible and not booth.accessible),
            )
            if unmet
        ]


@dataclass(frozen=True)
class BoothRequest:
    """A request for one booth, or for sharing one with the others that name the same group in ``share``.

    Wishes are in order, the favourite first; ``current`` is the booth in the published plan.
    """

    id: str
    kind: str | None = None
    product_group: str | None = None
    cluster: str | None = None
    share: str | None = None
    wishes: tuple[str, ...] = ()
    zone_wishes: tuple[str, ...] = ()
    needs: Needs = Needs()
    near: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    points: float = 0.0
    pinned: str | None = None
    current: str | None = None
    newcomer: bool = False
    """Whether it is at the fair for the first time; all others are established."""
    local: bool = False
    """Whether it is from the regency."""
    days: tuple[str, ...] = ()
    """The days on which it comes; empty means every day."""


class QuotaOf(StrEnum):
    """Whom a quota speaks of."""

    LOCAL = "local"
    """So many per cent of the booths, or more, are kept for exhibitors from the regency."""
    NEWCOMERS = "newcomers"
    """So many per cent of the booths, or more, are kept for newcomers."""
    PRODUCT_GROUP = "product_group"
    """So many per cent of the booths, or fewer, go to one product group."""


@dataclass(frozen=True)
class Quota:
    """A share of the booths; ``hard`` ones are never broken, soft ones cost ``weights.quotas`` for each exhibitor."""

    of: QuotaOf
    percent: float
    hard: bool = False


@dataclass(frozen=True)
class Weights:
    """The value of one unit of each soft term, in the published order. Placing outweighs all of them."""

    priority: float = 100.0
    wishes: float = 10.0
    zone_wishes: float = 5.0
    competitors: float = 50.0
    cluster: float = 20.0
    near: float = 20.0
    affinity: float = 100.0
    newcomers: float = 20.0
    moves: float = 10.0
    quotas: float = 100.0


@dataclass(frozen=True)
class AllocationProblem:
    """Everything on which a proposal depends."""

    booths: tuple[OpenBooth, ...] = ()
    applications: tuple[BoothRequest, ...] = ()
    avoid_radius_m: float = 6.0
    competitor_radius_m: float = 6.0
    near_radius_m: float = 4.5
    affinity: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_AFFINITY))
    weights: Weights = Weights()
    quotas: tuple[Quota, ...] = ()
    seed: int = 1
    effort: float = 4.0
    """How much to search; a unit is about a second of an ordinary machine, but is counted in steps."""
    time_limit_s: float = 60.0
    """The last resort, for a machine that is far too slow."""

    def distance_m(self, first: int, second: int) -> float:
        """The distance between the centres of two booths, given by their positions in ``booths``."""
        one, other = self.booths[first], self.booths[second]
        return math.hypot(one.x - other.x, one.y - other.y)

    def document(self) -> dict[str, Any]:
        """The problem in the documented JSON form; booths have no size, so that ``x`` and ``y`` stay their centres."""
        return asdict(self)


Value = str | int | float | tuple[str, ...]
"""A value in a reason's sentence: a name, a number, or several names."""


@dataclass(frozen=True)
class Reason:
    """A reason: a stable code for machines, and a sentence with named placeholders, for people of any language."""

    code: str
    template: str
    values: dict[str, Value] = field(default_factory=dict[str, Value])

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.template % {name: _plain(value) for name, value in self.values.items()}

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


def because(code: str, template: str, /, **values: Value) -> Reason:
    """A reason; its template must be a literal in the call, because it is collected from there for translation."""
    return Reason(code, template, values)


def _plain(value: Value) -> str:
    if isinstance(value, tuple):
        return " and ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


class CutShort(StrEnum):
    """What ended a search before its effort was spent."""

    CLOCK = "clock"
    """The time limit: the same question may give another plan next time."""
    STOPPED = "stopped"
    """Somebody wanted the best plan so far."""


@dataclass(frozen=True)
class AssignmentPlan:
    """The proposal. ``objective`` and ``bound`` are as in docs/allocation.md; the bound holds for every plan."""

    assignments: dict[str, str]
    unplaced: dict[str, Reason]
    reasons: dict[str, list[Reason]]
    terms: dict[str, float]
    objective: float
    bound: float
    optimal: bool
    cut_short: CutShort | None
    """``None`` when the whole effort was spent, or the plan proven before."""
    seconds: float

    def document(self) -> dict[str, Any]:
        """The plan in the documented JSON form."""
        return {
            "assignments": self.assignments,
            "unplaced": {id_: str(reason) for id_, reason in self.unplaced.items()},
            "reasons": {id_: [str(reason) for reason in reasons] for id_, reasons in self.reasons.items()},
            "objective": self.objective,
            "bound": self.bound,
            "optimal": self.optimal,
            "cut_short": self.cut_short,
            "seconds": self.seconds,
        }
