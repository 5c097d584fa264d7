"""How the application is served: one place for ``flask run-venue`` and the benchmarks (docs/adr/0006-server.md)."""

import sys

WORKERS, THREADS = 2, 24
"""Two cores. A request holds a thread while it runs, an event stream as long as it is open."""
MOST_STREAMS = 16
"""Open event streams in one worker; the other threads stay free for requests."""
BACKLOG, BACKPRESSURE = 512, 64
KILL_AFTER_S = 5


def granian_command(target: str, host: str, port: int) -> list[str]:
    """The command line that serves ``module:app``."""
    options = {
        "interface": "wsgi",
        "host": host,
        "port": port,
        "workers": WORKERS,
        "blocking-threads": THREADS,
        "backlog": BACKLOG,
        "backpressure": BACKPRESSURE,
        "workers-kill-timeout": KILL_AFTER_S,
        "log-level": "error",  # its warning about many threads is answered by BACKPRESSURE
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "granian", *flags, "--no-ws", "--respawn-failed-workers", target]
