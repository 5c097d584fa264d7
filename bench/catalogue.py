"""``python -m bench.catalogue``: the catalogue with 10,000 listings beside the front page of the same run.

Both pages are rendered for each request (``bench.uncached``): searches differ from visitor to visitor, so cached pages
would say nothing. One client, with the kinds of request in turns, so that a busy moment of the machine affects all
alike.
"""

import contextlib
import itertools
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence

from bench import load, served
from bench.server import print_on_each
from exhibition.core.config import PROJECT

LISTINGS = 10_000
AIM = 3
ROUNDS = 4
SECONDS = 1.0
WARM_UP_S = 0.5
FRONT = "front page"
ADDRESSES: dict[str, Sequence[str]] = {
    FRONT: ["/"],
    "front page, kept for two seconds": [],
    "the whole catalogue": ["/stan"],
    "a word": [f"/stan?search={word}" for word in ("keripik", "madu", "batik", "robusta", "sandal", "gerabah")],
    "two words": [f"/stan?search={words}" for words in ("kopi+robusta", "kain+lurik", "sambal+pedas", "tas+bambu")],
    "the first letter": [f"/stan?search={letter}" for letter in "kbst"],
    "the first two letters": [f"/stan?search={letters}" for letters in ("ke", "ba", "ro", "sa")],
    "a mistyped word": [f"/stan?search={word}" for word in ("keripk", "btaik", "robsuta", "gerbaah", "sandla")],
    "two mistyped words": [f"/stan?search={words}" for words in ("kpoi+robsuta", "kian+lruik", "smabal+pdeas")],
    "nothing like it": [f"/stan?search={word}" for word in ("xyzzyqq", "qqq", "wwxxwwxx", "zzz+yyy")],
    "by district": ["/stan?district=Bawen", "/stan?district=Ambarawa", "/stan?district=Jambu"],
    "by cluster": ["/stan?cluster=kopi", "/stan?cluster=batik", "/stan?cluster=camilan"],
    "by part of the hall": ["/stan?zone=Kuliner", "/stan?zone=Kerajinan"],
    "by price": ["/stan?lowest=10000&highest=20000", "/stan?highest=50000", "/stan?lowest=400000"],
    "a word, by price and district": ["/stan?search=keripik&highest=50000&district=Bawen"],
    "page 100": ["/stan?page=100"],
    "as one types": [f"/stan?part=results&search={word}" for word in ("ker", "keri", "kerip", "keripi", "keripik")],
}


def bench(environment: dict[str, str]) -> dict[str, tuple[float, float, int]]:
    """For each kind of request the median latency and the CPU, both in ms, and the number of failed answers."""
    command = [sys.executable, "-m", "bench.catalogue_seed", str(LISTINGS)]
    subprocess.run(command, check=True, cwd=PROJECT, env=os.environ | environment)
    latencies: dict[str, list[float]] = {name: [] for name in ADDRESSES}
    cpu: dict[str, list[float]] = {name: [] for name in ADDRESSES}
    failures = dict.fromkeys(ADDRESSES, 0)
    with contextlib.ExitStack() as stack:
        uncached = stack.enter_context(served.served("bench.uncached:app", environment))
        kept = stack.enter_context(served.served("app:app", environment))
        for number, (name, addresses) in itertools.product(range(ROUNDS + 1), ADDRESSES.items()):
            port, pid = uncached if addresses else kept
            requests = itertools.cycle([load.request("GET", address) for address in addresses or ["/"]])
            before = served.cpu_seconds(pid)
            result = load.run(port, requests, 1, SECONDS if number else WARM_UP_S)
            if number:  # the first round warms up
                latencies[name] += result.seconds
                cpu[name].append(1000 * (served.cpu_seconds(pid) - before) / max(len(result.seconds), 1))
                failures[name] += sum(count for status, count in result.statuses.items() if status != 200)
    return {
        name: (1000 * statistics.median(latencies[name]), statistics.median(cpu[name]), failures[name])
        for name in ADDRESSES
    }


def table(database: str, figures: dict[str, tuple[float, float, int]]) -> str:
    """The figures of one database as a Markdown table."""
    front, front_cpu, _ = figures[FRONT]
    rows = [
        f"| {name} | {latency:.1f} | {latency / front:.1f} | {cpu:.1f} | {cpu / front_cpu:.1f} | {failed} |"
        for name, (latency, cpu, failed) in figures.items()
    ]
    head = f"| {LISTINGS} listings | median ms | × front page (aim ≤ {AIM}) | CPU ms | × front page | failed |"
    return "\n".join([f"### {database}", "", head, "|---|---|---|---|---|---|", *rows, ""])


if __name__ == "__main__":
    print_on_each(lambda name, environment, _folder: table(name, bench(environment)))
