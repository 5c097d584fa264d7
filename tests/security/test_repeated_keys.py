"""Keys that make a repeated request harmless lead nobody to what somebody else wrote."""

import hashlib

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.core.db import db
from exhibition.exhibitors.models import Application
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import Registration
from tests.exhibitors.applications.applying import BUSINESS
from tests.visitors.test_desk import open_slot

FORM_KEY = "abcdefghijklmnop"


@pytest.fixture(autouse=True)
def _forms_without_token(csrf_off: None) -> None: ...


def test_a_replayed_form_gives_its_application_to_its_own_browser_only(
    app: Flask, client: FlaskClient, exhibition: Exhibition
) -> None:
    client.get("/daftar-stan")
    first, again = (client.post("/daftar-stan", data=BUSINESS | {"form_key": FORM_KEY}).location for _ in range(2))
    assert first == again
    thief = app.test_client()
    thief.get("/daftar-stan")
    assert thief.post("/daftar-stan", data=BUSINESS | {"form_key": FORM_KEY}).location != first
    keys = db.session.scalars(select(Application.form_key).where(Application.form_key.is_not(None))).all()
    assert FORM_KEY not in keys


@pytest.mark.parametrize("key", ["walk-in:1:" + "0" * 48, "form:" + "0" * 64, "client:" + "0" * 64])
def test_a_clients_key_is_never_one_of_ours(client: FlaskClient, exhibition: Exhibition, key: str) -> None:
    body = {"slot_id": open_slot().id, "name": "Siti", "party_size": 1, "consent": True}
    answers = [
        client.post("/api/v1/registrations", json=body, headers={"Idempotency-Key": key}).json["reference"]  # pyright: ignore[reportOptionalSubscript]
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    kept = db.session.scalars(select(Registration.idempotency_key)).all()
    assert key not in kept
    assert f"client:{hashlib.sha256(key.encode()).hexdigest()}" in kept
