"""``make bench``: scans, registrations and the front page on the real server, beside the floors of the same run.

Prints throughput, latency and CPU for a request at 1, 8 and 32 clients, on SQLite and on PostgreSQL, and the ratio
of our CPU to the floor's. Bounded to about three minutes.
"""

import contextlib
import itertools
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import psycopg

from bench import load, served
from exhibition.core.config import PROJECT

CLIENTS = (1, 8, 32)
SECONDS = 3.0
WARM_UP_S = 0.5
PASSES, DEVICES = 30_000, 32


class Seed(TypedDict):
    """What the requests need: tokens of passes, bearer tokens of devices, the slot that never fills."""

    tokens: list[str]
    devices: list[str]
    slot_id: int


@dataclass(frozen=True)
class Row:
    work: str
    clients: int
    result: load.Result
    cpu_ms: float


def measure(work: str, port: int, pid: int, requests: Iterator[bytes]) -> list[Row]:
    rows = []
    for clients in CLIENTS:
        load.run(port, requests, clients, WARM_UP_S)
        before = served.cpu_seconds(pid)
        result = load.run(port, requests, clients, SECONDS)
        spent = served.cpu_seconds(pid) - before
        rows.append(Row(work, clients, result, 1000 * spent / max(len(result.seconds), 1)))
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
    """Fill the fresh database; returns what the requests need."""
    seed_file = folder / f"{database}.json"
    command = [sys.executable, "-m", "bench.seed", str(PASSES), str(DEVICES), str(seed_file)]
    subprocess.run(command, check=True, cwd=PROJECT, env=os.environ | environment)
    return json.loads(seed_file.read_text())


def bench(database: str, environment: dict[str, str], folder: Path) -> list[Row]:
    """Measure everything on one database."""
    seed = seeded(database, environment, folder)
    rows: list[Row] = []
    with served.served("bench.floor:app", environment) as (port, pid):
        rows += measure("floor: bare route", port, pid, itertools.repeat(load.request("GET", "/page")))
        rows += measure("floor: one UPDATE", port, pid, floor_updates())
    with served.served("app:app", environment) as (port, pid):
        rows += measure("front page", port, pid, itertools.repeat(load.request("GET", "/")))
        rows += measure("scan", port, pid, scans(seed))
        rows += measure("registration", port, pid, registrations(seed["slot_id"]))
    return rows


FLOORS: dict[str, tuple[str, float]] = {
    "front page": ("floor: bare route", 4),
    "scan": ("floor: one UPDATE", 2),
    "registration": ("floor: one UPDATE", 3),
}


def table(database: str, rows: list[Row]) -> str:
    """The figures of one database as a Markdown table."""
    floors = {(row.work, row.clients): row.cpu_ms for row in rows}
    lines = [
        f"### {database}",
        "",
        "| work | clients | per second | p50 ms | p95 ms | p99 ms | CPU ms | × floor (aim) | 5xx |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        ratio = "–"
        if row.work in FLOORS:
            floor, aim = FLOORS[row.work]
            ratio = f"{row.cpu_ms / floors[floor, row.clients]:.1f} (≤ {aim:g})"
        result = row.result
        lines.append(
            f"| {row.work} | {row.clients} | {result.per_second:.0f} | {result.percentile(0.5):.1f}"
            f" | {result.percentile(0.95):.1f} | {result.percentile(0.99):.1f} | {row.cpu_ms:.2f}"
            f" | {ratio} | {result.failures} |"
        )
    page = next(row for row in rows if row.work == "front page")
    lines += [
        "",
        f"The front page is {page.result.largest_answer / 1024:.1f} KB over the wire (gzip, without CSS).",
        "",
    ]
    return "\n".join(lines)


def databases(stack: contextlib.ExitStack) -> Iterator[tuple[Path, str, dict[str, str]]]:
    """A folder, and each database by name with the environment that names it; PostgreSQL starts when its turn comes."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o755)  # as root PostgreSQL runs as a system user that must be able to enter
    common = {"EXHIBITION_RATELIMIT_ENABLED": "false"}
    yield folder, "SQLite", common | {"EXHIBITION_INSTANCE_PATH": str(folder / "sqlite")}
    address = _database(stack.enter_context(served.postgres(folder)))
    instance = str(folder / "postgresql-instance")
    yield folder, "PostgreSQL", common | {"EXHIBITION_INSTANCE_PATH": instance, "EXHIBITION_DATABASE_URL": address}


def main() -> None:
    with contextlib.ExitStack() as stack:
        for folder, name, environment in databases(stack):
            print(table(name, bench(name, environment, folder)), flush=True)


def _database(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bench TEMPLATE template0")
    return server.replace("/postgres?", "/bench?")


if __name__ == "__main__":
    main()
