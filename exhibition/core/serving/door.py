"""One connection: HTTP/1.1 with deadlines, and with bounds for what has not been paid for by a turn.

``httptools`` reads it, the parser of Node.js. Requests that come before the last one was answered wait.
"""

import asyncio
import logging
from collections import deque
from typing import cast

import httptools

from exhibition.core.serving import bounds
from exhibition.core.serving.addresses import group_of
from exhibition.core.serving.crowd import Crowd, Guest, Rank
from exhibition.core.serving.replies import HEADERS_OF_OUR_OWN, LAST_CHUNK, Reply
from exhibition.core.serving.requests import WholeRequest
from exhibition.core.serving.turns import Exchange, Turns

log = logging.getLogger(__name__)

MOST_AHEAD = 16
"""Whole requests that may wait on one connection."""
BAD, TOO_SLOW, TOO_LARGE, TOO_LARGE_HEAD, TOO_MUCH = (
    "400 Bad Request",
    "408 Request Timeout",
    "413 Content Too Large",
    "431 Request Header Fields Too Large",
    "503 Service Unavailable",
)


class Door(asyncio.Protocol):
    """Counts itself in and out of the ``Crowd``, which calls ``look`` once a second and ``abort`` to make room."""

    def __init__(
        self, turns: Turns, crowd: Crowd, loop: asyncio.AbstractEventLoop, handshake: Guest | None = None
    ) -> None:
        """``handshake`` is who has held the place of this connection in the crowd until it was made."""
        self._turns, self._crowd, self._loop, self._handshake = turns, crowd, loop, handshake
        self._transport = cast("asyncio.Transport", None)
        self._parser = httptools.HttpRequestParser(self)
        self._client, self._server, self._scheme = ("", 0), ("", 0), "http"
        self.group = ""
        self.rank = Rank.STRANGER
        self.since = loop.time()
        """When the request that is arriving began, or the last one was answered."""
        self._arriving: WholeRequest | None = WholeRequest()
        """What is due from the other side: at first, and from the first byte of a request to its last."""
        self._in_head, self._head_bytes = True, 0
        self._waiting: deque[WholeRequest] = deque()
        self._request: WholeRequest | None = None
        self._exchange: Exchange | None = None
        self._begun: Reply | None = None
        """The reply that is being sent piece by piece."""
        self._held = 0
        self._is_stepping = False
        """Whether a thread is making the next piece; nobody else may touch the reply meanwhile."""
        self._is_full = self._wants_more = False
        self._unread, self._unread_since = 0, self.since

    @property
    def is_being_answered(self) -> bool:
        """Whether a whole request has come and its answer is not complete; an open stream is such a one."""
        return self._request is not None

    # What the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._client = (transport.get_extra_info("peername") or ("", 0))[:2]
        self._server = (transport.get_extra_info("sockname") or ("", 0))[:2]
        self._scheme = "https" if transport.get_extra_info("ssl_object") else "http"
        self.group = group_of(self._client[0])
        if self._handshake is not None:
            self._crowd.leave(self._handshake)
            self._handshake = None
        if not self._crowd.enter(self):
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.leave(self)
        self._let_go(self._held)
        self._waiting.clear()
        if not self._is_stepping:
            self._end_begun()

    def data_received(self, data: bytes) -> None:
        if self._arriving is None and not self.is_being_answered:
            self._begin()
        if self._in_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # it is answered as if it had not asked for another protocol
        except httptools.HttpParserError:
            self._refuse(BAD)
        if self._in_head and self._head_bytes > bounds.LARGEST_HEAD:
            self._refuse(TOO_LARGE_HEAD)

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        if self._wants_more:
            self._more()

    # What the parser calls

    def on_message_begin(self) -> None:
        if self._arriving is None:  # another request in the same piece, or before the last answer
            self._begin()

    def on_url(self, url: bytes) -> None:
        if self._arriving is not None:
            self._arriving.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._arriving is not None:
            self._arriving.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._in_head = False
        if (request := self._arriving) is None:
            return
        request.method = self._parser.get_method().decode("latin-1")
        request.version = self._parser.get_http_version()
        goes_on = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        request.keep_alive = request.version != "1.0" and goes_on
        if request.announced > bounds.MOST_BODY_BYTES:
            request.keep_alive = False  # the application refuses it by its length; what comes of it is not read
            self._complete(request)
        elif (request.header(b"expect") or b"").lower() == b"100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        if (request := self._arriving) is None:
            return
        request.pieces.append(body)
        request.size += len(body)
        self._held += len(body)
        if not self._crowd.hold(self, len(body)):
            self._refuse(TOO_MUCH)
        elif request.size > bounds.MOST_BODY_BYTES:
            self._refuse(TOO_LARGE)

    def on_message_complete(self) -> None:
        if self._arriving is not None:
            self._complete(self._arriving)

    # The way of a request

    def _begin(self) -> None:
        self._arriving, self._in_head, self._head_bytes = WholeRequest(), True, 0
        self.since = self._loop.time()

    def _complete(self, request: WholeRequest) -> None:
        self._arriving = None
        if self._transport.is_closing():
            return
        if self._request is None:
            self._ask(request)
        elif len(self._waiting) < MOST_AHEAD:
            self._waiting.append(request)
            self._transport.pause_reading()
        else:
            self.abort()

    def _ask(self, request: WholeRequest) -> None:
        try:
            environ = request.environ(self._server, self._client, self._scheme)
        except httptools.HttpParserError:
            self._refuse(BAD)
            return
        self._request = request
        self._exchange = Exchange(self._turns, request, environ, self._crowd.date)
        self._exchange.begin(self._answered)

    def _answered(self, reply: Reply) -> None:
        exchange = self._exchange
        assert exchange is not None
        if exchange.is_by_device:
            self.rank = Rank.DEVICE
        if reply.rest is not None:
            self._begun = reply
        if self._transport.is_closing():
            self._end_begun()
            return
        self._transport.write(reply.data)
        if reply.rest is None:
            self._finish(keep_alive=reply.keep_alive)
        elif self._crowd.is_stopping and reply.is_stream:
            self.abort()
        else:
            self._more()

    def _more(self) -> None:
        """Ask for the next piece of the reply, once the other side has read enough of the last one."""
        self._wants_more = self._is_full
        if not self._is_full and self._begun is not None and self._exchange is not None:
            self._is_stepping = True
            self._exchange.more(self._begun, self._came)

    def _came(self, piece: tuple[bytes, bool] | None, error: BaseException | None) -> None:
        reply, self._is_stepping = self._begun, False
        if reply is None or self._transport.is_closing():
            self._end_begun()
            return
        if piece is None:
            log.error("the application failed in the middle of a reply", exc_info=error)
            self._end_begun()
            self.abort()  # so that the other side sees that it is not whole
            return
        data, is_last = piece
        self._transport.write(reply.framed(data) + (LAST_CHUNK if is_last and reply.chunked else b""))
        if not is_last:
            self._more()
        else:
            self._end_begun()
            if reply.due:
                self.abort()
            else:
                self._finish(keep_alive=reply.keep_alive)

    def _finish(self, *, keep_alive: bool) -> None:
        """The reply is complete."""
        request, self._request, self._exchange = self._request, None, None
        self.rank = max(self.rank, Rank.ANSWERED)
        self.since = self._loop.time()
        if request is not None:
            self._let_go(request.size)
        if not keep_alive or self._crowd.is_stopping:
            self._transport.close()
        elif self._waiting:
            self._ask(self._waiting.popleft())
        else:
            self._transport.resume_reading()

    def _end_begun(self) -> None:
        if self._begun is not None and self._exchange is not None:
            self._exchange.end(self._begun)
        self._begun = None

    # Deadlines and bounds

    def look(self, now: float) -> None:
        """End the connection if the other side is too slow, at sending, at reading or at asking again."""
        waited = now - self.since
        if self.is_being_answered:
            pass
        elif (request := self._arriving) is not None:
            too_little = waited > bounds.BODY_WITHIN_S and request.size < bounds.LOWEST_RATE * waited
            if waited > bounds.HEAD_WITHIN_S if self._in_head else too_little:
                self._refuse(TOO_SLOW)
        elif waited > bounds.IDLE_WITHIN_S:
            self._transport.close()
        unread = self._transport.get_write_buffer_size()
        if not unread or unread != self._unread:
            self._unread, self._unread_since = unread, now
        elif now - self._unread_since > bounds.STALLED_AFTER_S:
            self.abort()

    def stop(self) -> None:
        """Finish what is being answered, but no stream, which could go on for minutes."""
        if not self.is_being_answered:
            self._transport.close()
        elif self._begun is not None and self._begun.is_stream:
            self.abort()

    def abort(self) -> None:
        """End the connection at once."""
        self._crowd.leave(self)
        self._transport.abort()

    def _refuse(self, status: str) -> None:
        """Say why, if nothing else is being said, and end the connection."""
        if not self._transport.is_closing() and not self.is_being_answered:
            self._transport.write(f"HTTP/1.1 {status}\r\n{HEADERS_OF_OUR_OWN}Content-Length: 0\r\n\r\n".encode())
        self._arriving = None
        self._crowd.leave(self)
        self._transport.close()

    def _let_go(self, size: int) -> None:
        size = min(size, self._held)
        if size:
            self._crowd.let_go(self, size)
            self._held -= size
