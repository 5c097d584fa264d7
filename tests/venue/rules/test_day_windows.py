"""Opening hours cut into windows."""

from datetime import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from exhibition.venue.rules.day_windows import Hours, windows

TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
SPANS = st.tuples(TIMES, TIMES).filter(lambda span: span[0] < span[1])


def test_windows_follow_one_another_and_leave_the_break_out() -> None:
    found = windows(time(9), time(15), 60, [(time(12), time(13))])
    assert found == [(time(hour), time(hour + 1)) for hour in (9, 10, 11, 13, 14)]


def test_a_window_that_would_reach_into_a_break_begins_after_it() -> None:
    assert windows(time(9), time(14), 90, [(time(11), time(11, 30))]) == [
        (time(9), time(10, 30)),
        (time(11, 30), time(13)),
    ]


def test_what_is_too_short_before_closing_is_left_out() -> None:
    assert windows(time(9), time(10, 59), 60) == [(time(9), time(10))]


@given(day=SPANS, every=st.integers(5, 1440), breaks=st.lists(SPANS, max_size=4))
def test_windows_lie_within_the_day_and_touch_neither_a_break_nor_each_other(
    day: Hours, every: int, breaks: list[Hours]
) -> None:
    found = windows(*day, every, breaks)
    assert all(day[0] <= begins < ends <= day[1] for begins, ends in found)
    assert all(ends <= pause[0] or begins >= pause[1] for begins, ends in found for pause in breaks)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(found))
