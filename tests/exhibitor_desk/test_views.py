"""The exhibitor's first page and the sign of the booth."""

import io
import re

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service as allocation
from exhibition.core.db import db
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.models import Exhibitor, Participant
from exhibition.storefront import service as storefront
from exhibition.storefront.service import ListingText
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in
from tests.messages.world import another_fair
from tests.storefront.conftest import ORGANIZER, SLUG, photo

pytestmark = pytest.mark.usefixtures("csrf_off")


def _steps(page: str) -> dict[str, bool]:
    """The steps of the page in their order, with whether each is among those that are done."""
    to_do, _, done = page.partition("steps-done")
    return {step: part is done for part in (to_do, done) for step in re.findall(r'data-step="(\w+)"', part)}


def test_each_step_moves_to_the_done_ones_as_it_is_taken(seller_client: FlaskClient) -> None:
    assert not _steps(seller_client.get("/exhibitor").text)["products"]
    for number in range(3):
        text = ListingText(f"Keripik {number}", "15.000", picture=photo(80 + number, 60))
        storefront.save_listing(ORGANIZER, SLUG, None, text)
    assert _steps(seller_client.get("/exhibitor").text)["products"]
    assert not _steps(seller_client.get("/exhibitor").text)["sign"]
    for _ in range(2):
        assert seller_client.post("/exhibitor/sign").status_code == 302
    assert _steps(seller_client.get("/exhibitor").text)["sign"]


def test_somebody_with_an_offer_is_led_to_it_first(app: Flask, exhibition: Exhibition) -> None:
    offered = next(booth for booth in allocation.plan(exhibition) if booth.state == "offered")
    assert offered.claim is not None
    user = create_user(COMMAND_LINE, "offered@example.com", RoleName.EXHIBITOR, name="Sari")
    exhibitors.join(user.id, offered.claim.exhibitor_id)
    client = sign_in(app.test_client(), user)
    page = client.get("/exhibitor").text
    assert next(iter(_steps(page))) == "answer"
    assert offered.code in page
    assert "sign" not in _steps(page)
    assert client.get("/exhibitor/sign").status_code == 200
    for act in (client.get("/exhibitor/sign.pdf"), client.get("/exhibitor/sign.png"), client.post("/exhibitor/sign")):
        assert act.status_code == 404


def test_the_own_sign_is_one_page_and_a_picture_that_a_phone_can_read(seller_client: FlaskClient) -> None:
    assert seller_client.get("/exhibitor/sign.pdf").data.startswith(b"%PDF")
    with Image.open(io.BytesIO(seller_client.get("/exhibitor/sign.png").data)) as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [f"http://localhost/b/{SLUG}"]


def test_the_note_of_a_printed_sign_keeps_its_first_moment(seller_client: FlaskClient) -> None:
    moment = (
        select(Participant.sign_printed_at)
        .join(Exhibitor, Exhibitor.id == Participant.exhibitor_id)
        .where(Exhibitor.slug == SLUG)
    )
    seller_client.post("/exhibitor/sign")
    first = db.session.scalars(moment).one()
    db.session.rollback()
    seller_client.post("/exhibitor/sign")
    assert first is not None
    assert db.session.scalars(moment).one() == first


def test_who_acts_for_nobody_is_told_so(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert organizer_client.get("/exhibitor").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/e/umkm-2026"])
def test_the_place_where_one_is_is_marked_with_the_fair_in_the_address_and_without(
    seller_client: FlaskClient, exhibition: Exhibition, prefix: str
) -> None:
    another_fair(exhibition)
    page = seller_client.get(f"{prefix}/exhibitor/booth").text
    marked = re.findall(r'href="([^"]+)" aria-current="page"', page)
    assert [address.rpartition("/exhibitor/")[2] for address in marked] == ["booth"]
