"""What visitors see of an edition in each of its states: pages, passes, mails, gates, search engines."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import create_user
from exhibition.core import clock, outbox
from exhibition.editions import consequences
from exhibition.venue.edition import states
from tests.conftest import sign_in
from tests.editions import world
from tests.editions.world import WHOLE
from tests.fairs import forget_request
from tests.mailbox import Mailbox

BEFORE = datetime(2026, 11, 5, 3, 30, tzinfo=UTC)
DURING = datetime(2026, 11, 6, 3, 30, tzinfo=UTC)
AFTER = datetime(2026, 11, 9, 3, 30, tzinfo=UTC)
SLUG = "umkm-2026"


@pytest.fixture(autouse=True)
def before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


@pytest.fixture
def registered(app: Flask, client: FlaskClient, tmp_path: Path) -> dict[str, Any]:
    assert world.create(app, tmp_path, WHOLE, "--publish").exit_code == 0
    slot = next(s for s in client.get("/api/v1/slots").get_json() if s["starts_at"] == "2026-11-06T03:00:00Z")
    wish = {"slot_id": slot["id"], "name": "Siti", "party_size": 2, "consent": True, "email": "siti@example.com"}
    return client.post("/api/v1/registrations", json=wish | {"locale": "en"}).get_json()


def seen(client: FlaskClient, address: str) -> str:
    """The page in English, asked for as by another process: nothing of an earlier request is known."""
    forget_request()
    return client.get(f"{address}?lang=en").text


def structured(client: FlaskClient, address: str = "/") -> dict[str, Any]:
    page = seen(client, address)
    return json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [("call-off", "EventCancelled", "called off"), ("postpone", "EventPostponed", "postponed")],
)
def test_everything_says_at_once_that_the_fair_does_not_take_place(
    app: Flask,
    client: FlaskClient,
    registered: dict[str, Any],
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    status: str,
    words: str,
) -> None:
    outbox.send_due()
    code = app.test_cli_runner().invoke(args=["gate", "enrolment-code", "A", "--json"])
    body = {"enrolment_code": json.loads(code.output)["enrolment_code"], "device_name": "Ponsel"}
    token = client.post("/api/v1/gate/enrol", json=body).get_json()["device_token"]

    assert world.invoke(app, command, SLUG).exit_code == 0

    for page in ("/", "/stan", "/daftar"):
        assert f"This fair is {words}." in seen(client, page)
    assert structured(client)["eventStatus"] == f"https://schema.org/{status}"
    register = seen(client, "/daftar")
    assert "Get the pass" not in register
    assert "Registration is closed." in register
    assert 'href="/daftar"' not in register, "nothing leads to where nobody can register"
    front = seen(client, "/")
    assert "with a pass for one session" not in front
    assert ("New days will be announced." in front) == (command == "postpone")
    assert ("Applications are closed." in seen(client, "/daftar-stan")) == (command == "call-off")
    assert {slot["state"] for slot in client.get("/api/v1/slots").get_json()} == {"closed"}
    assert f"The fair is {words}" in seen(client, f"/p/{registered['manage_key']}")
    monkeypatch.setattr(clock, "now", lambda: DURING)
    bearer = {"Authorization": f"Bearer {token}"}
    scan = {"nonce": "nonce-1", "token": registered["pass"]["token"], "direction": "entry"}
    refused = client.post("/api/v1/gate/scans", json=scan, headers=bearer).get_json()
    assert (refused["verdict"], refused["code"]) == ("refused", "slot_closed")
    assert all(slot["closed"] for slot in client.get("/api/v1/gate/bundle", headers=bearer).get_json()["slots"])
    outbox.send_due()
    told = mailbox.mails[-1]
    assert told["Subject"] == f"{words.capitalize()}: Pameran UMKM"
    assert told["Reply-To"] == "panitia@example.com"
    assert told["Message-ID"].endswith("@localhost>")


def test_who_was_told_that_it_is_off_is_told_that_it_takes_place_after_all(
    app: Flask, client: FlaskClient, registered: dict[str, Any], mailbox: Mailbox
) -> None:
    for command in ("call-off", "publish"):
        assert world.invoke(app, command, SLUG).exit_code == 0
        outbox.send_due()
    assert [mail["Subject"].split(":")[0] for mail in mailbox.mails[-2:]] == ["Called off", "It takes place"]
    assert "Valid" in seen(client, f"/p/{registered['manage_key']}")


def test_news_that_is_not_true_any_more_is_not_sent(app: Flask, registered: dict[str, Any], mailbox: Mailbox) -> None:
    outbox.send_due()
    for command in ("call-off", "publish"):
        assert world.invoke(app, command, SLUG).exit_code == 0
    outbox.send_due()
    assert [mail["Subject"].split(":")[0] for mail in mailbox.mails[1:]] == ["It takes place"]


@pytest.mark.usefixtures("registered")
def test_a_fair_that_was_moved_says_from_which_day(client: FlaskClient) -> None:
    consequences.move(COMMAND_LINE, states.by_slug(SLUG), 7)
    event = structured(client)
    assert (event["eventStatus"], event["previousStartDate"]) == ("https://schema.org/EventRescheduled", "2026-11-06")
    assert "New days: this fair begins on" in seen(client, "/")
    change = consequences.changes(states.by_slug(SLUG))[0]
    consequences.undo(COMMAND_LINE, states.by_slug(SLUG), change.id)
    assert structured(client)["eventStatus"] == "https://schema.org/EventScheduled"


def test_a_fair_that_is_over_thanks_and_leads_to_the_shops(
    client: FlaskClient, registered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    page = seen(client, "/")
    assert "This fair is over. Thank you for coming!" in page
    assert 'href="/stan"' in page
    assert 'href="/daftar"' not in page
    assert "not announced yet" not in page
    told = seen(client, f"/p/{registered['manage_key']}")
    assert "The fair is over" in told
    assert "Show the QR code" not in told
    assert 'data-testid="pass-qr"' not in told
    assert "Pameran UMKM" in client.get("/arsip").text


def test_an_archived_fair_stays_to_be_seen_and_the_shops_are_the_home_meanwhile(
    app: Flask, client: FlaskClient, registered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    assert world.invoke(app, "archive", SLUG).exit_code == 0
    assert client.get("/").location == "/toko"
    assert client.get("/toko").status_code == 200
    for path in ("", "stan", "klaster"):
        assert "This fair took place from" in seen(client, f"/e/{SLUG}/{path}")
    assert f"/e/{SLUG}/" in client.get("/arsip").text
    assert client.get(f"/p/{registered['manage_key']}").status_code == 200
    wish = {"slot_id": registered["slot"]["id"], "name": "Siti", "party_size": 1, "consent": True}
    assert client.post("/api/v1/registrations", json=wish).status_code == 422


def test_a_fair_that_was_called_off_still_says_so_in_the_archive(
    app: Flask,
    client: FlaskClient,
    organizer: User,
    registered: dict[str, Any],
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outbox.send_due()
    for command in ("call-off", "archive"):
        assert world.invoke(app, command, SLUG).exit_code == 0

    outbox.send_due()
    assert mailbox.mails[-1]["Subject"] == "Called off: Pameran UMKM", "it is still news when it comes from the archive"
    for now in (BEFORE, DURING, AFTER):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        for page in ("", "stan", "daftar", "klaster"):
            assert "This fair is called off." in seen(client, f"/e/{SLUG}/{page}")
            assert "took place" not in seen(client, f"/e/{SLUG}/{page}")
        assert structured(client, f"/e/{SLUG}/")["eventStatus"] == "https://schema.org/EventCancelled"
        told = seen(client, f"/p/{registered['manage_key']}")
        assert "The fair is called off" in told
        assert "The fair is over" not in told
        assert 'data-testid="pass-qr"' not in told
        assert "STATUS:CANCELLED" in client.get(f"/p/{registered['manage_key']}/calendar.ics").text
        assert client.get(f"/api/v1/exhibition?exhibition={SLUG}").get_json()["state"] == "called_off"
        archive = seen(client, "/arsip")
        assert f"/e/{SLUG}/" in archive
        assert "Called off" in archive
    desk = seen(sign_in(app.test_client(), organizer), "/desk/editions")
    assert desk.index("<h2>Archived</h2>") < desk.index("Called off")


def test_a_fair_that_comes_back_from_the_archive_takes_place_after_all_if_it_had_been_called_off(
    app: Flask, client: FlaskClient, registered: dict[str, Any], mailbox: Mailbox
) -> None:
    outbox.send_due()
    sent = len(mailbox.mails)
    for command in ("archive", "publish"):
        assert world.invoke(app, command, SLUG).exit_code == 0
    outbox.send_due()
    assert len(mailbox.mails) == sent, "nobody was told anything that is not so"
    for command in ("call-off", "archive", "publish"):
        assert world.invoke(app, command, SLUG).exit_code == 0
    outbox.send_due()
    assert mailbox.mails[-1]["Subject"] == "It takes place: Pameran UMKM"
    assert "Valid" in seen(client, f"/p/{registered['manage_key']}")
    assert world.invoke(app, "archive", SLUG).exit_code == 0
    assert "This fair took place from" in seen(client, f"/e/{SLUG}/")


def test_a_draft_is_seen_by_its_organizers_only(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    world.create(app, tmp_path, WHOLE)
    addresses = (f"/e/{SLUG}/", f"/e/{SLUG}/stan", f"/e/{SLUG}/daftar", f"/api/v1/slots?exhibition={SLUG}")
    assert [client.get(one).status_code for one in addresses] == [404] * len(addresses)
    assert client.get("/").status_code == 503
    fair = states.by_slug(SLUG)
    organizer, steward = (
        sign_in(app.test_client(), create_user(COMMAND_LINE, f"{role}@example.com", role, exhibition_id=fair.id))
        for role in (RoleName.ORGANIZER, RoleName.GATE)
    )
    assert "A preview: this fair is not published yet." in seen(organizer, f"/e/{SLUG}/")
    assert organizer.get(f"/e/{SLUG}/").headers["Cache-Control"] == "no-store"
    assert "A preview" not in seen(steward, f"/e/{SLUG}/")
