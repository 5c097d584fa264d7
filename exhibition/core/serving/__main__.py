"""The web server: so many workers on one port, each started again when it dies.

usage: python -m exhibition.core.serving [--host H] [--port P] [--workers N] [--certificate F --key F] MODULE:APP
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from exhibition.core.serving import bounds
from exhibition.core.serving.processes import KeptProcess, stop

LOOK_EVERY_S = 0.2


def bound_sockets(host: str, port: int, count: int) -> list[socket.socket]:
    """A socket for each worker, among which Linux spreads connections; elsewhere one that they share.

    A worker listens once it is ready. The sockets stay open here, so connections wait while a worker that has died is
    started again.
    """
    spread = sys.platform == "linux"
    made: list[socket.socket] = []
    for _worker in range(count if spread else 1):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        one = socket.socket(family)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if spread:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind((host, port))
        made.append(one)
    return made if spread else made * count


def start_worker(target: str, listening: socket.socket, parent: int, tls: list[str]) -> subprocess.Popen[bytes]:
    """A worker on its socket; it ends when the other end of the pipe ``parent`` is closed, so when we are gone."""
    descriptors = listening.fileno(), parent
    words = [sys.executable, "-m", "exhibition.core.serving.worker", target, *map(str, descriptors), *tls]
    return subprocess.Popen(words, pass_fds=descriptors)  # noqa: S603 our own module


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 for whoever runs it


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m exhibition.core.serving", description="Serve a WSGI application.")
    parser.add_argument("target", metavar="MODULE:APP")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=bounds.WORKERS)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    asked = parser.parse_args()
    stopped: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    tls = [asked.certificate, asked.key] if asked.certificate else []
    sockets = bound_sockets(asked.host, asked.port, asked.workers)
    parent, _ours = os.pipe()
    workers = [
        KeptProcess(f"web worker {number}", lambda one=one: start_worker(asked.target, one, parent, tls), say)
        for number, one in enumerate(sockets, 1)
    ]
    try:
        while not stopped:
            if not all(worker.look() for worker in workers):
                return 1
            time.sleep(LOOK_EVERY_S)
    finally:
        stop(workers, bounds.STOP_WITHIN_S + 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
