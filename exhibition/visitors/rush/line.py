"""The line as all processes and servers know it: each tells the database once a second how many have joined, and reads
who is called.

Nobody's place is written down: a ticket says when its party joined, and the line is a number of parties for each
second.
"""

import threading
import time
from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from exhibition.core.db import Mode, db, transaction
from exhibition.core.sql.upserts import add_or_change
from exhibition.visitors.models import RushCall, RushSecond
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rush import rules
from exhibition.visitors.rush.tickets import Ticket

BUSY_FROM = 64
"""Requests that wait for a turn in this process."""
BUSY_SHARE = 0.25
"""Of the usual number, are called by a busy process: others would keep it busy for as long as they like."""
LOOKS_EVERY_S = 1.0
TOLD_AFTER_S = 2 * LOOKS_EVERY_S
"""After so long every process has told the database who joined."""
LASTS_S = 30 * 60
"""So long a ticket is good, whether its party was called long ago or not."""
SLOWEST = 1.0
"""Parties a second; for saying how long it takes."""
LONGEST_STEP_S = 5.0
"""After a pause at most so many seconds' parties are called at once."""


class Rush:
    """What one process knows of the line. ``per_second`` parties are called while the servers can take them."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._looking, self._counting = threading.Lock(), threading.Lock()
        self._joined: Counter[int] = Counter()
        self._line = rules.RushLine({}, 0.0)
        self._looked_at = 0.0
        self._speed = float(per_second)

    def join(self, party: Party, key: str, *, waiting: int | None) -> Ticket | None:
        """A ticket when the party must stand in line, because others do or ``waiting`` requests are too many; None
        when it may go on at once. Without a server that tells how many wait, nobody stands in line.
        """
        now = time.time()
        if waiting is None:
            return None
        if waiting >= BUSY_FROM or self._line.is_open or now - self._looked_at >= LOOKS_EVERY_S:
            self._look(now, waiting)
        if waiting < BUSY_FROM and not self._line.is_open:
            return None
        with self._counting:
            self._joined[int(now)] += 1
        return Ticket(party, now, key)

    def before(self, ticket: Ticket, *, waiting: int | None) -> int:
        """How many parties are called before that of the ticket; 0 when it is its turn."""
        self._look(time.time(), waiting or 0)
        return rules.before(self._line, ticket.joined)

    def seconds_for(self, parties: int) -> float:
        """How long it takes until so many parties are called, as fast as they have been called lately."""
        return parties / self._speed

    def is_too_old(self, ticket: Ticket) -> bool:
        """Whether the ticket is not good any more; who had it sends the form again."""
        return time.time() - ticket.joined > LASTS_S

    def _look(self, now: float, waiting: int) -> None:
        """Tell the database who has joined and read the line, at most once a second in this process."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            if 0 <= now - self._looked_at < LOOKS_EVERY_S:
                return
            self._looked_at = now
            with self._counting:
                joined = Counter({second: count for second, count in self._joined.items() if second < int(now)})
            line = _read(db.session.connection())
            if joined or line.is_open:
                line = _exchange(joined, now, self.per_second * (BUSY_SHARE if waiting >= BUSY_FROM else 1))
                with self._counting:
                    self._joined -= joined
            self._remember_speed(line)
            if not line.is_open:  # those of a process that ended before it told of them are called too
                line = rules.RushLine({}, max(line.called_until, now - TOLD_AFTER_S))
            self._line = line
        finally:
            self._looking.release()

    def _remember_speed(self, line: rules.RushLine) -> None:
        """Those called since the last look, within about a second, count as much as all of late together; without a
        line the speed is the usual one.
        """
        if not line.is_open:
            self._speed = float(self.per_second)
            return
        called = rules.before(rules.RushLine(line.parties, self._line.called_until), line.called_until)
        self._speed = max(SLOWEST, self._speed / 2 + called / LOOKS_EVERY_S / 2)


def _read(connection: Connection) -> rules.RushLine:
    until = connection.execute(select(RushCall.called_until)).scalar() or 0.0
    seconds = select(RushSecond.second, RushSecond.parties).where(RushSecond.second + 1 > until)
    return rules.RushLine({row.second: row.parties for row in connection.execute(seconds)}, until)


@transaction(mode=Mode.CONNECTION)
def _exchange(connection: Connection, joined: Mapping[int, int], now: float, per_second: float) -> rules.RushLine:
    """Add those who have joined, call the next ones, and return the line. Whole seconds that all processes have told of
    are called only; a process that calls at the same moment calls the same parties.
    """
    for second, count in joined.items():
        more = {"parties": RushSecond.parties + count}
        add_or_change(connection, RushSecond, {"second": second}, {"parties": count}, more)
    line = _read(connection)
    moved_at = connection.execute(select(RushCall.moved_at)).scalar() or now
    most = per_second * min(max(now - moved_at, 0.0), LONGEST_STEP_S)
    until = max(rules.called(line, most, now - TOLD_AFTER_S), now - LASTS_S)
    values = {"called_until": until, "moved_at": now}
    add_or_change(connection, RushCall, {"id": RushCall.ONLY}, values, values)
    connection.execute(delete(RushSecond).where(RushSecond.second + 1 <= until))
    return rules.RushLine(line.parties, until)
