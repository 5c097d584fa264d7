"""Newcomers beside exhibitors who know the fair."""

from typing import Any

import pytest

from exhibition.allocation.solver import checker, greedy, problem_reading
from exhibition.allocation.solver.problem import AssignmentPlan
from exhibition.allocation.solver.scoring import tables, terms
from exhibition.allocation.solver.solve import solve
from exhibition.core.files.json_documents import Fields

Document = dict[str, Any]


def document(count: int, *applications: Document, **more: Any) -> Document:
    booths = [{"code": f"B{number}", "x": 3.0 * number, "y": 0.0} for number in range(count)]
    return {"booths": booths, "applications": list(applications), "near_radius_m": 3, "effort": 1} | more


def proposed(asked: Document) -> AssignmentPlan:
    plan = solve(problem_reading.read(Fields(asked)))
    assert checker.violations(asked, plan.document()) == []
    return plan


def new(name: str, **more: Any) -> Document:
    return {"id": name, "newcomer": True} | more


def test_a_newcomer_stands_beside_somebody_established():
    plan = proposed(document(6, new("new"), {"id": "old", "pinned": "B4"}))
    assert plan.assignments["new"] in {"B3", "B5"}
    assert plan.terms["newcomers"] == 20
    assert plan.optimal
    assert plan.reasons["new"][0].sentence == "For the first time at the fair, beside old, who know it."


def test_one_established_neighbour_is_enough_and_a_second_is_worth_no_more():
    requests = [new("new", pinned="B1"), {"id": "left", "pinned": "B0"}, {"id": "right", "pinned": "B2"}]
    assert proposed(document(3, *requests)).terms["newcomers"] == 20


def test_established_exhibitors_are_spread_among_the_newcomers():
    newcomers = [new(f"new{number}") for number in range(4)]
    plan = proposed(document(6, *newcomers, {"id": "old1"}, {"id": "old2"}))
    assert plan.terms["newcomers"] == 80
    assert plan.optimal


def test_newcomers_among_themselves_gain_nothing_and_nobody_is_blamed():
    plan = proposed(document(2, new("one"), new("two")))
    assert "newcomers" not in plan.terms
    assert {reason.code for reasons in plan.reasons.values() for reason in reasons} == {"placed"}


def test_a_newcomer_without_established_neighbours_is_told_so():
    plan = proposed(document(9, new("new", pinned="B0"), {"id": "old", "pinned": "B8"}))
    assert [reason.code for reason in plan.reasons["new"]] == ["pinned", "newcomer_missed"]


def test_a_newcomer_who_shares_with_somebody_established_needs_no_other():
    asked = document(2, new("new", share="us"), {"id": "old", "share": "us"}, {"id": "far", "pinned": "B1"})
    asked["booths"][0]["tenants"] = 2
    asked["near_radius_m"] = 1
    plan = proposed(asked)
    assert plan.terms["newcomers"] == 20
    assert plan.reasons["new"][1].code == "newcomer_met"


def test_two_newcomers_who_share_count_twice():
    asked = document(2, new("one", share="us"), new("two", share="us"), {"id": "old"})
    asked["booths"][0]["tenants"] = 2
    plan = proposed(asked)
    assert plan.terms["newcomers"] == 40
    assert plan.optimal


@pytest.mark.parametrize("weight", [0, 7.5, 10_000])
def test_the_weight_is_what_one_newcomer_counts_and_never_costs_a_place(weight: float):
    requests = [new("new", wishes=["B0"]), {"id": "old", "pinned": "B3"}, new("one"), new("two")]
    plan = proposed(document(4, *requests, weights={"newcomers": weight, "wishes": 10}))
    assert len(plan.assignments) == 4
    assert plan.terms["wishes"] == 10
    assert plan.terms.get("newcomers", 0) == weight


def test_the_greedy_draft_sees_newcomers_too():
    asked = problem_reading.read(Fields(document(6, {"id": "old", "points": 1, "wishes": ["B4"]}, new("new"))))
    table = tables(asked)
    assert terms(asked, table, greedy.draft(asked, table))["newcomers"] == 20_000
