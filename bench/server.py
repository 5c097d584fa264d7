"""``make bench``: scans, registrations and the front page on the real server, beside the floors of the same run.

Prints throughput, latency and CPU for a request at 1, 8 and 32 clients, on SQLite and on PostgreSQL, and the ratio
of our CPU to the floor's, the median of several rounds. Bounded to about three minutes.
"""

import contextlib
import itertools
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import psycopg

from bench import load, served
from exhibition.core.config import PROJECT

CLIENTS = (1, 8, 32)
ROUNDS = 5
SECONDS = 0.7
WARM_UP_S = 0.4
FLOORS: dict[str, tuple[str, int]] = {
    "front page": ("floor: bare route", 4),
    "scan": ("floor: one UPDATE", 2),
    "registration": ("floor: one UPDATE", 3),
}
"""The floor of each kind of work, and how many times the floor's CPU it may cost (docs/performance.md)."""
PASSES, DEVICES = 30_000, 32


class Seed(TypedDict):
    """Values for the requests: tokens of passes, bearer tokens of devices, the slot that never fills."""

    tokens: list[str]
    devices: list[str]
    slot_id: int


@dataclass(frozen=True)
class Row:
    work: str
    clients: int
    result: load.Result
    cpu_ms: float
    ratio: str
    """The ratio to the floor, as the median of the rounds."""


@dataclass(frozen=True)
class Work:
    """A kind of request, and the server that answers it: its port and process id."""

    name: str
    port: int
    pid: int
    requests: Iterator[bytes]

    def run(self, clients: int, seconds: float) -> tuple[load.Result, float]:
        """The result, and the CPU in ms for each request."""
        before = served.cpu_seconds(self.pid)
        result = load.run(self.port, self.requests, clients, seconds)
        spent = served.cpu_seconds(self.pid) - before
        return result, 1000 * spent / max(len(result.seconds), 1)


def measure(works: Sequence[Work], clients: int) -> list[Row]:
    """Measure everything in turns, so that a slow moment of the machine affects a floor and the work compared with it
    alike.
    """
    for work in works:
        work.run(clients, WARM_UP_S)
    results = {work.name: load.Result() for work in works}
    cpu: dict[str, list[float]] = {work.name: [] for work in works}
    for _round in range(ROUNDS):
        for work in works:
            result, cpu_ms = work.run(clients, SECONDS)
            results[work.name].add(result)
            cpu[work.name].append(cpu_ms)
    rows = []
    for name, result in results.items():
        floor, aim = FLOORS.get(name, (name, 0))
        ratio = statistics.median(own / bare for own, bare in zip(cpu[name], cpu[floor], strict=True))
        rows.append(Row(name, clients, result, statistics.median(cpu[name]), f"{ratio:.1f} (≤ {aim})" if aim else "–"))
    return rows


def scans(seed: Seed) -> Iterator[bytes]:
    for token, bearer in zip(seed["tokens"], itertools.cycle(seed["devices"]), strict=False):
        body = json.dumps({"nonce": secrets.token_hex(12), "token": token, "direction": "entry"}).encode()
        yield load.request("POST", "/api/v1/gate/scans", body, {"Authorization": f"Bearer {bearer}"})


def registrations(slot_id: int) -> Iterator[bytes]:
    for number in itertools.count():
        body = {"slot_id": slot_id, "name": f"Tamu {number}", "party_size": 2, "consent": True}
        yield load.request("POST", "/api/v1/registrations", json.dumps(body).encode())


def floor_updates() -> Iterator[bytes]:
    for number in itertools.cycle(range(1, 1001)):
        yield load.request("POST", f"/update/{number}", b"{}")


def seeded(database: str, environment: dict[str, str], folder: Path) -> Seed:
    """Fill the fresh database; returns the values for the requests."""
    seed_file = folder / f"{database}.json"
    command = [sys.executable, "-m", "bench.seed", str(PASSES), str(DEVICES), str(seed_file)]
    subprocess.run(command, check=True, cwd=PROJECT, env=os.environ | environment)
    return json.loads(seed_file.read_text())


def bench(database: str, environment: dict[str, str], folder: Path) -> list[Row]:
    """Measure everything on one database."""
    seed = seeded(database, environment, folder)
    with (
        served.served("bench.floor:app", environment, bare=True) as floor,
        served.served("app:app", environment) as exhibition,
    ):
        works = [
            Work("floor: bare route", *floor, itertools.repeat(load.request("GET", "/page"))),
            Work("floor: one UPDATE", *floor, floor_updates()),
            Work("front page", *exhibition, itertools.repeat(load.request("GET", "/"))),
            Work("scan", *exhibition, scans(seed)),
            Work("registration", *exhibition, registrations(seed["slot_id"])),
        ]
        rows = [row for clients in CLIENTS for row in measure(works, clients)]
    return sorted(rows, key=lambda row: [work.name for work in works].index(row.work))


def table(database: str, rows: list[Row]) -> str:
    """The figures of one database as a Markdown table."""
    lines = [
        f"### {database}",
        "",
        "| work | clients | per second | p50 ms | p95 ms | p99 ms | CPU ms | × floor (aim) | 5xx |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        result = row.result
        lines.append(
            f"| {row.work} | {row.clients} | {result.per_second:.0f} | {result.percentile(0.5):.1f}"
            f" | {result.percentile(0.95):.1f} | {result.percentile(0.99):.1f} | {row.cpu_ms:.2f}"
            f" | {row.ratio} | {result.failures} |"
        )
    page = next(row for row in rows if row.work == "front page")
    lines += [
        "",
        f"The front page is {page.result.largest_answer / 1024:.1f} KB over the wire (gzip, without CSS).",
        "",
    ]
    return "\n".join(lines)


def databases(stack: contextlib.ExitStack) -> Iterator[tuple[Path, str, dict[str, str]]]:
    """A folder, and each database by name with its environment variables; PostgreSQL starts when its turn comes."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o755)  # when run as root, PostgreSQL runs as a system user that must be able to enter
    common = {"EXHIBITION_RATELIMIT_ENABLED": "false"}
    yield folder, "SQLite", common | {"EXHIBITION_INSTANCE_PATH": str(folder / "sqlite")}
    address = _database(stack.enter_context(served.postgres(folder)))
    instance = str(folder / "postgresql-instance")
    yield folder, "PostgreSQL", common | {"EXHIBITION_INSTANCE_PATH": instance, "EXHIBITION_DATABASE_URL": address}


def print_on_each(measure: Callable[[str, dict[str, str], Path], str]) -> None:
    """What a benchmark measures on SQLite, then on PostgreSQL; it gets the name, the environment and a folder."""
    with contextlib.ExitStack() as stack:
        for folder, name, environment in databases(stack):
            print(measure(name, environment, folder), flush=True)


def main() -> None:
    print_on_each(lambda name, environment, folder: table(name, bench(name, environment, folder)))


def _database(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bench TEMPLATE template0")
    return server.replace("/postgres?", "/bench?")


if __name__ == "__main__":
    main()
