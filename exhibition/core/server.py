"""How the application is served: one place for `make run`, the benchmarks and docs/operations.md."""

import sys
from pathlib import Path

WORKERS = 2
BLOCKING_THREADS = 24
"""For each worker; a request holds one while it runs, an open event stream for as long as it is open."""
BACKLOG = 1024


def granian_command(target: str = "app:app", *, host: str = "0.0.0.0", port: int = 8000) -> list[str]:  # noqa: S104 phones at the venue must reach it
    """The command line that serves ``module:app`` (docs/adr/0006-server.md)."""
    return [
        str(Path(sys.executable).with_name("granian")),
        "--interface=wsgi",
        f"--host={host}",
        f"--port={port}",
        f"--workers={WORKERS}",
        f"--blocking-threads={BLOCKING_THREADS}",
        f"--backlog={BACKLOG}",
        "--respawn-failed-workers",
        "--log-level=warning",
        target,
    ]
