"""New numbers for booths on the plan."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth
from exhibition.venue.plan.reading.renumbering import Renumbering, renumbered, rows
from exhibition.venue.rules.booth_numbers import NumberFault, NumberScheme

BY_ROW, RUNNING = NumberScheme.BY_ROW, NumberScheme.RUNNING
SCHEMES = st.sampled_from(NumberScheme)
PLACES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.0, 30.0, 90.0])), min_size=1, max_size=25
)


def plan_of(places: Sequence[tuple[float, float, float]]) -> FloorPlan:
    booths = tuple(PlanBooth(f"X{n}", x, y, 2, 2, turn, id=n + 1) for n, (x, y, turn) in enumerate(places))
    return FloorPlan(50, 50, booths)


def numbers(plan: FloorPlan, chosen: Sequence[int], first: str, scheme: NumberScheme, *, snake: bool) -> Renumbering:
    found = renumbered(plan, chosen, first, scheme, snake=snake)
    assert isinstance(found, Renumbering)
    return found


def test_booths_are_numbered_row_by_row_even_when_a_row_is_not_quite_straight() -> None:
    plan = plan_of([(5, 1.2, 0), (1, 5, 0), (1, 1, 0), (3, 0.9, 0), (4, 5.1, 0)])
    assert rows(plan.booths, range(5)) == [[2, 3, 0], [1, 4]]
    found = numbers(plan, range(5), "A01", BY_ROW, snake=False)
    assert found.numbers == {2: "A01", 3: "A02", 0: "A03", 1: "B01", 4: "B02"}
    snake = numbers(plan, range(5), "S8", RUNNING, snake=True)
    assert snake.numbers == {2: "S8", 3: "S9", 0: "S10", 4: "S11", 1: "S12"}


def test_a_number_of_a_booth_that_is_not_chosen_is_told() -> None:
    plan = plan_of([(1, 1, 0), (4, 1, 0), (7, 1, 0)])
    assert numbers(plan, [0, 1], "X1", RUNNING, snake=False).taken == ["X2"]
    assert numbers(plan, [0, 1, 2], "X1", RUNNING, snake=False).taken == []
    assert renumbered(plan, [0], "A 1", RUNNING, snake=False) is NumberFault.UNREADABLE


@given(places=PLACES, scheme=SCHEMES, snake=st.booleans())
def test_each_chosen_booth_gets_one_number_of_its_own(
    places: list[tuple[float, float, float]], scheme: NumberScheme, snake: bool
) -> None:
    plan = plan_of(places)
    chosen = range(0, len(places), 2)
    found = numbers(plan, chosen, "A01", scheme, snake=snake)
    assert sorted(found.numbers) == list(chosen)
    assert len(set(found.numbers.values())) == len(chosen)


@given(places=PLACES, dx=st.integers(-20, 20), dy=st.integers(-20, 20))
def test_the_order_is_the_same_wherever_the_block_stands(
    places: list[tuple[float, float, float]], dx: int, dy: int
) -> None:
    plan = plan_of(places)
    moved = [replace(booth, x=booth.x + dx, y=booth.y + dy) for booth in plan.booths]
    assert rows(plan.booths, range(len(places))) == rows(moved, range(len(places)))


@given(places=PLACES)
def test_rows_go_down_and_each_goes_to_the_right(places: list[tuple[float, float, float]]) -> None:
    booths = plan_of(places).booths
    found = rows(booths, range(len(booths)))
    for row in found:
        assert [booths[one].x for one in row] == sorted(booths[one].x for one in row)
    highest = [min(booths[one].y for one in row) for row in found]
    assert highest == sorted(highest)
