"""``python -m bench.lists [REGISTRATIONS]``: the desk's lists with 2,000 applications and 1,000,000 registrations.

Each page is asked for in turns with a list that has nothing in it, the floor of the same run, on SQLite and on
PostgreSQL. Elapsed time is all work there is, the database's too; CPU is that of our process.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

from bench.lists_timed import APPLICATIONS, FLOOR
from bench.server import print_on_each
from exhibition.core.config import PROJECT

REGISTRATIONS = 1_000_000
BUDGET_MS = 300


class Figures(TypedDict):
    """Elapsed ms, CPU ms, and failed answers of pages or bytes of files."""

    filled_s: float
    pages: dict[str, tuple[float, float, int]]
    files: dict[str, tuple[float, float, int]]


def bench(environment: dict[str, str], count: int) -> Figures:
    command = [sys.executable, "-m", "bench.lists_timed", str(count)]
    done = subprocess.run(
        command, check=True, cwd=PROJECT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def table(database: str, figures: Figures, count: int) -> str:
    """The figures of one database as a Markdown table."""
    floor, _, _ = figures["pages"][FLOOR]
    rows = [
        f"| {name} | {elapsed:.0f} | {elapsed / floor:.1f} | {cpu:.0f} | {failed} |"
        for name, (elapsed, cpu, failed) in figures["pages"].items()
    ]
    files = [
        f"| {name} | {elapsed / 1000:.1f} s | | {cpu / 1000:.1f} s | {size / 1e6:.0f} MB |"
        for name, (elapsed, cpu, size) in figures["files"].items()
    ]
    lists = f"{APPLICATIONS:,} applications, {count:,} registrations"
    head = f"| {lists} | ms (budget {BUDGET_MS}) | × floor | CPU ms | failed |"
    filled = f"Filled in {figures['filled_s']:.0f} s."
    return "\n".join([f"### {database}", "", filled, "", head, "|---|---|---|---|---|", *rows, *files, ""])


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REGISTRATIONS

    def measured(name: str, environment: dict[str, str], _folder: Path) -> str:
        return table(name, bench(environment, count), count)

    print_on_each(measured)


if __name__ == "__main__":
    main()
