"""The line's rules: in the order of joining, nobody twice, never more than asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.visitors.rush.rules import RushLine, before, called

START = 1_000
LINES = st.dictionaries(st.integers(START, START + 30), st.integers(1, 500), max_size=10)
MOMENTS = st.floats(START, START + 31)


def test_who_joined_before_the_last_call_has_nobody_before() -> None:
    line = RushLine({START: 10}, START + 0.5)
    assert before(line, START + 0.4) == 0
    assert before(line, START + 0.6) == 1
    assert before(line, START + 1) == 5


def test_empty_seconds_take_no_time() -> None:
    line = RushLine({START: 10, START + 20: 10}, START)
    assert called(line, 10, START + 30) == START + 20
    assert called(line, 15, START + 30) == START + 20.5
    assert called(line, 20, START + 30) == START + 30


def test_a_line_in_which_all_are_called_is_closed() -> None:
    line = RushLine({START: 10}, START)
    assert line.is_open
    assert not RushLine(line.parties, called(line, 10, START + 5)).is_open
    assert not RushLine({}, 0.0).is_open


@given(parties=LINES, since=MOMENTS, most=st.floats(0, 2_000), latest=MOMENTS)
def test_no_more_are_called_than_asked_for_and_none_twice(
    parties: dict[int, int], since: float, most: float, latest: float
) -> None:
    line = RushLine(parties, since)
    until = called(line, most, latest)
    assert until >= since
    assert until <= max(since, latest)
    after = RushLine(parties, until)
    end = START + 40.0
    assert before(line, end) - before(after, end) <= most + 2  # both are rounded


@given(parties=LINES, since=MOMENTS, joined=st.lists(MOMENTS, min_size=2, max_size=2))
def test_who_joined_earlier_has_no_more_before(parties: dict[int, int], since: float, joined: list[float]) -> None:
    first, second = sorted(joined)
    line = RushLine(parties, since)
    assert before(line, first) <= before(line, second)


@pytest.mark.parametrize("rate", [1, 7, 200])
def test_everybody_is_called_in_the_end(rate: int) -> None:
    line = RushLine({START: 500, START + 1: 3, START + 9: 40}, START)
    steps = 0
    while line.is_open:
        line = RushLine(line.parties, called(line, rate, START + 60))
        steps += 1
    assert steps == pytest.approx(543 / rate, abs=2)
