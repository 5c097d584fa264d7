"""Quotas: kept by the solver, checked by the checker, and against every plan of small fairs."""

from random import Random
from typing import Any

import pytest

from exhibition.allocation.solver import checker, problem_reading
from exhibition.allocation.solver.problem import AssignmentPlan
from exhibition.allocation.solver.solve import solve
from exhibition.core.files.json_documents import Fields, Malformed
from tests.allocation.solver.brute_force import best

Document = dict[str, Any]


def proposed(document: Document) -> AssignmentPlan:
    plan = solve(problem_reading.read(Fields(document)))
    assert checker.violations(document, plan.document()) == []
    return plan


def fair(of: str, percent: float, *, hard: bool, **more: Any) -> Document:
    """Four booths; four strong applicants from elsewhere with one product, three weak ones of the regency."""
    strong = [{"id": f"far{n}", "points": 9 - n, "product_group": "coffee"} for n in range(4)]
    weak = [{"id": f"near{n}", "points": 1, "local": True, "newcomer": True} for n in range(3)]
    booths = [{"code": f"B{n}", "x": 9.0 * n, "y": 0.0} for n in range(4)]
    quota = {"of": of, "percent": percent, "hard": hard}
    return {"booths": booths, "applications": [*strong, *weak], "quotas": [quota], "effort": 1} | more


@pytest.mark.parametrize(("of", "percent"), [("local", 75), ("newcomers", 75), ("product_group", 30)])
def test_a_hard_quota_is_kept_and_the_reason_names_who_has_the_booths(of: str, percent: float) -> None:
    plan = proposed(fair(of, percent, hard=True))
    assert set(plan.assignments) == {"far0", "near0", "near1", "near2"}
    assert plan.optimal
    assert plan.unplaced["far1"].code == "quota_full"
    assert "far0 (B" in plan.unplaced["far1"].sentence


def test_a_hard_quota_leaves_a_booth_empty_and_a_soft_one_does_not() -> None:
    only_far = fair("local", 50, hard=True)
    only_far["applications"] = only_far["applications"][:4]
    assert len(proposed(only_far).assignments) == 2
    only_far["quotas"][0]["hard"] = False
    plan = proposed(only_far)
    assert (len(plan.assignments), plan.terms["quotas"]) == (4, -200)


def test_who_is_pinned_has_a_booth_whatever_the_quota() -> None:
    document = fair("local", 100, hard=True)
    document["applications"][3]["pinned"] = "B0"
    assert set(proposed(document).assignments) == {"far3", "near0", "near1", "near2"}


@pytest.mark.parametrize("seed", range(6))
def test_small_fairs_with_quotas_are_solved_as_well_as_possible(seed: int) -> None:
    random = Random(seed)
    document = {
        "booths": [{"code": f"B{n}", "x": 3.0 * n, "y": 0.0} for n in range(4)],
        "applications": [
            {
                "id": f"a{n}",
                "points": random.randrange(6),
                "local": random.random() < 0.5,
                "newcomer": random.random() < 0.5,
                "product_group": random.choice(["batik", "coffee", None]),
                "wishes": [f"B{random.randrange(4)}"],
            }
            for n in range(5)
        ],
        "quotas": [
            {"of": of, "percent": random.choice([25, 50, 75]), "hard": random.random() < 0.5}
            for of in ("local", "newcomers", "product_group")
        ],
        "effort": 1,
    }
    plan = proposed(document)
    assert plan.optimal
    assert plan.objective == pytest.approx(best(document)[1])


def test_the_checker_finds_a_broken_quota() -> None:
    document = fair("local", 75, hard=True)
    plan = proposed(document).document()
    placed, other = "near0", "far1"
    plan["assignments"][other] = plan["assignments"].pop(placed)
    plan["unplaced"][placed] = plan["unplaced"].pop(other)
    assert "The quota of local allows 1, not 2." in checker.violations(document, plan)


def test_an_unknown_quota_is_refused_by_name() -> None:
    with pytest.raises(Malformed, match=r"quotas\[0\]\.of must be one of"):
        problem_reading.read(Fields({"quotas": [{"of": "women", "percent": 30}]}))
