"""A fair's own colour and logo, at the desk, on pages and on paper."""

import io
import re
from dataclasses import astuple
from typing import cast

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation import service as allocation
from exhibition.badges import service as badges
from exhibition.badges import sheet as badge_sheet
from exhibition.core import outbox
from exhibition.core.config import PROJECT
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.demo import badges as demo_badges
from exhibition.reports import plan_sheet, protocol, protocol_document
from exhibition.storefront import signs
from exhibition.storefront.visits import sheets as figures_sheet
from exhibition.storefront.visits import statistics
from exhibition.takings import document as takings_document
from exhibition.takings import overview as takings
from exhibition.venue import looks
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition, Logo
from exhibition.venue.plan import export as plan_export
from exhibition.venue.plan import versions as plan_versions
from exhibition.visitors.groups import sheet as strips_sheet
from exhibition.visitors.groups.service import GroupStrip
from exhibition.visitors.passes import paper
from tests.fairs import forget_request, the_fair
from tests.mailbox import Mailbox
from tests.pdf_text import pictures
from tests.visitors.passes import holding

GREEN, PALE, RED = "0a6b35", "ffd84d", "ff0000"
TEMPLATES = PROJECT / "templates"


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
    for address in ("/desk", "/desk/statistics", "/desk/users"):
        assert f'href="{style}"' in organizer_client.get(address).text


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


def documents(exhibition: Exhibition) -> dict[str, bytes]:
    """Everything that is printed, by its template."""
    hall = venue.hall(exhibition)
    issued = holding.register()
    return {
        "badges/badges": badge_sheet.pdf(exhibition, badges.holders(exhibition)[:1], system_fonts=False),
        "storefront/signs": signs.pdf(exhibition, system_fonts=False),
        "storefront/sheets": figures_sheet.pdf(exhibition, statistics.with_a_booth(exhibition)[:1], system_fonts=False),
        "venue/plan": plan_export.as_pdf(exhibition, plan_versions.current(exhibition), system_fonts=False),
        "reports/plan": plan_sheet.pdf(exhibition, hall, allocation.plan(exhibition, hall), system_fonts=False),
        "reports/protocol": protocol_document.pdf(
            protocol.of_day(exhibition, exhibition.starts_on), exhibition, system_fonts=False
        ),
        "takings/report": takings_document.pdf(takings.overview(exhibition, None), exhibition, system_fonts=False),
        "visitors/pass": paper.pdf(issued, system_fonts=False),
        "visitors/strips": strips_sheet.pdf(exhibition, "", [GroupStrip(issued, None)], system_fonts=False),
    }


def colours_of(pdf: bytes) -> set[str]:
    """All colours of the first page."""
    first = pictures(pdf)[0].convert("RGB")
    counted = cast("list[tuple[int, tuple[int, int, int]]]", first.getcolors(first.width * first.height))
    return {bytes(colour).hex() for _count, colour in counted}


def test_all_that_is_printed_carries_it(exhibition: Exhibition) -> None:
    templates = {str(path.relative_to(TEMPLATES).with_suffix("")) for path in TEMPLATES.rglob("*.typ")}
    looks.change(COMMAND_LINE, exhibition, GREEN, drawn(), without_logo=False)
    demo_badges.add(exhibition)
    printed = documents(exhibition)
    assert templates == {*printed, "paper"}
    for name, pdf in printed.items():
        assert {GREEN, RED} <= colours_of(pdf), name
    looks.change(COMMAND_LINE, exhibition, None, None, without_logo=True)
    for name, pdf in documents(exhibition).items():
        found = colours_of(pdf)
        assert looks.OURS.accent in found, name
        assert RED not in found, name


def test_mails_have_its_colour_in_head_and_button(exhibition: Exhibition, mailbox: Mailbox) -> None:
    looks.change(COMMAND_LINE, exhibition, GREEN, None, without_logo=False)
    holding.register(email="siti@example.com")
    outbox.send_due()
    [(_recipients, mail)] = mailbox.received
    html = mail.get_body(("html",))
    assert html is not None
    assert f"border-bottom: 3px solid #{GREEN}" in html.get_content()
    assert f"background: #{GREEN}; color: #ffffff" in html.get_content()


def test_ours_is_that_of_the_pages() -> None:
    tokens = (PROJECT / "static" / "css" / "tokens.css").read_text()
    found = [
        re.findall(rf"--{name}: #([0-9a-f]{{6}})", tokens)[0] for name in ("accent", "accent-strong", "accent-wash")
    ]
    assert found == list(astuple(looks.OURS))


def test_changing_nothing_is_not_written_down(exhibition: Exhibition) -> None:
    assert not looks.change(COMMAND_LINE, exhibition, None, None, without_logo=False)
    with pytest.raises(Refused, match="colour_unknown"):
        looks.change(COMMAND_LINE, exhibition, "FFFFFF", None, without_logo=False)
