"""Blocks of booths and their numbers: by the vectors that the editor's JavaScript runs too, and for any block."""

import json
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.core.config import PROJECT
from exhibition.venue.plan.reading.plan_problems import problems
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth
from exhibition.venue.rules.booth_blocks import BoothBlock, BoothPlace
from exhibition.venue.rules.booth_numbers import CODE, NumberFault, NumberScheme, row_letter, row_numbers

VECTORS: dict[str, list[dict[str, Any]]] = json.loads((PROJECT / "tests" / "vectors" / "blocks.json").read_text())
METRES = st.floats(0.1, 20).map(lambda value: round(value, 3))
GAPS = st.floats(0, 8).map(lambda value: round(value, 3))
BLOCKS = st.builds(
    BoothBlock,
    x=st.just(0.0),
    y=st.just(0.0),
    rows=st.integers(1, 12),
    columns=st.integers(1, 12),
    booth_width=METRES,
    booth_depth=METRES,
    gap=GAPS,
    aisle=GAPS,
    first=st.sampled_from(["A01", "Y9", "H2-A01", "1A"]),
    scheme=st.sampled_from(NumberScheme),
    snake=st.booleans(),
)


def booths_of(block: BoothBlock) -> list[BoothPlace]:
    booths = block.booths()
    assert isinstance(booths, list)
    return booths


@pytest.mark.parametrize("case", VECTORS["blocks"], ids=lambda case: case["name"])
def test_block_vector(case: dict[str, Any]) -> None:
    block = BoothBlock(**case["block"] | {"scheme": NumberScheme(case["block"]["scheme"])})
    assert {"width": block.width, "depth": block.depth} == case["size"]
    expected: Any = case["booths"]
    booths = block.booths()
    if isinstance(booths, NumberFault):
        assert booths == expected
    else:
        assert booths == [BoothPlace(**place) for place in expected]


@pytest.mark.parametrize("case", VECTORS["numbers"], ids=lambda case: case["name"])
def test_number_vector(case: dict[str, Any]) -> None:
    scheme = NumberScheme(case["scheme"])
    assert row_numbers(case["first"], case["rows"], scheme, snake=case["snake"]) == case["numbers"]


def test_every_fault_has_a_vector() -> None:
    assert {case["numbers"] for case in VECTORS["numbers"] if isinstance(case["numbers"], str)} >= {
        NumberFault.UNREADABLE,
        NumberFault.TOO_LONG,
    }
    assert NumberFault.NO_LETTER in {case["booths"] for case in VECTORS["blocks"] if isinstance(case["booths"], str)}


@given(block=BLOCKS)
def test_a_block_fills_its_size_without_an_overlap_and_with_each_number_once(block: BoothBlock) -> None:
    booths = booths_of(block)
    assert len({booth.code for booth in booths}) == block.rows * block.columns == len(booths)
    assert all(CODE.fullmatch(booth.code) for booth in booths)
    assert max(booth.x + booth.width for booth in booths) == pytest.approx(block.width, abs=0.002)
    assert max(booth.y + booth.depth for booth in booths) == pytest.approx(block.depth, abs=0.002)
    plan = FloorPlan(
        block.width,
        block.depth,
        tuple(PlanBooth(one.code, one.x, one.y, one.width, one.depth) for one in booths),
    )
    assert problems(plan) == []


@given(block=BLOCKS)
def test_neighbours_in_a_row_are_a_gap_apart_and_rows_an_aisle(block: BoothBlock) -> None:
    booths = booths_of(block)
    rows = [booths[start : start + block.columns] for start in range(0, len(booths), block.columns)]
    for row in rows:
        for one, other in pairwise(row):
            assert other.x - one.x - one.width == pytest.approx(block.gap, abs=0.002)
    for upper, lower in pairwise(rows):
        assert lower[0].y - upper[0].y - block.booth_depth == pytest.approx(block.aisle, abs=0.002)


@given(rows=st.lists(st.integers(1, 20), max_size=8), scheme=st.sampled_from(NumberScheme))
def test_a_snake_has_the_numbers_of_reading_order(rows: list[int], scheme: NumberScheme) -> None:
    straight, snake = (row_numbers("A01", rows, scheme, snake=one) for one in (False, True))
    assert isinstance(straight, list)
    assert isinstance(snake, list)
    assert [sorted(row) for row in straight] == [sorted(row) for row in snake]
    assert straight[::2] == snake[::2]


def test_letters_of_rows_are_all_different() -> None:
    letters = [row_letter(place) for place in range(60)]
    assert letters[25:28] == ["Z", "AA", "AB"]
    assert all(one != other for one, other in combinations(letters, 2))
