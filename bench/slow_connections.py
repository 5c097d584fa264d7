"""``python -m bench.slow_connections``: how much 2,000 idle and dripping connections slow the gate down.

95th percentile of a scan at 8 clients without and with them, in turns, on SQLite and on PostgreSQL, on the server of
``make run``. A third of the connections say nothing, a third begin a head, a third begin a body; each sends a byte a
second, and one that the server ends is opened again.
"""

import contextlib
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench import load, served
from bench.server import print_on_each, scans, seeded

CONNECTIONS = 2000
ADDRESSES = 200
CLIENTS = 8
SECONDS, WARM_UP_S = 5.0, 1.0
ROUNDS = 3
BEGINNINGS = (
    b"",
    b"GET / HTTP/1.1\r\nX-Slow: ",
    b"POST /daftar HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n",
)


@dataclass
class Slow:
    """The slow connections, kept up by one thread; ``again`` counts those that were opened again."""

    port: int
    open: dict[int, socket.socket] = field(default_factory=dict)
    again: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def begin(self, number: int) -> None:
        source = f"127.0.9.{number % ADDRESSES + 1}"
        connection = socket.create_connection(("127.0.0.1", self.port), 10, source_address=(source, 0))
        connection.setblocking(False)
        connection.send(BEGINNINGS[number % len(BEGINNINGS)])
        self.open[number] = connection

    def drip(self) -> None:
        """A byte for each connection every second, spread over the second."""
        while not self.stopped.is_set():
            for number in range(CONNECTIONS):
                if number % len(BEGINNINGS):
                    try:
                        self.open[number].send(b"a")
                    except OSError:
                        self.open[number].close()
                        self.again += 1
                        with contextlib.suppress(OSError):
                            self.begin(number)
                if number % 100 == 0 and self.stopped.wait(0.05):
                    return


@contextlib.contextmanager
def slow(port: int) -> Iterator[Slow]:
    attackers = Slow(port)
    for number in range(CONNECTIONS):
        attackers.begin(number)
    thread = threading.Thread(target=attackers.drip)
    thread.start()
    try:
        yield attackers
    finally:
        attackers.stopped.set()
        thread.join()
        for connection in attackers.open.values():
            connection.close()


def measure(database: str, environment: dict[str, str], folder: Path) -> str:
    seed = seeded(database, environment, folder)
    requests = scans(seed)
    without, during, again, failures = [], [], 0, 0
    with served.served("app:app", environment) as (port, _pid):
        load.run(port, requests, CLIENTS, WARM_UP_S)
        for _round in range(ROUNDS):
            calm = load.run(port, requests, CLIENTS, SECONDS)
            with slow(port) as attackers:
                time.sleep(WARM_UP_S)
                stormy = load.run(port, requests, CLIENTS, SECONDS)
            without.append(calm.percentile(0.95))
            during.append(stormy.percentile(0.95))
            again += attackers.again
            failures += calm.failures + stormy.failures
    ratio = statistics.median(b / a for a, b in zip(without, during, strict=True))
    rows = " ".join(f"{a:.1f}/{b:.1f}" for a, b in zip(without, during, strict=True))
    counts = f"ended and opened again {again}, failures {failures}"
    return f"{database}: p95 without/with {rows} ms, ratio {ratio:.2f} (≤ 2), {counts}"


if __name__ == "__main__":
    print_on_each(measure)
