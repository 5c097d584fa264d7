"""One connection: uvicorn's HTTP protocol with deadlines, and with bounds for what has not been paid for by a turn."""

import asyncio
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from exhibition.core.serving import bounds
from exhibition.core.serving.addresses import group_of
from exhibition.core.serving.crowd import Crowd, Rank

TOO_SLOW, TOO_LARGE_HEAD, TOO_MUCH = (
    b"408 Request Timeout",
    b"431 Request Header Fields Too Large",
    b"503 Service Unavailable",
)


class ServerConfig(Config):
    """uvicorn's configuration, with what all doors of the process share."""

    crowd: Crowd


class Door(HttpToolsProtocol):
    """Counts itself in and out of the ``Crowd``, which calls ``look`` once a second and ``abort`` to make room."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._crowd = cast("ServerConfig", config).crowd
        self.group = ""
        self.rank = Rank.STRANGER
        self.since = self.loop.time()
        """When the request that is arriving began, or the last one was answered."""
        self._head_bytes = 0
        self._in_head = True
        self._arriving = True
        """Whether something is due from the other side: at first, and from the first byte of a request to its last."""
        self._body_bytes = 0
        self._held = 0
        self._unread, self._unread_since = 0, self.since

    @property
    def is_being_answered(self) -> bool:
        """Whether a whole request has come and its answer is not complete; an open stream is such a one."""
        return self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.group = group_of(self.client[0]) if self.client else ""
        if not self._crowd.enter(self):
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.leave(self)
        self._let_go_of_body()
        super().connection_lost(exc)

    def abort(self) -> None:
        """End the connection at once."""
        self._crowd.leave(self)
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self._arriving and not self.is_being_answered:
            self._begin()
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > bounds.LARGEST_HEAD:
            self._refuse(TOO_LARGE_HEAD)

    def _begin(self) -> None:
        self._arriving, self._in_head, self._head_bytes, self._body_bytes = True, True, 0, 0
        self.since = self.loop.time()

    def on_message_begin(self) -> None:
        if not self._arriving:  # another request in the same piece, or before the last answer
            self._begin()
        super().on_message_begin()
        self.scope["state"]["door"] = self  # pyright: ignore[reportTypedDictNotRequiredAccess] uvicorn has just set it

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self.cycle.response_complete:
            if self._body_bytes > bounds.MOST_BODY_BYTES:
                self.abort()  # the answer was given long ago
            return
        self._held += len(body)
        if not self._crowd.hold(self, len(body)):
            self._refuse(TOO_MUCH)
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._arriving = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._let_go_of_body()
        self.since = self.loop.time()
        self.rank = max(self.rank, Rank.ANSWERED)
        super().on_response_complete()

    def shutdown(self) -> None:
        super().shutdown()
        if self.cycle is not None and self.cycle.response_started:
            self.transport.close()  # an event stream would go on for minutes

    def look(self, now: float) -> None:
        """End the connection if the other side is too slow, at sending or at reading."""
        waited = now - self.since
        too_little = waited > bounds.BODY_WITHIN_S and self._body_bytes < bounds.LOWEST_RATE * waited
        if self._arriving and (waited > bounds.HEAD_WITHIN_S if self._in_head else too_little):
            self._refuse(TOO_SLOW)
        unread = self.transport.get_write_buffer_size()
        if not unread or unread != self._unread:
            self._unread, self._unread_since = unread, now
        elif now - self._unread_since > bounds.STALLED_AFTER_S:
            self.abort()

    def _refuse(self, status: bytes) -> None:
        """Say why, if nothing was said yet, and end the connection."""
        if not self.transport.is_closing() and (self.cycle is None or not self.cycle.response_started):
            self.transport.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._crowd.leave(self)
        self.transport.close()

    def _let_go_of_body(self) -> None:
        if self._held:
            self._crowd.let_go(self, self._held)
            self._held = 0
