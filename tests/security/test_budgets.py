"""What people without a sign-in may use up, and that what is refused stores and sends nothing."""

import io
import shutil
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.core.db import Base, db
from exhibition.core.limiting import budgets
from exhibition.core.outbox import OutboxMail
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application, ApplicationDocument
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import Registration
from tests.exhibitors.applications.applying import BUSINESS, PDF, begun, newest
from tests.visitors.test_desk import open_slot

HOUSEHOLD, NEIGHBOURS = "2001:db8:1:2::7", "2001:db8:1:3::7"


@pytest.fixture(autouse=True)
def _forms_without_token(csrf_off: None) -> None: ...


def count(table: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def register(client: FlaskClient, people: int = 1, address: str = HOUSEHOLD, **more: str) -> tuple[int, str]:
    """Register over the JSON interface; the status and the code of a refusal."""
    body = {"slot_id": open_slot().id, "name": "Siti", "party_size": people, "consent": True, **more}
    answer = client.post("/api/v1/registrations", json=body, environ_base={"REMOTE_ADDR": address})
    return answer.status_code, (answer.json or {}).get("code", "")


@pytest.fixture
def ten_people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config["SETTINGS"], "PEOPLE_OF_ADDRESS", "10")


@pytest.mark.usefixtures("ten_people")
def test_an_address_registers_so_many_people_an_hour_and_others_go_on(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    there = count(Registration)
    assert [register(client, 5)[0] for _ in range(2)] == [201, 201]
    assert register(client, address="2001:db8:1:2:9:9:9:9") == (429, "people_too_many")
    assert register(client, address=NEIGHBOURS)[0] == 201
    assert count(Registration) == there + 3


@pytest.mark.usefixtures("ten_people")
def test_of_many_registrations_at_once_no_more_are_let_through(bare_app: Flask, exhibition: Exhibition) -> None:
    slot_id = open_slot().id
    db.session.remove()

    def post(_number: int) -> int:
        body = {"slot_id": slot_id, "name": "Siti", "party_size": 3, "consent": True}
        return bare_app.test_client().post("/api/v1/registrations", json=body).status_code

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(post, range(9))) == [201] * 3 + [429] * 6


@pytest.mark.usefixtures("ten_people")
def test_the_page_says_it_beside_the_field_and_how_long_to_wait(client: FlaskClient, exhibition: Exhibition) -> None:
    assert register(client, 10, address="127.0.0.1")[0] == 201
    form = {"slot_id": str(open_slot().id), "name": "Siti", "party_size": "1", "consent": "y"}
    answer = client.post("/daftar", data=form)
    assert answer.status_code == 429
    assert 'id="party_size-error"' in answer.text
    body = {"slot_id": open_slot().id, "name": "Siti", "party_size": 1, "consent": True}
    refused = client.post("/api/v1/registrations", json=body)
    assert 3500 < int(refused.headers["Retry-After"]) <= 3660


def test_one_mailbox_is_asked_for_ten_times_an_hour_from_whatever_address_and_gets_two_mails(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    answers = [
        register(client, address=f"198.51.100.{n}", email="Victim@example.com" if n % 2 else "victim@example.com")
        for n in range(12)
    ]
    assert answers == [(201, "")] + [(409, "contact_has_pass")] * 9 + [(429, "mails_too_many")] * 2
    assert (count(Registration), count(OutboxMail)) == (1, 2)
    assert register(client)[0] == 201, "without a mail it goes on"


def test_applications_do_not_mail_the_older_links_each_time(client: FlaskClient, exhibition: Exhibition) -> None:
    for _ in range(4):
        assert client.post("/daftar-stan", data=BUSINESS).status_code == 303
    texts = list(db.session.scalars(select(OutboxMail.text).order_by(OutboxMail.id)))
    keys = list(db.session.scalars(select(Application.key).order_by(Application.id)))
    assert [sum(key in (text or "") for key in keys) for text in texts] == [1, 2, 1, 1]


def test_asked_for_links_are_one_mail(client: FlaskClient, exhibition: Exhibition) -> None:
    written = [begun(exhibition) for _ in range(3)]
    before = count(OutboxMail)
    assert client.post("/daftar-stan/tautan", data={"email": BUSINESS["email"]}).status_code == 303
    latest = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert count(OutboxMail) == before + 1
    assert latest is not None
    assert all(one.key in (latest.text or "") for one in written)
    assert latest.about_id == written[-1].id


def test_a_full_mailbox_is_told_to_applicants_and_not_to_who_asks_for_links(
    app: Flask, client: FlaskClient, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "MAILS_TO_RECIPIENT", "2 per hour")
    there = count(Application)
    assert [client.post("/daftar-stan", data=BUSINESS).status_code for _ in range(2)] == [303, 303]
    refused = client.post("/daftar-stan", data=BUSINESS)
    assert 'id="email-error"' in refused.text
    before = count(OutboxMail)
    assert client.post("/daftar-stan/tautan", data={"email": BUSINESS["email"]}).status_code == 303
    applications.send_links(exhibition, BUSINESS["email"])
    assert count(OutboxMail) == before
    assert count(Application) == there + 2


def upload(client: FlaskClient, content: bytes, address: str = "192.0.2.1") -> str:
    form = {"document": (io.BytesIO(content), "a.pdf")}
    place = f"/daftar-stan/{newest().key}/berkas"
    kind = "multipart/form-data"
    return client.post(place, data=form, content_type=kind, environ_base={"REMOTE_ADDR": address}).text


def pdf(number: int) -> bytes:
    return PDF.replace(b"%%EOF", b"%" + str(number).encode() * 150_000 + b"\n%%EOF")


def test_uploads_of_an_address_and_of_everybody_end_before_they_are_stored(
    client: FlaskClient, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(exhibition)
    monkeypatch.setattr(budgets, "UPLOADS_OF_ADDRESS", "4 per day")
    monkeypatch.setattr(budgets, "UPLOADS_OF_ALL", "6 per day")
    assert "document-error" not in upload(client, pdf(1))
    assert "document-error" not in upload(client, pdf(2))
    assert "document-error" in upload(client, pdf(3))
    assert "document-error" not in upload(client, pdf(4), "192.0.2.2")
    assert "document-error" in upload(client, pdf(5), "192.0.2.3")
    assert count(ApplicationDocument) == 3


def test_uploads_leave_the_disk_its_reserve(
    client: FlaskClient, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(exhibition)
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 as shutil's own
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**12, 10**12 - 500_100_000, 500_100_000))
    assert "document-error" in upload(client, pdf(1))
    assert count(ApplicationDocument) == 0
    assert "document-error" not in upload(client, PDF)
