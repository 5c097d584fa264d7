"""Sums of takings: what they cover, and a median that tells of nobody."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.takings.rules.sums import MEDIAN_FROM, SellerDay, shown_median, summed
from exhibition.takings.rules.telling import Amounts, entered_at, opened_days, sellers_may_tell
from exhibition.venue.rules.fair_hours import FairHours

DAY = date(2020, 11, 6)
HOURS = FairHours("Asia/Jakarta", {DAY + timedelta(days=n): (time(9), time(17)) for n in range(3)})


def line(booth: str, cash: int | None, exhibitor_id: int = 1) -> SellerDay:
    return SellerDay(exhibitor_id, DAY, "kopi", "Bawen", booth, None if cash is None else Amounts(cash=cash))


def test_a_shared_booth_is_covered_when_all_who_share_it_have_told() -> None:
    part = summed([line("A01", 5, 1), line("A01", None, 2), line("A02", 7, 3), line("", 9, 4)])
    assert (part.total, part.booths_told, part.booths) == (21, 1, 2)


@given(st.lists(st.integers(0, 999_999_999)))
def test_no_median_of_few_and_none_with_many_digits(totals: list[int]) -> None:
    middle = shown_median(totals)
    assert (middle is None) == (len(totals) < MEDIAN_FROM)
    if middle is not None:
        assert min(totals) * 0.9 <= middle <= max(totals) * 1.1
        assert len(str(middle).rstrip("0")) <= 2


@pytest.mark.parametrize(
    ("now", "days", "may"),
    [
        (datetime(2020, 11, 6, 1, 59, tzinfo=UTC), 0, False),
        (datetime(2020, 11, 6, 2, 0, tzinfo=UTC), 1, True),
        (datetime(2020, 11, 15, 10, 0, tzinfo=UTC), 3, True),
        (datetime(2020, 11, 15, 10, 1, tzinfo=UTC), 3, False),
    ],
)
def test_sellers_tell_from_the_first_opening_until_a_week_after_the_end(now: datetime, days: int, *, may: bool) -> None:
    assert (len(opened_days(HOURS, now)), sellers_may_tell(HOURS, now)) == (days, may)


def test_an_age_that_cannot_be_is_bounded() -> None:
    now = datetime(2020, 11, 6, tzinfo=UTC)
    assert entered_at(now, -5) == now
    assert entered_at(now, 10**9) == now - timedelta(days=14)
