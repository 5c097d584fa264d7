"""The draft a careful person makes by hand: in the order of points, each takes the best place still free.

The yardstick for the proposal, and its start when it must answer at once.
"""

from exhibition.allocation.problem import Problem
from exhibition.allocation.scoring import EMPTY, Tables
from exhibition.allocation.search import Draft


def draft(problem: Problem, table: Tables) -> list[int]:
    """A plan that keeps the hard rules; pinned exhibitors first, then by points, then by the document's order."""
    plan = Draft(table)
    for application, booth in enumerate(table.pinned):
        if booth != EMPTY:
            plan.put(application, booth)
    for application in sorted(table.applications, key=lambda number: -problem.applications[number].points):
        if table.pinned[application] != EMPTY:
            continue
        free = [b for b in table.booths if plan.holder[b] == EMPTY and plan.fits(application, b)]
        if free:
            plan.put(application, max(free, key=lambda booth: plan.worth(application, booth)))
    return plan.booth_of
