"""The value of a plan, in whole thousandths, and the tables of numbers on which the solver's stages work.

The terms, their order and the formula are published in docs/allocation.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exhibition.allocation.solver.problem import TOLERANCE_M, AllocationProblem, BoothRequest, OpenBooth
from exhibition.allocation.solver.quotas import TenancyCap, caps, tenancy_caps
from exhibition.allocation.solver.tenancies import Tenancy, attendance, tenancies

UNIT = 1000
"""Each contribution is rounded to a thousandth, so that sums and proofs are exact."""
EMPTY = -1
PLAIN = OpenBooth("", 0.0, 0.0)
"""A booth without wishes."""

Grid = NDArray[np.bool_]


def thousandths(value: float) -> int:
    return round(UNIT * value)


class NeighbourTraits(NamedTuple):
    """Traits of an exhibitor that matter to its neighbours: product group and cluster by number, days as bits.

    A group or cluster that nobody else has is ``EMPTY``.
    """

    group: int
    cluster: int
    days: int

    def meets(self, other: "NeighbourTraits") -> bool:
        """Whether there is a day on which both come."""
        return bool(self.days & other.days)

    def competes(self, other: "NeighbourTraits") -> bool:
        """Whether two who meet are of the same product group and not of one cluster."""
        same_cluster = self.cluster == other.cluster != EMPTY
        return self.group == other.group != EMPTY and not same_cluster and self.meets(other)

    def is_fellow(self, other: "NeighbourTraits") -> bool:
        """Whether two who meet are of one cluster."""
        return self.cluster == other.cluster != EMPTY and self.meets(other)


@dataclass(frozen=True)
class Tables:
    """The problem in numbers: tenancies and booths by position, gains in thousandths."""

    tenancies: list[Tenancy]
    allowed: Grid
    """Which tenancy may have which booth, by needs, room, pins, and distance from pinned applicants that are
    avoided."""
    gain: NDArray[np.int64]
    """The value of a tenancy at a booth by itself, without neighbours."""
    avoided: Grid
    competing: Grid
    neighbouring: Grid
    """Which booths are within the avoid, competitor and near radius of each other; a booth is never within its own."""
    kinds: list[NeighbourTraits]
    """By application."""
    avoid: list[list[int]]
    near: list[dict[int, int]]
    """Per tenancy: those who may not be close, and the value of being close to others, both directions added."""
    pinned: list[int]
    size: list[int]
    """Per tenancy: the booth it is pinned to, and its number of exhibitors."""
    days: list[int]
    newcomers: list[tuple[int, ...]]
    established: list[tuple[int, ...]]
    """Per tenancy, all as bits: its days, the days of each newcomer who meets no established member of it, and the days
    of each established member."""
    caps: list[TenancyCap]
    competitors_cost: int
    cluster_gain: int
    newcomer_gain: int
    placed_gain: int

    @property
    def all(self) -> range:
        """The numbers of the tenancies."""
        return range(len(self.tenancies))

    @property
    def booths(self) -> range:
        return range(self.competing.shape[0])

    @property
    def every_day(self) -> int:
        """All days as bits."""
        return reduce(int.__or__, self.days, 0)

    def placed(self, booth_of: list[int]) -> int:
        """How many exhibitors have a booth."""
        return sum(self.size[tenancy] for tenancy in self.all if booth_of[tenancy] != EMPTY)

    def each(self, booth_of: list[int]) -> dict[int, int]:
        """The booth of each application that has one."""
        return {
            member: booth
            for tenancy, booth in zip(self.tenancies, booth_of, strict=True)
            for member in tenancy.members
            if booth != EMPTY
        }


def tables(problem: AllocationProblem) -> Tables:
    """Turn a problem into numbers."""
    applications, booths, weights = problem.applications, problem.booths, problem.weights
    found = tenancies(booths, applications)
    place = {booth.code: number for number, booth in enumerate(booths)}
    apart = _distances(booths)
    avoided, neighbouring = _within(apart, problem.avoid_radius_m), _within(apart, problem.near_radius_m)
    kinds = traits(applications)
    avoid, near = _relations(problem, found, kinds)
    pinned = [EMPTY if tenancy.pinned is None else place[tenancy.pinned] for tenancy in found]
    gain = np.zeros((len(found), len(booths)), dtype=np.int64)
    by_application = _gain_grid(problem, place)
    for number, tenancy in enumerate(found):
        pairs = [pair for pair in combinations(tenancy.members, 2) if kinds[pair[0]].meets(kinds[pair[1]])]
        inside = sum(sum(pair_terms(problem, *pair).values()) for pair in pairs)
        inside += thousandths(weights.newcomers) * len(_introduced(problem, pairs))
        gain[number] = by_application[list(tenancy.members)].sum(axis=0) + inside
    return Tables(
        tenancies=found,
        allowed=_allowed(problem, found, pinned, avoid, avoided),
        gain=gain,
        avoided=avoided,
        competing=_within(apart, problem.competitor_radius_m),
        neighbouring=neighbouring,
        kinds=kinds,
        avoid=[sorted(others) for others in avoid],
        near=[dict(sorted(others.items())) for others in near],
        pinned=pinned,
        size=[len(tenancy.members) for tenancy in found],
        days=[tenancy.days for tenancy in found],
        newcomers=[_unintroduced(problem, kinds, tenancy) for tenancy in found],
        established=[
            tuple(kinds[member].days for member in tenancy.members if not applications[member].newcomer)
            for tenancy in found
        ],
        caps=tenancy_caps(problem, found, thousandths(weights.quotas)),
        competitors_cost=thousandths(weights.competitors),
        cluster_gain=thousandths(weights.cluster),
        newcomer_gain=thousandths(weights.newcomers),
        placed_gain=placed_gain(problem),
    )


def traits(applications: tuple[BoothRequest, ...]) -> list[NeighbourTraits]:
    """The traits of each application."""
    groups = _numbered([application.product_group for application in applications])
    clusters = _numbered([application.cluster for application in applications])
    return [NeighbourTraits(*numbers) for numbers in zip(groups, clusters, attendance(applications), strict=True)]


def _introduced(problem: AllocationProblem, pairs: Iterable[tuple[int, int]]) -> set[int]:
    """Of pairs of neighbouring applications, the newcomers that have an established neighbour."""
    fresh = ([number for number in pair if problem.applications[number].newcomer] for pair in pairs)
    return {numbers[0] for numbers in fresh if len(numbers) == 1}


def _unintroduced(problem: AllocationProblem, kinds: list[NeighbourTraits], tenancy: Tenancy) -> tuple[int, ...]:
    pairs = [pair for pair in combinations(tenancy.members, 2) if kinds[pair[0]].meets(kinds[pair[1]])]
    introduced = _introduced(problem, pairs)
    return tuple(
        kinds[member].days
        for member in tenancy.members
        if problem.applications[member].newcomer and member not in introduced
    )


def _relations(
    problem: AllocationProblem, found: list[Tenancy], kinds: list[NeighbourTraits]
) -> tuple[list[set[int]], list[Counter[int]]]:
    """Which tenancies avoid each other, and the value for a tenancy of being near each other one."""
    position = {application.id: number for number, application in enumerate(problem.applications)}
    tenancy_of = {member: number for number, tenancy in enumerate(found) for member in tenancy.members}
    avoid: list[set[int]] = [set() for _ in found]
    near: list[Counter[int]] = [Counter() for _ in found]

    def met(number: int, ids: tuple[str, ...]) -> list[int]:
        """The tenancies, other than its own, of the named applicants that come on a day of this one."""
        named = {position[id_] for id_ in ids if id_ in position}
        found = [tenancy_of[other] for other in sorted(named) if kinds[number].meets(kinds[other])]
        return [tenancy for tenancy in found if tenancy != tenancy_of[number]]

    for number, application in enumerate(problem.applications):
        own = tenancy_of[number]
        for other in met(number, application.avoid):
            avoid[own].add(other)
            avoid[other].add(own)
        for other in met(number, application.near):
            near[own][other] += thousandths(problem.weights.near)
            near[other][own] += thousandths(problem.weights.near)
    return avoid, near


def placed_gain(problem: AllocationProblem) -> int:
    """The value of placing one more exhibitor: more than all other terms together can ever differ."""
    weights = problem.weights
    ids = {application.id for application in problem.applications}
    total = UNIT
    for application in problem.applications:
        total += thousandths(weights.priority * application.points)
        total += thousandths(weights.wishes * (1 + application.points))
        total += thousandths(weights.zone_wishes * (1 + application.points))
        total += thousandths(weights.affinity) + thousandths(weights.moves)
        total += thousandths(weights.newcomers) * application.newcomer
        total += thousandths(weights.near) * len(ids.intersection(application.near) - {application.id})
    clusters = Counter(a.cluster for a in problem.applications if a.cluster)
    total += thousandths(weights.cluster) * sum(n * (n - 1) // 2 for n in clusters.values())
    total += thousandths(weights.quotas) * sum(len(cap.members) for cap in caps(problem) if not cap.quota.hard)
    groups = Counter(a.product_group for a in problem.applications if a.product_group)
    return total + thousandths(weights.competitors) * sum(n * (n - 1) // 2 for n in groups.values())


def gains(problem: AllocationProblem, application: BoothRequest, booth: OpenBooth) -> dict[str, int]:
    """The terms of one exhibitor at one booth, without regard to others."""
    weights, points = problem.weights, application.points
    earned = {"priority": thousandths(weights.priority * points)}
    if booth.code in application.wishes:
        rank = 1 + application.wishes.index(booth.code)
        earned["wishes"] = thousandths(weights.wishes * (1 + points) / rank)
    if booth.zone is not None and booth.zone in application.zone_wishes:
        rank = 1 + application.zone_wishes.index(booth.zone)
        earned["zone_wishes"] = thousandths(weights.zone_wishes * (1 + points) / rank)
    if application.kind is not None and booth.zone in problem.affinity.get(application.kind, ()):
        earned["affinity"] = thousandths(weights.affinity)
    if application.current is not None and application.current != booth.code:
        earned["moves"] = -thousandths(weights.moves)
    return earned


def pair_terms(problem: AllocationProblem, one: int, other: int) -> dict[str, int]:
    """The terms of two applications, given by number, near each other or in one booth."""
    first, second = problem.applications[one], problem.applications[other]
    wishes = (second.id in first.near) + (first.id in second.near)
    fellows = first.cluster is not None and first.cluster == second.cluster
    return {
        "near": thousandths(problem.weights.near) * wishes,
        "cluster": thousandths(problem.weights.cluster) * fellows,
    }


def terms(problem: AllocationProblem, table: Tables, booth_of: list[int]) -> dict[str, int]:
    """Every term of a plan in thousandths; their sum is the objective. ``booth_of`` is ``EMPTY`` for unplaced ones."""
    total: dict[str, int] = defaultdict(int)
    standing = table.each(booth_of)
    total["placed"] = table.placed_gain * len(standing)
    for number, booth in standing.items():
        for term, value in gains(problem, problem.applications[number], problem.booths[booth]).items():
            total[term] += value
    beside: list[tuple[int, int]] = []
    for one, other in combinations(standing, 2):
        here, there = standing[one], standing[other]
        if (here == there or table.neighbouring[here, there]) and table.kinds[one].meets(table.kinds[other]):
            beside.append((one, other))
            for term, value in pair_terms(problem, one, other).items():
                total[term] += value
        if table.competing[here, there] and table.kinds[one].competes(table.kinds[other]):
            total["competitors"] -= table.competitors_cost
    for cap in table.caps:
        counted = sum(count for count, booth in zip(cap.counts, booth_of, strict=True) if booth != EMPTY)
        total["quotas"] -= cap.cost * cap.excess(counted)
    total["newcomers"] = table.newcomer_gain * len(_introduced(problem, beside))
    return {term: value for term, value in total.items() if value}


def _gain_grid(problem: AllocationProblem, place: dict[str, int]) -> NDArray[np.int64]:
    """The sum of ``gains`` for every application and booth; fast, as most booths are nothing special to most."""
    grid = np.zeros((len(problem.applications), len(problem.booths)), dtype=np.int64)
    zones: dict[str | None, list[int]] = defaultdict(list)
    for number, booth in enumerate(problem.booths):
        zones[booth.zone].append(number)
    for row, application in zip(grid, problem.applications, strict=True):
        row[:] = sum(gains(problem, application, PLAIN).values())
        special = {place[code] for code in (*application.wishes, application.current) if code in place}
        for zone in (*application.zone_wishes, *problem.affinity.get(application.kind or "", ())):
            special.update(zones[zone])
        for number in special:
            row[number] = sum(gains(problem, application, problem.booths[number]).values())
    return grid


def _allowed(
    problem: AllocationProblem, found: list[Tenancy], pinned: list[int], avoid: list[set[int]], avoided: Grid
) -> Grid:
    booths = problem.booths
    allowed = np.ones((len(found), len(booths)), dtype=np.bool_)
    for name in ("power_va", "water", "accessible", "tenants"):
        asked = [one if name == "tenants" else one.needs for one in found]
        wanted = np.array([getattr(one, name) for one in asked], dtype=np.float64)
        offered = np.array([getattr(booth, name) for booth in booths], dtype=np.float64)
        allowed &= wanted[:, None] <= offered[None, :]
    fixed = [number for number, booth in enumerate(pinned) if booth != EMPTY]
    for number in fixed:
        for other in avoid[number]:
            allowed[other] &= ~avoided[pinned[number]]
            allowed[other, pinned[number]] = False
    days = np.array([tenancy.days for tenancy in found], dtype=np.int64)
    for number in fixed:
        allowed[days & days[number] != 0, pinned[number]] = False
    for number in fixed:
        allowed[number] = False
        allowed[number, pinned[number]] = True
    return allowed


def _distances(booths: tuple[OpenBooth, ...]) -> NDArray[np.float64]:
    x, y = (np.array([getattr(booth, axis) for booth in booths], dtype=np.float64) for axis in "xy")
    return np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])


def _within(apart: NDArray[np.float64], radius_m: float) -> Grid:
    close = apart <= radius_m + TOLERANCE_M
    np.fill_diagonal(close, val=False)
    return close


def _numbered(names: list[str | None]) -> list[int]:
    shared = [name for name, count in Counter(names).items() if name is not None and count > 1]
    number = {name: position for position, name in enumerate(shared)}
    return [EMPTY if name is None else number.get(name, EMPTY) for name in names]
