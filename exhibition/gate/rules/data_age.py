"""The age of what a device knows, and its colour."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta


class Level(enum.StrEnum):
    """The colour for the age of a device's data."""

    FRESH = ""
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class DataAge:
    """Whole minutes since the device had its bundle; None: it never had one."""

    minutes: int | None
    level: Level


def data_age(received_at: datetime | None, now: datetime, amber_minutes: int, red_minutes: int) -> DataAge:
    """How old a device's bundle is; on red, changes of the last ``red_minutes`` may be missing.

    The scanner's JavaScript has the same function (``gate/offline/age.js``); both run ``tests/vectors/data_age.json``.
    """
    if received_at is None:
        return DataAge(None, Level.RED)
    minutes = max(0, (now - received_at) // timedelta(minutes=1))
    if minutes >= red_minutes:
        return DataAge(minutes, Level.RED)
    return DataAge(minutes, Level.AMBER if minutes >= amber_minutes else Level.FRESH)
