"""One booth, different exhibitors on different days."""

from typing import Any

import pytest

from exhibition.allocation.solver import checker, problem_reading
from exhibition.allocation.solver.problem import AssignmentPlan
from exhibition.allocation.solver.solve import solve
from exhibition.core.files.json_documents import Fields, Malformed

Document = dict[str, Any]


def proposed(count: int, *applications: Document, **more: Any) -> AssignmentPlan:
    booths = [{"code": f"B{number}", "x": 3.0 * number, "y": 0.0, "tenants": 2} for number in range(count)]
    document = {"booths": booths, "applications": list(applications), "effort": 1} | more
    plan = solve(problem_reading.read(Fields(document)))
    assert checker.violations(document, plan.document()) == []
    return plan


def on(name: str, *days: str, **more: Any) -> Document:
    return {"id": name, "days": list(days)} | more


def test_a_booth_serves_different_exhibitors_on_different_days():
    plan = proposed(1, on("a", "fri"), on("b", "sat"), on("c", "sun"))
    assert plan.assignments == {"a": "B0", "b": "B0", "c": "B0"}
    assert plan.optimal
    assert plan.reasons["a"][0].sentence == "On other days b and c has booth B0."


def test_an_exhibitor_who_names_no_day_comes_on_all_of_them():
    plan = proposed(1, on("a", "fri", points=1), on("b", "sat", points=1), {"id": "every day"})
    assert set(plan.assignments) == {"a", "b"}
    assert plan.unplaced["every day"].code == "full"


def test_an_exhibitor_keeps_one_booth_on_all_its_days():
    requests = [on("a", "fri", "sat"), on("b", "sat", "sun"), on("c", "sun", "fri")]
    plan = proposed(2, *requests)
    assert len(plan.assignments) == 2
    assert len(proposed(3, *requests).assignments) == 3


def test_the_most_exhibitors_are_placed_even_if_they_displace_one_who_comes_every_day():
    plan = proposed(1, {"id": "dear", "points": 1000}, on("a", "fri"), on("b", "sat"))
    assert set(plan.assignments) == {"a", "b"}
    assert plan.optimal


def test_two_who_avoid_each_other_may_follow_each_other():
    plan = proposed(1, on("a", "fri", avoid=["b"]), on("b", "sat"))
    assert plan.assignments == {"a": "B0", "b": "B0"}


def test_those_who_never_meet_neither_compete_nor_stand_together():
    food = {"product_group": "food", "near": ["b"], "points": 1}
    plan = proposed(2, on("a", "fri", **food, wishes=["B0"]), on("b", "sat", **food, wishes=["B1"]))
    assert plan.terms.keys() == {"placed", "priority", "wishes"}
    assert [reason.code for reason in plan.reasons["a"]] == ["wish_met", "near_other_days"]


def test_competitors_are_apart_on_the_days_they_share():
    food = {"product_group": "food"}
    plan = proposed(4, on("a", "fri", "sat", **food), on("b", "sat", "sun", **food), on("c", "sun"), on("d", "fri"))
    places = [int(plan.assignments[name][1]) for name in "ab"]
    assert abs(places[0] - places[1]) == 3
    assert plan.optimal


def test_a_newcomer_needs_company_on_its_own_days():
    requests = [on("new", "fri", newcomer=True, pinned="B0"), on("old", "sat", pinned="B1")]
    assert [reason.code for reason in proposed(2, *requests).reasons["new"]] == ["pinned", "newcomer_missed"]
    requests[1]["days"] = ["sat", "fri"]
    assert proposed(2, *requests).terms["newcomers"] == 20


def test_a_group_may_be_larger_than_its_booth_if_not_all_come_at_once():
    group = [on("a", "fri", share="us"), on("b", "sat", share="us"), on("c", "fri", "sat", share="us")]
    plan = proposed(1, *group, on("d", "sun"))
    assert set(plan.assignments.values()) == {"B0"}
    assert len(plan.assignments) == 4
    assert "shares" in [reason.code for reason in plan.reasons["a"]]
    assert len(proposed(1, *group, on("d", "sat")).assignments) == 3


def test_two_may_be_pinned_to_one_booth_on_different_days_only():
    assert len(proposed(1, on("a", "fri", pinned="B0"), on("b", "sat", pinned="B0")).assignments) == 2
    with pytest.raises(Malformed, match=r"applications\[1\].pinned names booth 'B0', where applications\[0\]"):
        proposed(1, on("a", "fri", pinned="B0"), on("b", "sat", "fri", pinned="B0"))


def test_a_missed_wish_names_who_is_pinned_there_and_nobody_else():
    requests = [on("a", "fri", pinned="B1"), on("b", "sat", points=5, wishes=["B0"]), {"id": "c", "wishes": ["B1"]}]
    plan = proposed(2, *requests)
    assert len(plan.assignments) == 3
    assert plan.reasons["c"][0].sentence.startswith("Wish 1, booth B1, was not met: a is pinned there")


def test_the_bound_of_a_crowded_day_is_found_even_where_nothing_can_be_proven():
    requests = [on(f"a{number}", "sat", points=number % 7) for number in range(300)]
    requests += [on(f"b{number}", "fri", "sun", points=number % 5) for number in range(100)]
    plan = proposed(120, *requests, effort=3)
    assert len(plan.assignments) == 220
    assert plan.bound - plan.objective < 1


def test_the_checker_finds_two_in_one_booth_on_one_day():
    document = {
        "booths": [{"code": "B0", "x": 0, "y": 0}, {"code": "B1", "x": 9, "y": 0}],
        "applications": [on("a", "fri", "sat"), on("b", "sat"), on("c", "sun")],
        "effort": 1,
    }
    good = solve(problem_reading.read(Fields(document))).document()
    assert checker.violations(document, good) == []
    together = good | {"assignments": {"a": "B0", "b": "B0", "c": "B0"}}
    assert "a and b share booth B0." in checker.violations(document, together)
