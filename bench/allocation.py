"""The proposal against a greedy priority draft: `python -m bench.allocation`."""

import argparse
import sys
from random import Random

from exhibition.allocation.solver import checker, greedy
from exhibition.allocation.solver.problem import AllocationProblem, AssignmentPlan, BoothRequest, Needs, OpenBooth
from exhibition.allocation.solver.scoring import UNIT, tables, terms
from exhibition.allocation.solver.solve import solve

KINDS = ("ministry", "province", "regency", "cooperative", "msme", "msme", "msme", "msme", "msme", "msme")


def fair(
    applicants: int, places: int, seed: int, effort: float, *, halls: int = 1, mixed: bool = False
) -> AllocationProblem:
    """A hard but ordinary fair: popular booths, scarce power and water, clusters, competitors, quarrels, newcomers.

    In a ``mixed`` one some share booths, and some come on one of two days only.
    """
    random, more = Random(seed), Random(-seed)
    columns = 8 if halls == 1 else 10
    each = -(-places // halls)
    booths = []
    for number in range(places):
        hall, inside = divmod(number, each)
        row, column = divmod(inside, columns)
        booths.append(
            OpenBooth(
                code=f"{chr(65 + hall)}{inside + 1:02d}",
                x=3.0 * column + hall * 40,
                y=3.0 * row,
                zone="entrance" if row == 0 else f"zone-{hall}-{row % 3}",
                power_va=random.choice([0, 450, 450, 900, 1300, 2200]),
                water=random.random() < 0.2,
                accessible=random.random() < 0.7,
                tenants=more.choice([1, 1, 2, 3]) if mixed else 1,
            )
        )
    popular = [booth.code for booth in booths if booth.zone == "entrance"] or [booths[0].code]
    groups = max(6, applicants // 8)
    applications = []
    for number in range(applicants):
        group = random.randrange(groups)
        wishes = random.sample(popular, k=min(len(popular), random.randrange(3)))
        wishes += random.sample([booth.code for booth in booths], k=random.randrange(1, 4))
        others = [f"a{other}" for other in random.sample(range(applicants), k=2) if other != number]
        applications.append(
            BoothRequest(
                id=f"a{number}",
                kind=random.choice(KINDS),
                product_group=f"group-{group}",
                cluster=f"cluster-{group}" if group % 4 == 0 and random.random() < 0.6 else None,
                wishes=tuple(dict.fromkeys(wishes)),
                zone_wishes=tuple(random.sample(sorted({b.zone for b in booths if b.zone}), k=1)),
                needs=Needs(random.choice([0, 0, 0, 450, 900, 2200]), random.random() < 0.1, random.random() < 0.15),
                near=tuple(others[:1]) if random.random() < 0.3 else (),
                avoid=tuple(others[1:]) if random.random() < 0.15 else (),
                points=float(random.randrange(11)),
                newcomer=more.random() < 0.3,
                share=f"group-{number // 2}" if mixed and number % 10 < 2 else None,
                days=more.choice([("fri",), ("sat",), (), (), ()]) if mixed else (),
            )
        )
    return AllocationProblem(tuple(booths), tuple(applications), seed=seed, effort=effort, time_limit_s=600)


def measure(problem: AllocationProblem, note: str = "") -> AssignmentPlan:
    table = tables(problem)
    drafted = terms(problem, table, greedy.draft(problem, table))
    plan = solve(problem)
    broken = checker.violations(problem.document(), plan.document())
    if broken:
        sys.exit("\n".join(broken))
    placing = table.placed_gain / UNIT * len(plan.assignments)
    by_hand = sum(drafted.values()) - table.placed_gain * len(plan.assignments)
    print(f"{len(problem.applications)} applicants for {len(problem.booths)} booths{note},", end=" ")
    print(f"effort {problem.effort:g}")
    print(f"  placed      {len(plan.assignments):>12}   greedy {drafted['placed'] // table.placed_gain:>12}")
    print(f"  other terms {plan.objective - placing:>12.0f}   greedy {by_hand / UNIT:>12.0f}")
    for term in sorted(plan.terms.keys() | drafted.keys() - {"placed"}):
        if term != "placed":
            print(f"    {term:<12}{plan.terms.get(term, 0):>10.0f}   greedy {drafted.get(term, 0) / UNIT:>12.0f}")
    gap = (plan.bound - plan.objective) / max(1.0, plan.objective - placing)
    print(f"  bound       {plan.bound - placing:>12.0f}   gap {gap:.2%}{' (proven optimal)' if plan.optimal else ''}")
    print(f"  seconds     {plan.seconds:>12.1f}")
    return plan


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small-only", action="store_true", help="60 for 38 only")
    options.add_argument("--seeds", type=int, default=1, help="how many fairs of each size")
    options.add_argument("--effort", type=float, default=4.0, help="for 60 applicants")
    chosen = options.parse_args()
    for seed in range(1, chosen.seeds + 1):
        first = measure(fair(60, 38, seed, chosen.effort))
        again = solve(fair(60, 38, seed, chosen.effort))
        print(f"  once more   {'the same plan' if again.assignments == first.assignments else 'ANOTHER PLAN':>12}")
        measure(fair(60, 38, seed, chosen.effort, mixed=True), ", some shared or on one day")
        if not chosen.small_only:
            measure(fair(600, 380, seed, 30.0, halls=10))


if __name__ == "__main__":
    main()
