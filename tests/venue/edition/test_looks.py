"""A fair's own colour and logo, at the desk, on pages and on paper."""

import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.badges import service as badges
from exhibition.badges import sheet
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.demo import badges as demo_badges
from exhibition.storefront import signs
from exhibition.venue.edition import looks
from exhibition.venue.models import Exhibition, Logo
from tests.fairs import forget_request, the_fair

GREEN, PALE = "0a6b35", "ffd84d"


def drawn(colour: str = "red") -> bytes:
    content = io.BytesIO()
    Image.new("RGBA", (900, 300), colour).save(content, "PNG")
    return content.getvalue()


def save(client: FlaskClient, *, logo: bytes | None = None, **fields: str) -> tuple[int, str]:
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/desk/look").text)[-1]
    data: dict[str, object] = {"csrf_token": token, **fields}
    if logo is not None:
        data["logo"] = (io.BytesIO(logo), "logo.png")
    answer = client.post("/desk/look?lang=en", data=data)
    forget_request()
    return answer.status_code, answer.text


def test_a_colour_and_a_logo_stand_on_every_page_of_the_fair(
    exhibition: Exhibition, organizer_client: FlaskClient, client: FlaskClient
) -> None:
    assert save(organizer_client, own="y", colour=f"#{GREEN}", logo=drawn())[0] == 302
    page = client.get("/").text
    (style,) = re.findall(r'href="(/looks/[^"]+)"', page)
    (logo,) = set(re.findall(r'src="(/logos/[^"]+)"', page))
    answer = client.get(style)
    assert f"--accent:#{GREEN}" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]
    picture = Image.open(io.BytesIO(client.get(logo).data))
    assert (picture.format, picture.size) == ("PNG", (480, 160))
    forget_request()
    assert f'href="{style}"' in organizer_client.get("/desk").text


def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(
    exhibition: Exhibition, organizer_client: FlaskClient
) -> None:
    status, page = save(organizer_client, own="y", colour=f"#{PALE}")
    assert status == 422
    (nearest,) = re.findall(r'id="colour-error"[^>]*>[^<]*#([0-9a-f]{6})', page)
    assert the_fair().colour == ""
    assert save(organizer_client, own="y", colour=f"#{nearest}")[0] == 302
    assert the_fair().colour == nearest


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#12345g", "url(x)"])
def test_what_is_no_colour_is_refused_at_its_field(
    exhibition: Exhibition, organizer_client: FlaskClient, colour: str
) -> None:
    status, page = save(organizer_client, own="y", colour=colour)
    assert status == 422
    assert 'id="colour-error"' in page


def test_a_file_that_is_no_picture_changes_nothing(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    status, page = save(organizer_client, own="y", colour=f"#{GREEN}", logo=b"<svg onload=alert(1)>")
    assert status == 422
    assert 'id="logo-error"' in page
    assert the_fair().colour == ""


def test_the_look_can_be_taken_back_and_leaves_nothing(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    save(organizer_client, own="y", colour=f"#{GREEN}", logo=drawn())
    save(organizer_client, own="y", colour=f"#{GREEN}", logo=drawn("blue"))
    assert db.session.scalar(select(func.count()).select_from(Logo)) == 1
    assert save(organizer_client, without_logo="y")[0] == 302
    assert (the_fair().colour, the_fair().logo_digest) == ("", None)
    assert db.session.scalar(select(func.count()).select_from(Logo)) == 0
    page = organizer_client.get("/").text
    assert "/looks/" not in page
    assert "/logos/" not in page


@pytest.mark.parametrize("address", [f"/looks/{PALE}.css", "/looks/zzz.css", "/logos/none.png"])
def test_addresses_of_no_look_are_not_found(exhibition: Exhibition, client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_signs_and_badges_carry_it(exhibition: Exhibition) -> None:
    plain = signs.pdf(exhibition, system_fonts=False)
    looks.change(COMMAND_LINE, exhibition, GREEN, drawn(), without_logo=False)
    assert b"/Subtype/Image" in signs.pdf(exhibition, system_fonts=False)
    assert b"/Subtype/Image" not in plain
    demo_badges.add(exhibition)
    assert b"/Subtype/Image" in sheet.pdf(exhibition, badges.holders(exhibition)[:1], system_fonts=False)


def test_changing_nothing_is_not_written_down(exhibition: Exhibition) -> None:
    assert not looks.change(COMMAND_LINE, exhibition, None, None, without_logo=False)
    with pytest.raises(Refused, match="colour_unknown"):
        looks.change(COMMAND_LINE, exhibition, "FFFFFF", None, without_logo=False)
