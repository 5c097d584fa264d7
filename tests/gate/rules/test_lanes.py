"""Lanes: when so many parties come that those waiting wait too long, and how many lanes they need."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.gate.rules.lanes import (
    LONGEST_WAIT,
    STEP,
    STEPS_AHEAD,
    USUAL_RATE,
    USUAL_SHARES,
    ComingSession,
    ExpectedStep,
    LaneAdvice,
    advice,
    expected,
    shares_of,
)

NINE = datetime(2026, 11, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _steps(*parties: float) -> list[ExpectedStep]:
    return [ExpectedStep(NINE + place * STEP, number, 1) for place, number in enumerate(parties)]


def test_a_third_lane_is_opened_when_the_line_would_get_too_long() -> None:
    assert advice(_steps(60, 100, 120, 120, 240), 2) == LaneAdvice(NINE + 4 * STEP, 3)


def test_who_waits_already_is_part_of_the_next_step() -> None:
    assert advice(_steps(170, 140), 2) == LaneAdvice(NINE + STEP, 3)
    assert advice(_steps(170, 110), 2) is None


@pytest.mark.parametrize(("parties", "lanes", "needed"), [(0.0, 0, None), (1.0, 0, 1), (90.0, 1, None), (91.0, 1, 2)])
def test_a_lane_takes_sixty_parties_in_ten_minutes_and_thirty_may_wait(
    parties: float, lanes: int, needed: int | None
) -> None:
    told = advice(_steps(parties), lanes)
    assert (told.lanes if told else None) == needed


def test_the_parties_of_a_session_come_around_its_start() -> None:
    steps = expected([ComingSession(NINE + HOUR, NINE + 2 * HOUR, 100)], USUAL_SHARES, NINE + timedelta(minutes=3))
    assert [step.at for step in steps] == [NINE + place * STEP for place in range(STEPS_AHEAD)]
    assert {step.at - NINE - HOUR: round(step.parties) for step in steps if step.parties} == {
        place * STEP: round(100 * share) for place, share in USUAL_SHARES.items()
    }


def test_those_who_are_late_are_expected_in_the_steps_that_are_left() -> None:
    session = ComingSession(NINE - 2 * STEP, NINE + HOUR, 30)
    steps = expected([session], USUAL_SHARES, NINE)
    assert [round(step.parties, 1) for step in steps[:3]] == [20.0, 10.0, 0.0]
    assert sum(step.parties for step in expected([session], USUAL_SHARES, NINE + 3 * STEP)) == 0


def test_few_arrivals_make_no_pattern() -> None:
    assert shares_of({0: 30, 1: 19}) is USUAL_SHARES
    assert shares_of({0: 30, 1: 30}) == {0: 0.5, 1: 0.5}


_sessions = st.lists(
    st.builds(
        lambda start, length, parties: ComingSession(NINE + start * STEP, NINE + (start + length) * STEP, parties),
        st.integers(-6, 12),
        st.integers(1, 12),
        st.integers(0, 500),
    ),
    max_size=6,
)


@given(_sessions, st.integers(0, 6))
def test_nobody_is_expected_twice_and_with_the_lanes_advised_nobody_waits_too_long_then(
    sessions: list[ComingSession], lanes: int
) -> None:
    steps = expected(sessions, USUAL_SHARES, NINE)
    assert sum(step.parties for step in steps) <= sum(session.parties for session in sessions) + 1e-6
    told = advice(steps, lanes)
    if told is None:
        return
    assert told.lanes > lanes
    waiting = 0.0
    for step in steps:
        crowd = waiting + step.parties
        if step.at == told.at:
            assert crowd - told.lanes * USUAL_RATE <= told.lanes * USUAL_RATE * LONGEST_WAIT + 1e-6
            break
        waiting = max(0.0, crowd - lanes * USUAL_RATE)


def test_a_session_that_begins_between_two_steps_keeps_the_share_of_its_last_minutes() -> None:
    # From 9.15 to 10.15 there are seven steps of the clock, the seventh has five minutes of the session.
    session = ComingSession(NINE + timedelta(minutes=15), NINE + timedelta(minutes=75), 40)
    steps = expected([session], {6: 1.0}, NINE + HOUR + timedelta(minutes=12))
    assert steps[0] == ExpectedStep(NINE + HOUR + timedelta(minutes=10), 40.0, 1)
