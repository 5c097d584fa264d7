"""Several devices, partitions, drifting clocks, batches repeated and out of order, moves, cancellations, a dying
server.

A plain model records what people did; at the end the database must agree with it.
"""

import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import aliased

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate import devices
from exhibition.gate.models import Scan, ScanConflict
from exhibition.gate.offline.batch_facts import correction_nonce
from exhibition.gate.rules.admission import ConflictKind
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition import Reentry
from exhibition.visitors.models import PassState, TimeSlot
from tests.gate import world

STEPS, CAPACITY, PARTY = 90, 9, 2


_undo = aliased(Scan)
_HAPPENED = (
    (Scan.verdict == "accepted")
    & Scan.undoes_id.is_(None)
    & ~select(_undo.id).where(_undo.undoes_id == Scan.id).exists()
    & ~select(ScanConflict.id)
    .where(ScanConflict.kind == ConflictKind.DIFFERS, ScanConflict.other_scan_id == Scan.id)
    .exists()
)


class ServerKilled(Exception):
    """Stands for the end of the server's process: nothing happens after it."""


@contextmanager
def dying_before_commit(*, one_write: bool = False) -> Iterator[None]:
    """The server is killed when it has worked everything out and not yet committed it.

    A transaction of ``Mode.ONE_WRITE`` is committed by PostgreSQL with its own statement: there the last moment is
    when it takes its connection.
    """
    moment = "checkout" if one_write and db.engine.dialect.name == "postgresql" else "commit"

    def die(*_connection: object) -> None:
        raise ServerKilled

    event.listen(db.engine, moment, die)
    try:
        with pytest.raises(ServerKilled):
            yield
    finally:
        event.remove(db.engine, moment, die)


class Fair:
    """Three devices, some of them cut off, each with its decisions in a queue until they are sent."""

    def __init__(
        self, client: FlaskClient, exhibition: Exhibition, chance: random.Random, reentry: Reentry = Reentry.NEVER
    ) -> None:
        world.set_edition(exhibition.id, reentry=reentry)
        self.reentry = reentry
        self.client, self.exhibition_id, self.chance = client, exhibition.id, chance
        self.devices = [world.enrol(exhibition, "AB"[n % 2], f"Ponsel {n}") for n in range(3)]
        self.drift = [timedelta(minutes=minutes) for minutes in (0, chance.uniform(-10, 10), chance.choice([-10, 10]))]
        self.cut_off: set[int] = set()
        self.passes = [world.issue(exhibition.id, party_size=PARTY) for _ in range(6)]
        self.queues: list[list[dict[str, Any]]] = [[] for _ in self.devices]
        self.sent: list[list[dict[str, Any]]] = [[] for _ in self.devices]
        self.nonces: list[str] = []
        self.online_answers: list[tuple[int, dict[str, Any], dict[str, Any]]] = []
        self.differing: set[str] = set()
        self.undone = 0
        self.slot_ids = list(db.session.scalars(select(TimeSlot.id).order_by(TimeSlot.id)))
        self.device_ids = [devices.authenticate(device).id for device in self.devices]
        self.entered: Counter[int | None] = Counter()
        world.set_hall(exhibition.id, capacity=CAPACITY)
        db.session.rollback()

    def _reached(self) -> int | None:
        """A device that the server can hear, if there is one."""
        return self.chance.choice(sorted({0, 1, 2} - self.cut_off) or [None])

    def _attempt(self) -> dict[str, Any]:
        issued, people = self.chance.choice(self.passes), self.chance.choice([1, 2, None])
        self.nonces.append(secrets.token_hex(8))
        body = {
            "nonce": self.nonces[-1],
            "token": issued.token,
            "direction": self.chance.choice(["entry", "entry", "exit"]),
        }
        return body | ({"people": people} if people is not None else {})

    def _decided(self, number: int, body: dict[str, Any]) -> dict[str, Any]:
        """What a device decides by itself, rightly or wrongly."""
        accepted = {"people": self.chance.randint(1, PARTY), "verdict": "accepted", "code": "accepted"}
        refused = {"people": 0, "verdict": "refused", "code": "already_used"}
        at = (clock.now() + self.drift[number]).isoformat()
        return world.offline(scanned_at=at, **body | self.chance.choice([accepted, accepted, refused]))

    def _send(self, number: int, body: dict[str, Any]) -> dict[str, Any]:
        """The server decides; people it lets in must find room, in the hall and on the pass."""
        inside = world.hall(self.exhibition_id)[0]
        pass_id = next(issued.id for issued in self.passes if issued.token == body["token"])
        inside_before = world.pass_counts(pass_id)[1]
        answer = world.send(self.client, self.devices[number], **body).get_json()
        if (body["direction"], answer["verdict"]) == ("entry", "accepted"):
            assert inside + answer["people"] <= CAPACITY
            used = self.entered[pass_id] if self.reentry is Reentry.NEVER else inside_before
            assert used + answer["people"] <= PARTY
            self.entered[pass_id] += answer["people"]
        return answer

    def partition(self) -> None:
        """Other devices are cut off from now on."""
        self.cut_off = {number for number in range(3) if self.chance.random() < 0.4}

    def online(self) -> None:
        if (number := self._reached()) is not None:
            body = self._attempt()
            self.online_answers.append((number, body, self._send(number, body)))

    def again(self) -> None:
        """A device sends an old scan again."""
        if self.online_answers and (number := self._reached()) is not None:
            asked, body, answer = self.chance.choice(self.online_answers)
            if asked == number:
                assert world.send(self.client, self.devices[number], **body).get_json() == answer

    def offline(self) -> None:
        number = self.chance.randrange(3)
        self.queues[number].append(self._decided(number, self._attempt()))

    def killed(self) -> None:
        """The server dies over a scan, before or after it has kept its decision; the device decides the same scan."""
        if (number := self._reached()) is None:
            return
        body = self._attempt()
        decided = self._decided(number, body)
        self.queues[number].append(decided)
        if self.chance.random() < 0.5:
            with dying_before_commit(one_write=True):
                world.send(self.client, self.devices[number], **body)
            return
        unheard = self._send(number, body)
        if [decided["verdict"], decided["people"]] != [unheard["verdict"], unheard["people"]]:
            self.differing.add(body["nonce"])

    def reconnect(self) -> None:
        """Some of the queue goes out in any order, with some of what was sent before; the server may die over it."""
        if (number := self._reached()) is None:
            return
        part = self.chance.sample(self.queues[number], self.chance.randint(0, len(self.queues[number])))
        again = self.chance.sample(self.sent[number], min(3, len(self.sent[number])))
        batch = self.chance.sample(part + again, len(part) + len(again))
        if part and self.chance.random() < 0.2:
            with dying_before_commit():
                world.send_batch(self.client, self.devices[number], *batch)
            return
        results = world.send_batch(self.client, self.devices[number], *batch)
        assert [result["nonce"] for result in results] == [decision["nonce"] for decision in batch]
        if self.chance.random() < 0.7:
            self.sent[number] += part
            self.queues[number] = [decision for decision in self.queues[number] if decision not in part]

    def undo(self) -> None:
        """A device undoes its last movement, sometimes twice by mistake; the server may refuse."""
        number = self.chance.randrange(3)
        own = [scan for scan in world.scans() if scan.device_id == self.device_ids[number] and scan.undoes_id is None]
        accepted = [scan for scan in own if scan.verdict == "accepted"]
        if not accepted:
            return
        body = {"nonce": secrets.token_hex(8), "undoes": accepted[-1].nonce}
        headers = {"Authorization": f"Bearer {self.devices[number]}"}
        answers = [self.client.post("/api/v1/gate/scans/undo", json=body, headers=headers) for _ in range(2)]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].status_code in (200, 409)
        if answers[0].status_code == 200:
            assert answers[0].get_json() == answers[1].get_json()
            self.nonces.append(body["nonce"])
            self.undone += 1

    def change(self) -> None:
        """The visitor cancels, or moves and so gets a newer generation."""
        issued = self.chance.choice(self.passes)
        slot_id = self.chance.choice(self.slot_ids)
        moved = {"generation": self.chance.randint(1, 9), "slot_id": slot_id}
        world.change_pass(issued.id, **self.chance.choice([{"state": PassState.CANCELLED}, moved]))

    def end(self) -> None:
        for number, queue in enumerate(self.queues):
            world.send_batch(self.client, self.devices[number], *queue)

    def check_attempts(self) -> set[int | None]:
        """Every attempt was kept exactly once; a decision that differs from a lost answer stands beside it.

        Returns the passes with such decisions.
        """
        kept = world.scans()
        assert len(kept) == len({(scan.device_id, scan.nonce) for scan in kept})
        nonces = {scan.nonce for scan in kept}
        corrections = {correction_nonce(nonce) for nonce in self.differing}
        assert nonces == set(self.nonces) | corrections
        assert len(nonces) == len(self.nonces) + len(corrections)
        return {scan.pass_id for scan in kept if scan.nonce in corrections}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_network_does_every_attempt_is_kept_once_and_every_double_use_is_listed(
    client: FlaskClient, exhibition: Exhibition, seed: int
) -> None:
    chance = random.Random(seed)
    fair = Fair(client, exhibition, chance)
    acts: dict[Callable[[], None], int] = {
        fair.online: 4,
        fair.offline: 8,
        fair.killed: 2,
        fair.again: 1,
        fair.reconnect: 4,
        fair.partition: 1,
        fair.change: 1,
    }
    for _ in range(STEPS):
        chance.choices(list(acts), weights=list(acts.values()))[0]()
        assert verify_counters() == []
        db.session.rollback()
        fair.entered = _entered()
    fair.end()
    assert verify_counters() == []
    corrected = fair.check_attempts()
    kept = world.scans()
    surplus = {pass_id: people - PARTY for pass_id, people in _entered().items() if people > PARTY}
    listed = {scan_id for kind, scan_id, _other in world.conflicts() if kind == "double_entry"}
    by_pass: Counter[int | None] = Counter(scan.pass_id for scan in kept if scan.id in listed)
    assert set(surplus) <= set(by_pass) <= set(surplus) | corrected  # a later correction may undo a double use
    for pass_id, people in surplus.items():
        assert sum(scan.people for scan in kept if scan.id in listed and scan.pass_id == pass_id) >= people
    assert world.hall(exhibition.id)[0] >= 0


@pytest.mark.parametrize("reentry", [Reentry.WITHIN_SESSION, Reentry.AFTER_ROUND])
@pytest.mark.parametrize("seed", range(3))
def test_whoever_comes_back_is_counted_once_and_no_more_are_inside_than_the_party(
    client: FlaskClient, exhibition: Exhibition, seed: int, reentry: Reentry
) -> None:
    chance = random.Random(seed)
    fair = Fair(client, exhibition, chance, reentry)
    acts: dict[Callable[[], None], int] = {fair.online: 8, fair.offline: 4, fair.reconnect: 3, fair.undo: 2}
    for _ in range(STEPS):
        chance.choices(list(acts), weights=list(acts.values()))[0]()
        assert verify_counters() == []
        db.session.rollback()
    fair.end()
    assert verify_counters() == []
    fair.check_attempts()
    for issued in fair.passes:
        admitted, inside = world.pass_counts(issued.id)
        assert 0 <= inside <= PARTY
        assert 0 <= admitted <= PARTY
        visitors = sum(scan.people - scan.returned for scan in _counted(issued.id) if scan.direction == "entry")
        assert admitted == min(visitors, PARTY)


@pytest.mark.parametrize("seed", range(4))
def test_undoing_in_between_keeps_every_row_and_every_counter_true(
    client: FlaskClient, exhibition: Exhibition, seed: int
) -> None:
    chance = random.Random(seed)
    fair = Fair(client, exhibition, chance)
    acts: list[Callable[[], None]] = [fair.online, fair.offline, fair.reconnect, fair.undo]
    for _ in range(STEPS):
        chance.choices(acts, weights=[4, 4, 3, 3])[0]()
        assert verify_counters() == []
        db.session.rollback()
        fair.entered = _entered()
    fair.end()
    assert verify_counters() == []
    assert fair.undone > 0
    fair.check_attempts()
    kept = world.scans()
    listed = {scan_id for kind, scan_id, _other in world.conflicts() if kind == "double_entry"}
    doubled = {scan.pass_id for scan in kept if scan.id in listed}
    assert {pass_id for pass_id, people in _entered().items() if people > PARTY} <= doubled


def _entered() -> Counter[int | None]:
    """People let in on each pass by all scans that were recorded so far."""
    counted: Counter[int | None] = Counter()
    statement = select(Scan.pass_id, Scan.people).where(Scan.direction == "entry", _HAPPENED)
    for pass_id, people in db.session.execute(statement):
        counted[pass_id] += people
    return counted


def _counted(pass_id: int) -> list[Scan]:
    """The movements of a pass that happened."""
    return list(db.session.scalars(select(Scan).where(Scan.pass_id == pass_id, _HAPPENED)))
