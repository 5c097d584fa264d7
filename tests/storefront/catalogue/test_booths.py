"""Booth pages and the booths call: exhibitors with their products, wherever they move."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service as allocation
from exhibition.allocation.models import Allocation, AllocationDay, AllocationState
from exhibition.allocation.rules import BoothState
from exhibition.core.db import db, transaction
from exhibition.storefront import service
from exhibition.storefront.models import Listing
from exhibition.storefront.service import ListingText
from exhibition.venue.models import Booth, Exhibition
from tests.storefront.conftest import ORGANIZER, SLUG, exhibitor, photo


def booth_id(code: str) -> int:
    return db.session.scalars(select(Booth.id).where(Booth.code == code)).one()


@transaction
def move(code: str) -> None:
    """Put the seller into another booth."""
    values = {"booth_id": booth_id(code)}
    db.session.execute(update(Allocation).where(Allocation.exhibitor_id == exhibitor().id).values(values))
    db.session.execute(update(AllocationDay).where(AllocationDay.exhibitor_id == exhibitor().id).values(values))


@transaction
def set_state(state: AllocationState) -> None:
    db.session.execute(update(Allocation).where(Allocation.exhibitor_id == exhibitor().id).values(state=state))


def free_code(exhibition: Exhibition) -> str:
    return next(booth.code for booth in allocation.plan(exhibition) if booth.state is BoothState.OPEN)


def test_a_booth_page_tells_who_what_for_how_much_and_since_when(exhibition: Exhibition, client: FlaskClient) -> None:
    service.save_storefront(ORGANIZER, SLUG, url="tokopedia.com/butini", whatsapp="0812 3456 7890")
    page = client.get("/stan/B10?lang=id").text
    for text in ("Keripik Bu Tini", "Rp15.000", "Harga per", "Buka toko di Tokopedia", "Chat lewat WhatsApp"):
        assert text in page
    assert f"/keluar/toko/{exhibitor().id}?from=booth_page" in page
    assert 'rel="noopener nofollow"' in page
    assert 'href="https://tokopedia.com' not in page  # visitors leave through the counted redirect only
    assert 'class="lit"' in page


def test_a_booth_page_from_the_qr_remembers_it(exhibition: Exhibition, client: FlaskClient) -> None:
    assert f"/keluar/toko/{exhibitor().id}?from=booth_qr" in client.get("/stan/B10?from=qr").text


@pytest.mark.parametrize("source", ["https://evil.example", '"><script>alert(1)</script>', "\0", "x" * 9000])
def test_an_invented_source_becomes_the_booth_page(exhibition: Exhibition, client: FlaskClient, source: str) -> None:
    page = client.get("/stan/B10", query_string={"from": source}).text
    assert "evil.example" not in page
    assert "<script>alert" not in page
    assert "?from=booth_page" in page


def test_the_short_address_follows_the_exhibitor_to_another_booth(exhibition: Exhibition, client: FlaskClient) -> None:
    assert client.get(f"/b/{SLUG}").location == "/stan/B10?from=qr"
    code = free_code(exhibition)
    move(code)
    answer = client.get(f"/b/{SLUG}")
    assert (answer.status_code, answer.location) == (302, f"/stan/{code}?from=qr")


def test_the_short_address_shows_the_exhibitor_when_there_is_no_booth(
    exhibition: Exhibition, client: FlaskClient
) -> None:
    set_state(AllocationState.RELEASED)
    page = client.get(f"/b/{SLUG}")
    assert page.status_code == 200
    assert "Keripik Bu Tini" in page.text
    assert "?from=booth_qr" in page.text


@pytest.mark.parametrize("slug", ["nobody", "%00", "..%2f..", "a" * 300, "<script>", "🌶️"])
def test_an_unknown_short_address_is_not_found(exhibition: Exhibition, client: FlaskClient, slug: str) -> None:
    assert client.get(f"/b/{slug}").status_code == 404


@pytest.mark.parametrize("code", ["Z99", "%00", "a" * 300, "' OR 1=1", "<script>", "🌶️"])
def test_an_unknown_booth_is_not_found(exhibition: Exhibition, client: FlaskClient, code: str) -> None:
    assert client.get(f"/stan/{code}").status_code == 404
    assert client.get(f"/api/v1/booths/{code}").status_code in (404, 422)


def test_free_and_closed_booths_are_friendly_about_it(exhibition: Exhibition, client: FlaskClient) -> None:
    assert "This booth is still free" in client.get(f"/stan/{free_code(exhibition)}?lang=en").text
    assert "This booth is not in use" in client.get("/stan/A02?lang=en").text


@pytest.mark.parametrize("state", [AllocationState.RELEASED])
def test_a_released_exhibitor_is_no_longer_shown(
    exhibition: Exhibition, client: FlaskClient, state: AllocationState
) -> None:
    set_state(state)
    assert "Keripik Bu Tini" not in client.get("/stan/B10").text


def test_holds_and_offers_are_not_public(exhibition: Exhibition, client: FlaskClient) -> None:
    waiting = db.session.scalars(
        select(Allocation).where(Allocation.state.in_([AllocationState.HELD, AllocationState.OFFERED]))
    ).all()
    assert waiting
    codes = set(db.session.scalars(select(Booth.code).where(Booth.id.in_([row.booth_id for row in waiting]))))
    answer = {booth["code"]: booth["exhibitor"] for booth in client.get("/api/v1/booths").json or []}
    assert {answer[code] for code in codes} == {None}
    for code in codes:
        assert "This booth is still free" in client.get(f"/stan/{code}?lang=en").text


def test_the_index_finds_booths_by_what_they_sell(exhibition: Exhibition, client: FlaskClient) -> None:
    page = client.get("/stan?search=balado").text
    assert 'href="/stan/B10?from=catalogue"' in page
    assert "Rempeyek kacang" not in page
    assert client.get("/stan").text.count("booth-list-text") == 38


def test_the_booths_call_lists_open_booths_with_exhibitor_shop_and_listings(
    exhibition: Exhibition, client: FlaskClient
) -> None:
    listing = service.listings_of(exhibitor())[0]
    service.save_listing(ORGANIZER, SLUG, listing.id, ListingText(listing.title, "15000", picture=photo()))
    booths = client.get("/api/v1/booths").json or []
    assert len(booths) == 38
    booth = next(booth for booth in booths if booth["code"] == "B10")
    assert booth["exhibitor"]["slug"] == SLUG
    assert booth["exhibitor"]["url"] == f"http://localhost/b/{SLUG}"
    assert booth["storefront"]["platform"] == "warung_serasi"
    first = booth["listings"][0]
    assert (first["price"], first["currency"], first["availability"]) == (15_000, "IDR", "in_stock")
    with client.get(first["picture"]["small"]) as answer:
        assert answer.status_code == 200
    assert client.get("/api/v1/booths/B10").json == booth


def test_unpublished_listings_are_not_shown(exhibition: Exhibition, client: FlaskClient) -> None:
    @transaction
    def hide() -> None:
        db.session.execute(update(Listing).where(Listing.exhibitor_id == exhibitor().id).values(published=False))

    hide()
    assert (client.get("/api/v1/booths/B10").json or {})["listings"] == []
    assert "Keripik singkong original" not in client.get("/stan/B10").text


def test_a_closed_booth_is_not_in_the_call(exhibition: Exhibition, client: FlaskClient) -> None:
    answer = client.get("/api/v1/booths/A02")
    assert (answer.status_code, (answer.json or {})["code"]) == (404, "not_found")


def test_without_an_edition_the_pages_say_so(client: FlaskClient) -> None:
    create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER)  # a fresh installation leads to its setup
    for address in ("/stan", "/stan/B10", f"/b/{SLUG}", "/api/v1/booths", "/api/v1/booths/B10"):
        assert client.get(address).status_code == 503


@pytest.mark.parametrize(("address", "most"), [("/api/v1/booths", 8), ("/stan", 9), ("/stan/B10", 10)])
def test_the_number_of_queries_does_not_grow_with_booths_and_listings(
    app: Flask, exhibition: Exhibition, client: FlaskClient, statements: list[str], address: str, most: int
) -> None:
    def selects() -> int:
        db.session.remove()
        statements.clear()
        assert client.get(address).status_code == 200
        return len([text for text in statements if text.startswith("SELECT")])

    before = selects()
    for number in range(20):
        service.save_listing(ORGANIZER, SLUG, None, ListingText(f"Keripik {number}", "15000"))
    assert selects() == before
    assert before <= most


def test_who_has_a_booth_on_different_days_is_each_found_with_their_days(
    exhibition: Exhibition, client: FlaskClient
) -> None:
    code, days = free_code(exhibition), [day.day for day in exhibition.days]
    today, later, offered = allocation.without_booth(exhibition)[:3]
    for one, day in zip((today, later, offered), days, strict=True):
        allocation.hold(COMMAND_LINE, exhibition, code, one.id, days=[day])
    held = next(booth for booth in allocation.plan(exhibition) if booth.code == code)
    for claim in held.claims[:2]:
        allocation.confirm(COMMAND_LINE, exhibition, claim.mark)
    with time_machine.travel(datetime.combine(days[0], time(10), ZoneInfo(exhibition.timezone))):
        page = client.get(f"/stan/{code}").text
        assert f'<h1 id="title">{escape(today.name)}</h1>' in page
        assert f'href="/stan/{code}?exhibitor={later.slug}"' in page
    named = client.get(f"/stan/{code}?exhibitor={later.slug}").text
    assert f'<h1 id="title">{escape(later.name)}</h1>' in named
    qr = client.get(f"/b/{later.slug}").location
    assert qr.startswith((f"/stan/{code}?", f"/e/{exhibition.slug}/stan/{code}?"))
    assert f"exhibitor={later.slug}" in qr
    for address in ("/", "/stan", "/api/v1/booths"):
        seen = client.get(address).text
        assert escape(today.name) in seen
        assert escape(later.name) in seen
        assert escape(offered.name) not in seen, f"{address} tells who has not confirmed"
