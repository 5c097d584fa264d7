"""What a change of booths is worth, in the terms and with the weights of the edition's latest proposal.

The numbers come from ``solver.scoring``, as those of a proposal do, so the plan and the proposal never disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from exhibition.allocation.proposals import service as proposals
from exhibition.allocation.proposals.problem_builder import BuiltProblem, Wanted, ask
from exhibition.allocation.solver import problem_reading
from exhibition.allocation.solver.problem import AllocationProblem
from exhibition.core.files.json_documents import Fields
from exhibition.venue.models import Exhibition

if TYPE_CHECKING:
    from exhibition.allocation.solver.scoring import Tables


@dataclass(frozen=True)
class Worth:
    """What a change gains or costs: by term, and in all. ``unmet`` names needs of the moved that their booth lacks."""

    terms: dict[str, float]
    unmet: dict[str, list[str]]
    avoided: list[tuple[str, str]]
    """Pairs who would stand closer than one of them wants."""

    @property
    def total(self) -> float:
        return round(sum(self.terms.values()), 3)


def asked(exhibition: Exhibition) -> BuiltProblem:
    """The problem as it stands, with the settings of the latest proposal."""
    latest = proposals.latest(exhibition)
    if latest is None:
        return ask(exhibition, Wanted())
    settings = problem_reading.read(Fields(latest.problem))
    wanted = Wanted(settings.weights, settings.competitor_radius_m, settings.avoid_radius_m)
    return ask(exhibition, wanted)


def worth(built: BuiltProblem, moved: Mapping[int, str | None]) -> Worth:
    """The worth of giving exhibitors, by id, these booths, or none. ``placed`` is left out: places are counted, not
    weighed.
    """
    from exhibition.allocation.solver.scoring import UNIT, tables, terms  # its library is large: not at every start

    ids = {exhibitor_id: id_ for id_, exhibitor_id in built.exhibitors.items()}
    goes = {ids[exhibitor_id]: code for exhibitor_id, code in moved.items() if exhibitor_id in ids}
    problem = _near(built.problem, goes)
    table = tables(problem)
    stands = {one.id: one.current for one in problem.applications if one.current}
    before = terms(problem, table, _booth_of(problem, table, stands))
    after = terms(problem, table, _booth_of(problem, table, stands | goes))
    names = (before.keys() | after.keys()) - {"placed"}
    gained = {name: (after.get(name, 0) - before.get(name, 0)) / UNIT for name in sorted(names)}
    return Worth(
        {name: value for name, value in gained.items() if value}, _unmet(problem, goes), _avoided(problem, stands, goes)
    )


def _near(problem: AllocationProblem, goes: Mapping[str, str | None]) -> AllocationProblem:
    """The part of the problem in which something can change: the moved and all within two reaches of them."""
    places = {booth.code: booth for booth in problem.booths}
    reach = 2 * max(problem.near_radius_m, problem.competitor_radius_m, problem.avoid_radius_m)
    touched = [places[code] for code in goes.values() if code in places]
    touched += [places[one.current] for one in problem.applications if one.id in goes and one.current in places]

    def is_near(code: str | None) -> bool:
        return code in places and any(
            abs(places[code].x - booth.x) <= reach and abs(places[code].y - booth.y) <= reach for booth in touched
        )

    return replace(
        problem,
        booths=tuple(booth for booth in problem.booths if is_near(booth.code)),
        applications=tuple(
            replace(one, pinned=None) for one in problem.applications if one.id in goes or is_near(one.current)
        ),
    )


def _booth_of(problem: AllocationProblem, table: "Tables", stands: Mapping[str, str | None]) -> list[int]:
    from exhibition.allocation.solver.scoring import EMPTY

    place = {booth.code: number for number, booth in enumerate(problem.booths)}
    found = []
    for tenancy in table.tenancies:
        code = stands.get(problem.applications[tenancy.members[0]].id)
        found.append(EMPTY if code is None else place.get(code, EMPTY))
    return found


def _unmet(problem: AllocationProblem, goes: Mapping[str, str | None]) -> dict[str, list[str]]:
    places = {booth.code: booth for booth in problem.booths}
    missing = {
        one.id: one.needs.missing(places[code])
        for one in problem.applications
        if (code := goes.get(one.id)) is not None and code in places
    }
    return {id_: needs for id_, needs in missing.items() if needs}


def _avoided(
    problem: AllocationProblem, stands: Mapping[str, str], goes: Mapping[str, str | None]
) -> list[tuple[str, str]]:
    places = {booth.code: booth for booth in problem.booths}
    after = {id_: places[code] for id_, code in {**stands, **goes}.items() if code in places}
    pairs = {tuple(sorted((one.id, other))) for one in problem.applications for other in one.avoid}
    return [
        (one, other)
        for one, other in sorted(pairs)
        if (one in goes or other in goes)
        and one in after
        and other in after
        and (after[one].x - after[other].x) ** 2 + (after[one].y - after[other].y) ** 2 <= problem.avoid_radius_m**2
    ]
