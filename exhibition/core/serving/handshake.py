"""Connections that are to speak TLS: each counts in the ``Crowd`` from its first moment, not from its handshake on."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from exhibition.core.serving import bounds
from exhibition.core.serving.addresses import group_of
from exhibition.core.serving.crowd import Crowd, Guest, Rank
from exhibition.core.serving.door import Door

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 0.1
"""How long to wait when the system gives no more sockets."""
MakeDoor: TypeAlias = Callable[[Guest], Door]
"""Makes the door of a connection that its handshake has counted in so far."""


class Handshake:
    """A connection until both sides agree on their keys; then its ``Door`` takes its place in the crowd."""

    rank = Rank.STRANGER
    is_being_answered = False

    def __init__(self, connection: socket.socket, group: str, crowd: Crowd, loop: asyncio.AbstractEventLoop) -> None:
        self.group, self.since = group, loop.time()
        self._connection, self._crowd, self._loop = connection, crowd, loop
        self._running: asyncio.Task[None] | None = None

    def begin(self, tls: ssl.SSLContext, door: MakeDoor) -> None:
        if self._crowd.enter(self):
            self._running = self._loop.create_task(self._shake_hands(tls, door))
            self._running.add_done_callback(self._close_if_cancelled)  # a task that never began closes nothing itself
        else:
            self._connection.close()

    async def _shake_hands(self, tls: ssl.SSLContext, door: MakeDoor) -> None:
        with suppress(OSError):  # they went away, took too long, or do not speak TLS
            await self._loop.connect_accepted_socket(
                lambda: door(self), self._connection, ssl=tls, ssl_handshake_timeout=bounds.HANDSHAKE_WITHIN_S
            )
        self._crowd.leave(self)

    def _close_if_cancelled(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            self._connection.close()

    def look(self, now: float) -> None:
        """The event loop itself ends a handshake that takes too long."""

    def stop(self) -> None:
        self.abort()

    def abort(self) -> None:
        self._crowd.leave(self)
        if self._running is not None:
            self._running.cancel()


async def accept(
    listening: socket.socket, tls: ssl.SSLContext, crowd: Crowd, door: MakeDoor, loop: asyncio.AbstractEventLoop
) -> None:
    """Take connections in until cancelled."""
    listening.setblocking(False)
    while True:
        try:
            connection, address = await loop.sock_accept(listening)
        except OSError:
            log.warning("no connection can be taken in", exc_info=True)
            await asyncio.sleep(AGAIN_AFTER_S)
            continue
        Handshake(connection, group_of(address[0]), crowd, loop).begin(tls, door)
