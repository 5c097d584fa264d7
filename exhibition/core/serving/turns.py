"""Which turn a request waits for, and asking the application when it has come."""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable
from contextvars import copy_context
from http import HTTPStatus
from typing import TYPE_CHECKING

from exhibition.core.serving import bounds
from exhibition.core.serving.addresses import group_of
from exhibition.core.serving.lanes import Lane
from exhibition.core.serving.replies import Reply, ReplyBuilder, plain, step
from exhibition.core.serving.requests import WAITING, WholeRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

GATE_CALLS = b"/api/v1/gate/"
TOO_MANY = "Too many at once. Please try again in a moment.\n"
BUSY_S, STREAMS_BUSY_S = 2, 30
"""After so many seconds one may come back."""


class Turns:
    """The application and the threads in which it works.

    Requests of gates' devices that are known have turns of their own; a device's first request waits among all others.
    """

    def __init__(self, application: "WSGIApplication", loop: asyncio.AbstractEventLoop) -> None:
        self.application = application
        self.gate = Lane("gate", bounds.GATE_TURNS, loop)
        self.others = Lane("request", bounds.OTHER_TURNS, loop)
        self.streams = Lane("stream", bounds.MOST_STREAMS, loop)
        self._streams_of: Counter[str] = Counter()
        self._devices: OrderedDict[bytes, None] = OrderedDict()

    def knows(self, device: bytes | None) -> bool:
        return device in self._devices

    def remember(self, device: bytes, status: int) -> None:
        """Keep in mind what the answer says about a device's token: 200 is given to no stranger."""
        if status == HTTPStatus.OK:
            self._devices[device] = None
            self._devices.move_to_end(device)
            if len(self._devices) > bounds.KNOWN_DEVICES:
                self._devices.popitem(last=False)
        elif status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            self._devices.pop(device, None)

    def enter_streams(self, group: str) -> bool:
        """Count an event stream in; False when there are too many, of all or of the address."""
        if self._streams_of.total() >= bounds.MOST_STREAMS:
            return False
        if self._streams_of[group] >= bounds.MOST_STREAMS_OF_AN_ADDRESS:
            return False
        self._streams_of[group] += 1
        return True

    def leave_streams(self, group: str) -> None:
        self._streams_of[group] -= 1
        if not self._streams_of[group]:
            del self._streams_of[group]


class Exchange:
    """One request on its way through the application. Everything here runs on the loop but ``_ask``."""

    def __init__(self, turns: Turns, request: WholeRequest, environ: "WSGIEnvironment", date: str) -> None:
        self._turns, self._request, self._environ, self._date = turns, request, environ, date
        self._device = request.header(b"authorization") if request.url.startswith(GATE_CALLS) else None
        self._lane = turns.gate if turns.knows(self._device) else turns.others
        self._context = copy_context()
        """An answer that comes piece by piece is made by several threads, one after another, in one context."""
        self._stream_of: str | None = None

    @property
    def is_by_device(self) -> bool:
        return self._turns.knows(self._device)

    def begin(self, done: Callable[[Reply], None]) -> None:
        """Ask the application in its turn."""
        if self._lane.waiting >= bounds.MOST_WAITING:
            done(self._busy(BUSY_S))
            return

        def answered(reply: Reply | None, error: BaseException | None) -> None:
            if reply is None:
                log.error("the application failed", exc_info=error)
                reply = plain(self._request, HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error\n")
            if self._device is not None:
                self._turns.remember(self._device, reply.status)
            done(self._as_stream(reply) if reply.is_stream else reply)

        self._lane.submit(lambda: self._context.run(self._ask), answered)

    def _ask(self) -> Reply:
        self._environ[WAITING] = self._turns.others.waiting
        builder = ReplyBuilder(self._request, self._date)
        return builder.build(self._turns.application(self._environ, builder.start))

    def _as_stream(self, reply: Reply) -> Reply:
        group = group_of(self._environ["REMOTE_ADDR"])  # behind a proxy the application has put the visitor's there
        if not self._turns.enter_streams(group):
            self.end(reply)
            return self._busy(STREAMS_BUSY_S)
        self._stream_of, self._lane = group, self._turns.streams
        return reply

    def _busy(self, retry_after_s: int) -> Reply:
        return plain(self._request, HTTPStatus.SERVICE_UNAVAILABLE, TOO_MANY, retry_after_s)

    def more(self, reply: Reply, done: Callable[[tuple[bytes, bool] | None, BaseException | None], None]) -> None:
        """The next piece of a reply that was begun, and whether it is the last one."""
        self._lane.submit(lambda: self._context.run(step, reply), done)

    def end(self, reply: Reply) -> None:
        """Let the application clean up after a reply that was begun, whether it came to its end or not."""
        if self._stream_of is not None:
            self._turns.leave_streams(self._stream_of)
            self._stream_of = None
        if (close := reply.close) is not None:
            reply.close = None
            self._turns.others.submit(lambda: self._context.run(close), _log_fault)


def _log_fault(_value: None, error: BaseException | None) -> None:
    if error is not None:
        log.error("the application failed to clean up", exc_info=error)
