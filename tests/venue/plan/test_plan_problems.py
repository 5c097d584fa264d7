"""Problems of a floor plan: exact for turned booths, fast for large halls."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibition.venue.plan.reading.plan_problems import ProblemCode, Shape, problems
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth, PlanLandmark


def hall(*booths: PlanBooth, landmarks: tuple[PlanLandmark, ...] = ()) -> FloorPlan:
    return FloorPlan(20.0, 20.0, booths, landmarks)


def codes(plan: FloorPlan) -> list[str]:
    return [problem.code.value for problem in problems(plan)]


def test_booths_that_share_an_edge_or_a_corner_do_not_overlap() -> None:
    assert codes(hall(PlanBooth("A1", 1, 1, 3, 3), PlanBooth("A2", 4, 1, 3, 3), PlanBooth("A3", 7, 4, 3, 3))) == []


def test_overlapping_booths_are_named_by_their_places() -> None:
    found = problems(hall(PlanBooth("A1", 1, 1, 3, 3), PlanBooth("A2", 9, 9, 3, 3), PlanBooth("A3", 3.9, 1, 3, 3)))
    assert [(problem.code, problem.booths) for problem in found] == [(ProblemCode.BOOTHS_OVERLAP, (0, 2))]


def test_a_booth_turned_by_45_degrees_reaches_between_its_neighbours_without_touching_them() -> None:
    """Its bounding box meets theirs; the booth itself does not."""
    turned = PlanBooth("T", 8, 8, 2, 2, rotation=45)
    corner = PlanBooth("C", 9 + 0.75, 9 + 0.75, 2, 2)
    assert codes(hall(turned, corner)) == []
    assert codes(hall(turned, PlanBooth("D", 9 + 0.65, 9 + 0.65, 2, 2))) == ["booths_overlap"]


def test_a_long_booth_turned_upright_leaves_what_lay_beside_it() -> None:
    beside = PlanBooth("B", 12, 9.5, 2, 1)
    assert codes(hall(PlanBooth("A", 5, 9.5, 8, 1), beside)) == ["booths_overlap"]
    assert codes(hall(PlanBooth("A", 5, 9.5, 8, 1, rotation=90), beside)) == []


@pytest.mark.parametrize(
    ("booth", "outside"),
    [
        (PlanBooth("A", 0, 0, 3, 3), False),
        (PlanBooth("A", 17, 17, 3, 3), False),
        (PlanBooth("A", 17.1, 17, 3, 3), True),
        (PlanBooth("A", -0.1, 0, 3, 3), True),
        (PlanBooth("A", 0, 0, 3, 3, rotation=45), True),
        (PlanBooth("A", 0.7, 0.7, 3, 3, rotation=45), False),
    ],
)
def test_a_booth_outside_the_hall_is_reported(booth: PlanBooth, outside: bool) -> None:
    assert (codes(hall(booth)) == ["outside_hall"]) is outside


def test_a_landmark_outside_the_hall_is_reported() -> None:
    found = problems(hall(landmarks=(PlanLandmark("stage", 18, 1, 5, 2),)))
    assert [(problem.code, problem.landmarks) for problem in found] == [(ProblemCode.OUTSIDE_HALL, (0,))]


@pytest.mark.parametrize("kind", ["entrance", "exit", "door"])
def test_a_booth_within_reach_of_a_door_blocks_it(kind: str) -> None:
    door = (PlanLandmark(kind, 8, 0, 4, 0.5),)
    assert codes(hall(PlanBooth("A", 9, 1.6, 2, 2), landmarks=door)) == ["door_blocked"]
    assert codes(hall(PlanBooth("A", 9, 1.8, 2, 2), landmarks=door)) == []
    assert codes(hall(PlanBooth("A", 12.1, 0.2, 2, 2), landmarks=door)) == []


def test_a_door_in_a_side_wall_is_kept_free_sideways() -> None:
    door = (PlanLandmark("door", 0, 8, 0.5, 3),)
    assert codes(hall(PlanBooth("A", 1.5, 9, 2, 2), landmarks=door)) == ["door_blocked"]
    assert codes(hall(PlanBooth("A", 0.2, 11.2, 2, 2), landmarks=door)) == []


def test_a_wall_does_not_block_the_door_in_it_but_a_stage_does() -> None:
    door, wall = PlanLandmark("door", 8, 5, 2, 0.3), PlanLandmark("wall", 0, 5, 20, 0.3)
    assert codes(hall(landmarks=(door, wall))) == []
    assert codes(hall(landmarks=(door, PlanLandmark("stage", 8, 5.5, 3, 3)))) == ["door_blocked"]


def test_booths_and_walls_in_an_aisle_block_it() -> None:
    aisle = PlanLandmark("aisle", 0, 8, 20, 2)
    assert codes(hall(PlanBooth("A", 3, 9.5, 2, 2), landmarks=(aisle,))) == ["aisle_blocked"]
    assert codes(hall(landmarks=(aisle, PlanLandmark("wall", 5, 7, 0.2, 4)))) == ["aisle_blocked"]
    assert codes(hall(PlanBooth("A", 3, 10, 2, 2), landmarks=(aisle, PlanLandmark("door", 0, 8, 0.2, 2)))) == []


def test_a_booth_on_a_hand_washing_point_is_reported() -> None:
    sink = (PlanLandmark("hand_washing", 5, 5, 1, 1),)
    assert codes(hall(PlanBooth("A", 4, 4, 2, 2), landmarks=sink)) == ["booth_on_landmark"]


def test_doubled_numbers_come_first_with_every_booth_that_has_it() -> None:
    found = problems(hall(PlanBooth("A", 1, 1, 2, 2), PlanBooth("B", 1, 1, 2, 2), PlanBooth("A", 9, 9, 2, 2)))
    assert [(problem.code, problem.booths) for problem in found] == [
        (ProblemCode.NUMBER_DOUBLED, (0, 2)),
        (ProblemCode.BOOTHS_OVERLAP, (0, 1)),
    ]


def test_two_thousand_booths_in_rows_have_no_problem() -> None:
    booths = tuple(PlanBooth(f"B{n}", n % 50 * 3.0, n // 50 * 3.0, 3, 3) for n in range(2000))
    assert problems(FloorPlan(150.0, 120.0, booths)) == []


sizes = st.floats(0.5, 6)
shapes = st.builds(Shape, st.floats(-5, 5), st.floats(-5, 5), sizes, sizes, st.floats(0, 360))


def inside(shape: Shape, x: float, y: float) -> bool:
    """Whether a point lies well within the shape."""
    from_centre = (x - shape.centre[0], y - shape.centre[1])
    across = abs(from_centre[0] * shape.right[0] + from_centre[1] * shape.right[1])
    along = abs(from_centre[0] * shape.down[0] + from_centre[1] * shape.down[1])
    return across < shape.half[0] - 0.05 and along < shape.half[1] - 0.05


@settings(max_examples=150)
@given(shapes, shapes)
def test_shapes_that_share_a_point_overlap_and_the_order_does_not_matter(one: Shape, other: Shape) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    left, top, right, bottom = one.box
    points = [(left + (right - left) * i / 12, top + (bottom - top) * j / 12) for i in range(13) for j in range(13)]
    if any(inside(one, x, y) and inside(other, x, y) for x, y in points):
        assert one.overlaps(other)
    if math.dist(one.centre, other.centre) > math.hypot(*one.half) + math.hypot(*other.half):
        assert not one.overlaps(other)
