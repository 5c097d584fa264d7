"""The command line of the server, the same for ``flask run-venue``, the tests and the benchmarks."""

import sys
from pathlib import Path


def server_command(
    target: str,
    host: str,
    port: int,
    *,
    workers: int | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
) -> list[str]:
    """What serves ``module:app``, over TLS when it is given a certificate with its key."""
    options = {"host": host, "port": port, "workers": workers, "certificate": certificate, "key": key}
    flags = [f"--{name}={value}" for name, value in options.items() if value is not None]
    return [sys.executable, "-m", "exhibition.core.serving", *flags, target]
