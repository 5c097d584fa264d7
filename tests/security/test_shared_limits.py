"""Limits count for all processes and servers together, and hold when many try at once."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, current_app
from sqlalchemy import text
from werkzeug.exceptions import TooManyRequests

from exhibition.core.extensions import asking_group
from exhibition.core.limiting import shared_windows
from exhibition.core.limiting.tries import count_try, forget_tries
from exhibition.factory import create_app

MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def second_app(bare_app: Flask) -> Iterator[Flask]:
    """Another instance of the application, as in another process, on the same database."""
    url = bare_app.config["SQLALCHEMY_DATABASE_URI"]
    settings = {"INSTANCE_PATH": str(bare_app.config["INSTANCE"]), "PUBLIC_URL": "http://localhost"}
    app = create_app(settings | {"DATABASE_URL": "" if url.startswith("sqlite") else url}, testing=True)
    yield app
    app.extensions["jobs"].close()
    app.extensions[shared_windows.ENGINE].dispose()


def allowed(app: Flask, rules: str, who: str, cost: int = 1) -> bool:
    with app.app_context():
        try:
            count_try(rules, who, cost=cost)
        except TooManyRequests:
            return False
        return True


def names() -> list[str]:
    """The names of all windows that are kept."""
    engine = current_app.extensions[shared_windows.ENGINE]
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT name FROM limit_window")).scalars())


def test_two_instances_count_together(bare_app: Flask, second_app: Flask) -> None:
    answers = [allowed(app, "5/minute", "guesser") for app in (bare_app, second_app) * 4]
    assert answers == [True] * 5 + [False] * 3
    assert allowed(second_app, "5/minute", "somebody else")


def test_of_many_tries_at_once_as_many_pass_as_the_limit_says(bare_app: Flask, second_app: Flask) -> None:
    apps = [bare_app, second_app] * 30
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda app: allowed(app, "25/hour", "crowd"), apps))
    assert sum(answers) == 25


def test_a_window_moves_and_allows_no_double_around_its_end(bare_app: Flask) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        clock.shift(timedelta(seconds=50))
        assert [allowed(bare_app, "5/minute", "who") for _ in range(6)] == [True] * 5 + [False]
        clock.shift(timedelta(seconds=20))
        assert not allowed(bare_app, "5/minute", "who"), "the minute on the clock is another, the window is not"
        clock.shift(timedelta(seconds=41))
        assert [allowed(bare_app, "5/minute", "who") for _ in range(6)] == [True] * 5 + [False]


def test_who_is_refused_learns_how_long_to_wait(bare_app: Flask) -> None:
    with time_machine.travel(MORNING, tick=False), bare_app.app_context():
        for _ in range(2):
            count_try("2/minute", "who")
        with pytest.raises(TooManyRequests) as refused:
            count_try("2/minute", "who")
    assert refused.value.retry_after == 61


def test_tries_may_cost_more_than_one_and_a_refused_one_costs_nothing(bare_app: Flask) -> None:
    assert [allowed(bare_app, "100/day", "sender", cost) for cost in (60, 41, 101, 40, 1)] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_tries_are_forgotten_for_this_person_only(bare_app: Flask) -> None:
    for who in ("one", "two"):
        assert allowed(bare_app, "1/hour", who)
    with bare_app.app_context():
        forget_tries("1/hour", "one")
    assert [allowed(bare_app, "1/hour", who) for who in ("one", "two")] == [True, False]


def test_windows_that_are_over_are_deleted(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_windows, "TIDY_EVERY_S", 0)
    with bare_app.app_context():
        with time_machine.travel(MORNING, tick=False):
            count_try("1/minute", "long gone")
        with time_machine.travel(MORNING + timedelta(minutes=2), tick=False):
            count_try("1/minute", "now")
            count_try("1/hour", "now")
            kept = names()
    assert len(kept) == 2


def test_neither_addresses_nor_people_can_be_read_from_what_is_counted(bare_app: Flask) -> None:
    with bare_app.app_context():
        count_try("1/minute", "203.0.113.9", "siti@example.com")
        kept = names()
    assert [bool(re.fullmatch("[0-9a-f]{64}", name)) for name in kept] == [True]


@pytest.mark.parametrize(
    ("address", "group"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2::7", "2001:db8:1:2::/64"), ("::ffff:192.0.2.7", "192.0.2.7")],
)
def test_a_household_of_ipv6_counts_as_one(bare_app: Flask, address: str, group: str) -> None:
    with bare_app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert asking_group() == group
