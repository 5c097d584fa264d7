"""Readers that misbehave as a file could make them. A child process calls them, and imports this module by its name."""

import ctypes
import os
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused
from exhibition.core.tables import TableFault, UnreadableTable


@dataclass(frozen=True)
class Kept:
    """What the server knows."""

    text: str


@dataclass(frozen=True)
class Foreign:
    """What the server does not know."""

    text: str


def spin(*_content: object, **_named: object) -> NoReturn:
    while True:
        pass


def sleep(*_content: object, **_named: object) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGINT])
    time.sleep(600)


def allocate(*_content: object, **_named: object) -> int:
    kept = []
    while True:
        kept.append(bytearray(16 * 1024 * 1024))


def leave(*_content: object, **_named: object) -> NoReturn:
    os._exit(0)


def crash(*_content: object, **_named: object) -> None:
    ctypes.string_at(0)


def nest(*_content: object, **_named: object) -> list[object]:
    found: list[object] = []
    for _ in range(100_000):
        found = [found]
    return found


def chatter(*_content: object, **_named: object) -> list[str]:
    return ["x" * 1024] * 40_000


def foreign(content: bytes) -> Foreign:
    return Foreign(content.decode())


def keep(content: bytes, *, times: int = 1) -> Kept:
    return Kept(content.decode() * times)


def stumble(content: bytes) -> str:
    return content.decode()[len(content)]


def refuse(_content: bytes) -> NoReturn:
    message = _l("%(field)s must be a whole number.", field="hall.rows")
    raise Refused("plan_invalid", message, status=422, field="hall.rows")


def find_unreadable(_content: bytes) -> NoReturn:
    raise UnreadableTable(TableFault.LOCKED)


def write(_content: bytes) -> str:
    with tempfile.NamedTemporaryFile(dir="/tmp") as file:
        file.write(b"x" * 100)
        file.flush()
    return "written"


def open_many(_content: bytes) -> int:
    return len([socket.socket() for _ in range(100)])


def surroundings(_content: bytes) -> tuple[dict[str, str], str, int]:
    """Environment, working folder, and how many files are open."""
    return dict(os.environ), str(Path.cwd()), len(list(Path("/dev/fd").iterdir()))


def modules(_content: bytes) -> list[str]:
    return sorted(name for name in ("sqlalchemy", "psycopg", "exhibition.factory") if name in sys.modules)
