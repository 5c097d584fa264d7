"""The bundle that lets a device decide without the server."""

import json
import secrets
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.gate import devices
from exhibition.gate.models import Device
from exhibition.gate.offline import bundle as bundles
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState, Registration, VisitorPass
from tests.badges.places import badge_of, confirmed
from tests.fairs import the_fair
from tests.gate import world

LARGEST_BUNDLE = 60 * 1024


def _get(client: FlaskClient, device: str, **query: Any) -> dict[str, Any]:
    db.session.rollback()  # the test's own session must not hold on to an older moment
    answer = client.get("/api/v1/gate/bundle", query_string=query, headers={"Authorization": f"Bearer {device}"})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def _verify(bundle: dict[str, Any]) -> None:
    """Verify as a scanner does: from the canonical form of the parsed JSON."""
    content = {name: value for name, value in bundle.items() if name != "signature"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(bundle["keys"][0]["public_key"]))
    key.verify(bytes.fromhex(bundle["signature"]), b"exhibition-bundle-v1\0" + text.encode())


def test_the_bundle_tells_all_that_a_device_needs(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    bundle = _get(client, device)
    assert bundle["exhibition"] == {
        "id": exhibition.id,
        "slug": exhibition.slug,
        "timezone": "Asia/Jakarta",
        "early_minutes": 15,
        "late_minutes": 0,
        "reentry": "within_session",
        "offline_after_ms": 1200,
        "amber_minutes": 5,
        "red_minutes": 30,
        "badges_from": f"{exhibition.starts_on}T00:00:00+07:00",
        "badges_until": f"{exhibition.ends_on + timedelta(days=1)}T00:00:00+07:00",
        "mask_required": True,
        "override_codes": exhibition.override_codes.split(),
        "walk_in_name_required": False,
        "screening_question": "Apakah ada yang demam, batuk, atau sesak napas?",
    }
    assert bundle["since"] is None
    assert bundle["device"]["name"] == "Ponsel"
    assert bundle["gate"] == {"code": "A", "name": "Gerbang A (utara)"}
    assert [(key["id"], len(key["public_key"])) for key in bundle["keys"]] == [(1, 64)]
    assert set(bundle["slots"][0]) == {"number", "starts_at", "ends_at", "closed"}
    assert datetime.fromisoformat(bundle["server_time"]).tzinfo is not None
    inside, capacity = world.hall(exhibition.id)
    assert bundle["occupancy"] == {"inside": inside, "capacity": capacity}


def test_the_signature_fits_and_a_changed_bundle_does_not(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    bundle = _get(client, device)
    _verify(bundle)
    bundle["allotment"]["places"] += 1
    with pytest.raises(InvalidSignature):
        _verify(bundle)


def test_passes_are_those_that_differ_from_their_tokens(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.issue(exhibition.id)
    cancelled = world.issue(exhibition.id, state=PassState.CANCELLED)
    moved = world.issue(exhibition.id, generation=2)
    used = world.issue(exhibition.id, party_size=3)
    world.send(client, device, token=used.token, people=2)
    slot = world.open_slot(exhibition.id).number
    bundle = _get(client, device)
    passes = {entry["id"]: entry for entry in bundle["passes"]}
    assert set(passes) == {f"{issued.id:016x}" for issued in (cancelled, moved, used)}
    assert passes[f"{used.id:016x}"] == {
        "id": f"{used.id:016x}",
        "generation": 0,
        "state": "valid",
        "admitted": 2,
        "inside": 2,
        "slot": slot,
        "party_size": 3,
        "code_digest": bundles.code_digest(bundle["code_salt"], used.code),
    }
    world.send(client, device, token=used.token, people=1, direction="exit")
    out = next(entry for entry in _get(client, device)["passes"] if entry["id"] == f"{used.id:016x}")
    assert (out["admitted"], out["inside"]) == (2, 1)
    assert abs(datetime.fromisoformat(out["left_at"]) - clock.now()) < timedelta(minutes=1)
    assert passes[f"{cancelled.id:016x}"]["state"] == "cancelled"
    assert passes[f"{moved.id:016x}"]["generation"] == 2


def test_no_code_stands_in_a_bundle_and_each_device_has_digests_of_its_own(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = [world.issue(exhibition.id, state=PassState.CANCELLED) for _time in range(2)]
    badge = badge_of(exhibition, confirmed(exhibition))
    other = world.enrol(exhibition, "B", "Tablet")
    mine, theirs = _get(client, device), _get(client, other)
    for one in (*issued, badge):
        assert one.code not in json.dumps(mine)
    digests = [{entry["code_digest"] for entry in bundle["passes"]} for bundle in (mine, theirs)]
    assert len(digests[0]) == 3
    assert not digests[0] & digests[1]


def test_scanner_and_server_agree_on_the_digest_of_a_code() -> None:
    """The same values as in tests/gate/badge.test.mjs."""
    assert bundles.code_digest("0123456789abcdef0123456789abcdef", "BAAAAAAA") == "d01fa371c12a2270c04c"


def test_a_delta_holds_only_what_changed_since(
    client: FlaskClient, exhibition: Exhibition, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "OVERLAP", bundles.MICROSECOND)
    world.issue(exhibition.id, state=PassState.CANCELLED)
    db.session.rollback()
    version = _get(client, device)["version"]
    used = world.issue(exhibition.id)
    world.send(client, device, token=used.token)
    delta = _get(client, device, since=version)
    assert delta["since"] == version
    assert [entry["id"] for entry in delta["passes"]] == [f"{used.id:016x}"]
    _verify(delta)
    offline = world.issue(exhibition.id)
    db.session.rollback()
    world.send_batch(client, device, world.offline(offline))
    assert f"{offline.id:016x}" in {entry["id"] for entry in _get(client, device, since=delta["version"])["passes"]}


def test_a_version_from_the_future_gets_everything(client: FlaskClient, exhibition: Exhibition, device: str) -> None:
    world.issue(exhibition.id, state=PassState.CANCELLED)
    bundle = _get(client, device, since=bundles.LARGEST_VERSION)
    assert bundle["since"] is None
    assert len(bundle["passes"]) == 1


def test_a_change_that_commits_after_the_bundle_is_in_the_next_delta(
    app: Flask, client: FlaskClient, exhibition: Exhibition, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer reads its clock, the bundle is handed out, then the writer commits."""
    if db.engine.dialect.name == "postgresql":
        monkeypatch.setattr(bundles, "OVERLAP", bundles.MICROSECOND)
    issued = world.issue(exhibition.id)
    db.session.rollback()
    wrote, goes_on = threading.Event(), threading.Event()

    def cancel_slowly() -> None:
        with app.app_context(), db.engine.connect() as connection:
            connection.execute(select(VisitorPass.id))  # a writer reads before it writes
            statement = update(VisitorPass).where(VisitorPass.id == issued.id)
            connection.execute(statement.values(state=PassState.CANCELLED))
            wrote.set()
            goes_on.wait(20)
            connection.commit()

    monkeypatch.setattr(bundles, "_note", lambda *_: None)  # SQLite's one writer is the slow one
    writer = threading.Thread(target=cancel_slowly)
    writer.start()
    assert wrote.wait(20)
    before = _get(client, device)
    goes_on.set()
    writer.join()
    db.session.rollback()
    assert before["passes"] == []
    assert [entry["state"] for entry in _get(client, device, since=before["version"])["passes"]] == ["cancelled"]


def test_allotments_of_all_devices_together_do_not_exceed_the_free_places(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    devices_at_work = [device, *(world.enrol(exhibition, "B", f"Ponsel {number}") for number in range(2))]
    world.enrol(exhibition, "A", "Hilang")
    lost = db.session.scalars(select(Device).where(Device.name == "Hilang")).one()
    devices.revoke_device(COMMAND_LINE, the_fair(), lost.id)
    world.set_hall(exhibition.id, capacity=23, inside=3)
    shares = [_get(client, token)["allotment"]["places"] for token in devices_at_work]
    assert shares == [6, 6, 6]
    world.set_hall(exhibition.id, capacity=2)
    assert _get(client, device)["allotment"]["places"] == 0


def test_what_a_device_tells_of_itself_is_shown_at_the_desk(
    client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    version = _get(client, device, unsent=7, app="2026.11.24-a")["version"]
    db.session.rollback()
    row = db.session.scalars(select(Device)).one()
    assert (row.unsent, row.app_version, row.bundle_version) == (7, "2026.11.24-a", version)
    page = organizer_client.get("/desk/gates").text
    assert "7 belum terkirim" in page
    assert "2026.11.24-a" in page


@pytest.mark.parametrize("query", [{"since": -1}, {"since": "x"}, {"since": 2**60}, {"unsent": -1}, {"app": "é" * 3}])
def test_a_question_out_of_shape_is_refused_by_its_field(
    client: FlaskClient, exhibition: Exhibition, device: str, query: dict[str, object]
) -> None:
    answer = client.get("/api/v1/gate/bundle", query_string=query, headers={"Authorization": f"Bearer {device}"})
    assert (answer.status_code, answer.get_json()["field"]) == (422, next(iter(query)))


@transaction
def _many_passes(exhibition: Exhibition, count: int, changed: int) -> None:
    slot = world.open_slot(exhibition.id)
    registrations = [
        {
            "exhibition_id": exhibition.id,
            "reference": f"R-{number}",
            "manage_key": f"key-{number}",
            "locale": "id",
            "consent_at": clock.now(),
        }
        for number in range(count)
    ]
    ids = db.session.scalars(insert(Registration).returning(Registration.id), registrations).all()
    passes = [
        {
            "id": secrets.randbits(63),
            "registration_id": registration_id,
            "exhibition_id": exhibition.id,
            "slot_id": slot.id,
            "code": f"{number:04X}{secrets.token_hex(2).upper()}",
            "party_size": 4,
            "admitted": 3 if number % 2 and number < changed else 0,
            "inside": 2 if number % 2 and number < changed else 0,
            "state": PassState.CANCELLED if number < changed and number % 2 == 0 else PassState.VALID,
        }
        for number, registration_id in enumerate(ids)
    ]
    db.session.execute(insert(VisitorPass), passes)


def test_the_bundle_of_ten_thousand_passes_with_two_hundred_changes_is_small(
    client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    _many_passes(exhibition, 10_000, 200)
    answer = client.get("/api/v1/gate/bundle", headers={"Authorization": f"Bearer {device}", "Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < LARGEST_BUNDLE
