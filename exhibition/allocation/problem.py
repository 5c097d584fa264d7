"""What the proposal is made from and what it answers, as plain values, and how a JSON document becomes one.

The schema is in docs/allocation.md. Distances are metres between booth centres.
"""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from exhibition.core.documents import Fields, Malformed

MOST_BOOTHS = 1000
MOST_APPLICATIONS = 2000
HEAVIEST = 10_000.0
TOLERANCE_M = 1e-9
"""Two booths at exactly a radius from each other are within it, whatever the rounding of their coordinates."""
DEFAULT_AFFINITY = {"ministry": ("entrance",)}


@dataclass(frozen=True)
class Booth:
    """A place in the hall; ``x`` and ``y`` are its centre in metres."""

    code: str
    x: float
    y: float
    zone: str | None = None
    power_va: float = 0.0
    water: bool = False
    accessible: bool = False


@dataclass(frozen=True)
class Needs:
    """What a booth must have."""

    power_va: float = 0.0
    water: bool = False
    accessible: bool = False

    def missing(self, booth: Booth) -> list[str]:
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
class Application:
    """A request for one booth. Wishes are in order, the dearest first; ``current`` is the published plan's booth."""

    id: str
    kind: str | None = None
    product_group: str | None = None
    cluster: str | None = None
    wishes: tuple[str, ...] = ()
    zone_wishes: tuple[str, ...] = ()
    needs: Needs = Needs()
    near: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    points: float = 0.0
    pinned: str | None = None
    current: str | None = None


@dataclass(frozen=True)
class Weights:
    """What one unit of each soft term is worth, in the published order. Placing comes before all of them."""

    priority: float = 100.0
    wishes: float = 10.0
    zone_wishes: float = 5.0
    competitors: float = 50.0
    cluster: float = 20.0
    near: float = 20.0
    affinity: float = 100.0
    moves: float = 10.0


@dataclass(frozen=True)
class Problem:
    """Everything the proposal depends on."""

    booths: tuple[Booth, ...] = ()
    applications: tuple[Application, ...] = ()
    avoid_radius_m: float = 6.0
    competitor_radius_m: float = 6.0
    near_radius_m: float = 4.5
    affinity: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_AFFINITY))
    weights: Weights = Weights()
    seed: int = 1
    time_limit_s: float = 20.0

    def distance_m(self, first: int, second: int) -> float:
        """Between the centres of two booths, by their positions in ``booths``."""
        one, other = self.booths[first], self.booths[second]
        return math.hypot(one.x - other.x, one.y - other.y)

    def document(self) -> dict[str, Any]:
        """The problem in the documented JSON form; booths have no size, so that ``x`` and ``y`` stay their centres."""
        return asdict(self)


Value = str | int | float | tuple[str, ...]
"""What a reason fills in: a name, a number, or several names."""


@dataclass(frozen=True)
class Reason:
    """Why something is so: a stable code for machines, and a sentence with named places for people of any language."""

    code: str
    template: str
    values: dict[str, Value] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.template % {name: _plain(value) for name, value in self.values.items()}

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


def because(code: str, template: str, /, **values: Value) -> Reason:
    """A reason; its template is collected for translation, so it is written out where this is called."""
    return Reason(code, template, values)


def _plain(value: Value) -> str:
    if isinstance(value, tuple):
        return " and ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Plan:
    """The proposal. ``objective`` and ``bound`` are as in docs/allocation.md; the bound holds for every plan."""

    assignments: dict[str, str]
    unplaced: dict[str, Reason]
    reasons: dict[str, list[Reason]]
    terms: dict[str, float]
    objective: float
    bound: float
    optimal: bool
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
            "seconds": self.seconds,
        }


def read(document: Fields) -> Problem:
    """The problem in a document. Raises ``Malformed``."""
    booths = tuple(_booth(part) for part in document.parts("booths", most=MOST_BOOTHS))
    applications = tuple(_application(part) for part in document.parts("applications", most=MOST_APPLICATIONS))
    _refuse_repeats([booth.code for booth in booths], "booths", "code")
    _refuse_repeats([application.id for application in applications], "applications", "id")
    _refuse_impossible_pins(booths, applications)
    weights = document.part("weights")
    affinity = document.part("affinity")
    return Problem(
        booths=booths,
        applications=applications,
        avoid_radius_m=document.number("avoid_radius_m", Problem.avoid_radius_m),
        competitor_radius_m=document.number("competitor_radius_m", Problem.competitor_radius_m),
        near_radius_m=document.number("near_radius_m", Problem.near_radius_m),
        affinity={kind: affinity.names(kind) for kind in affinity.field_names()} or dict(DEFAULT_AFFINITY),
        weights=Weights(
            **{term: weights.number(term, worth, maximum=HEAVIEST) for term, worth in asdict(Weights()).items()}
        ),
        seed=document.whole("seed", Problem.seed),
        time_limit_s=document.number("time_limit_s", Problem.time_limit_s, minimum=0.001, maximum=3600),
    )


def _booth(part: Fields) -> Booth:
    return Booth(
        code=part.name("code"),
        x=part.number("x", minimum=-1e6) + part.number("width", 0.0) / 2,
        y=part.number("y", minimum=-1e6) + part.number("depth", 0.0) / 2,
        zone=part.optional_name("zone"),
        power_va=part.number("power_va", 0.0),
        water=part.flag("water"),
        accessible=part.flag("accessible"),
    )


def _application(part: Fields) -> Application:
    needs = part.part("needs")
    return Application(
        id=part.name("id"),
        kind=part.optional_name("kind"),
        product_group=part.optional_name("product_group"),
        cluster=part.optional_name("cluster"),
        wishes=part.names("wishes"),
        zone_wishes=part.names("zone_wishes"),
        needs=Needs(needs.number("power_va", 0.0), needs.flag("water"), needs.flag("accessible")),
        near=part.names("near"),
        avoid=part.names("avoid"),
        points=part.number("points", 0.0),
        pinned=part.optional_name("pinned"),
        current=part.optional_name("current"),
    )


def _refuse_repeats(names: list[str], list_name: str, field_name: str) -> None:
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        if name in seen:
            raise Malformed(
                f"{list_name}[{position}].{field_name} {name!a} is already that of {list_name}[{seen[name]}]."
            )
        seen[name] = position


def _refuse_impossible_pins(booths: tuple[Booth, ...], applications: tuple[Application, ...]) -> None:
    codes = {booth.code for booth in booths}
    pinned: dict[str, int] = {}
    for position, application in enumerate(applications):
        code = application.pinned
        if code is None:
            continue
        if code not in codes:
            raise Malformed(f"applications[{position}].pinned names booth {code!a}, which is not in booths.")
        if code in pinned:
            raise Malformed(
                f"applications[{position}].pinned names booth {code!a}, where applications[{pinned[code]}] is pinned."
            )
        pinned[code] = position
