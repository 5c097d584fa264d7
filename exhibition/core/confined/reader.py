"""The process in which files are read: it waits for calls, and forks a child with limits for each.

It has one thread, so that it may fork, which the server with its many threads must not. It imports the module of a
function before it forks, never after: a child begins with everything in memory, within milliseconds. It knows no
secret: its environment is empty, and it shares nothing with the server but the socket of each call.
"""

import gc
import importlib
import json
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from exhibition.core.confined import values

MIB = 1024 * 1024
LONGEST_HEADER, MOST_ARGUMENTS = 4096, 64 * MIB
SIZE = struct.Struct(">Q")
OPEN_FILES = 16
HEADER_WITHIN_S = 5.0
POLITENESS = 5
"""A heavy file waits for the gate, not the gate for it."""
GAVE, RAISED, FAULT, MEMORY = "gave", "raised", "fault", "memory"


@dataclass(frozen=True)
class Call:
    """What is to be run, and within which limits."""

    module: str
    function: str
    memory_mib: int
    """Memory for this call, beyond what the process needs anyway. macOS does not hold it."""
    seconds: int
    """Of CPU, and as long by the clock."""
    raises: tuple[str, ...] = ()
    """Names of the exceptions that are answers; any other is a fault."""

    @property
    def name(self) -> str:
        return f"{self.module}.{self.function}"


def send(connection: socket.socket, content: bytes) -> None:
    connection.sendall(SIZE.pack(len(content)))
    connection.sendall(content)


def receive(connection: socket.socket, most: int, until: float | None = None) -> bytes:
    """What ``send`` sent. ``until`` is a moment of the monotonic clock.

    Raises EOFError when it breaks off or is longer than ``most`` bytes, TimeoutError when it is not there in time.
    """
    (size,) = SIZE.unpack(_exactly(connection, SIZE.size, until))
    if size > most:
        raise EOFError("too long")
    return bytes(_exactly(connection, size, until))


def _exactly(connection: socket.socket, size: int, until: float | None) -> bytearray:
    content = bytearray()
    while len(content) < size:
        if until is not None:
            connection.settimeout(max(until - time.monotonic(), 0.001))
        piece = connection.recv(min(size - len(content), MIB))
        if not piece:
            raise EOFError
        content += piece
    return content


def send_call(connection: socket.socket, call: Call, arguments: object) -> None:
    """The server's half: what to run, then its arguments. They are the server's own, so they may be pickled."""
    send(connection, json.dumps(asdict(call)).encode())
    send(connection, pickle.dumps(arguments, pickle.HIGHEST_PROTOCOL))


def serve(control: int) -> None:
    """Take calls from the server until it is gone. Each comes as a socket of its own."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the thread that started this may have had some blocked
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server; its end is ours
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=control) as server:
        while True:
            said, handles, _flags, _address = socket.recv_fds(server, 1, 1)
            if not said:
                return
            for handle in handles:
                with socket.socket(fileno=handle) as connection, suppress(OSError, EOFError):
                    _begin(server, connection)


def _begin(server: socket.socket, connection: socket.socket) -> None:
    connection.settimeout(HEADER_WITHIN_S)
    call = Call(**json.loads(receive(connection, LONGEST_HEADER)))
    connection.settimeout(None)
    try:
        function = _function(call)
    except Exception:  # noqa: BLE001 — whatever it is, the server logs it
        send(connection, values.dump([FAULT, traceback.format_exc()]))
        return
    gc.freeze()
    if os.fork() == 0:
        try:
            server.close()
            _work(connection, call, function)
        finally:
            os._exit(0)


def _function(call: Call) -> Callable[..., object]:
    """The function, imported here so that no child has to; ``ready`` of its module imports what it loads late."""
    known = call.module in sys.modules
    module = importlib.import_module(call.module)
    if not known and hasattr(module, "ready"):
        module.ready()
    return getattr(module, call.function)


def _work(connection: socket.socket, call: Call, function: Callable[..., object]) -> None:
    """In the child: read within the limits, and answer."""
    confine(call)
    try:
        arguments, named = pickle.loads(receive(connection, MOST_ARGUMENTS))  # noqa: S301 — the server's own
        try:
            answer = values.dump([GAVE, function(*arguments, **named)])
        except Exception as error:
            if type(error).__qualname__ not in call.raises:
                raise
            answer = values.dump([RAISED, error])
    except MemoryError:
        answer = values.dump([MEMORY, None])
    except Exception:  # noqa: BLE001 — whatever it is, the server logs it
        answer = values.dump([FAULT, traceback.format_exc()])
    send(connection, answer)


def confine(call: Call) -> None:
    """Set the limits of this process for good. The alarm and the kernel end it without asking."""
    for number in (signal.SIGALRM, signal.SIGXCPU, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.alarm(call.seconds)
    memory = call.memory_mib * MIB + _taken()
    for limit, most in (
        (resource.RLIMIT_CPU, call.seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        with suppress(ValueError, OSError):  # macOS refuses a limit on memory
            resource.setrlimit(limit, (most, most))
    os.nice(POLITENESS)


def _taken() -> int:
    """Address space that this process has before it reads, in bytes; 0 where it cannot be told."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return 0
