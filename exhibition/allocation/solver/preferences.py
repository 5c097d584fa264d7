"""The first stage: who stands where if nobody minded the neighbours. A flow, exact and fast.

Its answer starts the search, and its value bounds every plan: neighbours can only be asked for less than nothing wrong.
"""

from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from exhibition.allocation.solver.scoring import EMPTY, Grid, Tables

LARGEST_COST = 2**60
"""What the flow's arithmetic surely bears, for all nodes together."""
FINENESS = 10_000_000
"""Into so many parts an exhibitor is divided among its days, so that rounding up never makes one more."""


class _Flow(Protocol):
    """The part of ``SimpleMinCostFlow`` in use; the library's stubs take element types for shapes and omit results."""

    def add_arcs_with_capacity_and_unit_cost(
        self,
        tails: NDArray[np.int64],
        heads: NDArray[np.int64],
        capacities: NDArray[np.int64],
        unit_costs: NDArray[np.int64],
        /,
    ) -> object: ...
    def set_node_supply(self, node: int, supply: int, /) -> None: ...
    def solve(self) -> SimpleMinCostFlow.Status: ...
    def flows(self, arcs: NDArray[np.int64], /) -> NDArray[np.int64]: ...


@dataclass(frozen=True)
class Preferred:
    """A plan without neighbours, and two bounds for every plan: how many it places, what it is worth besides that."""

    booth_of: list[int]
    placed: int
    worth: int


def preferred(table: Tables) -> Preferred:
    """Place as many exhibitors as possible, and among such plans choose the one worth most."""
    size = np.array(table.size, dtype=np.int64)[:, None]
    most = LARGEST_COST // (len(table.tenancies) + len(table.booths) + 2) - int(np.abs(table.gain).max(initial=0))
    placing = max(0, min(table.placed_gain, most // max(table.size, default=1)))
    booth_of, value = _assigned(table, placing * size + table.gain)
    placed = table.placed(booth_of)
    if placing < table.placed_gain or len(_days(table)) > 1:  # too little to come before all else, or no plan but parts
        _, exhibitors = _assigned(table, np.broadcast_to(FINENESS * size, table.gain.shape))
        placed = exhibitors // FINENESS
    # Whoever places fewer than the bound is worth less than this by what placing counts for.
    return Preferred(booth_of, placed, value - placing * placed)


def most_worth(table: Tables) -> int:
    """What no plan without neighbours can exceed besides the placing, however many it places."""
    return _assigned(table, table.gain)[1]


def _days(table: Tables) -> list[int]:
    return [bit for bit in range(table.every_day.bit_length()) if table.every_day >> bit & 1]


def _assigned(table: Tables, profit: NDArray[np.int64]) -> tuple[list[int], int]:
    """A booth for each tenancy so that the sum of profits is largest, and a bound for that sum; nobody need have one.

    With several days each is looked at by itself, with its share of the profits: a bound then, but no whole plan.
    """
    booth_of, value = [EMPTY] * len(table.tenancies), 0
    many = np.array([days.bit_count() for days in table.days], dtype=np.int64)[:, None]
    shares = -(-profit // many)
    for day in _days(table):
        coming = np.array([days >> day & 1 for days in table.days], dtype=np.bool_)
        found = _assigned_for_a_day(table.allowed & coming[:, None], shares)
        for tenancy, booth in found:
            value += int(shares[tenancy, booth])
            if booth_of[tenancy] == EMPTY:
                booth_of[tenancy] = booth
    return booth_of, value


def _assigned_for_a_day(allowed: Grid, profit: NDArray[np.int64]) -> list[tuple[int, int]]:
    tenancies, booths = np.nonzero(allowed)
    count, places = len(allowed), int(allowed.shape[1])
    every, source, sink = np.arange(count), count + places, count + places + 1
    flow = cast("_Flow", SimpleMinCostFlow())
    first = np.concatenate([np.full(count, source), every, tenancies, count + np.arange(places)])
    second = np.concatenate([every, np.full(count, sink), count + booths, np.full(places, sink)])
    costs = np.concatenate([np.zeros(2 * count), -profit[tenancies, booths], np.zeros(places)]).astype(np.int64)
    capacities = np.ones(len(first), dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(first, second, capacities, costs)
    flow.set_node_supply(source, count)
    flow.set_node_supply(sink, -count)
    status = flow.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise ArithmeticError(f"min cost flow ended with {status}")
    flows = flow.flows(np.arange(2 * count, 2 * count + len(tenancies)))
    used = flows > 0
    return [(int(tenancy), int(booth)) for tenancy, booth in zip(tenancies[used], booths[used], strict=True)]
