"""The states of an edition: which step is allowed, what an edition is on a day, and which one is nearest to it."""

from datetime import date, timedelta

import pytest

from exhibition.venue.rules.edition_states import STEPS, EditionPhase, EditionState, nearness, over, phase, told

FIRST, LAST = date(2026, 11, 6), date(2026, 11, 8)
DRAFT, PUBLISHED, ARCHIVED, POSTPONED, CALLED_OFF = EditionState


def test_every_state_has_its_steps_and_nothing_leads_back_to_a_draft() -> None:
    assert set(STEPS) == set(EditionState)
    assert not any(DRAFT in targets for targets in STEPS.values())


def test_no_state_is_a_step_to_itself() -> None:
    assert not any(state in targets for state, targets in STEPS.items())


@pytest.mark.parametrize("state", sorted(set(EditionState) - {DRAFT}))
def test_every_state_that_visitors_may_have_seen_leads_back_to_published(state: EditionState) -> None:
    assert state is PUBLISHED or PUBLISHED in STEPS[state]


def test_an_edition_is_called_off_or_postponed_only_after_it_was_published() -> None:
    assert not STEPS[DRAFT] & {CALLED_OFF, POSTPONED, ARCHIVED}
    assert STEPS[PUBLISHED] == {CALLED_OFF, POSTPONED, ARCHIVED}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (FIRST - timedelta(days=1), EditionPhase.UPCOMING),
        (FIRST, EditionPhase.RUNNING),
        (LAST, EditionPhase.RUNNING),
        (LAST + timedelta(days=1), EditionPhase.OVER),
    ],
)
def test_a_published_edition_runs_from_its_first_day_to_its_last(today: date, expected: EditionPhase) -> None:
    assert phase(PUBLISHED, FIRST, LAST, today) is expected


def test_a_fair_that_was_called_off_stays_so_to_visitors_in_the_archive() -> None:
    assert told(ARCHIVED, was_called_off=True) is CALLED_OFF
    assert {told(state, was_called_off=False) for state in EditionState} == set(EditionState)


@pytest.mark.parametrize("state", sorted(set(EditionState) - {PUBLISHED}))
@pytest.mark.parametrize("days", [-1, 0, 9])
def test_an_edition_that_is_not_published_is_what_its_state_says_on_every_day(state: EditionState, days: int) -> None:
    assert phase(state, FIRST, LAST, FIRST + timedelta(days=days)) == state.value


def at(state: EditionState, days: int) -> tuple[int, int, int]:
    return nearness(state, FIRST + timedelta(days=days), LAST + timedelta(days=days), FIRST)


def test_one_that_runs_is_nearest_then_the_next_then_the_last_that_is_over() -> None:
    expected = [at(PUBLISHED, days) for days in (0, 1, 90, -3, -40)]
    assert sorted(expected) == expected


def test_what_visitors_know_is_nearer_than_a_draft_and_a_draft_than_an_archived_one() -> None:
    for state in (PUBLISHED, POSTPONED, CALLED_OFF):
        assert at(state, -400) < at(DRAFT, 0) < at(ARCHIVED, 0)


@pytest.mark.parametrize("state", sorted(EditionState))
def test_only_a_postponed_edition_is_not_over_after_its_last_day(state: EditionState) -> None:
    assert not over(state, LAST, LAST)
    assert over(state, LAST, LAST + timedelta(days=1)) is (state is not POSTPONED)
