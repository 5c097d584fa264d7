"""A hall drawn by rule."""

from hypothesis import given
from hypothesis import strategies as st

from exhibition.venue.plan.reading.plan_problems import problems
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth, PlanLandmark
from exhibition.venue.rules.hall_grid import HallGrid, Wall

GRID = HallGrid(rows=10, columns=10, booth_width=3.0, booth_depth=2.0, aisle=2.5)
GRIDS = st.builds(
    HallGrid,
    rows=st.integers(1, 26),
    columns=st.integers(1, 12),
    booth_width=st.floats(0.5, 20),
    booth_depth=st.floats(0.5, 20),
    aisle=st.floats(0, 20),
    door=st.sampled_from(Wall),
)


def test_booths_are_numbered_by_row() -> None:
    codes = [booth.code for booth in GRID.booths()]
    assert (len(codes), codes[0], codes[9], codes[10], codes[-1]) == (100, "A01", "A10", "B01", "J10")


def test_rows_are_an_aisle_apart_and_booths_stand_side_by_side() -> None:
    booths = {booth.code: booth for booth in GRID.booths()}
    assert (booths["A01"].x, booths["A01"].y) == (2.5, 2.5)
    assert booths["A02"].x - booths["A01"].x == 3.0
    assert booths["B01"].y - booths["A01"].y == 2.0 + 2.5
    assert (GRID.width, GRID.depth) == (35.0, 47.5)


def test_the_first_and_last_of_a_row_are_corners() -> None:
    assert [booth.code for booth in GRID.booths()[:10] if booth.corner] == ["A01", "A10"]


@given(grid=GRIDS)
def test_a_plan_drawn_by_rule_has_nothing_wrong(grid: HallGrid) -> None:
    x, y, width, depth = grid.entrance()
    plan = FloorPlan(
        width=grid.width,
        depth=grid.depth,
        booths=tuple(
            PlanBooth(code=one.code, x=one.x, y=one.y, width=one.width, depth=one.depth) for one in grid.booths()
        ),
        landmarks=(PlanLandmark(kind="entrance", x=x, y=y, width=width, depth=depth),),
    )
    assert problems(plan) == []
