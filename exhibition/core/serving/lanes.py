"""A lane: so many threads that do one kind of blocking work for the event loop, in the order in which it comes."""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
Done = Callable[[Any, BaseException | None], None]
"""Gets what the work returned, or what it raised."""


class Lane:
    """Belongs to one event loop, on which ``submit`` is called; threads are started when needed, ``most`` of them."""

    def __init__(self, name: str, most: int, loop: asyncio.AbstractEventLoop) -> None:
        self.name, self.most = name, most
        self.busy = 0
        """Pieces of work that are being done or wait."""
        self._loop = loop
        self._threads = 0
        self._work: SimpleQueue[tuple[Callable[[], Any], Done]] = SimpleQueue()

    @property
    def waiting(self) -> int:
        return max(0, self.busy - self.most)

    def submit(self, work: Callable[[], T], done: Callable[[T, BaseException | None], None]) -> None:
        """Do the work in one of the threads, then call ``done`` on the loop."""
        self.busy += 1
        if self._threads < min(self.busy, self.most):
            self._threads += 1
            # A daemon: the process ends although a stream still waits for news.
            threading.Thread(target=self._serve, name=f"{self.name} {self._threads}", daemon=True).start()
        self._work.put((work, done))

    def _serve(self) -> None:
        while True:
            work, done = self._work.get()
            try:
                value, error = work(), None
            except BaseException as raised:  # noqa: BLE001 it is told to whom it concerns
                value, error = None, raised
            self._loop.call_soon_threadsafe(self._finish, done, value, error)
            del work, done, value, error  # an idle thread holds nothing of the last request

    def _finish(self, done: Done, value: object, error: BaseException | None) -> None:
        self.busy -= 1
        done(value, error)
