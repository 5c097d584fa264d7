"""The first stage: who stands where if nobody minded the neighbours. A flow, exact and fast.

Its answer starts the search, and its value bounds every plan: neighbours can only be asked for less than nothing wrong.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from exhibition.allocation.scoring import EMPTY, Tables

LARGEST_COST = 2**60
"""What the flow's arithmetic surely bears, for all nodes together."""


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
    placing = min(table.placed_gain, most // max(1, *table.size, 1))
    booth_of = _assigned(table, placing * size + table.gain)
    placed = table.placed(booth_of)
    if placing < table.placed_gain:  # too little to come before all else
        placed = table.placed(_assigned(table, np.broadcast_to(size, table.gain.shape)))
    # Whoever places fewer than the bound is worth less than this by what placing counts for.
    worth = _total(table, booth_of) + placing * (table.placed(booth_of) - placed)
    return Preferred(booth_of, placed, worth)


def most_worth(table: Tables) -> int:
    """What no plan without neighbours can exceed besides the placing, however many it places."""
    return _total(table, _assigned(table, table.gain))


def _total(table: Tables, booth_of: list[int]) -> int:
    return sum(int(table.gain[tenancy, booth]) for tenancy, booth in enumerate(booth_of) if booth != EMPTY)


def _assigned(table: Tables, profit: NDArray[np.int64]) -> list[int]:
    """The booth for each tenancy so that the sum of profits is largest; nobody need have one."""
    tenancies, booths = np.nonzero(table.allowed)
    count, places = len(table.tenancies), len(table.booths)
    every, source, sink = np.arange(count), count + places, count + places + 1
    flow = SimpleMinCostFlow()
    first = np.concatenate([np.full(count, source), every, tenancies, count + np.arange(places)])
    second = np.concatenate([every, np.full(count, sink), count + booths, np.full(places, sink)])
    costs = np.concatenate([np.zeros(2 * count), -profit[tenancies, booths], np.zeros(places)]).astype(np.int64)
    capacities = np.ones(len(first), dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(first, second, capacities, costs)  # pyright: ignore[reportArgumentType] - the stubs name one element type as the array's shape
    flow.set_node_supply(source, count)
    flow.set_node_supply(sink, -count)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"min cost flow ended with {status}")
    booth_of = [EMPTY] * count
    flows = flow.flows(np.arange(2 * count, 2 * count + len(tenancies)))  # pyright: ignore[reportArgumentType] - as above
    used = np.asarray(flows) > 0
    for tenancy, booth in zip(tenancies[used], booths[used], strict=True):
        booth_of[int(tenancy)] = int(booth)
    return booth_of
