"""The turns in which blocking work is done for the event loop."""

import asyncio
import threading

import pytest

from exhibition.core.serving.lanes import Lane

PATIENCE_S = 20


def test_only_so_much_is_done_at_once_and_all_of_it_is_done() -> None:
    lane, together, lock = Lane("test", 2), threading.Barrier(2), threading.Lock()
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

    async def all_of_it() -> list[int]:
        return await asyncio.gather(*(lane.run(lambda n=n: work(n)) for n in range(6)))

    assert asyncio.run(all_of_it()) == list(range(6))
    assert (most, lane.busy, lane.waiting) == (2, 0, 0)


def test_an_error_is_raised_where_it_is_waited_for_and_the_thread_goes_on() -> None:
    lane = Lane("test", 1)

    def fail() -> None:
        raise ValueError("no")

    async def both() -> int:
        with pytest.raises(ValueError, match="no"):
            await lane.run(fail)
        return await lane.run(lambda: 7)

    assert asyncio.run(both()) == 7


def test_what_is_given_up_does_not_disturb_the_next() -> None:
    lane, begun, go_on = Lane("test", 1), threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(PATIENCE_S)

    async def give_up() -> int:
        waiting = asyncio.create_task(lane.run(wait))
        await asyncio.to_thread(begun.wait, PATIENCE_S)
        waiting.cancel()
        go_on.set()
        return await lane.run(lambda: 7)

    assert asyncio.run(give_up()) == 7
