"""The line of a session: nobody jumps in front of somebody for whom there is room, and no place is given twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from exhibition.visitors.waiting.rules import (
    Chance,
    InLine,
    PlacesBack,
    chance,
    may_take,
    next_offers,
    offer_until,
)

NOON = datetime(2026, 11, 6, 5, tzinfo=UTC)
"""Twelve o'clock in Jakarta."""
ZONE = "Asia/Jakarta"
SIZES = st.integers(1, 10)


@given(free=st.integers(0, 60), sizes=st.lists(SIZES, max_size=30))
def test_each_who_still_fits_gets_an_offer_in_turn(free: int, sizes: list[int]) -> None:
    line = [InLine(number, size) for number, size in enumerate(sizes)]
    offers = next_offers(free, line)
    assert offers == sorted(offers, key=lambda party: party.id)
    rest = free - sum(party.people for party in offers)
    assert rest >= 0
    assert all(party.people > rest for party in line if party not in offers)


class Session(RuleBasedStateMachine):
    """A session with its passes, offers and line, as the capacity rule and the waiting list change it together."""

    def __init__(self) -> None:
        super().__init__()
        self.capacity, self.number = 12, 0
        self.passes: list[int] = []
        self.offers: list[InLine] = []
        self.line: list[InLine] = []

    @property
    def free(self) -> int:
        return self.capacity - sum(self.passes) - sum(offer.people for offer in self.offers)

    def pass_on(self) -> None:
        offers = next_offers(self.free, self.line)
        self.offers += offers
        self.line = [party for party in self.line if party not in offers]

    @rule(people=SIZES)
    def register(self, people: int) -> None:
        waiting_who_fit = [party for party in self.line if party.people <= self.free]
        if may_take(self.free, people, self.line):
            assert not waiting_who_fit
            self.passes.append(people)

    @rule(people=SIZES)
    def join(self, people: int) -> None:
        if not may_take(self.free, people, self.line):
            self.number += 1
            self.line.append(InLine(self.number, people))

    @precondition(lambda self: self.passes)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.passes.pop(data.draw(st.integers(0, len(self.passes) - 1)))
        self.pass_on()

    @precondition(lambda self: self.passes)
    @rule(data=st.data())
    def shrink(self, data: st.DataObject) -> None:
        which = data.draw(st.integers(0, len(self.passes) - 1))
        self.passes[which] = max(1, self.passes[which] - 1)
        self.pass_on()

    @precondition(lambda self: self.offers)
    @rule()
    def accept(self) -> None:
        self.passes.append(self.offers.pop(0).people)

    @precondition(lambda self: self.offers)
    @rule()
    def lapse(self) -> None:
        self.offers.pop(0)
        self.pass_on()

    @precondition(lambda self: self.line)
    @rule()
    def leave(self) -> None:
        self.line.pop(0)

    @rule(more=st.integers(1, 4))
    def enlarge(self, more: int) -> None:
        self.capacity += more
        self.pass_on()

    @invariant()
    def nobody_without_a_place_and_none_for_whom_there_is_room_waits(self) -> None:
        assert self.free >= 0
        assert all(party.people > self.free for party in self.line)
        assert self.line == sorted(self.line, key=lambda party: party.id)


TestSession = Session.TestCase


@pytest.mark.parametrize(
    ("now", "minutes", "expected"),
    [
        (NOON, 120, NOON + timedelta(hours=2)),
        (NOON + timedelta(hours=8), 120, NOON + timedelta(hours=20)),  # 20.00: an hour now, one from seven on
        (NOON + timedelta(hours=12), 120, NOON + timedelta(hours=21)),  # midnight: from seven on
        (NOON - timedelta(hours=8), 30, NOON - timedelta(hours=4, minutes=30)),  # 4.00: until 7.30
    ],
    ids=["by day", "in the evening", "at midnight", "in the early morning"],
)
def test_the_time_to_answer_stands_still_at_night(now: datetime, minutes: int, expected: datetime) -> None:
    assert offer_until(now, minutes, NOON + timedelta(days=5), ZONE) == expected


@given(hours=st.integers(0, 72), minutes=st.integers(10, 2880), begins=st.integers(0, 100))
def test_an_offer_ends_after_it_was_made_and_not_after_the_session_begins(
    hours: int, minutes: int, begins: int
) -> None:
    now, starts_at = NOON + timedelta(hours=hours), NOON + timedelta(hours=hours, minutes=begins * 60)
    until = offer_until(now, minutes, starts_at, ZONE)
    assert now <= until <= starts_at


@pytest.mark.parametrize(
    ("issued", "back", "needed", "expected"),
    [
        (19, 19, 1, Chance.UNKNOWN),
        (100, 10, 5, Chance.LIKELY),
        (100, 10, 6, Chance.POSSIBLE),
        (100, 10, 10, Chance.POSSIBLE),
        (100, 10, 11, Chance.UNLIKELY),
        (100, 0, 1, Chance.UNLIKELY),
    ],
)
def test_the_chance_goes_on_from_what_has_come_back(issued: int, back: int, needed: int, expected: Chance) -> None:
    half_way = PlacesBack(issued, back, NOON - timedelta(days=2))
    assert chance(half_way, needed, NOON + timedelta(days=2), NOON) is expected


def test_nothing_is_said_before_anybody_has_registered() -> None:
    assert chance(PlacesBack(0, 0, None), 1, NOON + timedelta(days=1), NOON) is Chance.UNKNOWN
