"""A small load generator: clients are threads with keep-alive sockets, so that its own cost stays low."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 60


def request(method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """One HTTP/1.1 request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Result:
    """``seconds`` holds the latency of every answer, ``statuses`` counts them by status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    elapsed: float = 0.0
    largest_answer: int = 0

    def add(self, other: "Result") -> None:
        """Add the figures of another round."""
        self.seconds += other.seconds
        self.statuses += other.statuses
        self.elapsed += other.elapsed
        self.largest_answer = max(self.largest_answer, other.largest_answer)

    def percentile(self, share: float) -> float:
        """The latency in milliseconds below which this share of the answers lies."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else float("nan")

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.elapsed if self.elapsed else 0.0

    @property
    def failures(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500 or status == 0)


def _answer(connection: socket.socket) -> tuple[int, int]:
    """Read one answer; return its status and its size in bytes."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("closed in the middle of an answer")
        data += part
    head, _, rest = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    while len(rest) < length:
        rest += connection.recv(65536)
    return int(head.split(b" ", 2)[1]), len(head) + 4 + length


def run(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> Result:
    """Let ``clients`` send requests for some seconds, or until there are none left."""
    result = Result()
    lock = threading.Lock()
    until = time.monotonic() + seconds

    def client() -> None:
        connection = socket.create_connection(("127.0.0.1", port), CONNECT_TIMEOUT_S)
        connection.settimeout(ANSWER_TIMEOUT_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        seen: list[tuple[float, int, int]] = []
        while time.monotonic() < until:
            with lock:
                wanted = next(requests, None)
            if wanted is None:
                break
            began = time.perf_counter()
            try:
                connection.sendall(wanted)
                status, size = _answer(connection)
            except OSError:
                status, size = 0, 0
                connection.close()
                connection = socket.create_connection(("127.0.0.1", port), CONNECT_TIMEOUT_S)
            seen.append((time.perf_counter() - began, status, size))
        connection.close()
        with lock:
            for latency, status, size in seen:
                result.seconds.append(latency)
                result.statuses[status] += 1
                result.largest_answer = max(result.largest_answer, size)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.elapsed = time.perf_counter() - began
    return result
