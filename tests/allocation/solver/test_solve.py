"""The proposal compared with brute force, with the independent checker, and with a second run."""

import re
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibition.allocation.solver import checker, greedy, problem_reading
from exhibition.allocation.solver.drafts import Draft
from exhibition.allocation.solver.problem import AssignmentPlan, CutShort
from exhibition.allocation.solver.scoring import tables, terms
from exhibition.allocation.solver.solve import solve
from exhibition.core.files.json_documents import Fields
from tests.allocation.solver.brute_force import best

Document = dict[str, Any]


def proposed(document: Document) -> AssignmentPlan:
    return solve(problem_reading.read(Fields(document)))


def row(count: int, **offer: Any) -> list[Document]:
    return [{"code": f"B{number}", "x": 3.0 * number, "y": 0.0, **offer} for number in range(count)]


def small(seed: int) -> Document:
    """Few booths and few applicants, with every kind of conflict."""
    random = Random(seed)
    booths = [
        {
            "code": f"B{number}",
            "x": 3.0 * (number % 3),
            "y": 3.0 * (number // 3),
            "zone": random.choice(["entrance", "hall"]),
            "power_va": random.choice([0, 900]),
            "water": random.random() < 0.6,
            "accessible": random.random() < 0.8,
            "tenants": random.choice([1, 1, 2, 3]),
        }
        for number in range(random.randrange(2, 6))
    ]
    week = random.choice([[[]], [[]], [[], ["fri"], ["sat"]], [["fri"], ["sat"], ["fri", "sun"], []]])
    ids = [f"a{number}" for number in range(random.randrange(2, 7))]
    codes = [booth["code"] for booth in booths]
    applications = [
        {
            "id": id_,
            "kind": random.choice(["ministry", "msme"]),
            "product_group": random.choice(["food", "batik", None]),
            "cluster": random.choice(["one", "two", None]),
            "wishes": random.sample(codes, k=random.randrange(3) if len(codes) > 2 else 1),
            "zone_wishes": random.choice([[], ["hall"], ["entrance", "hall"]]),
            "needs": {"power_va": random.choice([0, 0, 450]), "water": random.random() < 0.2},
            "near": random.sample(ids, k=1) if random.random() < 0.4 else [],
            "avoid": random.sample(ids, k=1) if random.random() < 0.4 else [],
            "points": random.randrange(5),
            "current": random.choice([*codes, None]),
            "newcomer": random.random() < 0.4,
            "days": random.choice(week),
            "share": random.choice(["us", "them", None, None, None]),
        }
        for id_ in ids
    ]
    if random.random() < 0.3:
        applications[0]["pinned"] = codes[0]
    return {
        "booths": booths,
        "applications": applications,
        "avoid_radius_m": random.choice([0, 3, 4.5]),
        "competitor_radius_m": random.choice([3, 4.5, 6]),
        "effort": 1,
    }


@pytest.mark.parametrize("seed", range(60))
def test_small_plans_are_proven_and_as_good_as_the_best_of_all_plans(seed: int):
    document = small(seed)
    plan = proposed(document)
    placed, objective = best(document)
    assert len(plan.assignments) == placed
    assert plan.optimal
    assert plan.objective == pytest.approx(objective, abs=1e-6)
    assert plan.bound == plan.objective
    assert checker.violations(document, plan.document()) == []


names = st.integers(0, 9).map(str)
applications = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["ministry", "msme"]),
        "product_group": st.sampled_from(["food", "batik"]),
        "cluster": st.sampled_from(["one", "two"]),
        "wishes": st.lists(names, max_size=3),
        "zone_wishes": st.lists(st.sampled_from(["entrance", "hall", "nowhere"]), max_size=2),
        "needs": st.fixed_dictionaries(
            {},
            optional={"power_va": st.sampled_from([0, 450, 900]), "water": st.booleans(), "accessible": st.booleans()},
        ),
        "near": st.lists(names, max_size=2),
        "avoid": st.lists(names, max_size=3),
        "points": st.floats(0, 20),
        "current": names,
        "share": st.sampled_from(["us", "them"]),
        "newcomer": st.booleans(),
        "days": st.lists(st.sampled_from(["fri", "sat", "sun"]), max_size=2),
    },
)
booths = st.fixed_dictionaries(
    {"x": st.integers(0, 12), "y": st.integers(0, 12)},
    optional={
        "width": st.just(3),
        "depth": st.sampled_from([2, 3]),
        "zone": st.sampled_from(["entrance", "hall"]),
        "power_va": st.sampled_from([0, 450, 900]),
        "water": st.booleans(),
        "accessible": st.booleans(),
        "tenants": st.integers(1, 3),
    },
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    places = [{"code": str(n), **booth} for n, booth in enumerate(draw(st.lists(booths, max_size=8)))]
    requests = [{"id": str(n), **each} for n, each in enumerate(draw(st.lists(applications, max_size=10)))]
    for request, booth in zip(requests, draw(st.permutations(places)), strict=False):
        if draw(st.integers(0, 4)) == 0:
            request["pinned"] = booth["code"]
    radii = st.floats(0, 10)
    return {
        "booths": places,
        "applications": requests,
        "avoid_radius_m": draw(radii),
        "competitor_radius_m": draw(radii),
        "near_radius_m": draw(radii),
        "effort": 0.4,
    }


@settings(max_examples=60, derandomize=True)
@given(documents())
def test_no_plan_breaks_a_hard_rule(document: Document):
    assert checker.violations(document, proposed(document).document()) == []


@settings(max_examples=60, derandomize=True)
@given(documents(), st.integers(0, 2**16))
def test_the_worth_of_a_change_is_what_the_plan_gains(document: Document, seed: int):
    asked = problem_reading.read(Fields(document))
    table = tables(asked)
    draft = Draft(table, greedy.draft(asked, table))
    random = Random(seed)
    movable = [number for number in table.all if table.pinned[number] == -1]
    for _ in range(20 if movable and document["booths"] else 0):
        application, booth = random.choice(movable), random.choice(table.booths)
        if draft.booth_of[application] == booth:
            continue
        before = sum(terms(asked, table, draft.booth_of).values())
        change = draft.change(application, booth)
        if change is not None:
            draft.move(application, booth)
            assert sum(terms(asked, table, draft.booth_of).values()) - before == change


def crowd(effort: float = 1) -> Document:
    random = Random(7)
    return {
        "booths": [{"code": f"B{n}", "x": 3 * (n % 5), "y": 3 * (n // 5), "zone": "z"} for n in range(15)],
        "applications": [
            {
                "id": f"a{n}",
                "product_group": f"g{n % 4}",
                "cluster": "c" if n % 4 == 0 else None,
                "wishes": random.sample([f"B{b}" for b in range(15)], k=3),
                "near": [f"a{(n + 3) % 22}"],
                "avoid": [f"a{(n + 7) % 22}"] if n % 5 == 0 else [],
                "points": random.randrange(10),
            }
            for n in range(22)
        ],
        "effort": effort,
        "time_limit_s": 600,
    }


def test_the_same_document_gives_the_same_plan():
    first, second = proposed(crowd()), proposed(crowd())
    assert first.assignments == second.assignments
    assert first.reasons == second.reasons
    assert first.cut_short is second.cut_short is None


def test_the_clock_is_the_last_resort_and_the_plan_says_so(monkeypatch: pytest.MonkeyPatch):
    document = crowd(effort=20)
    moments = count(step=document["time_limit_s"] / 2)
    monkeypatch.setattr("exhibition.allocation.solver.solve.time.monotonic", lambda: next(moments))
    plan = proposed(document)
    assert plan.document()["cut_short"] == "clock"
    assert checker.violations(document, plan.document()) == []


def test_a_document_with_only_a_limit_is_searched_for_a_part_of_it():
    asked = problem_reading.read(Fields({"time_limit_s": 20}))
    assert (asked.effort, asked.time_limit_s) == (4, 20)


def test_a_plan_is_not_worse_than_the_greedy_draft_and_not_better_than_its_bound():
    document = crowd()
    asked = problem_reading.read(Fields(document))
    table = tables(asked)
    drafted = sum(terms(asked, table, greedy.draft(asked, table)).values()) / 1000
    plan = proposed(document)
    assert drafted < plan.objective <= plan.bound
    assert checker.violations(document, plan.document()) == []


def test_a_large_fair_gets_a_whole_plan_with_little_effort():
    booths = [{"code": f"B{n}", "x": 3 * (n % 20), "y": 3 * (n // 20)} for n in range(380)]
    requests = [{"id": f"a{n}", "product_group": f"g{n % 30}", "avoid": [f"a{n + 1}"]} for n in range(600)]
    document = {"booths": booths, "applications": requests, "effort": 1}
    plan = proposed(document)
    assert len(plan.assignments) == 380
    assert checker.violations(document, plan.document()) == []


def test_a_radius_that_spans_the_hall_does_not_stop_the_work():
    document = crowd() | {"competitor_radius_m": 100, "near_radius_m": 100}
    document["booths"] = [{"code": f"B{n}", "x": 3 * (n % 9), "y": 3 * (n // 9)} for n in range(81)]
    plan = proposed(document)
    assert len(plan.assignments) == 22
    assert checker.violations(document, plan.document()) == []


def test_no_term_costs_anyone_a_place():
    document = {
        "booths": row(2),
        "applications": [
            {"id": "dear", "points": 1000, "wishes": ["B0"], "product_group": "food"},
            {"id": "rival", "product_group": "food"},
        ],
        "weights": {"competitors": 10_000, "priority": 0},
    }
    plan = proposed(document)
    assert set(plan.assignments) == {"dear", "rival"}
    assert plan.optimal


def test_those_with_more_points_are_placed_when_booths_are_few():
    requests = [{"id": f"a{points}", "points": points} for points in (3, 9, 5)]
    plan = proposed({"booths": row(2), "applications": requests})
    assert set(plan.assignments) == {"a9", "a5"}
    assert plan.unplaced["a3"].code == "full"
    assert "a5" in plan.unplaced["a3"].sentence


def test_who_loses_a_booth_is_told_who_got_it_and_why():
    requests = [
        {"id": "pinned", "pinned": "B1"},
        {"id": "wishes", "points": 7, "wishes": ["B0"]},
        {"id": "held", "points": 2, "current": "B0", "wishes": ["B1"]},
    ]
    plan = proposed({"booths": row(2), "applications": requests})
    assert [(one.code, one.sentence) for one in plan.reasons["held"][1:]] == [
        ("booth_given", "wishes gets booth B0: it is their wish 1; they have 7 points, here are 2."),
        ("booth_given", "pinned has booth B1: the organizer has decided so."),
    ]
    plan = proposed({"booths": row(1), "applications": [{"id": "one", "pinned": "B0"}, {"id": "two"}]})
    assert plan.unplaced["two"].sentence == "The organizer has decided on every suitable booth: one (B0)."


def test_avoiding_applicants_never_stand_at_exactly_the_radius():
    requests = [{"id": "one", "avoid": ["two"]}, {"id": "two"}]
    document = {"booths": row(3), "applications": requests, "avoid_radius_m": 3.0}
    assert set(proposed(document).assignments.values()) == {"B0", "B2"}
    document["avoid_radius_m"] = 6.0
    plan = proposed(document)
    assert len(plan.assignments) == 1
    assert [reason.code for reason in plan.unplaced.values()] == ["kept_apart"]
    assert re.search(r"too close to (one|two) \(B\d\)", next(iter(plan.unplaced.values())).sentence)
    assert plan.optimal


def test_a_pin_against_hard_rules_stands_and_is_reported():
    document = {
        "booths": row(2, power_va=450),
        "applications": [
            {"id": "one", "pinned": "B0", "needs": {"power_va": 900, "water": True}, "avoid": ["two"]},
            {"id": "two", "pinned": "B1"},
        ],
    }
    plan = proposed(document)
    assert plan.assignments == {"one": "B0", "two": "B1"}
    codes = [reason.code for reason in plan.reasons["one"]]
    assert codes == ["pinned", "pin_against_need", "pin_against_need", "pin_against_avoid"]
    assert checker.violations(document, plan.document()) == []


def test_fellows_of_a_cluster_stand_together_and_rivals_apart():
    fellows = [{"id": f"c{n}", "product_group": "batik", "cluster": "c"} for n in range(2)]
    rivals = [{"id": f"r{n}", "product_group": "food"} for n in range(2)]
    document = {"booths": row(4), "applications": fellows + rivals, "competitor_radius_m": 6, "near_radius_m": 3}
    plan = proposed(document)
    assert {plan.assignments["r0"], plan.assignments["r1"]} == {"B0", "B3"}
    assert plan.terms == {"placed": plan.terms["placed"], "cluster": 20}
    assert plan.reasons["c0"][0].code == "cluster_met"


def test_a_missed_wish_says_who_has_it_and_what_a_swap_would_cost():
    requests = [{"id": "strong", "points": 5, "wishes": ["B0"]}, {"id": "weak", "points": 1, "wishes": ["B0", "B1"]}]
    plan = proposed({"booths": row(2), "applications": requests})
    assert [reason.code for reason in plan.reasons["weak"]] == ["wish_taken", "wish_met"]
    assert plan.reasons["weak"][0].sentence == (
        "Wish 1, booth B0, was not met: strong stands there; "
        "if the two changed places, the plan's worth would change by -50."
    )


def test_names_that_mean_nothing_here_are_reported_and_have_no_effect():
    requests = [{"id": "one", "wishes": ["Z9"], "near": ["gone"], "avoid": ["one"], "zone_wishes": ["north"]}]
    plan = proposed({"booths": row(1), "applications": requests})
    assert [reason.code for reason in plan.reasons["one"]] == ["unknown_name"] * 4


def test_progress_can_stop_the_work_and_keeps_the_best_so_far():
    asked = problem_reading.read(Fields(crowd(effort=20)))
    stages: list[str] = []

    def stop(stage: str, objective: float, bound: float) -> bool:
        assert objective <= bound
        stages.append(stage)
        return len(stages) < 2

    plan = solve(asked, progress=stop)
    assert plan.cut_short is CutShort.STOPPED
    assert stages == ["preferences", "separation", "done"]
    assert len(plan.assignments) == 15
    assert checker.violations(asked.document(), plan.document()) == []


def test_an_empty_document_has_an_empty_plan():
    plan = proposed({})
    assert (plan.assignments, plan.objective, plan.optimal) == ({}, 0, True)
    assert proposed({"applications": [{"id": "one"}]}).unplaced["one"].code == "no_booths"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"assignments": {"a": "B0", "b": "B0"}, "unplaced": {}}, "share booth"),
        ({"assignments": {"a": "B0", "b": "B1"}, "unplaced": {}}, "avoid each other"),
        ({"assignments": {"a": "B1"}, "unplaced": {"b": "x"}}, "pinned"),
        ({"assignments": {"a": "B0"}, "unplaced": {}}, "placed or unplaced"),
        ({"assignments": {"a": "B0", "b": "B9"}, "unplaced": {}}, "is no booth"),
        ({"objective": 1.0}, "objective is"),
        ({"bound": -1.0}, "bound is below"),
        ({"reasons": {}}, "no reason"),
        ({"assignments": {"a": "B0", "c": "B2", "d": "B2"}, "unplaced": {"b": "x"}}, "no room for 2"),
        ({"assignments": {"a": "B0", "c": "B3"}, "unplaced": {"b": "x", "d": "x"}}, "not all of them stand in one"),
    ],
)
def test_the_checker_finds_a_broken_plan(change: Document, sentence: str):
    requests = [{"id": "a", "pinned": "B0"}, {"id": "b", "avoid": ["a"]}]
    requests += [{"id": "c", "share": "us"}, {"id": "d", "share": "us"}]
    document = {"booths": row(4), "applications": requests, "avoid_radius_m": 5}
    document["booths"][3]["tenants"] = 2
    good = proposed(document).document()
    assert checker.violations(document, good) == []
    assert any(sentence in found for found in checker.violations(document, good | change))
