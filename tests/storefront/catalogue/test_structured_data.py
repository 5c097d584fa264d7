"""Data for search engines: complete schema.org documents, one address for each page, a sitemap."""

import json
import re
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import service
from exhibition.storefront.models import Listing
from exhibition.storefront.rules.states import Availability
from exhibition.storefront.service import ListingText
from exhibition.venue.models import Exhibition
from tests.storefront.conftest import ORGANIZER, SLUG, exhibitor, photo

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
META = re.compile(r'<meta property="(og:[a-z:_]+)" content="([^"]*)">')
SCHEMA = "https://schema.org"
REQUIRED = {
    "Event": {"name", "startDate", "endDate", "location", "description", "image", "offers", "eventStatus"},
    "Place": {"name", "address"},
    "PostalAddress": {"addressCountry"},
    "Organization": {"name", "url"},
    "Product": {"name", "url", "sku"},
    "Offer": {"price", "priceCurrency", "url"},
}
"""The members that Google's documentation requires or recommends for each type that we use."""
KNOWN = {
    "Event": {"eventAttendanceMode", "url", "isAccessibleForFree", "organizer"},
    "Place": {"hasMap"},
    "PostalAddress": {"streetAddress", "addressLocality"},
    "Organization": {"description", "address", "sameAs", "member"},
    "Product": {"description", "image", "offers"},
    "Offer": {"availability", "seller"},
}
"""Further members that each type may have in our pages."""
AVAILABLE = {f"{SCHEMA}/{name}" for name in ("InStock", "OutOfStock", "PreOrder", "SoldOut")}


def document(page: str) -> dict[str, Any]:
    blocks = BLOCK.findall(page)
    assert len(blocks) == 1
    return json.loads(blocks[0])


def things(document: Any) -> list[dict[str, Any]]:
    """Every object with a type, however deep."""
    if isinstance(document, list):
        return [thing for one in document for thing in things(one)]
    if not isinstance(document, dict):
        return []
    own = [document] if "@type" in document else []
    return own + [thing for value in document.values() for thing in things(value)]


def check(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Check a document against the required and allowed members of each type; returns its things."""
    assert found["@context"] == SCHEMA
    for thing in things(found):
        kind = thing["@type"]
        names = {name for name in thing if not name.startswith("@")}
        assert REQUIRED[kind] <= names, (kind, REQUIRED[kind] - names)
        assert names <= REQUIRED[kind] | KNOWN[kind], (kind, names)
        assert all(value not in ("", None, []) for value in thing.values()), thing
        for name in ("url", "hasMap"):
            assert urlsplit(thing.get(name, "https://x/")).scheme in ("http", "https")
        for image in thing.get("image", []):
            assert urlsplit(image).scheme in ("http", "https")
        if kind == "Offer":
            assert re.fullmatch(r"[0-9]+(\.[0-9]+)?", thing["price"])
            assert re.fullmatch(r"[A-Z]{3}", thing["priceCurrency"])
            assert thing.get("availability", f"{SCHEMA}/InStock") in AVAILABLE
        if kind == "Event":
            starts, ends = (datetime.fromisoformat(thing[name]) for name in ("startDate", "endDate"))
            assert starts.utcoffset() is not None
            assert starts <= ends
    ids = [thing["@id"] for thing in things(found) if "@id" in thing]
    assert len(ids) == len(set(ids))
    return things(found)


@transaction
def change(**values: Any) -> None:
    db.session.execute(update(Listing).where(Listing.exhibitor_id == exhibitor().id).values(**values))


def of(kind: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [thing for thing in found if thing["@type"] == kind]


def test_the_front_page_tells_of_the_event(exhibition: Exhibition, client: FlaskClient) -> None:
    event = of("Event", check(document(client.get("/").text)))[0]
    assert event["name"] == exhibition.name
    assert datetime.fromisoformat(event["startDate"]).date() == exhibition.starts_on
    assert datetime.fromisoformat(event["endDate"]).date() == exhibition.ends_on
    assert event["location"]["name"] == exhibition.venue_name


def test_a_booth_page_tells_of_its_seller_and_products(exhibition: Exhibition, client: FlaskClient) -> None:
    service.save_storefront(ORGANIZER, SLUG, url="tokopedia.com/butini", whatsapp="0812 3456 7890")
    service.save_listing(ORGANIZER, SLUG, None, ListingText("Berfoto", "12.500", picture=photo()))
    found = check(document(client.get("/stan/B10").text))
    seller = of("Organization", found)[0]
    assert (seller["name"], seller["url"]) == ("Keripik Bu Tini", "http://localhost/stan/B10")
    assert seller["sameAs"] == ["https://tokopedia.com/butini"]
    products = {product["name"]: product for product in of("Product", found)}
    offer = products["Berfoto"]["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("12500", "IDR")
    assert offer["seller"] == {"@id": seller["@id"]}
    with client.get(urlsplit(products["Berfoto"]["image"][0]).path) as picture:
        assert picture.mimetype == "image/jpeg"
    assert "0812" not in json.dumps(seller)


@pytest.mark.parametrize(
    ("values", "price", "currency", "availability"),
    [
        ({"price": 1999, "currency": "USD"}, "19.99", "USD", "InStock"),
        ({"price": 12_345, "currency": "KWD"}, "12.345", "KWD", "InStock"),
        ({"price": 20_000, "sale_price": 15_000}, "15000", "IDR", "InStock"),
        ({"price": 1, "availability": Availability.OUT_OF_STOCK}, "1", "IDR", "OutOfStock"),
        ({"price": 0, "availability": Availability.PREORDER}, "0", "IDR", "PreOrder"),
    ],
)
def test_an_offer_has_the_present_price_in_its_own_currency(
    exhibition: Exhibition, client: FlaskClient, values: dict[str, Any], price: str, currency: str, availability: str
) -> None:
    change(**{"availability": Availability.IN_STOCK} | values)
    offer = of("Offer", check(document(client.get("/stan/B10").text)))[0]
    assert (offer["price"], offer["priceCurrency"]) == (price, currency)
    assert offer["availability"] == f"{SCHEMA}/{availability}"


def test_a_product_without_a_price_has_no_offer(exhibition: Exhibition, client: FlaskClient) -> None:
    change(price=None, availability=Availability.UNKNOWN)
    found = check(document(client.get("/stan/B10").text))
    assert of("Product", found)
    assert of("Offer", found) == []


def test_a_cluster_page_tells_of_its_members(exhibition: Exhibition, client: FlaskClient) -> None:
    found = check(document(client.get("/klaster/kopi").text))
    assert "Kopi Ngipik" in [member["name"] for member in found[0]["member"]]


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028 & ' \" \\"])
def test_no_title_ends_the_block_of_data(exhibition: Exhibition, client: FlaskClient, text: str) -> None:
    change(title=text, description=text)
    page = client.get("/stan/B10").text
    products = of("Product", check(document(page)))
    assert products[0]["name"] == text
    assert "<script>alert" not in page
    assert "<!--<script" not in page


@pytest.mark.parametrize("path", ["/", "/stan", "/stan/B10", "/klaster/kopi", "/b/keripik-bu-tini"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_public_page_names_its_one_address_and_a_picture(
    exhibition: Exhibition, client: FlaskClient, path: str, lang: str
) -> None:
    answer = client.get(path, query_string={"lang": lang}, follow_redirects=True)
    canonical = re.findall(r'<link rel="canonical" href="([^"]+)">', answer.text)
    assert len(canonical) == 1
    own = path.replace("/b/keripik-bu-tini", "/stan/B10")
    assert canonical[0] == f"http://localhost{own}" + ("" if lang == "id" else "?lang=en")
    assert client.get(canonical[0]).status_code == 200
    tags = dict(META.findall(answer.text))
    assert {"og:title", "og:type", "og:url", "og:image", "og:site_name", "og:description"} <= tags.keys()
    assert tags["og:url"] == canonical[0]
    with client.get(urlsplit(tags["og:image"]).path) as picture:
        assert picture.status_code == 200
        assert picture.mimetype in ("image/png", "image/jpeg")
    assert set(re.findall(r'hreflang="([a-z-]+)" href="http', answer.text)) == {"id", "en", "x-default"}


@pytest.mark.parametrize("address", ["/stan?search=kopi", "/stan?page=2", "/stan?district=Bawen", "/favorit"])
def test_searches_and_favourites_are_not_indexed(exhibition: Exhibition, client: FlaskClient, address: str) -> None:
    assert '<meta name="robots" content="noindex' in client.get(address).text


def test_the_sitemap_lists_every_public_page_that_answers(exhibition: Exhibition, client: FlaskClient) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = ET.fromstring(answer.data)
    found = [url.findtext(f"{name}loc") or "" for url in root]
    assert len(found) == len(set(found))
    paths = {urlsplit(address).path for address in found}
    assert {"/", "/stan", "/stan/B10", "/klaster", "/klaster/kopi", "/daftar"} <= paths
    assert not [path for path in paths if path.startswith(("/desk", "/p/", "/gate", "/keluar"))]
    for path in paths:
        assert client.get(path).status_code == 200, path
    for url in root:
        changed = url.findtext(f"{name}lastmod")
        assert changed is None or date.fromisoformat(changed[:10])


def test_an_exhibitor_without_a_booth_is_not_in_the_sitemap(exhibition: Exhibition, client: FlaskClient) -> None:
    assert "/stan/B10" in client.get("/sitemap.xml").text
    transaction(lambda: db.session.execute(db.text("UPDATE allocation SET state = 'released'")))()
    assert "/stan/B10" not in client.get("/sitemap.xml").text


def test_robots_are_kept_from_the_counted_links_and_shown_the_sitemap(
    exhibition: Exhibition, client: FlaskClient
) -> None:
    text = client.get("/robots.txt").text
    for line in ("User-agent: *", "Disallow: /keluar/", "Disallow: /desk", "Sitemap: http://localhost/sitemap.xml"):
        assert line in text.splitlines()
    assert "Disallow: /stan" not in text


def test_names_are_escaped_in_all_of_it(exhibition: Exhibition, client: FlaskClient) -> None:
    @transaction
    def rename() -> None:
        db.session.execute(update(Exhibitor).where(Exhibitor.slug == SLUG).values(name='"><script>x</script>&'))

    rename()
    for address in ("/stan/B10", "/stan", "/sitemap.xml", "/feed/google.xml"):
        assert "<script>x" not in client.get(address).text
