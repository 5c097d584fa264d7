"""The desk's pages of messages, as an organizer uses them."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from flask_babel import refresh
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.messages import sending
from exhibition.messages.models import MessageRecipient
from exhibition.messages.rules.states import RecipientState
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.mailbox import Mailbox
from tests.messages.world import confirm, forget_mails, recipients, register, written

pytestmark = pytest.mark.usefixtures("csrf_off")


@pytest.fixture
def desk(organizer_client: FlaskClient) -> FlaskClient:
    """An organizer's browser, in English."""
    organizer_client.set_cookie("locale", "en")

    def english(*args: Any, **kwargs: Any) -> TestResponse:
        refresh()  # the test's application context outlives the request, and with it the language
        return FlaskClient.open(organizer_client, *args, **kwargs)

    organizer_client.open = english
    return organizer_client


FORM = {
    "when": "",
    "subject_indonesian": "Kabar untuk {name}",
    "text_indonesian": "Halo {name},\n\nsampai jumpa.",
    "subject_english": "",
    "text_english": "Hello {name},",
    "form_key": "one-form",
}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_from_writing_to_the_log(desk: FlaskClient, exhibition: Exhibition, mailbox: Mailbox) -> None:
    register(exhibition, "Siti <b>Aminah</b>")
    register(exhibition, "Budi", None, phone="+6281234567890")
    register(exhibition, "Tono", None)
    forget_mails()
    clicks = [desk.post("/desk/messages/new?group=visitors", data=FORM) for _ in range(2)]
    assert [answer.status_code for answer in clicks] == [303, 303]
    address = clicks[0].headers["Location"]
    assert len(re.findall(r'href="/desk/messages/\d+"', desk.get("/desk/messages").text)) == 1

    shown = desk.get(address + "?q=siti").text
    assert "Kabar untuk Siti &lt;b&gt;Aminah&lt;/b&gt;" in shown
    assert "left empty, so the other language is sent" in shown
    seen = re.search(r'name="seen" type="hidden" value="([\d-]+)"', shown)
    assert seen is not None
    assert seen[1] == "1-1-1"

    assert desk.post(f"{address}/confirm", data={"seen": "3-0-0", "moment": "now"}).status_code == 409
    assert desk.post(f"{address}/confirm", data={"seen": seen[1], "moment": "now"}).status_code == 303
    again = desk.post(f"{address}/confirm", data={"seen": seen[1], "moment": "now"})
    assert again.status_code == 409
    assert "confirmed already" in again.text
    run_jobs()
    assert [one["To"] for one in mailbox.mails] == ["siti@example.com"]
    db.session.rollback()
    log = text_of(desk.get(address).text)
    assert "Siti &lt;b&gt;Aminah&lt;/b&gt; Sent" in log
    assert "Budi By phone: to be sent" in log
    assert "Tono Cannot be reached" in log
    assert "Tono" not in desk.get(f"{address}?outcome=sent").text


def test_who_only_has_a_phone_is_ticked_off_and_back(desk: FlaskClient, exhibition: Exhibition) -> None:
    issued = register(exhibition, "Budi", None, phone="+6281234567890", locale="en")
    message = written(exhibition)
    confirm(exhibition, message)
    address = f"/desk/messages/{message.id}/phones"
    page = desk.get(address + "").text
    chat = re.search(r'href="https://wa\.me/6281234567890\?text=([^"]+)"', page)
    assert chat is not None
    assert unquote(chat[1]).startswith("Hello Budi,\n\nsee you ")
    assert f"/p/{issued.manage_key}" in unquote(chat[1])

    one = recipients(message)[0].id
    for done, state in (("yes", RecipientState.TICKED), ("yes", RecipientState.TICKED), ("no", RecipientState.OPEN)):
        assert desk.post(f"{address}/{one}", data={"done": done}).status_code == 303
        assert recipients(message)[0].state is state
        assert bool(recipients(message)[0].ticked_at) is (state is RecipientState.TICKED)
        assert recipients(message)[0].ticked_by == ("Ratna" if state is RecipientState.TICKED else "")
        assert ("ticked off" in desk.get(address).text) is (state is RecipientState.TICKED)
    assert desk.post(f"{address}/{one + 1}", data={"done": "yes"}).status_code == 404


def test_a_phone_of_another_message_is_not_ticked(desk: FlaskClient, exhibition: Exhibition) -> None:
    register(exhibition, "Budi", None, phone="+6281234567890")
    first, second = written(exhibition), written(exhibition)
    confirm(exhibition, first)
    confirm(exhibition, second)
    other = recipients(second)[0].id
    answer = desk.post(f"/desk/messages/{first.id}/phones/{other}", data={"done": "yes"})
    assert answer.status_code == 404
    assert db.session.get_one(MessageRecipient, other).state is RecipientState.OPEN


def test_a_fault_stands_beside_its_field_and_the_words_stay(desk: FlaskClient, exhibition: Exhibition) -> None:
    answer = desk.post("/desk/messages/new?group=visitors", data=FORM | {"text_indonesian": "Halo {nama}"})
    assert answer.status_code == 422
    assert "{nama} cannot be filled in. You can use {name}, {fair}" in answer.text
    assert "Halo {nama}" in answer.text
    assert desk.post("/desk/messages/new?group=visitors", data=FORM | {"when": "day:x"}).status_code == 422
    assert desk.get("/desk/messages/new?group=everybody").status_code == 404


def test_a_draft_is_changed_and_deleted(desk: FlaskClient, exhibition: Exhibition) -> None:
    register(exhibition, "Siti")
    message = written(exhibition)
    address = f"/desk/messages/{message.id}"
    assert "Kabar {fair}" in desk.get(f"{address}/change").text
    changed = FORM | {"subject_indonesian": "Judul lain", "not_arrived": "y"}
    assert desk.post(f"{address}/change", data=changed).status_code == 303
    page = desk.get(f"{address}").text
    assert "Judul lain" in page
    assert "not arrived yet" in page
    assert desk.post(f"{address}/remove").status_code == 303
    assert desk.get(address).status_code == 404


def test_later_needs_a_moment_to_come(desk: FlaskClient, exhibition: Exhibition) -> None:
    register(exhibition, "Siti")
    message = written(exhibition)
    address = f"/desk/messages/{message.id}"
    later = {"seen": "1-0-0", "moment": "later"}
    assert desk.post(f"{address}/confirm", data=later).status_code == 422
    past = desk.post(f"{address}/confirm", data=later | {"at": "2020-11-06T09:00"})
    assert past.status_code == 422
    assert "still to come" in past.text
    good = desk.post(f"{address}/confirm", data=later | {"at": "2090-11-06T09:00"})
    assert good.status_code == 303
    assert "09:00" in desk.get(address).text
    assert desk.post(f"{address}/act", data={"act": "stop"}).status_code == 303
    assert desk.post(f"{address}/act", data={"act": "resume"}).status_code == 409
    assert desk.post(f"{address}/act", data={"act": "dance"}).status_code == 404


def test_exhibitors_without_products_are_written_to(
    desk: FlaskClient, exhibition: Exhibition, mailbox: Mailbox
) -> None:
    form = FORM | {"standing": "booth", "lacking": "products", "cluster_id": "", "zone_id": ""}
    form["text_indonesian"] = "{exhibitor} di stan {booth}: {link}"
    answer = desk.post("/desk/messages/new?group=exhibitors", data=form)
    assert answer.status_code == 303
    page = desk.get(answer.headers["Location"]).text
    assert re.search(r"di stan [A-Z]\d\d", page)
    seen = re.search(r'name="seen" type="hidden" value="([\d-]+)"', page)
    assert seen is not None
    for path in ("/desk/messages/new?group=exhibitors", answer.headers["Location"] + "/change"):
        assert desk.get(path).status_code == 200
    assert (
        desk.post(answer.headers["Location"] + "/confirm", data={"seen": seen[1], "moment": "now"}).status_code == 303
    )
    assert re.search(r'href="/desk/exhibitors/[a-z-]+', desk.get(answer.headers["Location"]).text)


def test_a_paused_message_shows_no_chats(desk: FlaskClient, exhibition: Exhibition) -> None:
    register(exhibition, "Siti")
    register(exhibition, "Budi", None, phone="+6281234567890")
    message = written(exhibition)
    confirm(exhibition, message)
    sending.pause(COMMAND_LINE, exhibition, message.id)
    page = desk.get(f"/desk/messages/{message.id}/phones").text
    assert "wa.me" not in page
    assert "Budi" in page
