"""Who gives way when there are too many connections."""

from dataclasses import dataclass
from typing import Any, cast

import pytest

from exhibition.core.serving import bounds
from exhibition.core.serving.crowd import Crowd, Rank


@dataclass(eq=False)
class Connection:
    """What a crowd knows of a door."""

    crowd: Crowd
    group: str
    since: float = 0.0
    rank: Rank = Rank.STRANGER
    is_being_answered: bool = False
    is_open: bool = True

    def enter(self) -> bool:
        return self.crowd.enter(cast("Any", self))

    def abort(self) -> None:
        self.is_open = False
        self.crowd.leave(cast("Any", self))


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    monkeypatch.setattr(bounds, "MOST_CONNECTIONS", 3)
    monkeypatch.setattr(bounds, "MOST_CONNECTIONS_OF_AN_ADDRESS", 2)
    return Crowd(by_address=True)


def test_the_lowest_rank_that_has_waited_longest_gives_way(crowd: Crowd) -> None:
    device = Connection(crowd, "a", since=1, rank=Rank.DEVICE)
    stranger = Connection(crowd, "a", since=2)
    assert device.enter()
    assert stranger.enter()
    assert Connection(crowd, "a", since=3).enter()
    assert (device.is_open, stranger.is_open) == (True, False)


def test_who_is_being_answered_gives_way_to_nobody(crowd: Crowd) -> None:
    busy = [Connection(crowd, "a", is_being_answered=True) for _ in range(2)]
    assert all(one.enter() for one in busy)
    assert not Connection(crowd, "a").enter()
    assert all(one.is_open for one in busy)


def test_a_full_house_counts_right_when_the_only_one_of_an_address_gives_way(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_CONNECTIONS", 1)
    newcomers = [Connection(crowd, "a") for _ in range(5)]
    assert all(one.enter() for one in newcomers)
    newcomers[-1].abort()
    assert crowd._count == 0
    assert Connection(crowd, "b").enter()


def test_behind_a_proxy_addresses_are_not_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_CONNECTIONS_OF_AN_ADDRESS", 1)
    crowd = Crowd(by_address=False)
    first = Connection(crowd, "proxy")
    assert first.enter()
    assert Connection(crowd, "proxy").enter()
    assert first.is_open
