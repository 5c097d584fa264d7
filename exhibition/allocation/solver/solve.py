"""The proposal: as many exhibitors placed as possible, and of such plans the most valuable, with bound and reasons.

First preferences (a flow), then the largest number that can be placed, then annealing for the neighbours, then CP-SAT
for the proof. Every stage has an amount of work that follows from the document alone, so that the same document gives
the same plan on any machine. The clock is the last resort, and a plan that it has cut short says so.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import floor

from exhibition.allocation.solver import greedy
from exhibition.allocation.solver.drafts import Draft
from exhibition.allocation.solver.exact import Model
from exhibition.allocation.solver.explanation import explain
from exhibition.allocation.solver.preferences import Preferred, most_worth, preferred
from exhibition.allocation.solver.problem import AllocationProblem, AssignmentPlan, CutShort
from exhibition.allocation.solver.scoring import EMPTY, UNIT, Tables, tables, terms
from exhibition.allocation.solver.search import anneal

STEPS_AN_EFFORT = 80_000
"""Changes tried by annealing for one unit of effort, of which it gets a share."""
STEPS_A_ROUND = 100_000
STEPS_AN_APPLICATION = 3_000
STEPS_A_PLACEMENT = 500
"""More steps would only repeat themselves: a tiny fair is proven at once."""
SHARE_OF_PLACING = 0.3
SHARE_OF_ANNEALING = 0.3
SHARE_OF_ANNEALING_ALONE = 0.6
"""Where no proof is tried; changes of a large fair take longer."""
PROVABLE = 20_000
"""Above this number of possible placements a proof is out of reach."""
PROOF_AN_EFFORT = 0.4
"""CP-SAT's deterministic time for one unit of effort, of which each of its searches gets a share."""
PLACEABLE = 60_000
"""Above this number of possible placements CP-SAT cannot even find out how many can be placed."""
RESERVE_S, RESERVE_A_PLACEMENT_S = 0.2, 3e-6
"""Time left for the reasons: a fixed part, and one that grows with the number of possible placements."""


class _Clock:
    """The last resort: the moment at which the search must end, and whether it was cut short by it."""

    def __init__(self, end: float) -> None:
        self.end = end
        self.struck = False

    def out_of_time(self) -> bool:
        """Whether it is time to end; only to be asked while there is work left."""
        self.struck = self.struck or time.monotonic() >= self.end
        return self.struck


@dataclass
class _Best:
    """The best plan so far and its proven bounds, in thousandths without the gain for placing."""

    table: Tables
    booth_of: list[int]
    worth: int
    placed_bound: int
    worth_bound: int

    @property
    def placed(self) -> int:
        return self.table.placed(self.booth_of)

    @property
    def optimal(self) -> bool:
        return self.placed == self.placed_bound and self.worth == self.worth_bound


def solve(problem: AllocationProblem, progress: Callable[[str, float, float], bool] | None = None) -> AssignmentPlan:
    """Propose a plan with the problem's ``effort``, and in any case within its ``time_limit_s``, in seconds.

    ``progress`` is called several times with the stage, the objective and the bound; if it returns ``False``, the best
    plan so far is returned.
    """
    started = time.monotonic()
    reserve = RESERVE_S + RESERVE_A_PLACEMENT_S * len(problem.applications) * len(problem.booths)
    clock = _Clock(started + problem.time_limit_s - reserve)
    table = tables(problem)
    best = _start(problem, table, clock)
    stopped = False

    def go_on(stage: str) -> bool:
        shown = table.placed_gain * best.placed + best.worth, table.placed_gain * best.placed_bound + best.worth_bound
        nonlocal stopped
        wanted = progress is None or progress(stage, shown[0] / UNIT, shown[1] / UNIT)
        stopped = stopped or not (wanted or best.optimal or stage == "done")
        return wanted and not best.optimal

    wanted = go_on("preferences") and _improve(problem, table, best, clock, lambda: go_on("separation"))
    if wanted and _provable(table) and not clock.out_of_time():
        _prove(problem, table, best, clock, lambda: go_on("proof"))
    go_on("done")
    cut_short = None if best.optimal else CutShort.STOPPED if stopped else CutShort.CLOCK if clock.struck else None
    return _plan(problem, table, best, started, cut_short)


def _start(problem: AllocationProblem, table: Tables, clock: _Clock) -> _Best:
    wanted = preferred(table)
    booth_of = _repaired(problem, table, wanted)
    drafted = greedy.draft(problem, table)
    if _standing(problem, table, drafted) > _standing(problem, table, booth_of):
        booth_of = drafted
    placed_bound, worth_bound = wanted.placed, wanted.worth
    if table.placed(booth_of) < placed_bound and int(table.allowed.sum()) <= PLACEABLE:
        effort = PROOF_AN_EFFORT * SHARE_OF_PLACING * problem.effort
        most = Model(table).most_placed(booth_of, clock.end, effort, problem.seed)
        if not most.optimal:
            clock.out_of_time()
        if most.booth_of is not None and most.bound is not None:
            booth_of = max(booth_of, most.booth_of, key=table.placed)
            placed_bound = min(placed_bound, floor(most.bound + 1e-6))
        if placed_bound < wanted.placed:
            worth_bound = most_worth(table)
    worth_bound += _most_from_neighbours(table)
    return _Best(table, booth_of, _worth(problem, table, booth_of), placed_bound, worth_bound)


def _repaired(problem: AllocationProblem, table: Tables, wanted: Preferred) -> list[int]:
    """The preferred plan, with those moved elsewhere that would be too close to someone they avoid."""
    plan = Draft(table)
    order = sorted(greedy.in_order_of_points(problem, table), key=lambda tenancy: table.pinned[tenancy] == EMPTY)
    for tenancy in order:
        booth = table.pinned[tenancy] if table.pinned[tenancy] != EMPTY else wanted.booth_of[tenancy]
        if booth != EMPTY and (table.pinned[tenancy] != EMPTY or plan.may_enter(tenancy, booth)):
            plan.put(tenancy, booth)
    missing = wanted.placed - table.placed(plan.booth_of)
    for tenancy in order:
        if missing > 0 and plan.booth_of[tenancy] == EMPTY and plan.lead_in(tenancy):
            missing -= table.size[tenancy]
    return plan.booth_of


def _improve(problem: AllocationProblem, table: Tables, best: _Best, clock: _Clock, go_on: Callable[[], bool]) -> bool:
    """Anneal in rounds, each from the best plan so far. Returns False when the caller wants the answer now."""
    share = SHARE_OF_ANNEALING if _provable(table) else SHARE_OF_ANNEALING_ALONE
    most = STEPS_A_PLACEMENT * int(table.allowed.sum())
    steps = min(most, int(STEPS_AN_EFFORT * share * problem.effort))
    rounds = max(1, steps // max(STEPS_A_ROUND, STEPS_AN_APPLICATION * len(table.tenancies)))
    for number in range(rounds):
        plan = Draft(table, best.booth_of)
        found = anneal(plan, steps // rounds, problem.seed + number, clock.out_of_time)
        _keep(problem, table, best, found)
        if clock.struck or not go_on():
            return False
    return True


def _provable(table: Tables) -> bool:
    return int(table.allowed.sum()) <= PROVABLE


def _prove(problem: AllocationProblem, table: Tables, best: _Best, clock: _Clock, go_on: Callable[[], bool]) -> None:
    model = Model(table)
    effort = PROOF_AN_EFFORT * (1 - SHARE_OF_ANNEALING) * problem.effort
    answer = model.most_worth(best.booth_of, clock.end, effort, problem.seed, go_on)
    if not answer.optimal:
        clock.out_of_time()
    if answer.booth_of is not None and answer.bound is not None:
        _keep(problem, table, best, answer.booth_of)
        best.worth_bound = max(best.worth, min(best.worth_bound, floor(answer.bound + 1e-6)))


def _keep(problem: AllocationProblem, table: Tables, best: _Best, found: list[int]) -> None:
    if _standing(problem, table, found) > (best.placed, best.worth):
        best.booth_of, best.worth = found, _worth(problem, table, found)


def _worth(problem: AllocationProblem, table: Tables, booth_of: list[int]) -> int:
    earned = terms(problem, table, booth_of)
    return sum(value for term, value in earned.items() if term != "placed")


def _standing(problem: AllocationProblem, table: Tables, booth_of: list[int]) -> tuple[int, int]:
    return table.placed(booth_of), _worth(problem, table, booth_of)


def _most_from_neighbours(table: Tables) -> int:
    """The most that neighbours can add: all near-wishes met, clusters dense, newcomers welcomed."""
    near = sum(value for one in table.all for other, value in table.near[one].items() if one < other)
    around = int(table.neighbouring.sum(axis=1).max(initial=0)) * max(table.size, default=0)
    around *= table.every_day.bit_count()
    sizes = Counter(kind.cluster for kind in table.kinds if kind.cluster != EMPTY).values()
    clusters = table.cluster_gain * sum(size * min(size - 1, around) // 2 for size in sizes)
    return near + clusters + table.newcomer_gain * sum(map(len, table.newcomers)) * any(table.established)


def _plan(
    problem: AllocationProblem, table: Tables, best: _Best, started: float, cut_short: CutShort | None
) -> AssignmentPlan:
    unplaced, reasons = explain(problem, table, best.booth_of)
    earned = terms(problem, table, best.booth_of)
    return AssignmentPlan(
        assignments={
            problem.applications[number].id: problem.booths[booth].code
            for number, booth in sorted(table.each(best.booth_of).items())
        },
        unplaced=unplaced,
        reasons=reasons,
        terms={term: value / UNIT for term, value in earned.items()},
        objective=sum(earned.values()) / UNIT,
        bound=(table.placed_gain * best.placed_bound + best.worth_bound) / UNIT,
        optimal=best.optimal,
        cut_short=cut_short,
        seconds=round(time.monotonic() - started, 3),
    )
