"""The whole fair's catalogue as files for other shops: our own importer reads them back without loss."""

import csv
import io
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core.db import db, transaction
from exhibition.storefront import reading, service
from exhibition.storefront.models import Listing
from exhibition.storefront.reading import SourceKind, text
from exhibition.storefront.reading.currencies import decimals_of
from exhibition.storefront.rules.states import Availability
from exhibition.storefront.service import ListingText
from exhibition.storefront.web import feeds
from exhibition.venue.models import Exhibition
from tests.storefront.conftest import ORGANIZER, SLUG, exhibitor, photo

ADDRESSES = {"/feed/google.xml": SourceKind.RSS, "/feed/google.csv": SourceKind.CSV}
GOOGLE = f"{{{feeds.GOOGLE}}}"
ODD = (
    ("Kopi <b>tubruk</b> & susu", "Baris satu\nbaris dua\n\nbaris empat"),
    ("Teh &amp; jahe", "5 < 6 && 7 > 6; <3 pelanggan"),
    ('Kue "lapis", 10" × 8"', "a,b;c d | e"),
    ("=SUM(A1:A9)", "-"),
    ("+62 rasa", "@toko #1"),
    ("N/A", "null"),
    ("Wingko 🥥 e\u0301 ⅓ ½ 中文 عربى", "👩‍🍳 “kutip” … – —"),
    ("]]> <![CDATA[ x", "<!-- bukan komentar -->akhir"),
    ("<script>alert(1)</script>", "&lt;script&gt; &#60;b&#62;"),
)


@transaction
def change(listing_id: int, **values: Any) -> None:
    db.session.execute(update(Listing).where(Listing.id == listing_id).values(**values))


def fill() -> None:
    """Make listings with everything that could get lost on the way."""
    for number, (title, description) in enumerate(ODD):
        listing = service.save_listing(
            ORGANIZER, SLUG, None, ListingText(f"Biasa {number}", "15000", link="https://toko.example/p?a=1&b=2#x")
        )
        change(listing.id, title=title, description=description)
    first, second, third, fourth, fifth = db.session.scalars(
        select(Listing.id).where(Listing.exhibitor_id == exhibitor().id).order_by(Listing.id).limit(5)
    )
    change(first, price=1999, sale_price=1005, currency="USD", availability=Availability.PREORDER)
    change(second, price=12345, sale_price=12001, currency="KWD", availability=Availability.OUT_OF_STOCK)
    change(third, price=None, availability=Availability.UNKNOWN)
    change(fourth, price=999_999_999, sale_price=999_999_998, currency="IDR")
    change(fifth, price=1_500_000, currency="JPY")
    service.save_listing(ORGANIZER, SLUG, None, ListingText("Berfoto", "1000", picture=photo()))


def shown() -> list[dict[str, object]]:
    """The database's listings in the importer's form."""
    statement = select(Listing).where(Listing.published).order_by(Listing.id)
    values = []
    for listing in db.session.scalars(statement):
        places = -(decimals_of(listing.currency) or 0)
        values.append(
            {
                "id": str(listing.id),
                "title": listing.title,
                "description": listing.description,
                "price": None if listing.price is None else Decimal(listing.price).scaleb(places),
                "sale_price": None if listing.sale_price is None else Decimal(listing.sale_price).scaleb(places),
                "currency": None if listing.price is None else listing.currency,
                "availability": listing.availability.value,
                "link": listing.link,
                "image": listing.picture_key,
            }
        )
    return values


@pytest.mark.parametrize("address", ADDRESSES)
def test_our_importer_reads_the_export_back_without_loss(
    exhibition: Exhibition, client: FlaskClient, address: str
) -> None:
    fill()
    content = client.get(address).data
    found = reading.read(content, address=f"http://localhost{address}")
    assert found.kind is ADDRESSES[address]
    placed = {product["id"]: product for product in shown()}
    for listing in found.listings:
        expected = placed[listing.id or ""]
        got = {
            "id": listing.id,
            "title": listing.title,
            "description": listing.description,
            "price": listing.price,
            "sale_price": listing.sale_price,
            "currency": listing.currency,
            "availability": listing.availability.value,
            "link": listing.link if expected["link"] else "",
            "image": (listing.image or "").rpartition("/")[2].partition("-")[0] or None,
        }
        assert got == expected
    exported = set(db.session.scalars(select(Listing.id).where(Listing.exhibitor_id == exhibitor().id)))
    assert {str(number) for number in exported} <= {listing.id for listing in found.listings}
    assert {problem.code for problem in found.problems} <= {"price_missing", "price_zero", "availability_unknown"}


texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=60)


@given(texts.map(text.line).filter(lambda title: title and text.line(title) == title), texts.map(text.plain))
def test_every_text_that_a_listing_can_have_comes_back(title: str, description: str) -> None:
    description = description if text.plain(description) == description else ""
    item = {
        "id": "1",
        "title": feeds.unbroken(title),
        "description": feeds.unbroken(description),
        "link": "https://toko.example/1",
        "price": "15000 IDR",
    }
    for content in (feeds.as_rss("Pameran", "Semua", "https://pameran.example/", [item]), feeds.as_csv([item])):
        listing = reading.read(content).listings[0]
        assert (listing.title, listing.description) == (title, description)


def test_the_rss_is_well_formed_and_has_googles_required_tags(exhibition: Exhibition, client: FlaskClient) -> None:
    fill()
    answer = client.get("/feed/google.xml")
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    channel = root.find("channel")
    assert channel is not None
    assert all(channel.findtext(name) for name in ("title", "link", "description"))
    items = channel.findall("item")
    assert items
    for item in items:
        for name in ("id", "title", "link", "condition", "brand", "custom_label_0"):
            assert item.findtext(GOOGLE + name), name
        price = item.findtext(GOOGLE + "price")
        assert price is None or price.split(" ")[1].isalpha()
    ids = [item.findtext(GOOGLE + "id") for item in items]
    assert len(ids) == len(set(ids))


def test_no_cell_of_the_table_is_a_formula(exhibition: Exhibition, client: FlaskClient) -> None:
    fill()
    answer = client.get("/feed/google.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert tuple(rows[0]) == feeds.COLUMNS
    assert all(len(row) == len(feeds.COLUMNS) for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("address", ADDRESSES)
def test_hidden_listings_are_not_exported(exhibition: Exhibition, client: FlaskClient, address: str) -> None:
    hidden = db.session.scalars(select(Listing).where(Listing.exhibitor_id == exhibitor().id)).first()
    assert hidden is not None
    title, listing_id = hidden.title, hidden.id
    assert title in client.get(address).text
    change(listing_id, published=False)
    assert title not in client.get(address).text


@pytest.mark.parametrize("address", ADDRESSES)
def test_one_sellers_products_can_be_had_alone(exhibition: Exhibition, client: FlaskClient, address: str) -> None:
    found = reading.read(client.get(f"{address}?exhibitor={SLUG}").data)
    assert found.listings[0].title == "Keripik singkong original 250 g"
    assert len(found.listings) == 3
    assert client.get(f"{address}?exhibitor=nobody").status_code == 404
    assert client.get(f"{address}?exhibitor=%00").status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_client_that_has_the_present_file_gets_304(exhibition: Exhibition, client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    service.save_listing(ORGANIZER, SLUG, None, ListingText("Lumpia", "1"))
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_asking_too_often_is_refused(exhibition: Exhibition, client: FlaskClient) -> None:
    statuses = [client.get("/feed/google.csv").status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


def test_without_an_edition_there_is_no_feed(app: Flask, client: FlaskClient) -> None:
    create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER)  # a fresh installation leads to its setup
    assert client.get("/feed/google.xml").status_code == 503
