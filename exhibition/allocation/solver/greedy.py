"""The draft that a careful person would make by hand: in order of points, each gets the best booth still free.

Proposals are compared with it, and start from it when there is no time for more.
"""

from exhibition.allocation.solver.drafts import Draft
from exhibition.allocation.solver.problem import AllocationProblem
from exhibition.allocation.solver.scoring import EMPTY, Tables


def draft(problem: AllocationProblem, table: Tables) -> list[int]:
    """A plan that keeps the hard rules; pinned exhibitors first, then by points, then by the document's order."""
    plan = Draft(table)
    for tenancy, booth in enumerate(table.pinned):
        if booth != EMPTY:
            plan.put(tenancy, booth)
    for tenancy in in_order_of_points(problem, table):
        if table.pinned[tenancy] != EMPTY:
            continue
        free = [booth for booth in table.booths if plan.may_enter(tenancy, booth)]
        if free:
            plan.put(tenancy, max(free, key=lambda booth: plan.change(tenancy, booth) or 0))
    return plan.booth_of


def in_order_of_points(problem: AllocationProblem, table: Tables) -> list[int]:
    """The tenancies, those with the most points first; a group has the points of its best member."""
    points = [max(problem.applications[member].points for member in tenancy.members) for tenancy in table.tenancies]
    return sorted(table.all, key=lambda tenancy: -points[tenancy])
