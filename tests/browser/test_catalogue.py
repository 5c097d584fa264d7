"""A visitor's phone: searching as one types, favourites, the walk, sharing; a product's way from shop to click."""

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from exhibition.accounts.models import User
from exhibition.core import jobs
from exhibition.core.db import db, transaction
from exhibition.storefront.models import ClickSource, Listing, OutboundClick
from exhibition.storefront.visits.models import FavouriteMark
from tests.browser.test_shop import PHONE, SHOP_PAGE, _fits, _seller, _signed_in
from tests.conftest import run_jobs
from tests.storefront.conftest import SLUG
from tests.storefront.importing.run_import import Stock, product, served

pytestmark = [
    pytest.mark.browser,
    # flask-compress leaves the static files it streams to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

BALADO = "Keripik singkong balado 250 g"
WATCH_POLICY = (
    "document.addEventListener('securitypolicyviolation', (event) => (window.broken ??= []).push(event.blockedURI))"
)


@pytest.fixture
def seller(fair: Flask) -> User:
    jobs.bind(fair)
    jobs.huey.flush()
    return _seller()


@pytest.fixture
def visitor(browser: Browser, server: str) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, base_url=server, locale="en")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def lit(page: Page) -> set[str]:
    return set(page.eval_on_selector_all("#plan .lit", "booths => booths.map(booth => booth.dataset.code)"))


def heart(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Favourite: {name}").click()


def saved(page: Page) -> list[str]:
    return json.loads(page.evaluate("localStorage.getItem('favourites')") or "[]")


def test_the_catalogue_searches_as_one_types(fair: Flask, visitor: BrowserContext) -> None:
    page = opened(visitor, "/stan?lang=en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "part=results" in request.url else None)
    page.get_by_role("searchbox").press_sequentially("keripik bal", delay=20)
    expect(page.get_by_role("heading", name="1 product", exact=True)).to_be_visible()
    card = page.get_by_role("listitem").filter(has_text=BALADO)
    for text in ("Rp17.000", "B10", "Price as of"):
        expect(card).to_contain_text(text)
    expect(page.locator("#plan .lit")).to_have_count(1)
    assert lit(page) == {"B10"}
    assert len(asked) < len("keripik bal") / 2, "each letter has asked"
    assert "search=keripik+bal" in page.url
    assert _fits(page)
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("keripik bal")
    expect(page.get_by_text(BALADO)).to_be_visible()


def test_a_mistyped_search_and_one_for_nothing_say_so(fair: Flask, visitor: BrowserContext) -> None:
    page = opened(visitor, "/stan?lang=en")
    page.get_by_role("searchbox").fill("keripk")
    expect(page.get_by_text("This is what was found for “keripik”.")).to_be_visible()
    page.get_by_role("searchbox").fill("xqzxqzxqz")
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    assert lit(page) == set()
    assert _fits(page)


def test_filters_narrow_at_once_and_are_taken_out_one_by_one(fair: Flask, visitor: BrowserContext) -> None:
    page = opened(visitor, "/stan?lang=en")
    page.get_by_text("Filter by group, place and price").click()
    page.get_by_label("Cluster").select_option(label="Klaster Kopi")
    expect(page.locator("#plan .lit")).to_have_count(3)
    page.get_by_label("Price up to").fill("30.000")
    page.get_by_label("Price up to").press("Enter")
    expect(page.locator("#plan .lit")).to_have_count(1)
    page.get_by_role("link", name="up to 30.000").click()
    expect(page.locator("#plan .lit")).to_have_count(3)
    page.get_by_label("Price from").fill("mahal")
    page.get_by_label("Price from").press("Enter")
    expect(page.get_by_text("The price could not be understood")).to_be_visible()
    assert _fits(page)


def test_without_javascript_everything_is_found_all_the_same(fair: Flask, browser: Browser, server: str) -> None:
    page = browser.new_page(viewport=PHONE, base_url=server, java_script_enabled=False)
    page.goto("/stan?lang=en")
    page.get_by_role("searchbox").fill("balado")
    page.get_by_role("button", name="Search").click()
    page.get_by_text("Filter by group, place and price").click()
    page.get_by_label("District").select_option("Bawen")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("link", name=BALADO).click()
    expect(page.get_by_role("heading", name="Keripik Bu Tini")).to_be_visible()
    assert page.get_by_role("button", name=re.compile("avourite")).count() == 0
    page.close()


def test_the_network_fails_while_typing_and_the_next_letter_tries_again(fair: Flask, visitor: BrowserContext) -> None:
    page = opened(visitor, "/stan?lang=en")
    visitor.set_offline(True)
    with page.expect_event("requestfailed"):
        page.get_by_role("searchbox").press_sequentially("balad")
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")
    visitor.set_offline(False)
    page.get_by_role("searchbox").press_sequentially("o")
    expect(page.get_by_role("heading", name="1 product", exact=True)).to_be_visible()


def test_favourites_stay_on_the_device_and_become_a_walk(fair: Flask, visitor: BrowserContext) -> None:
    page = opened(visitor, "/stan?search=balado&lang=en")
    heart(page, BALADO)
    page.goto("/stan/D08")
    page.get_by_role("button", name="Save as a favourite").click()
    page.goto("/favorit")
    stops = page.locator("ol.stops > li")
    expect(stops).to_have_count(2)
    assert lit(page) == {"B10", "D08"}
    expect(page.locator("#plan .route-stop")).to_have_count(2)
    assert _fits(page)
    page.get_by_label("I was there: Keripik Bu Tini").check()
    page.reload()
    expect(page.get_by_label("I was there: Keripik Bu Tini")).to_be_checked()
    heart(page, BALADO)
    expect(stops).to_have_count(1)
    assert saved(page) == ["stan:kopi-ngipik"]
    db.session.rollback()
    assert db.session.scalars(select(FavouriteMark.marks)).all() == [1]


def test_the_walk_is_there_when_the_network_is_not_and_when_things_are_gone(
    fair: Flask, visitor: BrowserContext
) -> None:
    page = opened(visitor, "/stan?search=balado&lang=en")
    heart(page, BALADO)
    page.goto("/favorit")
    expect(page.locator("ol.stops > li")).to_have_count(1)
    page.route("**/favorit?*part=list", lambda route: route.abort())
    page.reload()
    expect(page.get_by_text("No connection: this is the list as it was last shown.")).to_be_visible()
    expect(page.locator("ol.stops > li")).to_have_count(1)
    page.unroute("**/favorit?*part=list")

    @transaction
    def hide() -> None:
        db.session.execute(update(Listing).where(Listing.title == BALADO).values(published=False))

    hide()
    page.reload()
    expect(page.get_by_text("1 saved thing is not shown at present.").first).to_be_visible()


@pytest.mark.parametrize(
    "kept", ["{", '{"a": 1}', "[1, null, {}]", '["produk:abc", "stan:", "x", "produk:1:2"]', "null"]
)
def test_a_spoiled_memory_of_the_device_spoils_no_page(fair: Flask, visitor: BrowserContext, kept: str) -> None:
    page = visitor.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/stan?search=balado&lang=en")
    page.evaluate("kept => localStorage.setItem('favourites', kept)", kept)
    page.goto("/favorit")
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    page.goto("/stan?search=balado")
    heart(page, BALADO)
    page.goto("/favorit")
    expect(page.locator("ol.stops > li")).to_have_count(1)
    assert errors == []


def test_sharing_uses_the_devices_menu_or_copies_the_address(fair: Flask, visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.add_init_script("navigator.share = undefined")
    page.goto("/stan/B10?lang=en")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("Address copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/stan/B10")
    other = visitor.new_page()
    other.add_init_script("navigator.share = (data) => { window.shared = data; return Promise.resolve(); }")
    other.goto("/stan/B10?lang=en")
    other.get_by_role("button", name="Share").click()
    assert other.evaluate("window.shared.title") == "Keripik Bu Tini"


@pytest.mark.parametrize("address", ["/", "/stan?search=kopi", "/stan/B10", "/klaster/kopi", "/favorit"])
def test_the_content_security_policy_has_nothing_to_say(fair: Flask, visitor: BrowserContext, address: str) -> None:
    page = visitor.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.add_init_script(WATCH_POLICY)
    page.goto(address, wait_until="load")
    assert page.evaluate("window.broken ?? []") == []
    assert said == []


def test_from_a_pasted_address_to_a_counted_click(
    fair: Flask, server: str, browser: Browser, visitor: BrowserContext, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = Stock()
    with served(stock, monkeypatch) as shop:
        stock.products = [product(1, title="Lumpia rebung istimewa")]
        context = browser.new_context(viewport=PHONE, base_url=server)
        desk = _signed_in(context, fair, server, seller)
        desk.goto(f"/exhibitor/listings/{SLUG}/import?lang=en")
        desk.get_by_label("Address of your online shop").fill(f"{shop.address}/feed.json")
        desk.get_by_role("button", name="Look at my products").click()
        run_jobs()
        desk.locator("[data-testid=job-progress][data-state=preview]").wait_for()
        page = opened(visitor, "/stan?lang=en")
        page.get_by_role("searchbox").fill("lumpia")
        expect(page.get_by_text("Nothing found.")).to_be_visible()
        desk.get_by_role("button", name="Publish what is ticked").click()
        desk.locator("[data-testid=job-progress][data-state=published]").wait_for()
        context.close()
    page.get_by_role("searchbox").fill("lumpai istimwea")
    page.get_by_role("link", name="Lumpia rebung istimewa").click()
    expect(page).to_have_url(re.compile(r"/stan/B10\?from=catalogue#produk-"))
    visitor.route("https://shop.example/**", lambda route: route.fulfill(body=SHOP_PAGE, content_type="text/html"))
    card = page.get_by_role("listitem").filter(has_text="Lumpia rebung istimewa")
    card.get_by_role("link", name="Buy").click()
    page.get_by_role("heading", name="The shop itself").wait_for()
    db.session.rollback()
    clicks = db.session.scalars(select(OutboundClick)).all()
    counted = [(one.source, one.clicks) for one in clicks if one.listing_id == _id("Lumpia rebung istimewa")]
    assert counted == [(ClickSource.CATALOGUE, 1)]


def _id(title: str) -> int:
    return db.session.scalars(select(Listing.id).where(Listing.title == title)).one()
