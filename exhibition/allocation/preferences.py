"""The first stage: who stands where if nobody minded the neighbours. A flow, exact and fast.

Its answer starts the search, and its value bounds every plan: neighbours can only be asked for less than nothing wrong.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from exhibition.allocation.scoring import EMPTY, Tables


@dataclass(frozen=True)
class Preferred:
    """The best plan without neighbours: who is where, how many at most can be placed, what it is worth."""

    booth_of: list[int]
    placed: int
    worth: int


def preferred(table: Tables, at_most: int | None = None) -> Preferred:
    """Place as many as possible (or ``at_most``), and among such plans choose the one worth most."""
    applications, booths = np.nonzero(table.allowed)
    count, places = len(table.applications), len(table.booths)
    source, sink = count + places, count + places + 1
    flow = SimpleMinCostFlow()
    first = np.concatenate([np.full(count, source), applications, count + np.arange(places)])
    second = np.concatenate([np.arange(count), count + booths, np.full(places, sink)])
    costs = np.concatenate([np.zeros(count), -table.gain[applications, booths], np.zeros(places)]).astype(np.int64)
    capacities = np.ones(len(first), dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(first, second, capacities, costs)  # pyright: ignore[reportArgumentType] - the stubs name one element type as the array's shape
    supply = min(count, places) if at_most is None else at_most
    flow.set_node_supply(source, supply)
    flow.set_node_supply(sink, -supply)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"min cost flow ended with {status}")
    booth_of = [EMPTY] * count
    flows = flow.flows(np.arange(count, count + len(applications)))  # pyright: ignore[reportArgumentType] - as above
    used = np.asarray(flows) > 0
    for application, booth in zip(applications[used], booths[used], strict=True):
        booth_of[int(application)] = int(booth)
    return Preferred(booth_of, flow.maximum_flow(), -flow.optimal_cost())
