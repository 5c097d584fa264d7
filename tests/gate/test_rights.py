"""Every call of a device looks at the device first: without a right it gets 401, whatever it sends."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.gate import devices
from exhibition.venue.models import Exhibition
from tests.gate import world

ENROLLING = "/api/v1/gate/enrol"
"""The one call whose right is in its body."""
BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "application/json"),
    "no_json": (b"{", "application/json"),
    "no_utf_8": (b'{"nonce": "\xff"}', "application/json"),
    "another_type": (b"nonce=1", "application/x-www-form-urlencoded"),
    "a_list": (b"[1]", "application/json"),
    "unknown_fields": (b'{"x": 1}', "application/json"),
    "too_deep": (b"[" * 100_000, "application/json"),
    "too_long": (b'"' + b"x" * (7 * 1024 * 1024) + b'"', "application/json"),
    "token_and_code": (b'{"nonce": "1", "direction": "entry", "token": "x", "code": "y"}', "application/json"),
    "override_of_an_exit": (
        b'{"nonce": "1", "direction": "exit", "code": "y", "override": {"pin": "1", "reason": "x"}}',
        "application/json",
    ),
}


def _calls(app: Flask, method: str) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/gate/") and method in (rule.methods or ()) and rule.rule != ENROLLING:
            yield rule.rule.replace("<int:scan_id>", "1")


def _without_right(client: FlaskClient, app: Flask, token: str, code: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    ask: list[Callable[[], TestResponse]] = [
        lambda path=path, data=data, kind=kind: client.post(path, data=data, content_type=kind, headers=headers)
        for path in _calls(app, "POST")
        for data, kind in BODIES.values()
    ]
    ask += [
        lambda path=path: client.get(f"{path}?since=x&unsent=-1&app=%00", headers=headers)
        for path in _calls(app, "GET")
    ]
    assert len(ask) > 5 * len(BODIES)
    answers = [one() for one in ask]
    assert {(one.status_code, one.get_json()["code"]) for one in answers} == {(401, code)}


def test_an_unknown_device_is_told_so_whatever_it_sends(
    app: Flask, client: FlaskClient, exhibition: Exhibition
) -> None:
    _without_right(client, app, "nobody's", "device_unknown")


def test_a_withdrawn_device_is_told_so_whatever_it_sends(
    app: Flask, client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    devices.revoke_device(COMMAND_LINE, exhibition, devices.authenticate(device).id)
    _without_right(client, app, device, "device_revoked")


@pytest.mark.parametrize("name", ["no_json", "another_type", "unknown_fields", "token_and_code"])
def test_a_known_device_is_told_what_is_wrong_with_its_body(
    client: FlaskClient, exhibition: Exhibition, device: str, name: str
) -> None:
    data, kind = BODIES[name]
    headers = {"Authorization": f"Bearer {device}"}
    answer = client.post("/api/v1/gate/scans", data=data, content_type=kind, headers=headers)
    assert answer.status_code in (400, 415, 422)
    assert world.scans() == []
