"""Live pages: the events of a stream, its end, and hearing of other processes' commits."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE, record
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user, set_active
from exhibition.core.config import PROJECT
from exhibition.core.db import db, transaction
from exhibition.core.web import commit_watch, live
from exhibition.demo import service as demo
from exhibition.gate import devices
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in
from tests.fairs import the_fair
from tests.gate import world

PATIENCE_S = 20
WRITER = """
import sys
from exhibition.factory import create_app
from exhibition.accounts.audit import COMMAND_LINE, record
from exhibition.core.db import transaction
app = create_app({"DATABASE_URL": sys.argv[1], "INSTANCE_PATH": sys.argv[2]})
with app.app_context():
    transaction(lambda: record(COMMAND_LINE, "test.write", "number", 1))()
"""


@transaction
def write() -> None:
    record(COMMAND_LINE, "test.write", "number", 1)


class Reader:
    """Reads a stream in a thread of its own, as a browser would; ``event`` returns the next values, None at the end."""

    def __init__(self, response: Response | TestResponse) -> None:
        self._response = response
        self._closed = False
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for part in self._response.response:
            if self._closed:
                break
            text = part.decode() if isinstance(part, bytes) else str(part)
            if text.startswith("data: "):
                self._events.put(json.loads(text.removeprefix("data: ")))
        self._response.close()
        self._events.put(None)

    def event(self) -> dict[str, Any] | None:
        return self._events.get(timeout=PATIENCE_S)

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while not wanted(event := self.event() or {}):
            assert event, "the stream ended"
        return event

    def close(self) -> None:
        self._closed = True
        self._thread.join(PATIENCE_S)


@pytest.fixture(autouse=True)
def _short_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that leaves is noticed at the next heartbeat."""
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.2)


@contextmanager
def reading(response: Response | TestResponse) -> Iterator[Reader]:
    reader = Reader(response)
    try:
        yield reader
    finally:
        reader.close()


@contextmanager
def watched(app: Flask, topic: live.Topic, key: str | None = None) -> Iterator[Reader]:
    with app.test_request_context(), reading(topic.stream(key)) as reader:
        yield reader


def test_a_stream_tells_the_present_state_at_once_and_then_each_change(app: Flask) -> None:
    hall = {"inside": 7}
    with watched(app, live.Topic(lambda: dict(hall), every_s=0.1)) as reader:
        assert reader.event() == {"inside": 7}
        hall["inside"] = 8
        write()
        assert reader.event() == {"inside": 8}


def test_who_comes_later_is_told_a_state_of_after_they_came(app: Flask) -> None:
    hall = {"inside": 7}
    topic = live.Topic(lambda: dict(hall), every_s=60)
    with watched(app, topic) as first:
        assert first.event() == {"inside": 7}
        hall["inside"] = 8  # nobody has heard of it yet
        with watched(app, topic) as second:
            assert second.event() == {"inside": 8}
        assert first.event() == {"inside": 8}


def test_a_change_that_nobody_announced_is_seen_all_the_same(app: Flask) -> None:
    hall = {"inside": 7}
    with watched(app, live.Topic(lambda: dict(hall), every_s=0.1)) as reader:
        assert reader.event() == {"inside": 7}
        hall["inside"] = 8
        assert reader.event() == {"inside": 8}


def test_one_stream_too_many_is_sent_to_polling(app: Flask) -> None:
    topic = live.Topic(lambda: {"inside": 7}, every_s=0.1, most=1)
    with app.test_request_context():
        first = topic.stream()
        assert topic.stream().status_code == 503
        first.close()
        again = topic.stream()
        assert again.status_code == 200
        again.close()


def test_a_slow_reader_gets_only_the_newest_state(app: Flask) -> None:
    seen: list[int] = []

    def look() -> dict[str, int]:
        seen.append(len(seen))
        return {"look": len(seen)}

    topic = live.Topic(look, every_s=0.0)
    with app.test_request_context():
        slow = topic.stream()
    chunks = iter(slow.response)
    next(chunks)
    with watched(app, topic) as quick:
        quick.until(lambda event: event["look"] >= 5)
        assert json.loads(str(next(chunks)).removeprefix("data: "))["look"] >= 5
    slow.close()


def test_a_stream_ends_when_its_key_is_no_longer_allowed(app: Flask) -> None:
    keys = {"sari", "budi"}
    topic = live.Topic(lambda: {"inside": 7}, every_s=0.1, allowed=lambda: frozenset(keys))
    with watched(app, topic, "sari") as sari, watched(app, topic, "budi") as budi:
        assert (sari.event(), budi.event()) == ({"inside": 7}, {"inside": 7})
        keys.remove("sari")
        assert sari.event() is None
        topic.refresh()
        assert budi._events.empty()


def test_a_gate_hears_of_scans_elsewhere_until_it_is_withdrawn(bare_app: Flask) -> None:
    with bare_app.app_context():
        exhibition = demo.load(open_now=True)
        here, there = world.enrol(exhibition), world.enrol(exhibition, "B", "Ponsel lain")
        token = world.issue(exhibition.id, party_size=3).token
        device_id = devices.authenticate(here).id
        db.session.rollback()
    headers = {"Authorization": f"Bearer {here}"}
    with reading(bare_app.test_client().get("/gate/live", headers=headers)) as reader:
        before = reader.event()
        assert before is not None
        assert before["inside"] == 0
        world.send(bare_app.test_client(), there, token=token)
        assert reader.event() == before | {"inside": 3}
        with bare_app.app_context():
            devices.revoke_device(COMMAND_LINE, the_fair(), device_id)
        assert reader.event() is None
    assert bare_app.test_client().get("/gate/live", headers=headers).status_code == 401


def test_the_front_page_hears_of_a_registration(app: Flask, client: FlaskClient, exhibition: Exhibition) -> None:
    slot = world.open_slot(exhibition.id)
    slot_id, before = str(slot.id), slot.capacity - slot.issued
    with reading(app.test_client().get("/live")) as reader:
        assert reader.event() is not None
        answer = client.post(
            "/api/v1/registrations",
            json={"slot_id": int(slot_id), "name": "Sari", "party_size": 4, "consent": True},
        )
        assert answer.status_code == 201
        assert reader.until(lambda event: event[slot_id][0] != before)[slot_id] == [before - 4, "open"]


def test_the_desk_stream_ends_when_the_organizer_is_disabled(bare_app: Flask) -> None:
    with bare_app.app_context():
        demo.load(open_now=True)
        create_user(COMMAND_LINE, "other@example.com", RoleName.ORGANIZER, name="Budi")
        user = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
        client = sign_in(bare_app.test_client(), user)
        user_id = user.id
    with reading(client.get("/desk/live")) as reader:
        assert reader.event() is not None
        with bare_app.app_context():
            set_active(COMMAND_LINE, user_id, active=False)
        while reader.event() is not None:
            pass


def test_another_process_is_heard(app: Flask) -> None:
    """Only announcements count here; the ear must not succeed because of a look without a reason."""
    db.session.remove()
    command = [sys.executable, "-c", WRITER, app.config["SQLALCHEMY_DATABASE_URI"], str(app.config["INSTANCE"])]
    with commit_watch.ear(app) as ear:
        while ear.listen():
            pass
        assert not ear.listen()
        subprocess.run(command, check=True, cwd=PROJECT)
        assert any(ear.listen() for _ in range(int(PATIENCE_S / commit_watch.PAUSE_S)))
        while ear.listen():
            pass


def test_an_ear_that_cannot_listen_says_that_something_may_have_changed() -> None:
    ear = commit_watch.PostgresEar("postgresql://nobody@127.0.0.1:1/nowhere")
    assert ear.listen()
    ear.close()
