"""How offline decisions change the counters, as plain functions of values (docs/adr/0007-offline.md).

An offline decision is a fact: nothing here refuses. The counters of a pass stay within its party, so that online
promises hold; anything beyond it is in the scans and shown as a conflict.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from exhibition.gate.rules.admission import Direction, ScanCode

WOULD_REFUSE = frozenset(
    {
        ScanCode.SUPERSEDED,
        ScanCode.CANCELLED,
        ScanCode.REVOKED,
        ScanCode.SLOT_CLOSED,
        ScanCode.TOO_EARLY,
        ScanCode.TOO_LATE,
    }
)
"""Refusals that make an entry let in offline a ``differs``; the others have kinds of their own."""


class Counted(Protocol):
    """People of a pass or a badge, counted from the scans that count."""

    @property
    def entered(self) -> int:
        """People let in, also beyond the party."""
        ...

    @property
    def admitted(self) -> int: ...

    @property
    def inside(self) -> int: ...

    def move(self, direction: Direction, people: int, returned: int = 0) -> None:
        """Count a movement, of whose people ``returned`` had been in before; negative people take it back."""
        ...


@dataclass
class Tally:
    """People of one pass, counted from all scans that count, in any order."""

    party_size: int
    entered: int = 0
    left: int = 0
    returned: int = 0
    """Of ``entered``, those who had been in before."""

    @property
    def admitted(self) -> int:
        return max(0, min(self.entered - self.returned, self.party_size))

    @property
    def inside(self) -> int:
        """Zero while an exit is known whose entry is still in another device's queue."""
        return max(0, min(self.entered - self.left, self.party_size))

    def move(self, direction: Direction, people: int, returned: int = 0) -> None:
        """Count a movement, of whose people ``returned`` had been in before; negative people take it back."""
        if direction is Direction.ENTRY:
            self.entered += people
            self.returned += returned
        else:
            self.left += people


@dataclass
class Presence:
    """Whether the holder of a badge is inside: decided by the last movement, however often they came and went.

    An entry of somebody who is already inside goes beyond the party of one.
    """

    inside: int

    @property
    def entered(self) -> int:
        return self.inside

    @property
    def admitted(self) -> int:
        return self.inside

    def move(self, direction: Direction, people: int, returned: int = 0) -> None:
        """Count a movement; negative people take it back."""
        self.inside = int((direction is Direction.ENTRY) is (people > 0))


@dataclass(frozen=True)
class PassMove:
    """One movement of a party, at the moment when it happened."""

    at: datetime
    direction: Direction
    people: int


def excess(party_size: int, moves: Iterable[PassMove]) -> int:
    """By how many more of a party were inside than it has, summed over its movements in the order of time; 0: never."""
    inside = found = 0
    for move in sorted(moves, key=lambda one: one.at):
        inside = max(0, _moved(inside, move))
        found += max(0, inside - party_size)
    return found


class Gap(enum.StrEnum):
    """Why a movement cannot be taken back: what happened after it rests on it."""

    HAVE_LEFT = "undo_has_left"
    CAME_BACK = "undo_came_back"


def gap_with(party_size: int, moves: Sequence[PassMove], place: int, people: int) -> Gap | None:
    """What would not fit any more if the movement at ``place`` had been one of ``people``, 0: none at all. Somebody
    would have left who never came in, or come in who was inside. None: all would fit. ``moves`` are in the order in
    which they were recorded.
    """
    rest = _counts([*moves[:place], replace(moves[place], people=people), *moves[place + 1 :]])
    all_ = _counts(moves)
    if min(rest) < min(all_) or rest[-1] < 0:
        return Gap.HAVE_LEFT
    return Gap.CAME_BACK if max(rest) > max(party_size, *all_) else None


def _counts(moves: Iterable[PassMove]) -> list[int]:
    """People inside before, between and after the movements."""
    counts = [0]
    for move in moves:
        counts.append(_moved(counts[-1], move))
    return counts


def _moved(inside: int, move: PassMove) -> int:
    return inside + (move.people if move.direction is Direction.ENTRY else -move.people)


def moved_hall(inside: int, direction: Direction, people: int) -> int:
    """The hall's count after a movement; negative people take it back. Never below zero."""
    return max(0, inside + (people if direction is Direction.ENTRY else -people))


@dataclass(frozen=True)
class Movement:
    """A scan that counted when it came in or, with negative people, one taken back by a correction or an undo."""

    pass_id: int | None
    direction: Direction
    people: int
    offline: bool
    returned: int = 0
    """As negative as ``people``."""


def replay_pass(party_size: int, movements: Iterable[Movement]) -> tuple[int, int]:
    """Admitted and inside of a pass after its movements in the order in which they were recorded."""
    tally = Tally(party_size)
    admitted = inside = 0
    for movement in movements:
        tally.move(movement.direction, movement.people, movement.returned)
        if movement.offline:
            admitted, inside = tally.admitted, tally.inside
        elif movement.direction is Direction.ENTRY:
            admitted, inside = admitted + movement.people - movement.returned, inside + movement.people
        else:
            inside -= movement.people
    return admitted, inside


def replay_hall(movements: Iterable[Movement], inside: int = 0) -> int:
    """People inside, counted by hand before, after all movements in the order in which they were recorded."""
    for movement in movements:
        inside = moved_hall(inside, movement.direction, movement.people)
    return inside
