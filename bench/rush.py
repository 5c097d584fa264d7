"""``python -m bench.rush``: 5,000 visitors ask for a pass within two seconds, on the server of ``make run``.

Each opens the form, sends it, and follows the line as a browser without scripts does (``Refresh``), while gates scan.
Printed are how many got their pass and how fast, beside registrations that come as fast as they are answered (the
floor, of the same run), how often each looked at the line, how fair it was, and how long scans took before and
meanwhile.
"""

import asyncio
import re
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench import load, served
from bench.server import Seed, print_on_each, registrations, scans, seeded

VISITORS = 5000
WITHIN_S = 2.0
ADDRESSES = 250
FLOOR_CLIENTS, FLOOR_S = 32, 5.0
GATE_CLIENTS, SCANS_A_SECOND = 4, 20
PATIENCE_S = 300.0


@dataclass
class Visit:
    """When the form was sent, when the pass came, how often the line was looked at, and what went wrong."""

    sent: float = 0.0
    got: float = 0.0
    looks: int = 0
    fault: str = ""


@dataclass
class Crowd:
    """All visitors of one run."""

    port: int
    slot_id: int
    visits: list[Visit] = field(default_factory=list)

    async def ask(self, number: int, raw: bytes) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own, from one of many addresses."""
        source = f"127.0.{8 + number % 2}.{number // 2 % ADDRESSES + 1}"
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))
        try:
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:]) if name}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            return int(lines[0].split()[1]), headers, body
        finally:
            writer.close()

    async def visit(self, number: int, begin: float) -> None:
        visit = Visit()
        self.visits.append(visit)
        await asyncio.sleep(max(0.0, begin - time.monotonic()))
        try:
            await self.ask(number, _get("/daftar"))
            visit.sent = time.monotonic()
            status, headers, _body = await self.ask(number, self._form(number))
            place = headers.get("location", "")
            if place.startswith("/antrean/"):
                status, headers, _body = await self.ask(number, _get(place))
                visit.looks = 1
            while "refresh" in headers:
                await asyncio.sleep(float(headers["refresh"]))
                status, headers, _body = await self.ask(number, _get(place))
                visit.looks += 1
            if not re.match(r"/p/", headers.get("location", "")):
                visit.fault = str(status)
            visit.got = time.monotonic()
        except (OSError, asyncio.IncompleteReadError) as error:
            visit.fault = type(error).__name__

    def _form(self, number: int) -> bytes:
        said = {"slot_id": self.slot_id, "name": f"Tamu {number}", "party_size": 2, "consent": "y"}
        body = urlencode(said | {"phone": f"0812{number:08}"}).encode()
        head = [
            "POST /daftar HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: close",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n".encode()


async def rush(crowd: Crowd) -> None:
    begin = time.monotonic() + 1
    tasks = [crowd.visit(number, begin + WITHIN_S * number / VISITORS) for number in range(VISITORS)]
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*tasks)


def overtaken(visits: list[Visit]) -> float:
    """The share of pairs in which the one who sent the form more than a second later got the pass first."""
    ordered = sorted(visits, key=lambda one: one.sent)[:: max(1, len(visits) // 1000)]
    pairs = [(a, b) for at, a in enumerate(ordered) for b in ordered[at + 1 :] if b.sent - a.sent > 1]
    return sum(b.got < a.got for a, b in pairs) / max(1, len(pairs))


def paced(requests: Iterator[bytes]) -> Iterator[bytes]:
    """The gates of a large fair: so many scans a second."""
    for request in requests:
        time.sleep(1 / SCANS_A_SECOND)
        yield request


def measure(database: str, environment: dict[str, str], folder: Path) -> str:
    seed: Seed = seeded(database, environment, folder)
    requests = paced(scans({**seed, "devices": seed["devices"][:GATE_CLIENTS]}))
    with served.served("app:app", environment) as (port, _pid):
        floor = load.run(port, registrations(seed["slot_id"]), FLOOR_CLIENTS, FLOOR_S)
        calm = load.run(port, requests, GATE_CLIENTS, FLOOR_S)
        crowd, during = Crowd(port, seed["slot_id"]), load.Result()
        gate = threading.Thread(target=lambda: during.add(load.run(port, requests, GATE_CLIENTS, 6 * FLOOR_S)))
        gate.start()
        asyncio.run(rush(crowd))
        gate.join()
    served_ones = [one for one in crowd.visits if not one.fault]
    faults = {one.fault for one in crowd.visits if one.fault}
    took = max(one.got for one in served_ones) - min(one.sent for one in served_ones)
    waits = sorted(one.got - one.sent for one in served_ones)
    speed = len(served_ones) / took
    looks = statistics.mean(one.looks for one in served_ones)
    return (
        f"{database}: {len(served_ones)} of {VISITORS} got a pass in {took:.1f} s, {speed:.0f} a second"
        f" (floor {floor.per_second:.0f}: {speed / floor.per_second:.2f} ×);"
        f" waited {waits[len(waits) // 2]:.1f} s, p95 {waits[len(waits) * 95 // 100]:.1f} s; {looks:.1f} looks each;"
        f" overtaken by who came a second later: {overtaken(served_ones):.1%};"
        f" scan p95 {calm.percentile(0.95):.0f} ms before, {during.percentile(0.95):.0f} ms meanwhile,"
        f" {during.failures} failures; faults {sorted(faults) or 'none'}"
    )


if __name__ == "__main__":
    print_on_each(measure)
