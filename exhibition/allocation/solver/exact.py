"""The second stage: assignment and separation together, as a CP-SAT model that can prove what it finds.

It uses one worker with ``linearization_level=2``: measurements showed two workers stalling, and one worker with a seed
is reproducible.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from exhibition.allocation.solver.quotas import TenancyCap
from exhibition.allocation.solver.scoring import EMPTY, Grid, Tables

LEAST_CROWD = 3
"""A clique of two is just a pair, which has its own constraint."""
LARGE_CROWD = 12
"""The pairs in a clique larger than this need not grow cliques of their own."""
ASK_EVERY_S = 0.5


@dataclass(frozen=True)
class Proven:
    """A plan (``None`` if none was found in time), a bound on the model's objective, and whether it is optimal."""

    booth_of: list[int] | None
    bound: float | None
    optimal: bool


class Seat(NamedTuple):
    """A place in a booth for one member of a group on its days; ``layer`` tells apart those of one tenancy."""

    booth: int
    layer: int
    days: int


class Model:
    """A model with all hard rules; ``most_placed`` and ``most_worth`` set what is maximised."""

    def __init__(self, table: Tables) -> None:
        self.table = table
        self.avoided: list[list[bool]] = table.avoided.tolist()
        self.neighbouring: list[list[bool]] = table.neighbouring.tolist()
        self.model = cp_model.CpModel()
        self.at: list[dict[int, cp_model.IntVar]] = [
            {int(b): self.model.new_bool_var("") for b in table.allowed[t].nonzero()[0]} for t in table.all
        ]
        self.tenancy_of = {member: t for t, tenancy in enumerate(table.tenancies) for member in tenancy.members}
        holders: list[dict[int, list[cp_model.IntVar]]] = [defaultdict(list) for _ in table.booths]
        for tenancy, places in enumerate(self.at):
            if table.pinned[tenancy] != EMPTY:
                self.model.add_exactly_one(places.values())
            else:
                self.model.add_at_most_one(places.values())
            for booth, literal in places.items():
                for bit in range(table.days[tenancy].bit_length()):
                    if table.days[tenancy] >> bit & 1:
                        holders[booth][bit].append(literal)
        for by_day in holders:
            for literals in by_day.values():
                self.model.add_at_most_one(literals)
        self._keep_apart()
        for cap in table.caps:
            if cap.hard:
                self.model.add(self._counted(cap) <= cap.most)

    def _counted(self, cap: TenancyCap) -> cp_model.LinearExprT:
        return sum(
            count * literal
            for count, places in zip(cap.counts, self.at, strict=True)
            if count
            for literal in places.values()
        )

    def _quotas(self) -> list[cp_model.LinearExprT]:
        costs: list[cp_model.LinearExprT] = []
        for cap in self.table.caps:
            if cap.cost:
                excess = self.model.new_int_var(0, sum(cap.counts), "")
                self.model.add(excess >= self._counted(cap) - cap.most)
                costs.append(-cap.cost * excess)
        return costs

    def _keep_apart(self) -> None:
        table = self.table
        for one in table.all:
            for other in table.avoid[one]:
                if table.pinned[one] != EMPTY and table.pinned[other] != EMPTY:
                    continue
                for booth, literal in self.at[one].items():
                    close = [there for place, there in self.at[other].items() if self.avoided[booth][place]]
                    if close:
                        self.model.add_at_most_one([literal, *close])

    @property
    def placed(self) -> cp_model.LinearExprT:
        return sum(
            size * literal for size, places in zip(self.table.size, self.at, strict=True) for literal in places.values()
        )

    def most_placed(self, booth_of: list[int], until: float, effort: float, seed: int) -> Proven:
        """The largest number that can be placed; ``until`` is a time of the monotonic clock."""
        self.model.maximize(self.placed)
        return self._solve(booth_of, until, effort, seed)

    def most_worth(
        self, booth_of: list[int], until: float, effort: float, seed: int, go_on: Callable[[], bool]
    ) -> Proven:
        """The best plan that places as many as ``booth_of``; the bound is in thousandths, without the gain for placing.

        ``go_on`` is called now and then; when it returns False, the best plan so far is the answer.
        """
        self.model.add(self.placed == self.table.placed(booth_of))
        worth = [
            int(self.table.gain[tenancy, booth]) * literal
            for tenancy, places in enumerate(self.at)
            for booth, literal in places.items()
        ]
        self.model.maximize(
            sum(
                [
                    *worth,
                    *self._competition(),
                    *self._clusters(),
                    *self._nearness(),
                    *self._newcomers(),
                    *self._quotas(),
                ]
            )
        )
        return self._solve(booth_of, until, effort, seed, go_on)

    def _layers(self, members: list[int]) -> dict[int, int]:
        """For each member, how many with the same days come before it in its own tenancy."""
        before: Counter[tuple[int, int]] = Counter()
        layers: dict[int, int] = {}
        for member in members:
            key = self.tenancy_of[member], self.table.kinds[member].days
            layers[member] = before[key]
            before[key] += 1
        return layers

    def _holding(self, layers: dict[int, int]) -> dict[Seat, cp_model.IntVar]:
        """For each seat, a variable: whether one of the members (given with their layers) has it."""
        literals: dict[Seat, list[cp_model.IntVar]] = defaultdict(list)
        for member, layer in layers.items():
            for booth, literal in self.at[self.tenancy_of[member]].items():
                literals[Seat(booth, layer, self.table.kinds[member].days)].append(literal)
        holding: dict[Seat, cp_model.IntVar] = {}
        for seat in sorted(literals):
            holding[seat] = self.model.new_bool_var("")
            self.model.add(sum(literals[seat]) == holding[seat])
        return holding

    def _compete(self, one: int, other: int) -> bool:
        return (
            self.table.kinds[one].competes(self.table.kinds[other]) and self.tenancy_of[one] != self.tenancy_of[other]
        )

    def _competition(self) -> list[cp_model.LinearExprT]:
        table = self.table
        costs: list[cp_model.LinearExprT] = []
        for members in _gathered([kind.group for kind in table.kinds]):
            if not table.competitors_cost or not any(self._compete(*pair) for pair in combinations(members, 2)):
                continue
            layers = self._layers(members)
            holding = self._holding(layers)
            fellowships = _gathered([table.kinds[member].cluster for member in members], members)
            united = {member for fellows in fellowships for member in fellows}
            single = self._holding({m: layer for m, layer in layers.items() if m not in united})
            allied = [
                (
                    self._holding({m: layers[m] for m in fellows}),
                    self._holding({m: layer for m, layer in layers.items() if m not in fellows}),
                )
                for fellows in fellowships
            ]
            clashes: dict[tuple[Seat, Seat], cp_model.IntVar] = {}
            for one, other in _pairs(table.competing, holding):
                clash = clashes[one, other] = self.model.new_bool_var("")
                costs.append(-table.competitors_cost * clash)
                for here, there in ((one, other), (other, one)):
                    for some, rivals in ((single, holding), *allied):
                        if here in some and there in rivals:
                            self.model.add(clash >= some[here] + rivals[there] - 1)
            for clique, days in product(self._cliques, sorted({table.kinds[member].days for member in members})):
                seats = [Seat(booth, 0, days) for booth in clique]
                crowd = [single[seat] for seat in seats if seat in single]
                pairs = [clashes[pair] for pair in combinations(seats, 2) if pair in clashes]
                if len(crowd) >= LEAST_CROWD:
                    # Among n rivals that are all close to each other, at least n - 1 and at least 2n - 3 pairs clash.
                    self.model.add(sum(pairs) >= sum(crowd) - 1)
                    self.model.add(sum(pairs) >= 2 * sum(crowd) - 3)
        return costs

    @cached_property
    def _cliques(self) -> list[tuple[int, ...]]:
        """Sets of booths all within the competitor radius of each other, grown from each pair; not every such set."""
        close = self.table.competing
        cliques: set[tuple[int, ...]] = set()
        covered = np.zeros_like(close)
        for pair in zip(*np.nonzero(np.triu(close)), strict=True):
            if covered[pair]:
                continue
            clique, common = [int(booth) for booth in pair], close[pair[0]] & close[pair[1]]
            while common.any():
                booth = int(np.argmax(np.where(common, close[:, common].sum(axis=1), -1)))
                clique.append(booth)
                common = common & close[booth]
            cliques.add(tuple(sorted(clique)))
            if len(clique) > LARGE_CROWD:
                covered[np.ix_(clique, clique)] = True
        return sorted(cliques)

    def _clusters(self) -> list[cp_model.LinearExprT]:
        table = self.table
        earned: list[cp_model.LinearExprT] = []
        for members in _gathered([kind.cluster for kind in table.kinds]) if table.cluster_gain else []:
            holding = self._holding(self._layers(members))
            around: dict[Seat, list[cp_model.IntVar]] = defaultdict(list)
            for one, other in _pairs(table.neighbouring, holding):
                together = self.model.new_bool_var("")
                self.model.add_implication(together, holding[one])
                self.model.add_implication(together, holding[other])
                around[one].append(together)
                around[other].append(together)
                earned.append(table.cluster_gain * together)
            for seat, literals in around.items():
                # A member can have at most all its fellows around; this tightens the bound far more than the
                # implications do.
                self.model.add(sum(literals) <= (len(members) - 1) * holding[seat])
        return earned

    def _nearness(self) -> list[cp_model.LinearExprT]:
        table = self.table
        earned: list[cp_model.LinearExprT] = []
        for one in table.all:
            for other, value in table.near[one].items():
                if not (one < other and value):
                    continue
                ways: list[cp_model.IntVar] = []
                for booth, literal in self.at[one].items():
                    close = [there for place, there in self.at[other].items() if self.neighbouring[booth][place]]
                    if close:
                        way = self.model.new_bool_var("")
                        self.model.add_implication(way, literal)
                        self.model.add(sum(close) >= way)
                        ways.append(way)
                self.model.add_at_most_one(ways)
                earned.append(value * sum(ways))
        return earned

    def _newcomers(self) -> list[cp_model.LinearExprT]:
        table = self.table
        if not (table.newcomer_gain and any(table.newcomers)):
            return []
        welcoming: list[list[tuple[int, cp_model.IntVar]]] = [[] for _ in table.booths]
        fresh: dict[Seat, list[cp_model.IntVar]] = defaultdict(list)
        for tenancy, places in enumerate(self.at):
            alike = Counter(table.newcomers[tenancy])
            for booth, literal in places.items():
                welcoming[booth] += [(days, literal) for days in table.established[tenancy]]
                for days, count in alike.items():
                    for layer in range(count):
                        fresh[Seat(booth, layer, days)].append(literal)
        earned: list[cp_model.LinearExprT] = []
        for seat, literals in sorted(fresh.items(), key=lambda one: one[0]):
            introduced = self.model.new_bool_var("")
            near = [int(place) for place in table.neighbouring[seat.booth].nonzero()[0]]
            around = [literal for place in near for days, literal in welcoming[place] if days & seat.days]
            self.model.add(introduced <= sum(literals))
            self.model.add(introduced <= sum(around))
            earned.append(table.newcomer_gain * introduced)
        return earned

    def _solve(
        self,
        booth_of: list[int],
        until: float,
        effort: float,
        seed: int,
        go_on: Callable[[], bool] = lambda: True,
    ) -> Proven:
        """``until`` limits the clock time, ``effort`` the solver's own deterministic time, roughly seconds."""
        for tenancy, places in enumerate(self.at):
            for booth, literal in places.items():
                self.model.add_hint(literal, booth == booth_of[tenancy])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.linearization_level = 2
        solver.parameters.max_time_in_seconds = max(0.0, until - time.monotonic())
        solver.parameters.max_deterministic_time = effort
        with ThreadPoolExecutor(1) as threads:  # the search runs there, so that it can be stopped from here
            searching: Future[cp_model.CpSolverStatus] = threads.submit(solver.solve, self.model)
            while wait([searching], ASK_EVERY_S).not_done:
                if not go_on():
                    solver.stop_search()
        status = searching.result()
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return Proven(None, None, optimal=False)
        found = [
            next((booth for booth, literal in places.items() if solver.boolean_value(literal)), EMPTY)
            for places in self.at
        ]
        return Proven(found, solver.best_objective_bound, optimal=status == cp_model.OPTIMAL)


def _gathered(numbers: list[int], members: list[int] | None = None) -> list[list[int]]:
    """The members with each number, for numbers that occur at least twice."""
    gathered: dict[int, list[int]] = defaultdict(list)
    for member, number in zip(range(len(numbers)) if members is None else members, numbers, strict=True):
        if number != EMPTY:
            gathered[number].append(member)
    return [together for together in gathered.values() if len(together) > 1]


def _pairs(close: Grid, holding: dict[Seat, cp_model.IntVar]) -> list[tuple[Seat, Seat]]:
    return [
        (one, other)
        for one, other in combinations(holding, 2)
        if close[one.booth, other.booth] and one.days & other.days
    ]
