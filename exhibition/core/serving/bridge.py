"""From a whole request to the WSGI application: which turn it waits for, and how its reply goes out."""

import io
import sys
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from exhibition.core.serving import bounds
from exhibition.core.serving.addresses import group_of
from exhibition.core.serving.crowd import Rank
from exhibition.core.serving.door import Door
from exhibition.core.serving.lanes import Lane

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

GATE_CALLS = "/api/v1/gate/"
EVENT_STREAM = "text/event-stream"
_NO_PREFIX = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
_SEPARATORS = {"HTTP_COOKIE": "; "}

Message = dict[str, Any]
Headers = list[tuple[bytes, bytes]]


@dataclass
class Reply:
    """What the application said: its first bytes, and the iterator over the rest if there is more to come."""

    status: int
    headers: Headers
    body: bytes
    rest: Iterator[bytes] | None = None
    close: Callable[[], None] | None = None
    is_stream: bool = False


class Bridge:
    """An ASGI application around a WSGI one.

    Requests of gates' devices that are known have turns of their own; a device's first request waits among all others.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._gate = Lane("gate", bounds.GATE_TURNS)
        self._others = Lane("request", bounds.OTHER_TURNS)
        self._streams = Lane("stream", bounds.MOST_STREAMS)
        self._streams_of: Counter[str] = Counter()
        self._devices: OrderedDict[bytes, None] = OrderedDict()

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        door: Door = scope["state"]["door"]
        body = await _whole_body(scope, receive)
        if body is None:
            return
        device = _device(scope)
        lane = self._gate if device in self._devices else self._others
        if lane.waiting >= bounds.MOST_WAITING:
            await _send(send, _plain(HTTPStatus.SERVICE_UNAVAILABLE, b"2"))
            return
        context, environ = copy_context(), _environ(scope, body)
        reply = await lane.run(lambda: context.run(self._ask, environ))
        if device is not None:
            self._remember(device, door, known=reply.status == HTTPStatus.OK)
        if reply.rest is None:
            await _send(send, reply)
        elif reply.is_stream:
            await self._stream(send, door, context, reply, group_of(environ["REMOTE_ADDR"]))
        else:
            await _piece_by_piece(send, door, lane, context, reply)

    def _remember(self, device: bytes, door: Door, *, known: bool) -> None:
        if known:
            door.rank = Rank.DEVICE
            self._devices[device] = None
            self._devices.move_to_end(device)
            if len(self._devices) > bounds.KNOWN_DEVICES:
                self._devices.popitem(last=False)
        elif door.rank is not Rank.DEVICE:
            self._devices.pop(device, None)

    def _ask(self, environ: "WSGIEnvironment") -> Reply:
        """Ask the application, in a thread; its reply as far as it fits into one piece."""
        said: list[Any] = []

        def start_response(
            status: str,
            headers: list[tuple[str, str]],
            _exc_info: object = None,
        ) -> Callable[[bytes], object]:
            said[:] = int(status[:3]), [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            return _unused_write

        result = self._application(environ, start_response)
        close: Callable[[], None] | None = getattr(result, "close", None)
        pieces = iter(result)
        status, headers = said
        if any(name.lower() == b"content-type" and EVENT_STREAM in value.decode("latin-1") for name, value in headers):
            return Reply(status, headers, b"", pieces, close, is_stream=True)
        try:
            whole, is_all = _take(pieces)
        except BaseException:
            if close:
                close()
            raise
        if not is_all:
            return Reply(status, headers, whole, pieces, close)
        if close:
            close()
        return Reply(status, headers, whole)

    async def _stream(
        self, send: Callable[[Message], Awaitable[None]], door: Door, context: Context, reply: Reply, group: str
    ) -> None:
        """An event stream, unless there are too many of them."""
        if self._streams.busy >= bounds.MOST_STREAMS or self._streams_of[group] >= bounds.MOST_STREAMS_OF_AN_ADDRESS:
            if reply.close:
                await self._others.run(partial(context.run, reply.close))
            await _send(send, _plain(HTTPStatus.SERVICE_UNAVAILABLE, b"30"))
            return
        self._streams_of[group] += 1
        try:
            await _piece_by_piece(send, door, self._streams, context, reply)
        finally:
            self._streams_of[group] -= 1
            if not self._streams_of[group]:
                del self._streams_of[group]


def _unused_write(_data: bytes) -> object:
    raise NotImplementedError("answers are iterated over")


def _take(pieces: Iterable[bytes]) -> tuple[bytes, bool]:
    """The next pieces up to ``WHOLE_UP_TO`` as one, and whether these are all."""
    taken, size = [], 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size >= bounds.WHOLE_UP_TO:
            return b"".join(taken), False
    return b"".join(taken), True


async def _whole_body(scope: Message, receive: Callable[[], Awaitable[Message]]) -> bytes | None:
    """The body; None when the other side is gone or too slow.

    One that says that it is too long is not read: the application refuses it by its length.
    """
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if announced.isdigit() and int(announced) > bounds.MOST_BODY_BYTES:
        return b""
    pieces, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        pieces.append(message["body"])
        size += len(message["body"])
        if size > bounds.MOST_BODY_BYTES or not message["more_body"]:
            return b"".join(pieces)


def _device(scope: Message) -> bytes | None:
    """The secret by which a device's call says who it is."""
    if not scope["path"].startswith(GATE_CALLS):
        return None
    return next((value for name, value in scope["headers"] if name == b"authorization"), None)


@lru_cache(1024)
def _key(name: bytes) -> str:
    """A header's name in PEP 3333; none for one with ``_``, which could pass for one with ``-`` that a proxy sets."""
    if b"_" in name:
        return ""
    return _NO_PREFIX.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")


def _environ(scope: Message, body: bytes) -> "WSGIEnvironment":
    """The request as PEP 3333 describes it."""
    (host, port), client = scope["server"] or ("", 0), scope["client"] or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key, text = _key(name), value.decode("latin-1")
        if not key:
            continue
        environ[key] = environ[key] + _SEPARATORS.get(key, ",") + text if key in environ else text
    if "HTTP_TRANSFER_ENCODING" in environ:  # it has come whole, so its length is known
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _plain(status: HTTPStatus, retry_after_s: bytes) -> Reply:
    body = b"Too many at once. Please try again in a moment.\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", retry_after_s),
        (b"cache-control", b"no-store"),
    ]
    return Reply(status, headers, body)


async def _send(send: Callable[[Message], Awaitable[None]], reply: Reply) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": reply.body})


async def _piece_by_piece(
    send: Callable[[Message], Awaitable[None]], door: Door, lane: Lane, context: Context, reply: Reply
) -> None:
    """Send the reply as fast as it is read; no thread waits for the reader."""
    assert reply.rest is not None
    rest = reply.rest
    step = partial(next, rest, None) if reply.is_stream else partial(_take, rest)
    try:
        await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
        await send({"type": "http.response.body", "body": reply.body, "more_body": True})
        while not door.transport.is_closing():
            taken = await lane.run(partial(context.run, step))
            piece, is_all = taken if isinstance(taken, tuple) else (taken or b"", taken is None)
            await send({"type": "http.response.body", "body": piece, "more_body": not is_all})
            if is_all:
                return
    finally:
        if reply.close:
            await lane.run(partial(context.run, reply.close))
