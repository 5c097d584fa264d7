"""The spacing planner: which booths to open so that neighbours stand as far apart as possible.

Distances are metres, measured in one of three ways (``Metric``). Booths closer than a given distance exclude each
other, so the open booths are an independent set of a graph; the largest distance is found by bisection over the
distances in the hall.
"""

import enum
import math
import time
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from exhibition.core.files.json_documents import Fields, Malformed

MOST_BOOTHS = 1000
SAME_M = 1e-6
"""Distances that differ by less count as equal."""
SHARE_OF_A_TRY = 0.25
"""How much of the remaining time one distance may take while there are others to try."""
EFFORT_A_SECOND = 0.5
"""Deterministic time of CP-SAT that is sure to take less than a second."""


class Metric(enum.StrEnum):
    """How the distance between two booths is measured."""

    CENTRE = "centre"
    """From centre to centre."""
    EDGE = "edge"
    """The gap between them; a turned booth counts as its upright bounding rectangle."""
    FRONT = "front"
    """From the middle of one front, where visitors stand, to that of the other."""


@dataclass(frozen=True)
class CandidateBooth:
    """A booth that may be opened; ``x`` and ``y`` are its centre in metres.

    Its front is its lower side, turned clockwise with it by ``rotation`` degrees.
    """

    code: str
    x: float
    y: float
    width: float = 0.0
    depth: float = 0.0
    rotation: float = 0.0

    @property
    def front(self) -> tuple[float, float]:
        """The middle of the side where visitors stand."""
        angle = math.radians(self.rotation)
        return self.x - math.sin(angle) * self.depth / 2, self.y + math.cos(angle) * self.depth / 2

    @property
    def extent(self) -> tuple[float, float]:
        """Half the width and half the depth of the booth's upright bounding rectangle."""
        across, along = abs(math.cos(math.radians(self.rotation))), abs(math.sin(math.radians(self.rotation)))
        return (self.width * across + self.depth * along) / 2, (self.width * along + self.depth * across) / 2


@dataclass(frozen=True)
class CandidateBooths:
    """The candidate booths; ``fixed`` ones are always open, ``forbidden`` ones never."""

    places: tuple[CandidateBooth, ...]
    fixed: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    time_limit_s: float = 20.0
    metric: Metric = Metric.CENTRE


@dataclass(frozen=True)
class Spacing:
    """The booths to open. ``distance_m`` is the smallest distance between two of them (``None`` below two).

    No choice can exceed ``bound``: metres for a given number of booths, a number of booths for a given distance.
    """

    open: tuple[str, ...]
    distance_m: float | None
    optimal: bool
    bound: float | None

    def document(self) -> dict[str, Any]:
        return {
            "open": list(self.open),
            "count": len(self.open),
            "distance_m": self.distance_m,
            "optimal": self.optimal,
            "bound": self.bound,
        }


def read(document: Fields) -> CandidateBooths:
    """The hall in a document (schema: docs/allocation.md). Raises ``Malformed``."""
    places = tuple(
        CandidateBooth(
            code=part.name("code"),
            x=part.number("x", minimum=-1e6) + part.number("width", 0.0) / 2,
            y=part.number("y", minimum=-1e6) + part.number("depth", 0.0) / 2,
            width=part.number("width", 0.0),
            depth=part.number("depth", 0.0),
            rotation=part.number("rotation", 0.0, minimum=-360, maximum=360),
        )
        for part in document.parts("booths", most=MOST_BOOTHS)
    )
    seen: dict[str, int] = {}
    for position, place in enumerate(places):
        if place.code in seen:
            raise Malformed(f"booths[{position}].code {place.code!a} is already that of booths[{seen[place.code]}].")
        seen[place.code] = position
    fixed, forbidden = document.names("fixed"), document.names("forbidden")
    for name, codes in (("fixed", fixed), ("forbidden", forbidden)):
        for code in codes:
            if code not in seen:
                raise Malformed(f"{name} names booth {code!a}, which is not in booths.")
    for code in fixed:
        if code in forbidden:
            raise Malformed(f"fixed names booth {code!a}, which is also forbidden.")
    limit = document.number("time_limit_s", CandidateBooths.time_limit_s, minimum=0.001, maximum=3600)
    metric = document.optional_name("metric") or CandidateBooths.metric
    if metric not in list(Metric):
        raise Malformed(f"metric must be one of {', '.join(Metric)}, not {metric!a}.")
    return CandidateBooths(places, frozenset(fixed), frozenset(forbidden), limit, Metric(metric))


def most_at_distance(hall: CandidateBooths, distance_m: float) -> Spacing:
    """As many open booths as possible, every two at least ``distance_m`` apart.

    Fixed booths that are closer to each other stay open, because the organizer decided so.
    """
    candidates = _Candidates(hall)
    chosen, bound = candidates.most(distance_m, wanted=None)
    return candidates.spacing(chosen, optimal=len(chosen) == bound, bound=bound)


def farthest(hall: CandidateBooths, count: int) -> Spacing:
    """``count`` open booths whose smallest distance is as large as possible; all candidates if there are fewer.

    Fixed booths are open even if there are more of them than ``count``.
    """
    candidates = _Candidates(hall)
    count = max(len(hall.fixed), min(count, len(candidates.codes)))
    chosen = candidates.spread(count)
    steps = candidates.distances()
    reached = candidates.smallest(chosen)
    low, high, bound = _position(steps, reached), len(steps) - 1, len(steps) - 1
    if count < 2:  # noqa: PLR2004 - one booth has no neighbour
        return candidates.spacing(chosen, optimal=True, bound=None)
    while low < high:
        middle = (low + high + 1) // 2
        found, most = candidates.most(steps[middle], wanted=count)
        if len(found) >= count:
            chosen = found
            low = _position(steps, candidates.smallest(found))
        else:
            high = middle - 1
            if most < count:
                bound = min(bound, high)
    unproven = low + 1
    while unproven <= bound:
        middle = (unproven + bound) // 2
        found, most = candidates.most(steps[middle], wanted=count)
        if len(found) >= count:
            chosen, low, unproven = found, middle, middle + 1
        elif most < count:
            bound = middle - 1
        else:
            unproven = middle + 1
    reached = candidates.smallest(chosen)
    return candidates.spacing(chosen, optimal=low >= bound, bound=max(reached, candidates.at_most(steps[bound])))


def _position(steps: list[float], distance_m: float) -> int:
    return max(0, sum(step <= distance_m + SAME_M for step in steps) - 1)


def _apart(places: list[CandidateBooth], metric: Metric) -> NDArray[np.float64]:
    """The distance between every two places."""
    points = [place.front if metric is Metric.FRONT else (place.x, place.y) for place in places]
    x, y = np.array([point[0] for point in points]), np.array([point[1] for point in points])
    across, along = np.abs(x[:, None] - x[None, :]), np.abs(y[:, None] - y[None, :])
    if metric is Metric.EDGE:
        half_width = np.array([place.extent[0] for place in places])
        half_depth = np.array([place.extent[1] for place in places])
        across = np.maximum(0.0, across - half_width[:, None] - half_width[None, :])
        along = np.maximum(0.0, along - half_depth[:, None] - half_depth[None, :])
    return np.hypot(across, along)


class _Candidates:
    """The booths that may be opened, by index, and their distances."""

    def __init__(self, hall: CandidateBooths) -> None:
        self.end = time.monotonic() + hall.time_limit_s
        self.limit_s = hall.time_limit_s
        places = [place for place in hall.places if place.code not in hall.forbidden]
        self.codes = [place.code for place in places]
        self.fixed = [number for number, place in enumerate(places) if place.code in hall.fixed]
        self.apart: NDArray[np.float64] = _apart(places, hall.metric)

    def distances(self) -> list[float]:
        """The distances that could be the smallest of a choice, each once, ascending."""
        upper = np.unique(np.round(self.apart[np.triu_indices(len(self.codes), 1)], 6))
        held = self.smallest(self.fixed)
        return [float(step) for step in upper if step <= held + SAME_M]

    def at_most(self, step: float) -> float:
        """The largest actual distance that counts as this step."""
        return float(self.apart[self.apart <= step + SAME_M].max())

    def smallest(self, chosen: list[int]) -> float:
        """The smallest distance between two of the chosen; infinite below two."""
        return min((float(self.apart[one, other]) for one, other in combinations(chosen, 2)), default=math.inf)

    def spacing(self, chosen: list[int], *, optimal: bool, bound: float | None) -> Spacing:
        reached = self.smallest(chosen)
        distance_m = None if math.isinf(reached) else reached
        return Spacing(tuple(self.codes[number] for number in sorted(chosen)), distance_m, optimal, bound)

    def spread(self, count: int) -> list[int]:
        """A first choice: the fixed booths, then again and again the booth farthest from all chosen ones."""
        chosen = list(self.fixed)
        if not chosen and count:
            chosen = [0]
        while len(chosen) < count:
            nearest = self.apart[:, chosen].min(axis=1)
            nearest[chosen] = -1.0
            chosen.append(int(nearest.argmax()))
        return chosen

    def most(self, distance_m: float, wanted: int | None) -> tuple[list[int], int]:
        """As many booths as possible at least ``distance_m`` apart, and an upper bound on their number.

        With ``wanted`` the search may stop at that number; a bound below it proves that so many do not fit.
        """
        close = self.apart < distance_m - SAME_M
        np.fill_diagonal(close, val=False)
        close[np.ix_(self.fixed, self.fixed)] = False
        start, bound = self._greedy(close), self._parted(close)
        if wanted is not None and len(start) >= wanted:
            return start[:wanted], bound
        enough = len(start) if wanted is None else wanted - 1
        if bound <= enough or not (cliques := self._cover(close)):
            return start, bound
        share = 1 if wanted is None else SHARE_OF_A_TRY
        left = share * (self.end - time.monotonic())
        model = cp_model.CpModel()
        chosen = [model.new_bool_var("") for _ in self.codes]
        for number in self.fixed:
            model.add(chosen[number] == 1)
        for clique in cliques:
            model.add_at_most_one(chosen[number] for number in clique)
        for number, literal in enumerate(chosen):
            model.add_hint(literal, number in start)
        if wanted is not None:
            model.add(sum(chosen) <= wanted)
        model.maximize(sum(chosen))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.linearization_level = 2
        solver.parameters.max_time_in_seconds = max(0.01, left)
        solver.parameters.max_deterministic_time = share * EFFORT_A_SECOND * self.limit_s
        status = solver.solve(model)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return start, bound
        found = [number for number, literal in enumerate(chosen) if solver.boolean_value(literal)]
        return max(start, found, key=len), min(bound, int(solver.best_objective_bound + 1e-6))

    def _greedy(self, close: NDArray[np.bool_]) -> list[int]:
        """Fixed booths first, then again and again the booth that newly excludes the fewest others."""
        chosen = list(self.fixed)
        free = np.ones(len(self.codes), dtype=np.bool_)
        free[close[chosen].any(axis=0)] = False
        free[chosen] = False
        while free.any():
            excluded = np.where(free, (close & free).sum(axis=1), len(self.codes) + 1)
            number = int(excluded.argmin())
            chosen.append(number)
            free &= ~close[number]
            free[number] = False
        return chosen

    def _clique(self, one: int, common: NDArray[np.bool_], close: NDArray[np.bool_]) -> list[int]:
        """A set of booths that all exclude each other, grown from ``one`` by the nearest booths left in ``common``."""
        clique = [one]
        while common.any():
            number = int(np.where(common, self.apart[one], np.inf).argmin())
            clique.append(number)
            common = common & close[number]
        return clique

    def _parted(self, close: NDArray[np.bool_]) -> int:
        """A quick upper bound: how many such sets cover all booths, since only one booth of each can be open."""
        left = np.ones(len(self.codes), dtype=np.bool_)
        count = 0
        while left.any():
            one = int(left.argmax())
            left[self._clique(one, left & close[one], close)] = False
            count += 1
        return count

    def _cover(self, close: NDArray[np.bool_]) -> list[list[int]]:
        """Such sets that together cover every pair of booths excluding each other; empty if the time is up."""
        left = np.array(close)
        left[np.tril_indices(len(self.codes))] = False
        cliques: list[list[int]] = []
        for one in range(len(self.codes)):
            while left[one].any():
                other = int(left[one].argmax())
                clique = [one, *self._clique(other, close[one] & close[other], close)]
                left[np.ix_(clique, clique)] = False
                cliques.append(clique)
            if time.monotonic() > self.end:
                return []
        return cliques
