"""Several halls on one ground: which booth is in which, what is refused, and that nothing of it is lost."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from exhibition.core.errors import Refused
from exhibition.venue import service
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.reading import plan_json, plan_svg, svg_tree
from exhibition.venue.plan.reading.plan_problems import ProblemCode, problems
from exhibition.venue.plan.reading.plan_repairs import all_problems, can_repair, gathered, repaired
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth, changes
from exhibition.venue.rules.halls import NamedHall
from tests.venue import two_halls
from tests.venue.plan.test_versions import RATNA, refusal

WEST, EAST = NamedHall("A", "Barat", 0, 0, 20, 10), NamedHall("B", "Timur", 30, 0, 20, 10)
IN_WEST, IN_EAST = PlanBooth("A1", 1, 1, 3, 3, id=1), PlanBooth("B1", 31, 1, 3, 3, id=2)
TWO = FloorPlan(50.0, 10.0, (IN_WEST, IN_EAST), halls=(WEST, EAST))


def described(**halls: list[dict[str, Any]]) -> dict[str, Any]:
    return TWO.document() | halls


@pytest.mark.parametrize(
    ("halls", "field"),
    [
        ([{"code": "A", "x": 0}, {"code": "A", "x": 30}], "halls[1].code"),
        ([{"code": "A", "x": 0}, {"code": "B", "x": 19}], "halls[1]"),
        ([{"code": "A", "x": -1}], "halls[0].x"),
        ([{"code": "A", "x": 0, "name": " "}], "halls[0].name"),
    ],
)
def test_halls_that_cannot_be_are_refused_with_the_field(halls: list[dict[str, Any]], field: str) -> None:
    place = {"name": "Aula", "y": 0, "width": 20, "depth": 10}
    with pytest.raises(Refused) as refused:
        plan_json.floor_plan(described(halls=[place | hall for hall in halls]))
    assert (refused.value.code, refused.value.field) == ("plan_invalid", field)


def test_halls_are_read_by_their_codes_and_make_the_ground() -> None:
    halls = [asdict(hall) for hall in (EAST, WEST)]
    assert plan_json.floor_plan(described(halls=halls) | {"hall": {"width": 5, "depth": 5}}) == replace(
        TWO, booths=tuple(replace(one, id=None) for one in TWO.booths)
    )
    assert "halls" not in replace(TWO, halls=()).document()


def test_a_drawing_of_two_halls_reads_back_without_loss() -> None:
    plan = replace(TWO, booths=tuple(replace(one, id=None) for one in TWO.booths))
    drawn = plan_svg.draw(plan, "Pameran")
    assert plan_svg.read_own(svg_tree.parse(drawn.encode()))[0] == plan


def test_pieces_are_judged_by_their_own_hall_and_the_problems_told_by_hall() -> None:
    beyond = replace(TWO, booths=(replace(IN_WEST, x=18), replace(IN_EAST, x=29)))
    assert [(one.code, one.hall) for one in problems(beyond)] == [
        (ProblemCode.OUTSIDE_HALL, "A"),
        (ProblemCode.OUTSIDE_HALL, "B"),
    ]
    west, east = gathered(all_problems(beyond))
    larger = repaired(beyond, west.code, (), west.hall).plan
    assert [(one.hall) for one in problems(larger)] == ["B"]
    assert larger.halls == (replace(WEST, width=21), EAST)
    larger = repaired(larger, east.code, (), east.hall).plan
    assert (problems(larger), larger.halls[1], larger.width) == ([], replace(EAST, x=29, width=21), 50)


def test_a_hall_does_not_grow_into_another() -> None:
    close = replace(TWO, booths=(replace(IN_WEST, x=18.4),), halls=(WEST, replace(EAST, x=20.2)))
    (group,) = gathered(all_problems(close))
    assert not can_repair(close, group)


def test_a_booth_is_moved_to_a_free_place_of_its_own_hall() -> None:
    crowded = replace(TWO, halls=(replace(WEST, width=4, depth=4), EAST), booths=(IN_WEST, replace(IN_WEST, id=3)))
    assert repaired(crowded, ProblemCode.BOOTHS_OVERLAP, ()).left == (1,)


def test_a_booth_that_its_hall_takes_along_has_not_moved() -> None:
    aside = replace(TWO, booths=(IN_WEST, replace(IN_EAST, x=36)), halls=(WEST, replace(EAST, x=35)))
    assert (changes(TWO, aside, {}).moved, changes(TWO, aside, {}).nothing) == ([], False)
    across = replace(TWO, booths=(replace(IN_WEST, x=35), IN_EAST))
    assert changes(TWO, across, {1: "Kopi"}).affected[0].metres == 34.0


def test_two_halls_are_the_plan_of_everybody_until_a_version_is_brought_back(exhibition: Exhibition) -> None:
    before = plan_versions.current(exhibition)
    now = two_halls.make(exhibition)
    assert now == replace(two_halls.split(before), booths=now.booths)
    assert problems(now) == []
    hall = service.hall(exhibition)
    north, south = hall.only("A"), hall.only("B")
    assert (hall.several, hall.code, north.code, south.x) == (True, "", "A", 44.0)
    assert len(north.booths) + len(south.booths) == len(hall.booths) == 100
    assert {booth.hall for booth in south.booths} == {two_halls.SOUTH}
    assert hall.only("unknown").code == "A"
    plan_versions.go_back(RATNA, exhibition, 1, seen=now.mark, knowing=True)
    assert plan_versions.current(exhibition).mark == before.mark
    assert [booth.hall for booth in service.hall(exhibition).booths if booth.hall] == []


def test_a_single_hall_may_have_a_name_and_lie_anywhere(exhibition: Exhibition) -> None:
    now = two_halls.make(exhibition)
    alone = replace(now, halls=(two_halls.SOUTH,), booths=tuple(one for one in now.booths if one.x > 40), landmarks=())
    assert plan_json.floor_plan(alone.document()).rooms == (two_halls.SOUTH,)
    assert alone.room_of(alone.booths[0]).x == 44.0


@pytest.mark.parametrize(
    ("halls", "code", "field"),
    [
        ((two_halls.NORTH,), "hall_in_use", "halls"),
        ((two_halls.NORTH, replace(two_halls.SOUTH, width=5.0)), "hall_too_small", "halls[1]"),
        ((replace(two_halls.NORTH, code="C"), two_halls.SOUTH), "", ""),
    ],
)
def test_no_booth_loses_its_hall(exhibition: Exhibition, halls: tuple[NamedHall, ...], code: str, field: str) -> None:
    now = two_halls.make(exhibition)
    wanted = replace(now, halls=halls)
    if not code:
        plan_versions.save(RATNA, exhibition, wanted, seen=now.mark, knowing=True)
        assert {hall.code for hall in plan_versions.current(exhibition).halls} == {"B", "C"}
        return
    refused = refusal(exhibition, wanted, now.mark)
    assert (refused.code, refused.field) == (code, field)
    assert "Aula Selatan" in str(refused.message)
    assert plan_versions.current(exhibition) == now


def test_a_booth_cannot_be_saved_between_the_halls(exhibition: Exhibition) -> None:
    now = two_halls.make(exhibition)
    moved = replace(now, booths=(replace(now.booths[0], x=37.0), *now.booths[1:]))
    refused = refusal(exhibition, moved, now.mark)
    assert (refused.code, refused.field) == ("booth_between_halls", "booths")
    assert refused.details["booths"] == [now.booths[0].code]
