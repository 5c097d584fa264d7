"""Why a booth that an applicant has now, or wished for, went to somebody else; who got it is named."""

from collections.abc import Mapping

from exhibition.allocation.solver.drafts import Draft
from exhibition.allocation.solver.problem import AllocationProblem, Reason, Value, because
from exhibition.allocation.solver.scoring import EMPTY, Tables


def given(
    problem: AllocationProblem, table: Tables, draft: Draft, tenancy_of: Mapping[int, int], number: int
) -> list[Reason]:
    """Who got the booth that the applicant has now, and, if it gets none, those it wished for; and why."""
    own, tenancy = problem.applications[number], tenancy_of[number]
    place = {booth.code: position for position, booth in enumerate(problem.booths)}
    asked = [own.current, *(own.wishes if draft.booth_of[tenancy] == EMPTY else ())]
    suits = {code: not table.tenancies[tenancy].missing(problem.booths[place[code]]) for code in asked if code in place}
    return [
        _why(problem, table, number, member, code, suits=suits[code])
        for code in suits
        for holder in draft.in_the_way(tenancy, place[code])
        for member in table.tenancies[holder].members
        if tenancy_of[member] != tenancy
    ]


def _why(problem: AllocationProblem, table: Tables, number: int, holder: int, code: str, *, suits: bool) -> Reason:
    own, other = problem.applications[number], problem.applications[holder]
    named: dict[str, Value] = {"booth": code, "other": other.id, "points": own.points, "held": other.points}
    if any(holder in tenancy.members and tenancy.pinned is not None for tenancy in table.tenancies):
        return because("booth_given", "%(other)s has booth %(booth)s: the organizer has decided so.", **named)
    if code in other.wishes:
        return because(
            "booth_given",
            "%(other)s gets booth %(booth)s: it is their wish %(rank)s; they have %(held)s points, here are"
            " %(points)s.",
            **named,
            rank=1 + other.wishes.index(code),
        )
    if suits and own.points < other.points:
        return because(
            "booth_given", "%(other)s gets booth %(booth)s: they have %(held)s points, here are %(points)s.", **named
        )
    return because(
        "booth_given",
        "%(other)s gets booth %(booth)s: so the plan as a whole is worth most; they have %(held)s points, here"
        " are %(points)s.",
        **named,
    )
