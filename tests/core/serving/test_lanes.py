"""The turns in which blocking work is done for the event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from exhibition.core.serving.lanes import Lane

PATIENCE_S = 20
T = TypeVar("T")


def in_a_loop_of_its_own(work: Callable[[], Coroutine[None, None, T]]) -> T:
    """What the coroutine returns. In another thread: browser tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


async def do(lane: Lane, work: Callable[[], int]) -> int:
    done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    lane.submit(work, lambda value, error: done.set_exception(error) if error else done.set_result(value))
    return await done


def test_only_so_much_is_done_at_once_and_all_of_it_is_done() -> None:
    together, lock = threading.Barrier(2), threading.Lock()
    inside, most = 0, 0

    def work(number: int) -> int:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        together.wait(PATIENCE_S)
        with lock:
            inside -= 1
        return number

    async def all_of_it() -> tuple[list[int], int, int, int]:
        lane = Lane("test", 2, asyncio.get_running_loop())
        waiting = [asyncio.create_task(do(lane, lambda n=n: work(n))) for n in range(6)]
        await asyncio.sleep(0)
        queued = lane.waiting
        return await asyncio.gather(*waiting), queued, lane.busy, lane.waiting

    assert in_a_loop_of_its_own(all_of_it) == (list(range(6)), 4, 0, 0)
    assert most == 2


def test_an_error_is_told_to_whom_it_concerns_and_the_thread_goes_on() -> None:
    def fail() -> int:
        raise ValueError("no")

    async def both() -> int:
        lane = Lane("test", 1, asyncio.get_running_loop())
        with pytest.raises(ValueError, match="no"):
            await do(lane, fail)
        return await do(lane, lambda: 7)

    assert in_a_loop_of_its_own(both) == 7
