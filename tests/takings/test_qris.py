"""A QRIS registered by its exhibitor, and a sticker at the booth held against it."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation.planned import Claim
from exhibition.core import qr
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors import service as exhibitors
from exhibition.takings import qris
from exhibition.takings.models import QrisCode
from exhibition.venue.models import Exhibition
from tests.badges.places import confirmed
from tests.conftest import sign_in
from tests.fairs import forget_request
from tests.takings.codes import qris_text

pytestmark = pytest.mark.usefixtures("csrf_off")

FALSE = qris_text("TOKO LAIN", f26="0014ID.CO.LAIN.WWW0106999999", f51=None)


@pytest.fixture
def claim(exhibition: Exhibition) -> Claim:
    return confirmed(exhibition)


@pytest.fixture
def tini(app: Flask, claim: Claim) -> FlaskClient:
    """The browser of somebody who acts for the exhibitor."""
    user = create_user(COMMAND_LINE, "tini@example.com", RoleName.EXHIBITOR, name="Bu Tini")
    exhibitors.join(user.id, claim.exhibitor_id)
    return sign_in(app.test_client(), user)


@pytest.fixture
def steward(app: Flask) -> FlaskClient:
    return sign_in(app.test_client(), create_user(COMMAND_LINE, "joko@example.com", RoleName.GATE, name="Joko"))


def photo(*texts: str) -> bytes:
    """Codes side by side, a little askew, as a phone takes them."""
    codes = [Image.open(io.BytesIO(qr.png(text))).convert("RGB") for text in texts]
    sheet = Image.new("RGB", (sum(one.width for one in codes) + 200, codes[0].height + 200), "#cfc8b8")
    left = 100
    for one in codes:
        sheet.paste(one, (left, 100))
        left += one.width
    file = io.BytesIO()
    sheet.rotate(7, fillcolor="#cfc8b8").save(file, "JPEG", quality=70)
    return file.getvalue()


def test_a_photo_is_read_and_the_merchants_name_shown(tini: FlaskClient, claim: Claim) -> None:
    answer = tini.post("/exhibitor/qris", data={"picture": (io.BytesIO(photo(qris_text())), "qris.jpg")})
    assert answer.status_code == 303
    kept = qris.of_exhibitor(claim.exhibitor_id)
    assert kept is not None
    assert (kept.payload, kept.merchant) == (qris_text(), "KERIPIK BU TINI")
    assert "KERIPIK BU TINI" in tini.get("/exhibitor/qris").text
    assert tini.post("/exhibitor/qris/remove").status_code == 303
    db.session.rollback()
    assert qris.of_exhibitor(claim.exhibitor_id) is None


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (qris_text(f54="5000"), "qris_dynamic", "54"),
        (qris_text()[:-4] + "0000", "qris_wrong_crc", "63"),
        (qris_text(f59=None), "qris_missing", "59"),
    ],
)
def test_a_refusal_names_the_field_and_keeps_nothing(tini: FlaskClient, text: str, code: str, said: str) -> None:
    answer = tini.post("/exhibitor/qris", data={"payload": text})
    assert answer.status_code == 422
    assert 'id="payload-error"' in answer.text
    assert said in answer.text.split('id="payload-error"')[1].split("</small>")[0]
    with pytest.raises(Refused, match=code) as refused:
        qris.read(text, b"")
    assert refused.value.details["tag"] == said
    assert not db.session.scalars(select(QrisCode)).all()


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (photo("just some text"), "qris_other_code"),
        (photo(qris_text(), FALSE), "qris_several"),
        (b"no picture", "picture_unreadable"),
    ],
)
def test_a_photo_that_does_not_help_is_refused_as_the_photo(picture: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code) as refused:
        qris.read("", picture)
    assert refused.value.field == "picture"


def test_a_steward_is_warned_of_a_false_sticker(
    steward: FlaskClient, exhibition: Exhibition, claim: Claim, tini: FlaskClient
) -> None:
    check = {"exhibitor_id": str(claim.exhibitor_id)}
    unknown = steward.post("/gate/qris", data=check | {"payload": FALSE}).text
    assert 'data-answer="unknown"' in unknown
    forget_request()
    tini.post("/exhibitor/qris", data={"payload": qris_text()})
    forget_request()
    same = steward.post("/gate/qris", data=check | {"picture": (io.BytesIO(photo(qris_text())), "q.jpg")}).text
    assert 'data-answer="same"' in same
    other = steward.post("/gate/qris", data=check | {"payload": FALSE}).text
    assert 'data-answer="other"' in other
    assert "TOKO LAIN" in other
    assert "KERIPIK BU TINI" in other
    db.session.rollback()
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "qris.check").order_by(AuditEntry.id))
    assert [entry.after["answer"] for entry in trail if entry.after] == ["unknown", "same", "other"]
    assert [line.checked_as for line in qris.lines(exhibition) if line.code] == ["other"]


def test_a_check_needs_a_booth_of_this_fair(steward: FlaskClient, exhibition: Exhibition, client: FlaskClient) -> None:
    assert steward.post("/gate/qris", data={"payload": qris_text()}).status_code == 422
    assert steward.post("/gate/qris", data={"payload": qris_text(), "exhibitor_id": "99999"}).status_code == 404
    forget_request()
    assert client.get("/gate/qris").status_code == 302
