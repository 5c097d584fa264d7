"""A deliberate fault in our code, and its entry in the log."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest


def raising(error: Exception) -> Callable[..., NoReturn]:
    """A replacement for one of our functions that raises an error."""

    def fail(*_args: Any, **_values: Any) -> NoReturn:
        raise error

    return fail


@contextmanager
def logged(caplog: pytest.LogCaptureFixture, error: Exception) -> Iterator[None]:
    """Expect the fault in the log, once, with its origin."""
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        yield
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [error]
