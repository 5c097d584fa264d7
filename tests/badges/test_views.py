"""Badges at the exhibitor's desk and the organizers', on paper and on a phone."""

import io
import re
from typing import Any

import pytest
import typst
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service as allocation
from exhibition.allocation.planned import Claim
from exhibition.badges import service, sheet
from exhibition.badges.models import Badge
from exhibition.core.db import db
from exhibition.exhibitors import service as exhibitors
from exhibition.venue.models import Exhibition
from tests.badges.places import as_shown, badge_of, confirmed, release
from tests.conftest import sign_in
from tests.gate import world

pytestmark = pytest.mark.usefixtures("csrf_off")


@pytest.fixture
def claim(exhibition: Exhibition) -> Claim:
    return confirmed(exhibition)


@pytest.fixture
def tini(app: Flask, claim: Claim) -> FlaskClient:
    """The browser of somebody who acts for the exhibitor."""
    user = create_user(COMMAND_LINE, "tini@example.com", RoleName.EXHIBITOR, name="Bu Tini")
    exhibitors.join(user.id, claim.exhibitor_id)
    return sign_in(app.test_client(), user)


def badges() -> list[Badge]:
    db.session.rollback()
    return list(db.session.scalars(select(Badge).order_by(Badge.number)))


def test_an_exhibitor_names_its_staff_and_prints_them(tini: FlaskClient, claim: Claim) -> None:
    for name in ("Siti Aminah", "Budi"):
        assert tini.post("/exhibitor/badges", data={"name": name}).status_code == 302
    page = tini.get("/exhibitor/badges").text
    assert "Siti Aminah" in page
    assert "2 dari 4 tanda pengenal sudah dibuat." in page
    answer = tini.get("/exhibitor/badges.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Image.Image]:
    """Pictures of all pages that the test renders."""
    pages: list[Image.Image] = []
    compiled = typst.compile

    def draw(template: bytes, **options: Any) -> bytes:
        pictures: Any = compiled(template, **(options | {"format": "png", "ppi": 150}))
        pages.extend(Image.open(io.BytesIO(one)) for one in (pictures if isinstance(pictures, list) else [pictures]))
        return compiled(template, **options)

    monkeypatch.setattr(typst, "compile", draw)
    return pages


def test_the_printed_qr_is_the_badges_token(exhibition: Exhibition, claim: Claim, drawn: list[Image.Image]) -> None:
    badge = badge_of(exhibition, claim, "Siti Aminah binti Abdullah <script> #let *x*")
    sheet.pdf(exhibition, service.holders(exhibition), system_fonts=False)
    (read,) = zxingcpp.read_barcodes(drawn[0])
    assert read.text == badge.token


def test_four_badges_go_on_a_page(exhibition: Exhibition, claim: Claim, drawn: list[Image.Image]) -> None:
    for number in range(4):
        badge_of(exhibition, claim, f"Staf {number}")
    badge_of(exhibition, confirmed(exhibition, 1), "Staf 5")
    sheet.pdf(exhibition, service.holders(exhibition), system_fonts=False)
    assert [len(zxingcpp.read_barcodes(page)) for page in drawn] == [4, 1]


def test_a_fifth_badge_is_refused_in_words(tini: FlaskClient) -> None:
    for number in range(4):
        tini.post("/exhibitor/badges", data={"name": f"Staf {number} A"})
    answer = tini.post("/exhibitor/badges?lang=en", data={"name": "Staf E"})
    assert answer.status_code == 409
    assert 'data-code="badges_full"' in answer.text
    assert len(badges()) == 4


@pytest.mark.parametrize("name", ["", "x" * 121, "Si\u202eti", "777"])
def test_a_bad_name_is_refused_beside_the_typed_text(tini: FlaskClient, name: str) -> None:
    answer = tini.post("/exhibitor/badges", data={"name": name})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert badges() == []


def test_an_exhibitor_renames_reissues_and_withdraws(tini: FlaskClient) -> None:
    tini.post("/exhibitor/badges", data={"name": "Siti"})
    (badge,) = badges()
    code, address = badge.code, f"/exhibitor/badges/{badge.id:016x}"
    tini.post(f"{address}/rename", data={"name": "Siti Aminah"})
    tini.post(f"{address}/reissue")
    (badge,) = badges()
    assert (badge.name, badge.generation, badge.code == code) == ("Siti Aminah", 1, False)
    assert tini.post(f"{address}/revoke").status_code == 302
    assert tini.post(f"{address}/revoke").status_code == 404


@pytest.mark.parametrize("address", ["zzz/revoke", "0000000000000000/revoke", "ffffffffffffffff/reissue", "1/steal"])
def test_an_unknown_badge_is_not_found(tini: FlaskClient, address: str) -> None:
    assert tini.post(f"/exhibitor/badges/{address}", data={"name": "x"}).status_code == 404


def test_nobody_acts_on_badges_of_others(tini: FlaskClient, exhibition: Exhibition) -> None:
    other = badge_of(exhibition, confirmed(exhibition, 1), "Orang Lain")
    for act in ("rename", "reissue", "revoke"):
        assert tini.post(f"/exhibitor/badges/{other.id:016x}/{act}", data={"name": "X Y"}).status_code == 404
    assert "Orang Lain" not in tini.get("/exhibitor/badges").text
    assert tini.get("/desk/badges").status_code == 403
    assert tini.get("/desk/badges.pdf").status_code == 403


def test_without_a_booth_there_is_nothing_to_print_and_the_page_says_why(
    tini: FlaskClient, exhibition: Exhibition, claim: Claim
) -> None:
    badge_of(exhibition, claim)
    release(exhibition, claim)
    page = tini.get("/exhibitor/badges?lang=en").text
    assert "Your booth is not confirmed now, so these badges open no gate." in page
    assert "Add a badge" not in page
    assert tini.get("/exhibitor/badges.pdf").status_code == 404
    assert tini.post("/exhibitor/badges", data={"name": "Budi"}).status_code == 409


def test_the_desk_shows_all_badges_and_finds_one(
    organizer_client: FlaskClient, exhibition: Exhibition, claim: Claim
) -> None:
    badge_of(exhibition, claim, "Siti Aminah")
    badge_of(exhibition, confirmed(exhibition, 1), "Budi Santoso")
    page = organizer_client.get("/desk/badges?lang=en").text
    assert "2 badges" in page
    found = organizer_client.get("/desk/badges?q=budi").text
    assert "Budi Santoso" in found
    assert "Siti Aminah" not in found
    assert organizer_client.get("/desk/badges.pdf").data[:5] == b"%PDF-"
    assert organizer_client.get(f"/desk/badges.pdf?exhibitor={claim.slug}").data[:5] == b"%PDF-"
    assert organizer_client.get("/desk/badges.pdf?exhibitor=nobody").status_code == 404


def test_an_organizer_gives_out_and_withdraws(organizer_client: FlaskClient, claim: Claim) -> None:
    form = {"exhibitor_id": str(claim.exhibitor_id), "name": "Siti Aminah"}
    assert organizer_client.post("/desk/badges", data=form).status_code == 302
    assert organizer_client.post("/desk/badges", data=form | {"exhibitor_id": "999999"}).status_code == 422
    (badge,) = badges()
    assert organizer_client.post(f"/desk/badges/{badge.id:016x}/revoke").status_code == 302


def test_a_badge_is_shown_on_its_holders_phone(client: FlaskClient, exhibition: Exhibition, claim: Claim) -> None:
    badge = badge_of(exhibition, claim)
    page = client.get(f"/tanda/{badge.token}?lang=en").text
    assert 'data-testid="pass-qr"' in page
    assert claim.exhibitor in page
    service.reissue(COMMAND_LINE, exhibition, badge.id)
    newest = as_shown(exhibition, badge.id).token
    old, new = (client.get(f"/tanda/{token}?lang=en").text for token in (badge.token, newest))
    assert "Replaced by a newer badge" in old
    assert 'data-testid="pass-qr"' not in old
    assert 'data-testid="pass-qr"' in new
    release(exhibition, claim)
    assert "the booth is not confirmed" in client.get(f"/tanda/{newest}?lang=en").text


@pytest.mark.parametrize("token", ["x", "EP1" + "A" * 132])
def test_an_invented_badge_has_no_page(client: FlaskClient, exhibition: Exhibition, token: str) -> None:
    assert client.get(f"/tanda/{token}").status_code == 404


def test_a_visitors_pass_is_no_badge(client: FlaskClient, exhibition: Exhibition) -> None:
    assert client.get(f"/tanda/{world.issue(exhibition.id).token}").status_code == 404


def test_the_desk_offers_only_exhibitors_with_a_confirmed_booth(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    page = organizer_client.get("/desk/badges").text
    assert len(re.findall(r"<option", page)) == sum(one.state == "confirmed" for one in allocation.claims(exhibition))
