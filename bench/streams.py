"""``python -m bench.streams``: how much open event streams slow the gate down.

95th percentile of a scan at 8 clients without and with 500 open streams of visitors (and one gate), on SQLite and on
PostgreSQL, on the server of ``make run``.
"""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench import load, served
from bench.server import databases, scans, seeded

STREAMS, ADDRESSES = 500, 100
CLIENTS = 8
SECONDS = 5.0
WARM_UP_S = 1.0
ROUNDS = 3
OPENING_S = 0.01
SETTLING_S = 3.0


@dataclass
class Listeners:
    """Open streams, read by one thread: ``refused`` counts answers other than 200, ``events`` data lines."""

    port: int
    open: list[socket.socket] = field(default_factory=list)
    refused: int = 0
    events: int = 0
    bytes_read: int = 0
    stopped: bool = False

    def begin(self, path: str, bearer: str = "") -> None:
        source = f"127.0.8.{len(self.open) % ADDRESSES + 1}"
        connection = socket.create_connection(("127.0.0.1", self.port), 10, source_address=(source, 0))
        headers = {"Accept": "text/event-stream"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        connection.sendall(load.request("GET", path, headers=headers))
        self.open.append(connection)

    def read(self) -> None:
        selector = selectors.DefaultSelector()
        for connection in self.open:
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ)
        while not self.stopped:
            for key, _events in selector.select(0.2):
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                data = connection.recv(65536)
                self.refused += data.startswith(b"HTTP/1.1 5")
                self.events += data.count(b"data: ")
                self.bytes_read += len(data)
                if not data:
                    selector.unregister(connection)


@contextlib.contextmanager
def listening(port: int, bearer: str) -> Iterator[Listeners]:
    """Open ``STREAMS`` streams of the front page and one of a gate."""
    listeners = Listeners(port)
    for _number in range(STREAMS):
        listeners.begin("/live")
        time.sleep(OPENING_S)
    listeners.begin("/gate/live", bearer)
    thread = threading.Thread(target=listeners.read)
    thread.start()
    time.sleep(SETTLING_S)
    try:
        yield listeners
    finally:
        listeners.stopped = True
        thread.join()
        for connection in listeners.open:
            connection.close()


def registrations_now_and_then(port: int, slot_id: int, stop: threading.Event) -> None:
    """Make two registrations a second, so that every visitor's stream has events."""
    body = f'{{"slot_id": {slot_id}, "name": "Tamu", "party_size": 1, "consent": true}}'.encode()
    wanted = load.request("POST", "/api/v1/registrations", body)
    while not stop.wait(0.5):
        load.run(port, iter([wanted]), 1, 1)


def p95_of_scans(port: int, requests: Iterator[bytes], pid: int) -> tuple[load.Result, float]:
    load.run(port, requests, CLIENTS, WARM_UP_S)
    before = served.cpu_seconds(pid)
    result = load.run(port, requests, CLIENTS, SECONDS)
    return result, 1000 * (served.cpu_seconds(pid) - before) / max(len(result.seconds), 1)


def line(name: str, figures: list[tuple[load.Result, float]]) -> str:
    p50, p95, rate, cpu = (
        sorted(values)[len(values) // 2]
        for values in zip(
            *((r.percentile(0.5), r.percentile(0.95), r.per_second, cpu) for r, cpu in figures), strict=True
        )
    )
    failures = sum(result.failures for result, _cpu in figures)
    return f"| {name} | {p50:.1f} | {p95:.1f} | {rate:.0f} | {cpu:.2f} | {failures} |"


def bench(name: str, environment: dict[str, str], folder: Path) -> None:
    """Measure in turns, without and with streams, and print the medians of the rounds."""
    seed = seeded(name, environment, folder)
    requests = scans(seed)
    without: list[tuple[load.Result, float]] = []
    with_streams: list[tuple[load.Result, float]] = []
    stop = threading.Event()
    with served.served("app:app", environment) as (port, pid):
        visitors = threading.Thread(target=registrations_now_and_then, args=(port, seed["slot_id"], stop))
        visitors.start()
        refused = events = 0
        for _round in range(ROUNDS):
            without.append(p95_of_scans(port, requests, pid))
            with listening(port, seed["devices"][0]) as listeners:
                with_streams.append(p95_of_scans(port, requests, pid))
            refused, events = max(refused, listeners.refused), events + listeners.events
        stop.set()
        visitors.join()
    ratio = median_p95(with_streams) / median_p95(without)
    print(f"### {name}\n\n| scans at {CLIENTS} clients | p50 ms | p95 ms | per second | CPU ms | 5xx |")
    print("|---|---|---|---|---|---|")
    print(line("no streams", without))
    print(line(f"{STREAMS} streams, {refused} refused", with_streams))
    print(f"\np95 with streams: {ratio:.2f} × (aim: ≤ 2); {events} events were told.\n", flush=True)


def median_p95(figures: list[tuple[load.Result, float]]) -> float:
    return sorted(result.percentile(0.95) for result, _cpu in figures)[len(figures) // 2]


def main() -> None:
    with contextlib.ExitStack() as stack:
        for folder, name, environment in databases(stack):
            bench(name, environment, folder)


if __name__ == "__main__":
    main()
