"""The first stage: the best plan if neighbours did not matter; a flow problem, solved exactly and fast.

Its answer starts the search, and its value helps to bound every plan.
"""

from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from exhibition.allocation.solver.scoring import EMPTY, Grid, Tables

LARGEST_COST = 2**60
"""The largest sum over all nodes that the flow's arithmetic can surely handle."""
FINENESS = 10_000_000
"""The number of parts into which an exhibitor is divided among its days, so that rounding up never adds a whole one."""


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
    """A plan without regard to neighbours, and bounds for every plan, on the number placed and the other terms."""

    booth_of: list[int]
    placed: int
    worth: int


def preferred(table: Tables) -> Preferred:
    """Place as many exhibitors as possible; of such plans, choose the most valuable."""
    size = np.array(table.size, dtype=np.int64)[:, None]
    most = LARGEST_COST // (len(table.tenancies) + len(table.booths) + 2) - int(np.abs(table.gain).max(initial=0))
    placing = max(0, min(table.placed_gain, most // max(table.size, default=1)))
    booth_of, value = _assigned(table, placing * size + table.gain)
    placed = table.placed(booth_of)
    # when placing does not outweigh everything else, or there are only plans for single days
    if placing < table.placed_gain or len(_days(table)) > 1:
        _, exhibitors = _assigned(table, np.broadcast_to(FINENESS * size, table.gain.shape))
        placed = exhibitors // FINENESS
    # A plan that places fewer may have more in its other terms, but no more than it loses by placing fewer.
    return Preferred(booth_of, placed, value - placing * placed)


def most_worth(table: Tables) -> int:
    """A bound on the terms other than placing, without neighbours, for any number of placed exhibitors."""
    return _assigned(table, table.gain)[1]


def _days(table: Tables) -> list[int]:
    return [bit for bit in range(table.every_day.bit_length()) if table.every_day >> bit & 1]


def _assigned(table: Tables, profit: NDArray[np.int64]) -> tuple[list[int], int]:
    """A booth, or none, for each tenancy so that the sum of profits is largest, and a bound on that sum.

    Several days are solved one by one, each with its share of the profits; that gives a bound but not a plan.
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
