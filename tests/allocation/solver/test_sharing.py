"""Exhibitors who share a booth: together if one is large enough for them, otherwise each alone."""

from typing import Any

import pytest

from exhibition.allocation.solver import checker, problem_reading
from exhibition.allocation.solver.problem import AssignmentPlan
from exhibition.allocation.solver.solve import solve
from exhibition.core.files.json_documents import Fields, Malformed

Document = dict[str, Any]
US = [{"id": f"us{number}", "share": "us"} for number in range(3)]


def proposed(booths: list[Document], applications: list[Document], **more: Any) -> AssignmentPlan:
    document = {"booths": booths, "applications": applications, "effort": 1} | more
    plan = solve(problem_reading.read(Fields(document)))
    assert checker.violations(document, plan.document()) == []
    return plan


def row(*tenants: int, **offer: Any) -> list[Document]:
    return [{"code": f"B{n}", "x": 3.0 * n, "y": 0.0, "tenants": room, **offer} for n, room in enumerate(tenants)]


def test_a_group_shares_the_booth_that_has_room_and_leaves_the_others_free():
    plan = proposed(row(1, 3, 1), [*US, {"id": "a"}, {"id": "b"}])
    assert {plan.assignments[one["id"]] for one in US} == {"B1"}
    assert len(plan.assignments) == 5
    assert plan.optimal
    assert plan.reasons["us0"][0].sentence == "Shares booth B1 with us1 and us2."


def test_a_group_that_places_more_comes_before_one_with_more_points():
    plan = proposed(row(3), [*US, {"id": "dear", "points": 1000}])
    assert set(plan.assignments) == {"us0", "us1", "us2"}
    assert plan.unplaced["dear"].code == "full"


def test_strangers_never_share_however_large_the_booth():
    plan = proposed(row(5), [{"id": "a"}, {"id": "b"}])
    assert len(plan.assignments) == 1


def test_a_group_stands_together_or_not_at_all():
    plan = proposed(
        row(1, 3),
        [*US, {"id": "dear", "pinned": "B0"}, *({**one, "id": f"t{n}", "share": "t"} for n, one in enumerate(US))],
    )
    placed = {id_[0] for id_ in plan.assignments}
    assert len(plan.assignments) == 4
    left = next(iter({"t", "u"} - placed))
    assert {plan.reasons[id_][1].code for id_ in plan.unplaced} == {"share_unplaced"}
    assert all(id_.startswith(left) for id_ in plan.unplaced)


@pytest.mark.parametrize(
    ("booths", "changes", "sentence"),
    [
        (row(2, 2, 2), [{}, {}, {}], "The group shares no booth: none has room for 3, or others are pinned there."),
        (
            row(3, 1, 1, power_va=900),
            [{"needs": {"power_va": 450}}] * 3,
            "The group shares no booth: none with room for 3 has what they need together.",
        ),
        (row(3, 3, 3), [{"avoid": ["us1"]}, {}, {}], "The group shares no booth: two of its members avoid each other."),
        (
            row(3, 3, 3),
            [{"pinned": "B0"}, {"pinned": "B1"}, {}],
            "The group shares no booth: its members are pinned to different booths.",
        ),
        (
            row(3, 2, 1),
            [{"pinned": "B1"}, {}, {}],
            "The group shares no booth: booth B1, where one of it is pinned, has room for 2.",
        ),
    ],
)
def test_a_group_that_no_booth_can_take_asks_one_by_one_and_is_told_why(
    booths: list[Document], changes: list[Document], sentence: str
):
    plan = proposed(booths, [one | change for one, change in zip(US, changes, strict=True)], avoid_radius_m=1)
    assert len(set(plan.assignments.values())) == 3
    assert sentence in [reason.sentence for reason in plan.reasons["us2"]]


def test_a_pin_of_one_holds_for_the_whole_group_and_what_it_breaks_is_reported():
    group = [US[0] | {"pinned": "B0"}, US[1] | {"needs": {"water": True}, "avoid": ["us0"]}]
    plan = proposed(row(2, 2, water=False), [*group, {"id": "other", "wishes": ["B0"]}])
    assert [plan.assignments[id_] for id_ in ("us0", "us1", "other")] == ["B0", "B0", "B1"]
    codes = [reason.code for reason in plan.reasons["us1"]]
    assert codes == ["pinned", "pin_against_need", "pin_against_avoid", "shares"]


def test_fellows_in_one_booth_are_near_each_other_and_no_competitors():
    group = [one | {"product_group": "food", "near": ["us0"]} for one in US]
    plan = proposed(row(1, 3), group)
    assert plan.terms == {"placed": plan.terms["placed"], "near": 40}


def test_all_who_share_a_booth_compete_with_the_neighbours():
    group = [one | {"product_group": "food"} for one in US]
    plan = proposed(row(3, 1), [*group, {"id": "rival", "product_group": "food"}])
    assert plan.terms["competitors"] == -150
    assert plan.optimal


def test_a_missed_wish_names_all_who_share_the_booth():
    plan = proposed(row(3, 3), [*(one | {"pinned": "B0"} for one in US[:1]), *US[1:], {"id": "a", "wishes": ["B0"]}])
    assert plan.reasons["a"][0].sentence.startswith("Wish 1, booth B0, was not met: us0 + us1 + us2 is pinned there")


def test_a_group_of_one_is_told_that_nobody_shares_with_it():
    plan = proposed(row(2), [US[0]])
    assert plan.reasons["us0"][-1].sentence == "Nobody else is in sharing group us; it had no effect."


def test_two_of_a_group_may_be_pinned_to_one_booth_but_strangers_may_not():
    assert len(proposed(row(3), [one | {"pinned": "B0"} for one in US]).assignments) == 3
    with pytest.raises(Malformed, match=r"applications\[1\].pinned names booth 'B0', where applications\[0\]"):
        proposed(row(3), [{"id": "a", "pinned": "B0"}, {"id": "b", "pinned": "B0"}])
