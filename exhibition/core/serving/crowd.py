"""All connections of a worker: how many for each address, who gives way to a newcomer, and which are too slow."""

import asyncio
import enum
from collections import defaultdict
from email.utils import formatdate
from typing import Protocol

from exhibition.core.serving import bounds

SWEEP_EVERY_S = 1.0


class Rank(enum.IntEnum):
    """What a connection has shown of itself; the lower, the sooner it gives way."""

    STRANGER = 0
    """Has not finished a request yet."""
    ANSWERED = 1
    DEVICE = 2
    """A gate's device whose token was good."""


class Guest(Protocol):
    """A connection, as the crowd knows it."""

    @property
    def group(self) -> str:
        """Of addresses, that of the other side (``core.serving.addresses``)."""
        ...

    @property
    def rank(self) -> Rank: ...

    @property
    def since(self) -> float:
        """When the loop's clock showed that it has waited from then on."""
        ...

    @property
    def is_being_answered(self) -> bool: ...

    def look(self, now: float) -> None:
        """End the connection if it is too slow."""
        ...

    def stop(self) -> None:
        """End the connection once what is being answered is answered."""
        ...

    def abort(self) -> None:
        """End the connection at once."""
        ...


class Crowd:
    """``by_address``: False behind a proxy, where all connections come from the same address."""

    def __init__(self, *, by_address: bool) -> None:
        self._by_address = by_address
        self.is_stopping = False
        self.date = ""
        """The header, made anew every second."""
        self._doors: defaultdict[str, set[Guest]] = defaultdict(set)
        self._count = 0
        self._bytes: defaultdict[str, int] = defaultdict(int)
        self._all_bytes = 0

    def enter(self, door: Guest) -> bool:
        """Count a connection in; False when neither it nor another one can give way."""
        own = self._doors.get(door.group, set())
        if self._by_address and len(own) >= bounds.MOST_CONNECTIONS_OF_AN_ADDRESS and not _give_way(own):
            return False
        if self._count >= bounds.MOST_CONNECTIONS and not _give_way(max(self._doors.values(), key=len)):
            return False
        self._doors[door.group].add(door)  # looked up again: its last one may have given way
        self._count += 1
        return True

    def leave(self, door: Guest) -> None:
        """Count a connection out, with what it holds; again: nothing changes."""
        own = self._doors.get(door.group, set())
        if door not in own:
            return
        own.remove(door)
        self._count -= 1
        if not own:
            del self._doors[door.group]

    def hold(self, door: Guest, size: int) -> bool:
        """Count bytes of a body; False when the address or the process holds too many."""
        self._bytes[door.group] += size
        self._all_bytes += size
        most = bounds.MOST_BODY_BYTES_OF_AN_ADDRESS if self._by_address else bounds.MOST_BODY_BYTES_HELD
        return self._bytes[door.group] <= most and self._all_bytes <= bounds.MOST_BODY_BYTES_HELD

    def let_go(self, door: Guest, size: int) -> None:
        self._all_bytes -= size
        self._bytes[door.group] -= size
        if not self._bytes[door.group]:
            del self._bytes[door.group]

    async def sweep(self) -> None:
        """Let go of whoever is too slow, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self.date = f"Date: {formatdate(usegmt=True)}\r\n"
            await asyncio.sleep(SWEEP_EVERY_S)
            now = loop.time()
            for door in self._all():
                door.look(now)

    async def stop(self, within_s: float) -> None:
        """Let requests that are being answered come to their end, and end all other connections; after that, all."""
        self.is_stopping = True
        for door in self._all():
            door.stop()
        deadline = asyncio.get_running_loop().time() + within_s
        while self._count and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 once, at the very end
            await asyncio.sleep(0.05)
        for door in self._all():
            door.abort()

    def _all(self) -> list[Guest]:
        return [door for doors in self._doors.values() for door in doors]


def _give_way(doors: set[Guest]) -> bool:
    """Close the one of lowest rank that has waited longest; False when all of them are being answered."""
    waiting = [door for door in doors if not door.is_being_answered]
    if not waiting:
        return False
    min(waiting, key=lambda door: (door.rank, door.since)).abort()
    return True
