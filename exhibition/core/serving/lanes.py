"""A lane: so many threads that do one kind of blocking work for the event loop, in the order in which it comes."""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Lane:
    """Belongs to the event loop that calls ``run``; threads are started when they are needed, ``most`` of them."""

    def __init__(self, name: str, most: int) -> None:
        self.name, self.most = name, most
        self.busy = 0
        """Pieces of work that are being done or wait."""
        self._threads = 0
        self._work: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Future[Any], Callable[[], Any]]] = (
            SimpleQueue()
        )

    @property
    def waiting(self) -> int:
        return max(0, self.busy - self.most)

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns or raises, once one of the threads has done it."""
        self.busy += 1
        if self._threads < min(self.busy, self.most):
            self._threads += 1
            # A daemon: the process ends although a stream still waits for news.
            threading.Thread(target=self._serve, name=f"{self.name} {self._threads}", daemon=True).start()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._work.put((loop, done, work))
        try:
            return await done
        finally:
            self.busy -= 1

    def _serve(self) -> None:
        while True:
            loop, done, work = self._work.get()
            try:
                value = work()
            except BaseException as error:  # noqa: BLE001 it is raised again where it is waited for
                loop.call_soon_threadsafe(_settle, done, done.set_exception, error)
            else:
                loop.call_soon_threadsafe(_settle, done, done.set_result, value)
            del done, work  # an idle thread holds nothing of the last request


def _settle(done: asyncio.Future[Any], settle: Callable[[Any], None], value: object) -> None:
    if not done.done():  # the request may have been given up meanwhile
        settle(value)
