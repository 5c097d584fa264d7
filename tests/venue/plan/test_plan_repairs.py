"""Problems gathered by kind, and the acts that repair them."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibition.venue.plan.reading import plan_repairs
from exhibition.venue.plan.reading.plan_problems import ProblemCode, all_problems
from exhibition.venue.plan.reading.plan_repairs import can_repair, gathered, repaired, roomy_hall
from exhibition.venue.plan.reading.plan_values import Area, FloorPlan, PlanBooth, PlanLandmark, PlanZone
from exhibition.venue.rules.halls import NamedHall

METRES = st.integers(-60, 200).map(lambda tenths: tenths / 10)
SIZES = st.integers(5, 40).map(lambda tenths: tenths / 10)
TURNS = st.sampled_from([0.0, 0.0, 90.0, 30.0, 45.0])
PLACES = st.lists(st.tuples(METRES, METRES, SIZES, SIZES, TURNS), min_size=1, max_size=12)
MARKS = st.lists(
    st.builds(
        PlanLandmark,
        kind=st.sampled_from(["entrance", "door", "stage", "wall", "aisle", "information"]),
        x=METRES,
        y=METRES,
        width=SIZES,
        depth=SIZES,
    ),
    max_size=3,
)


def booths_of(places: Sequence[tuple[float, ...]]) -> tuple[PlanBooth, ...]:
    return tuple(PlanBooth(f"B{n}", *place[:4], rotation=place[4], id=n + 1) for n, place in enumerate(places))


def row(count: int, step: float = 2.0, y: float = 5.0) -> tuple[PlanBooth, ...]:
    return tuple(PlanBooth(f"B{n}", 2 + n * step, y, 2, 2, id=n + 1) for n in range(count))


def codes(plan: FloorPlan) -> set[ProblemCode]:
    return {one.code for one in all_problems(plan)}


def test_a_kind_counts_each_piece_once() -> None:
    plan = FloorPlan(20, 10, (*row(4, step=1.5), PlanBooth("Z1", 19, 5, 2, 2)), (PlanLandmark("wall", -3, 1, 2, 0.2),))
    overlap, outside = {group.code: group for group in gathered(all_problems(plan))}, ProblemCode.OUTSIDE_HALL
    assert overlap[ProblemCode.BOOTHS_OVERLAP].booths == (0, 1, 2, 3)
    assert (overlap[outside].booths, overlap[outside].landmarks, overlap[outside].count) == ((4,), (0,), 2)


def test_a_door_is_not_at_fault_for_what_blocks_it() -> None:
    marks = (PlanLandmark("door", 5, 0, 2, 0.4), PlanLandmark("stage", 5, 1, 2, 2))
    (group,) = gathered(all_problems(FloorPlan(20, 10, (), marks)))
    assert (group.code, group.booths, group.landmarks) == (ProblemCode.DOOR_BLOCKED, (), (1,))
    assert not can_repair(FloorPlan(20, 10, (), marks), group)


def test_the_hall_grows_by_half_metres_to_hold_everything() -> None:
    plan = FloorPlan(10, 10, (PlanBooth("A1", 8.2, -1.2, 2, 2), PlanBooth("A2", 1, 12.6, 2, 2)))
    assert roomy_hall(plan) == NamedHall("", "", 0.0, -1.5, 10.5, 16.5)
    grown = repaired(plan, ProblemCode.OUTSIDE_HALL, ()).plan
    assert (grown.width, grown.depth, grown.booths[0].y) == (10.5, 16.5, 0.3)
    assert codes(grown) == set()


def test_a_hall_larger_than_there_are_is_not_offered() -> None:
    plan = FloorPlan(10, 10, (PlanBooth("A1", 1500, 1, 2, 2),))
    (group,) = gathered(all_problems(plan))
    assert roomy_hall(plan) is None
    assert not can_repair(plan, group)
    assert repaired(plan, ProblemCode.OUTSIDE_HALL, ()).plan == plan


def test_of_two_that_overlap_the_one_that_somebody_has_stays() -> None:
    plan = FloorPlan(20, 10, row(2, step=1.7))
    assert repaired(plan, ProblemCode.BOOTHS_OVERLAP, {1}).changed == (0,)
    apart = repaired(plan, ProblemCode.BOOTHS_OVERLAP, {0})
    assert apart.changed == (1,)
    assert (apart.plan.booths[1].x, apart.plan.booths[1].y) == (4.0, 5.0)


def test_booths_without_room_stay_and_are_told() -> None:
    plan = FloorPlan(4, 2, tuple(PlanBooth(f"B{n}", 0, 0, 2, 2) for n in range(4)))
    found = repaired(plan, ProblemCode.BOOTHS_OVERLAP, ())
    assert (len(found.changed), len(found.left)) == (1, 2)


def test_one_act_tries_only_so_many_places_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_repairs, "MOST_TRIES", 500)
    plan = FloorPlan(30, 30, tuple(PlanBooth(f"B{n}", 15, 15, 1, 1) for n in range(6)))
    first = repaired(plan, ProblemCode.BOOTHS_OVERLAP, ())
    assert 0 < len(first.changed) < 5
    assert first.left == ()
    second = repaired(first.plan, ProblemCode.BOOTHS_OVERLAP, ())
    assert len(second.changed) > 0


def test_doubled_numbers_are_told_apart_and_the_holder_keeps_its_own() -> None:
    plan = FloorPlan(
        20, 10, tuple(PlanBooth(code, 2 + 3 * n, 1, 2, 2) for n, code in enumerate(["A1", "A1", "A1-2", "A1"]))
    )
    found = repaired(plan, ProblemCode.NUMBER_DOUBLED, {1})
    assert [booth.code for booth in found.plan.booths] == ["A1-3", "A1", "A1-2", "A1-4"]
    assert found.changed == (0, 3)


@given(places=PLACES, marks=MARKS)
def test_the_enlarged_hall_holds_everything_and_nothing_moves_against_the_rest(
    places: list[tuple[float, ...]], marks: list[PlanLandmark]
) -> None:
    plan = FloorPlan(12, 12, booths_of(places), tuple(marks), (PlanZone("Z", "Zona", Area(1, 1, 3, 3)),))
    grown = repaired(plan, ProblemCode.OUTSIDE_HALL, ()).plan
    assert ProblemCode.OUTSIDE_HALL not in codes(grown)
    assert grown.width >= plan.width
    assert grown.depth >= plan.depth
    pieces = zip((*plan.booths, *plan.landmarks), (*grown.booths, *grown.landmarks), strict=True)
    assert len({(round(new.x - old.x, 6), round(new.y - old.y, 6)) for old, new in pieces}) == 1
    assert codes(plan) - {ProblemCode.OUTSIDE_HALL} == codes(grown)


@settings(max_examples=60)  # many places are tried for each booth
@given(places=PLACES, marks=MARKS, held=st.sets(st.integers(0, 11), max_size=4))
def test_moved_booths_have_no_problem_any_more_and_the_others_stay(
    places: list[tuple[float, ...]], marks: list[PlanLandmark], held: set[int]
) -> None:
    plan = FloorPlan(20, 20, booths_of(places), tuple(marks))
    for code in ProblemCode:
        if code in {ProblemCode.OUTSIDE_HALL, ProblemCode.NUMBER_DOUBLED}:
            continue
        found = repaired(plan, code, held)
        remaining = Counter(number for one in all_problems(found.plan) for number in one.booths)
        assert all(remaining[number] == 0 for number in found.changed)
        same = set(range(len(places))) - set(found.changed)
        assert all(found.plan.booths[number] == plan.booths[number] for number in same)
        assert [booth.id for booth in found.plan.booths] == [booth.id for booth in plan.booths]
        if not found.left:
            assert not [one for one in all_problems(found.plan) if one.code is code and one.booths]
