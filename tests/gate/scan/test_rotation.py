"""The next key, from the command line to the gate."""

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibition.core import clock
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys
from tests.gate import world


def _rotate(app: Flask, *options: str) -> dict[str, str]:
    result = app.test_cli_runner().invoke(args=["gate", "rotate-key", "--json", *options])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def _key_ids(client: FlaskClient, device: str) -> list[int]:
    answer = client.get("/api/v1/gate/bundle", headers={"Authorization": f"Bearer {device}"})
    return [key["id"] for key in answer.get_json()["keys"]]


def test_the_next_key_is_published_at_once_and_signs_ten_minutes_later(
    app: Flask, client: FlaskClient, exhibition: Exhibition, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.issue(exhibition.id)
    made = _rotate(app)
    assert made["key_id"] == 2
    assert timedelta(minutes=9) < datetime.fromisoformat(made["signs_from"]) - clock.now() <= timedelta(minutes=10)
    assert _key_ids(client, device) == [1, 2]
    assert keys.signing_key()[0] == 1
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(keys.clock, "now", lambda: later)
    assert keys.signing_key()[0] == 2
    new = world.issue(exhibition.id, slot=world.open_slot(exhibition.id))
    monkeypatch.undo()
    assert old.token[3:7] != new.token[3:7]
    codes = [world.send(client, device, token=issued.token).get_json()["code"] for issued in (old, new)]
    assert codes == ["accepted", "accepted"]


def test_the_next_key_signs_at_once_when_asked(
    app: Flask, client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    world.issue(exhibition.id)
    _rotate(app, "--now")
    assert keys.signing_key()[0] == 2
    issued = world.issue(exhibition.id)
    assert world.send(client, device, token=issued.token).get_json()["code"] == "accepted"


def test_rotation_says_when_the_key_will_sign_and_is_audited(
    app: Flask, organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    world.issue(exhibition.id)
    result = app.test_cli_runner().invoke(args=["gate", "rotate-key"])
    assert result.output.startswith("Key 2 is published and signs from ")
    assert "pass_key.rotate" in organizer_client.get("/desk/audit").text


def test_rotation_ends_with_a_sentence_when_the_token_has_no_more_key_ids(
    app: Flask, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.issue(exhibition.id)
    monkeypatch.setattr(keys, "LAST_KEY_ID", 1)
    result = app.test_cli_runner().invoke(args=["gate", "rotate-key"])
    assert (result.exit_code, result.output) == (1, "Error: All 255 key ids of the token are used.\n")
