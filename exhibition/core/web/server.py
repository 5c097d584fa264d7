"""How the application is served, the same for ``flask run-venue`` and the benchmarks (docs/adr/0006-server.md)."""

import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WORKERS = 2
"""Two cores."""
REQUESTS_AT_ONCE = 24
"""Requests that one worker handles at once; more would only wait for each other and for database connections."""
MOST_STREAMS = 480
"""Open event streams in one worker; each holds a thread, which is cheap while it waits (docs/adr/0009-live.md)."""
THREADS = REQUESTS_AT_ONCE + MOST_STREAMS
"""The server makes them when they are needed."""
BACKLOG, BACKPRESSURE = 512, 64 + MOST_STREAMS
KILL_AFTER_S = 5


class AtOnce:
    """Lets at most ``most`` requests run at once, however many threads there are.

    An event stream counts only while it starts, not while it is open.
    """

    def __init__(self, inner: "WSGIApplication", most: int) -> None:
        self._inner = inner
        self._turns = threading.BoundedSemaphore(most)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self._turns:
            return self._inner(environ, start_response)


def init_app(app: Flask) -> None:
    app.wsgi_app = AtOnce(app.wsgi_app, REQUESTS_AT_ONCE)


def granian_command(
    target: str, host: str, port: int, *, certificate: Path | None = None, key: Path | None = None
) -> list[str]:
    """The command line that serves ``module:app``, over TLS when it is given a certificate with its key."""
    options: dict[str, object] = {
        "interface": "wsgi",
        "host": host,
        "port": port,
        "workers": WORKERS,
        "blocking-threads": THREADS,
        "backlog": BACKLOG,
        "backpressure": BACKPRESSURE,
        "workers-kill-timeout": KILL_AFTER_S,
        "log-level": "error",  # its warning about many threads is answered by AtOnce
    }
    if certificate is not None:
        options |= {"ssl-certificate": certificate, "ssl-keyfile": key}
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "granian", *flags, "--no-ws", "--respawn-failed-workers", target]
