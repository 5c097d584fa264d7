"""Running a function on a stranger's file in a child process with limits of memory, time and files.

``confined`` works in any thread of a web worker and of the job consumer. The first call starts the process of
``reader``, which lives as long as this process and forks a child for each call.
"""

import atexit
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from flask_babel import lazy_gettext as _l

from exhibition.core.config import PROJECT
from exhibition.core.confined import reader, values
from exhibition.core.confined.reader import MIB, Call
from exhibition.core.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

MEMORY_MIB = 512
SECONDS = 20
AT_ONCE = 2
"""Files that one server process has read at the same time, so that the memory of all together has a limit too."""
TURN_WITHIN_S = 10.0
GRACE_S = 5.0
"""How much longer than its child the server waits."""
LARGEST_ANSWER = 16 * MIB
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from exhibition.core.confined.reader import serve; serve(int(sys.argv[2]))"
)


def confined(
    function: Callable[P, R],
    *,
    field: str = "file",
    knows: Collection[type] = (),
    memory_mib: int = MEMORY_MIB,
    seconds: int = SECONDS,
) -> Callable[P, R]:
    """The same function of a module, to be called in a child process with limits.

    Its result may be made of plain values and of the classes in ``knows``; an exception of these classes, and Refused,
    is raised here as it was there. ``memory_mib`` is for the file alone, ``seconds`` is of CPU and by the clock.

    A call raises Refused, naming ``field``: ``file_too_heavy`` (422) when a limit was met or the child died,
    ``file_unreadable`` (422) when it failed by a fault of ours, which is logged, and ``reading_busy`` (503) when other
    files keep it waiting too long.
    """
    raised = (Refused, *(one for one in knows if issubclass(one, Exception)))
    names = tuple(one.__qualname__ for one in raised)
    call = Call(function.__module__, function.__qualname__, memory_mib, seconds, names)

    def run(*arguments: P.args, **named: P.kwargs) -> R:
        answer = _in_turn(call, (arguments, named), field)
        value: Any
        try:
            kind, value = values.load(answer, {*knows, Refused}) if answer else (None, None)
        except (values.NotPlain, ValueError, TypeError):
            log.warning("%s: an answer that is none", call.name)
            kind = value = None
        if kind == reader.GAVE:
            return value
        if kind == reader.RAISED and isinstance(value, raised):
            raise value
        if kind == reader.FAULT:
            log.error("%s failed:\n%s", call.name, value)
            message = _l("This file cannot be read. Save it again in the program it comes from, or choose another.")
            raise Refused("file_unreadable", message, status=422, field=field)
        message = _l("Reading this file takes too much memory or time. Save it with less in it, or choose another.")
        raise Refused("file_too_heavy", message, status=422, field=field)

    return run


def _in_turn(call: Call, arguments: object, field: str) -> bytes | None:
    turns = _reader.turns
    if not turns.acquire(timeout=TURN_WITHIN_S):
        message = _l("Other files are being read at this moment. Nothing was changed; please try again.")
        raise Refused("reading_busy", message, status=503, field=field)
    try:
        return _asked(call, arguments)
    finally:
        turns.release()


def _asked(call: Call, arguments: object) -> bytes | None:
    """The child's answer; None when it died without one, or took too long."""
    began = time.monotonic()
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _reader.hand_over(theirs)
        ours.settimeout(call.seconds + GRACE_S)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered already that it cannot
                reader.send_call(ours, call, arguments)
            return reader.receive(ours, LARGEST_ANSWER, began + call.seconds + GRACE_S)
        except (OSError, EOFError):
            log.warning("%s died after %.1f s", call.name, time.monotonic() - began)
            return None


class _Reader:
    """The process of ``reader`` that belongs to this one; started by the first call, and anew after it has died."""

    def __init__(self) -> None:
        self.turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def hand_over(self, connection: socket.socket) -> None:
        """Give the process one end of a call's connection. Raises OSError when it cannot be started."""
        with self._lock:
            if self._control is None or self._process is None or self._process.poll() is not None:
                self._start()
            try:
                self._give(connection)
            except OSError:
                self._start()
                self._give(connection)

    def _give(self, connection: socket.socket) -> None:
        assert self._control is not None
        socket.send_fds(self._control, [b"."], [connection.fileno()])

    def _start(self) -> None:
        self._close()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 — nothing of it comes from outside
                [sys.executable, "-I", "-c", _START, str(PROJECT), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env={},
                pass_fds=[theirs.fileno()],
            )
        self._control = ours

    def _close(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def leave(self) -> None:
        """Forget the process without ending it."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.returncode = 0  # so that nobody waits for it here

    def stop(self) -> None:
        """End the process; the next call starts another."""
        with self._lock:
            self._close()
            self._process = self._control = None


def _start_afresh() -> None:
    """After a fork: the process belongs to the parent, and another thread may have held a lock."""
    global _reader  # noqa: PLW0603 — it is of this process
    _reader.leave()
    _reader = _Reader()


def _stop() -> None:
    _reader.stop()


_reader = _Reader()
atexit.register(_stop)
os.register_at_fork(after_in_child=_start_afresh)
