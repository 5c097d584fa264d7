"""Offers that nobody has answered: a WhatsApp text with the link, a call, and a tick that holds for one deadline."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation import offers, service
from exhibition.allocation.models import Allocation
from exhibition.allocation.planned import PlannedBooth
from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Exhibition
from tests.allocation.test_offers import exhibitor_of, mark

UNANSWERED = "/desk/unanswered"
PHONE = "+6281234567890"
pytestmark = pytest.mark.usefixtures("csrf_off")


@pytest.fixture
def offered(exhibition: Exhibition) -> PlannedBooth:
    """An offer to somebody with a phone and no e-mail address; nobody else has one."""
    transaction(lambda: db.session.execute(update(Exhibitor).values(email="", phone=PHONE)))()
    first, *others = (one for one in service.plan(exhibition) if one.state == "offered")
    for other in others:
        service.release(COMMAND_LINE, exhibition, mark(other))
    return first


def test_the_text_holds_booth_deadline_and_a_link_that_answers(
    organizer_client: FlaskClient, client: FlaskClient, exhibition: Exhibition, offered: PlannedBooth
) -> None:
    page = organizer_client.get(UNANSWERED).text
    assert offered.exhibitor in page
    assert f'href="tel:{PHONE}"' in page
    [chat] = re.findall(r'href="(https://wa\.me/[^"]+)"', page)
    assert urlsplit(chat).path == f"/{PHONE[1:]}"
    [words] = parse_qs(urlsplit(chat.replace("&amp;", "&")).query)["text"]
    assert offered.code in words
    [link] = re.findall(r"https?://\S+/daftar-stan/\S+", words)
    assert client.get(urlsplit(link).path).status_code == 200


def test_a_tick_says_who_asked_and_holds_until_there_is_another_deadline(
    organizer_client: FlaskClient, exhibition: Exhibition, offered: PlannedBooth
) -> None:
    [one] = offers.unanswered(exhibition)
    address = f"{UNANSWERED}/{one.allocation_id}"
    before = db.session.get_one(Allocation, one.allocation_id).updated_at
    for _time in range(2):
        assert organizer_client.post(address, data={"done": "yes"}).status_code == 303
    [ticked] = offers.unanswered(exhibition)
    assert ticked.asked_at is not None
    assert ticked.asked_by
    db.session.expire_all()
    assert db.session.get_one(Allocation, one.allocation_id).updated_at == before, "the offer itself has not changed"
    organizer_client.post(address, data={"done": "no"})
    assert offers.unanswered(exhibition)[0].asked_at is None
    organizer_client.post(address, data={"done": "yes"})
    service.release(COMMAND_LINE, exhibition, mark(offered))
    assert offers.unanswered(exhibition) == []
    assert organizer_client.post(address, data={"done": "yes"}).status_code == 404


def test_who_has_answered_is_not_asked(
    organizer_client: FlaskClient, exhibition: Exhibition, offered: PlannedBooth
) -> None:
    [one] = offers.unanswered(exhibition)
    offers.accept(COMMAND_LINE, exhibition, exhibitor_of(offered), mark(offered))
    assert offers.unanswered(exhibition) == []
    assert organizer_client.post(f"{UNANSWERED}/{one.allocation_id}").status_code == 404
    assert organizer_client.post(f"{UNANSWERED}/2147483647").status_code == 404
    assert "Buka denah" in organizer_client.get(UNANSWERED).text
