"""The signs at the booths: every open booth has one, its QR can be read, and no name becomes markup."""

import pytest
import zxingcpp
from flask.testing import FlaskClient

from exhibition.core import qr
from exhibition.storefront import signs
from exhibition.venue.models import Exhibition
from tests.pdf_text import DOTS_PER_INCH, pictures, text_of
from tests.storefront.conftest import SLUG

HOSTILE = '#panic("no") $x$ *b* _i_ `raw` "quoted" \\ // @ref <label> [x] = 🌶️ كرسبي \u202e'


@pytest.mark.parametrize("system_fonts", [True, False])
def test_each_open_booth_has_a_sign_on_an_a5_page(exhibition: Exhibition, system_fonts: bool) -> None:
    pdf = signs.pdf(exhibition, system_fonts=system_fonts)
    found = pictures(pdf)
    assert len(found) == 38
    millimetres = 25.4 / DOTS_PER_INCH
    assert {(round(page.width * millimetres), round(page.height * millimetres)) for page in found} == {(148, 210)}
    assert b"/Lang(id" in pdf
    assert b"/StructTreeRoot" in pdf
    assert text_of(pdf).count("Pindai untuk belanja") == 38


def test_the_qr_on_a_sign_leads_to_the_short_address(exhibition: Exhibition) -> None:
    found = [zxingcpp.read_barcodes(page) for page in pictures(signs.pdf(exhibition))[7:8]]
    assert [code.text for codes in found for code in codes] == [f"http://localhost/b/{SLUG}"]


def test_names_are_data_and_never_markup() -> None:
    sign = {"code": "A#1", "name": HOSTILE, "address": "$x$/#b", "qr": qr.svg_file("x")}
    data = {
        "fair": HOSTILE,
        "lang": "id",
        "look": {"colour": "#1f2d70", "wash": "#e9ecf8", "logo": []},
        "where": HOSTILE,
        "booth": "#b",
        "scan": "#s",
        "code": "#c {code}",
        "title": HOSTILE,
        "signs": [sign],
    }
    text = text_of(signs.render(signs.TEMPLATE, data, system_fonts=True))
    for part in ('#panic("no")', "$x$", "*b*", "_i_", "`raw`", "@ref", "<label>", "A#1"):
        assert part in text


def test_organizers_get_the_signs_as_one_pdf(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    answer = organizer_client.get("/desk/signs.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
