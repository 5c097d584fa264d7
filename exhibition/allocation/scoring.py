"""What a plan is worth, in whole thousandths, and the tables of numbers that the solver's stages work on.

The terms, their order and the formula are published in docs/allocation.md.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from exhibition.allocation.problem import TOLERANCE_M, Application, Booth, Problem

UNIT = 1000
"""Each contribution is rounded to a thousandth, so that sums are exact and proofs are proofs."""
EMPTY = -1
PLAIN = Booth("", 0.0, 0.0)
"""A booth that nobody wishes for."""

Grid = NDArray[np.bool_]


def thousandths(value: float) -> int:
    return round(UNIT * value)


@dataclass(frozen=True)
class Tables:
    """The problem by position: applications and booths are numbers, gains are thousandths."""

    allowed: Grid
    """Which application may have which booth: needs, pins, and distance to pinned ones to be avoided."""
    gain: NDArray[np.int64]
    """What an application at a booth is worth by itself, whoever else stands where."""
    avoided: Grid
    competing: Grid
    neighbouring: Grid
    """Which booths are within the avoid, competitor and near radius of each other (never of themselves)."""
    group: list[int]
    cluster: list[int]
    """The number of the product group and cluster of an application; ``EMPTY`` if nobody shares it."""
    avoid: list[list[int]]
    near: list[dict[int, int]]
    """Per application: who may not be close, and what being close to whom is worth, both ways together."""
    pinned: list[int]
    competitors_cost: int
    cluster_gain: int
    placed_gain: int

    @property
    def applications(self) -> range:
        return range(len(self.group))

    @property
    def booths(self) -> range:
        return range(self.competing.shape[0])


def tables(problem: Problem) -> Tables:
    """Turn a problem into numbers."""
    applications, booths, weights = problem.applications, problem.booths, problem.weights
    position = {application.id: number for number, application in enumerate(applications)}
    place = {booth.code: number for number, booth in enumerate(booths)}
    apart = _distances(booths)
    avoided = _within(apart, problem.avoid_radius_m)
    avoid: list[set[int]] = [set() for _ in applications]
    near: list[Counter[int]] = [Counter() for _ in applications]
    for number, application in enumerate(applications):
        for other in {position[id_] for id_ in application.avoid if id_ in position} - {number}:
            avoid[number].add(other)
            avoid[other].add(number)
        for other in {position[id_] for id_ in application.near if id_ in position} - {number}:
            near[number][other] += thousandths(weights.near)
            near[other][number] += thousandths(weights.near)
    pinned = [EMPTY if a.pinned is None else place[a.pinned] for a in applications]
    return Tables(
        allowed=_allowed(problem, pinned, avoid, avoided),
        gain=_gain_grid(problem, place),
        avoided=avoided,
        competing=_within(apart, problem.competitor_radius_m),
        neighbouring=_within(apart, problem.near_radius_m),
        group=_numbered([a.product_group for a in applications]),
        cluster=_numbered([a.cluster for a in applications]),
        avoid=[sorted(others) for others in avoid],
        near=[dict(sorted(others.items())) for others in near],
        pinned=pinned,
        competitors_cost=thousandths(weights.competitors),
        cluster_gain=thousandths(weights.cluster),
        placed_gain=placed_gain(problem),
    )


def placed_gain(problem: Problem) -> int:
    """What placing one more exhibitor is worth: more than all other terms of all exhibitors can ever differ by."""
    weights = problem.weights
    ids = {application.id for application in problem.applications}
    total = UNIT
    for application in problem.applications:
        total += thousandths(weights.priority * application.points)
        total += thousandths(weights.wishes * (1 + application.points))
        total += thousandths(weights.zone_wishes * (1 + application.points))
        total += thousandths(weights.affinity) + thousandths(weights.moves)
        total += thousandths(weights.near) * len(ids.intersection(application.near) - {application.id})
    clusters = Counter(a.cluster for a in problem.applications if a.cluster)
    total += thousandths(weights.cluster) * sum(n * (n - 1) // 2 for n in clusters.values())
    groups = Counter(a.product_group for a in problem.applications if a.product_group)
    return total + thousandths(weights.competitors) * sum(n * (n - 1) // 2 for n in groups.values())


def gains(problem: Problem, application: Application, booth: Booth) -> dict[str, int]:
    """The terms that one exhibitor at one booth earns without regard to others."""
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


def terms(problem: Problem, table: Tables, booth_of: list[int]) -> dict[str, int]:
    """Every term of a plan in thousandths; their sum is the objective. ``booth_of`` is ``EMPTY`` for the unplaced."""
    total: dict[str, int] = defaultdict(int)
    placed = [number for number in table.applications if booth_of[number] != EMPTY]
    total["placed"] = table.placed_gain * len(placed)
    for number in placed:
        for term, value in gains(problem, problem.applications[number], problem.booths[booth_of[number]]).items():
            total[term] += value
    for one, other in combinations(placed, 2):
        booths = booth_of[one], booth_of[other]
        if table.neighbouring[booths]:
            total["near"] += table.near[one].get(other, 0)
            if table.cluster[one] == table.cluster[other] != EMPTY:
                total["cluster"] += table.cluster_gain
        if table.competing[booths] and compete(table, one, other):
            total["competitors"] -= table.competitors_cost
    return {term: value for term, value in total.items() if value}


def compete(table: Tables, one: int, other: int) -> bool:
    """Whether two applicants sell the same kind of thing and are not of one cluster."""
    same_cluster = table.cluster[one] == table.cluster[other] != EMPTY
    return table.group[one] == table.group[other] != EMPTY and not same_cluster


def _gain_grid(problem: Problem, place: dict[str, int]) -> NDArray[np.int64]:
    """The sum of ``gains`` for every application and booth; most booths are nothing special to most applications."""
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


def _allowed(problem: Problem, pinned: list[int], avoid: list[set[int]], avoided: Grid) -> Grid:
    needs, booths = [application.needs for application in problem.applications], problem.booths
    allowed = np.ones((len(needs), len(booths)), dtype=np.bool_)
    for name in ("power_va", "water", "accessible"):
        wanted = np.array([getattr(need, name) for need in needs], dtype=np.float64)
        offered = np.array([getattr(booth, name) for booth in booths], dtype=np.float64)
        allowed &= wanted[:, None] <= offered[None, :]
    fixed = [number for number, booth in enumerate(pinned) if booth != EMPTY]
    for number in fixed:
        for other in avoid[number]:
            allowed[other] &= ~avoided[pinned[number]]
            allowed[other, pinned[number]] = False
    for number in fixed:
        allowed[:, pinned[number]] = False
    for number in fixed:
        allowed[number] = False
        allowed[number, pinned[number]] = True
    return allowed


def _distances(booths: tuple[Booth, ...]) -> NDArray[np.float64]:
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
