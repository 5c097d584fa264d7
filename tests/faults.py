"""A fault of ours put in on purpose, and what the log must hold of it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest


def raising(error: Exception) -> Callable[..., NoReturn]:
    """Stands in for a function of ours with a fault in it."""

    def fail(*_args: Any, **_values: Any) -> NoReturn:
        raise error

    return fail


@contextmanager
def logged(caplog: pytest.LogCaptureFixture, error: Exception) -> Iterator[None]:
    """Expect the fault in the log, once, with where it came from."""
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        yield
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [error]
