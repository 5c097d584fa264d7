"""Leaving for a shop: only to stored addresses, counted once, and never delayed by the counting."""

import sqlite3

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.core.db import db, transaction
from exhibition.core.extensions import limiter
from exhibition.storefront import service
from exhibition.storefront.models import ClickSource, Listing, OutboundClick
from exhibition.storefront.service import ListingText
from exhibition.storefront.visits import clicks
from exhibition.venue.models import Exhibition
from tests.storefront.conftest import BROWSER, ORGANIZER, SLUG, exhibitor

SHOP_URL = f"https://warung-serasi.example/toko/{SLUG}"
PHONE = {"User-Agent": BROWSER}
CRAWLER = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}


def counted() -> dict[tuple[int, ClickSource], int]:
    db.session.rollback()
    rows = db.session.scalars(select(OutboundClick))
    return {(row.listing_id, row.source): row.clicks for row in rows}


def shop_link(source: str = "") -> str:
    return f"/keluar/toko/{exhibitor().id}" + (f"?from={source}" if source else "")


def test_a_visitor_is_sent_to_the_stored_shop_and_counted(exhibition: Exhibition, client: FlaskClient) -> None:
    answer = client.get(shop_link("qr"), headers=PHONE)
    assert (answer.status_code, answer.location) == (302, SHOP_URL)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "origin"
    assert counted() == {(0, ClickSource.BOOTH_QR): 1}


def test_clicks_of_one_hour_and_source_are_added_up(exhibition: Exhibition, client: FlaskClient) -> None:
    for number in range(3):
        client.get(shop_link("catalogue"), headers={"User-Agent": f"{BROWSER} {number}"})
    client.get(shop_link(), headers=PHONE)
    assert counted() == {(0, ClickSource.CATALOGUE): 3, (0, ClickSource.BOOTH_PAGE): 1}


def test_a_listing_leads_to_its_own_page(exhibition: Exhibition, client: FlaskClient) -> None:
    listing = service.listings_of(exhibitor())[0]
    assert client.get(f"/keluar/produk/{listing.id}", headers=PHONE).location == listing.link
    assert counted() == {(listing.id, ClickSource.BOOTH_PAGE): 1}


def test_whatsapp_opens_with_a_greeting_and_the_products_name(exhibition: Exhibition, client: FlaskClient) -> None:
    service.save_storefront(ORGANIZER, SLUG, url="", whatsapp="0812-3456-7890")
    listing = service.save_listing(ORGANIZER, SLUG, None, ListingText("Keripik & sambal"))
    shop = client.get(f"/keluar/wa/{exhibitor().id}", headers=PHONE).location
    product = client.get(f"/keluar/produk/{listing.id}", headers=PHONE).location
    assert shop.startswith("https://wa.me/6281234567890?text=Halo%20Keripik%20Bu%20Tini")
    assert "Keripik%20%26%20sambal" in product


@pytest.mark.parametrize(
    "address",
    [
        "/keluar/toko/999999",
        "/keluar/toko/0",
        "/keluar/toko/99999999999999999999",
        "/keluar/toko/-1",
        "/keluar/wa/{id}",
        "/keluar/elsewhere/{id}",
        "/keluar/produk/999999",
        "/keluar/toko/https://evil.example",
    ],
)
def test_a_link_that_is_not_stored_leads_nowhere(exhibition: Exhibition, client: FlaskClient, address: str) -> None:
    answer = client.get(address.format(id=exhibitor().id), headers=PHONE)
    assert answer.status_code == 404
    assert counted() == {}


@pytest.mark.parametrize("name", ["url", "next", "to", "link", "from"])
def test_no_target_is_taken_from_the_request(exhibition: Exhibition, client: FlaskClient, name: str) -> None:
    answer = client.get(shop_link(), query_string={name: "https://evil.example/"}, headers=PHONE)
    assert answer.location == SHOP_URL


@pytest.mark.parametrize("stored", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a:b@c.id/"])
def test_a_bad_address_that_got_into_the_database_is_not_followed(
    exhibition: Exhibition, client: FlaskClient, stored: str
) -> None:
    listing = service.listings_of(exhibitor())[0]
    transaction(lambda: db.session.execute(update(Listing).where(Listing.id == listing.id).values(link=stored)))()
    assert client.get(f"/keluar/produk/{listing.id}", headers=PHONE).status_code == 404


def test_unpublished_listings_lead_nowhere(exhibition: Exhibition, client: FlaskClient) -> None:
    listing = service.listings_of(exhibitor())[0]
    transaction(lambda: db.session.execute(update(Listing).where(Listing.id == listing.id).values(published=False)))()
    assert client.get(f"/keluar/produk/{listing.id}", headers=PHONE).status_code == 404


@pytest.mark.parametrize("headers", [CRAWLER, {"User-Agent": ""}, PHONE | {"Sec-Purpose": "prefetch"}])
def test_robots_and_prefetches_are_sent_on_uncounted(
    exhibition: Exhibition, client: FlaskClient, headers: dict[str, str]
) -> None:
    assert client.get(shop_link(), headers=headers).location == SHOP_URL
    assert counted() == {}


def test_a_head_request_is_not_counted(exhibition: Exhibition, client: FlaskClient) -> None:
    assert client.head(shop_link(), headers=PHONE).location == SHOP_URL
    assert counted() == {}


def test_a_double_click_counts_once(exhibition: Exhibition, client: FlaskClient) -> None:
    for _ in range(3):
        assert client.get(shop_link(), headers=PHONE).location == SHOP_URL
    assert counted() == {(0, ClickSource.BOOTH_PAGE): 1}
    limiter.reset()  # as after ten seconds
    client.get(shop_link(), headers=PHONE)
    assert counted() == {(0, ClickSource.BOOTH_PAGE): 2}


def test_the_visitor_goes_on_when_counting_fails(
    exhibition: Exhibition, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("no counting today")

    monkeypatch.setattr(clicks, "_count", fail)
    assert client.get(shop_link(), headers=PHONE).location == SHOP_URL


def test_a_locked_database_does_not_hold_the_visitor_up(
    app: Flask, exhibition: Exhibition, client: FlaskClient
) -> None:
    link = shop_link()
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        holder = sqlite3.connect(db.engine.url.database or "", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        release = holder.close
    else:
        connection = db.engine.connect()
        connection.exec_driver_sql("LOCK TABLE outbound_click IN ACCESS EXCLUSIVE MODE")
        release = connection.close
    try:
        answer = client.get(link, headers=PHONE)
    finally:
        release()
    assert answer.location == SHOP_URL
    assert counted() == {}


def test_counting_is_one_write(exhibition: Exhibition, client: FlaskClient, statements: list[str]) -> None:
    link = shop_link()
    db.session.rollback()
    statements.clear()
    client.get(link, headers=PHONE)
    assert len([text for text in statements if text.startswith(("INSERT", "UPDATE", "DELETE"))]) == 1
    assert len([text for text in statements if text.startswith("SELECT")]) == 1
