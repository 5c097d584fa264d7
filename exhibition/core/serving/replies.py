"""What the application answers, as bytes for the connection."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from exhibition.core.serving import bounds
from exhibition.core.serving.requests import WholeRequest

EVENT_STREAM = "text/event-stream"
BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
LAST_CHUNK = b"0\r\n\r\n"
OWN_HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
"""Of the server's own refusals, which the application does not see."""
HEADERS_OF_OUR_OWN = "".join(f"{name}: {value}\r\n" for name, value in (*OWN_HEADERS, ("Connection", "close")))


@dataclass
class Reply:
    """``data`` is the head with the first bytes of the body; ``rest`` iterates over what is to come, if anything is."""

    status: int
    data: bytes
    keep_alive: bool
    rest: Iterator[bytes] | None = None
    close: Callable[[], None] | None = None
    is_stream: bool = False
    chunked: bool = False
    due: int | None = None
    """Bytes of the body that are to come, where the head has said how many."""

    def framed(self, piece: bytes) -> bytes:
        """A further piece of the body as it is written."""
        if self.due is not None:
            self.due -= len(piece)
        return b"%x\r\n%b\r\n" % (len(piece), piece) if self.chunked and piece else piece


@lru_cache(64)
def _status_line(status: int) -> str:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n"


class ReplyBuilder:
    """Takes what the application says to one request; ``start`` is its ``start_response``."""

    def __init__(self, request: WholeRequest, date: str) -> None:
        self._request, self._keep_alive = request, request.keep_alive
        self._status = 0
        self._date = date
        self._head: list[str] = []
        self._length: int | None = None
        self._is_stream = False

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Callable[[bytes], object]:
        self._status, self._head, self._length = int(status[:3]), [self._date], None
        for name, value in headers:
            low = name.lower()
            if low == "content-length":
                self._length = int(value)
            elif low == "content-type":
                self._is_stream = value.startswith(EVENT_STREAM)
            elif low in ("date", "connection", "transfer-encoding"):
                continue  # the server's own
            if "\n" in value or "\r" in value:
                raise ValueError(f"a line break in the header {name}")
            self._head.append(f"{name}: {value}\r\n")
        return _no_write

    def build(self, result: Iterable[bytes]) -> Reply:
        """The reply as far as it fits into one piece.

        Raises what the application raises, and ValueError when its body has another length than it said.
        """
        close: Callable[[], None] = getattr(result, "close", _nothing)
        pieces = iter(result)
        try:
            body, is_all = (b"", False) if self._is_stream else take(pieces)
        except BaseException:
            close()
            raise
        has_body = self._request.method != "HEAD" and self._status not in BODILESS
        if has_body and not is_all:
            return self._begun(body, pieces, close)
        close()
        if not has_body:
            return Reply(self._status, self._bytes(), self._keep_alive)
        if self._length is None:
            self._head.append(f"Content-Length: {len(body)}\r\n")
        elif self._length != len(body):
            raise ValueError(f"{len(body)} bytes instead of the {self._length} that were said")
        return Reply(self._status, self._bytes() + body, self._keep_alive)

    def _begun(self, body: bytes, pieces: Iterator[bytes], close: Callable[[], None]) -> Reply:
        chunked = self._length is None and self._request.version != "1.0"
        if chunked:
            self._head.append("Transfer-Encoding: chunked\r\n")
        elif self._length is None:
            self._keep_alive = False  # the end of the connection is the end of the body
        reply = Reply(
            self._status, b"", self._keep_alive, pieces, close, self._is_stream, chunked=chunked, due=self._length
        )
        reply.data = self._bytes() + reply.framed(body)
        return reply

    def _bytes(self) -> bytes:
        closing = "" if self._keep_alive else "Connection: close\r\n"
        return f"{_status_line(self._status)}{''.join(self._head)}{closing}\r\n".encode("latin-1")


def take(pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    """The next pieces up to ``WHOLE_UP_TO`` as one, and whether these are all."""
    taken, size = [], 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size >= bounds.WHOLE_UP_TO:
            return b"".join(taken), False
    return b"".join(taken), True


def step(reply: Reply) -> tuple[bytes, bool]:
    """The next piece of a reply that was begun, and whether it is the last one; of an event stream each by itself."""
    assert reply.rest is not None
    if not reply.is_stream:
        return take(reply.rest)
    piece = next(reply.rest, None)
    return piece or b"", piece is None


def plain(request: WholeRequest, status: HTTPStatus, words: str, retry_after_s: int = 0) -> Reply:
    """A short reply of the server's own; the connection ends with it."""
    body = words.encode()
    request.keep_alive = False
    builder = ReplyBuilder(request, "")
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *OWN_HEADERS]
    builder.start(str(status.value), headers + ([("Retry-After", str(retry_after_s))] if retry_after_s else []))
    return builder.build([body])


def _nothing() -> None:
    pass


def _no_write(_data: bytes) -> object:
    raise NotImplementedError("answers are iterated over")
