"""A seller's phone: a product goes into the shop with a photo; a visitor finds it at the booth and leaves for it."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import create_user
from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember
from exhibition.storefront.models import ClickSource, Listing, OutboundClick
from tests.conftest import sign_in
from tests.storefront.conftest import SLUG, photo

PHONE: ViewportSize = {"width": 360, "height": 740}
SHOP_PAGE = "<!doctype html><title>Shop</title><h1>The shop itself</h1>"

pytestmark = [
    pytest.mark.browser,
    # flask-compress leaves the static files it streams to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@transaction
def _seller() -> User:
    user = create_user(COMMAND_LINE, "tini@example.com", RoleName.EXHIBITOR, name="Tini")
    exhibitor_id = db.session.scalars(select(Exhibitor.id).where(Exhibitor.slug == SLUG)).one()
    db.session.add(ExhibitorMember(user_id=user.id, exhibitor_id=exhibitor_id))
    return user


def _signed_in(context: BrowserContext, app: Flask, server: str, user: User) -> Page:
    cookie = sign_in(app.test_client(), user).get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
    return context.new_page()


def _fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_product_is_added_by_phone_found_at_the_booth_and_counted(
    fair: Flask, server: str, browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "IMG_20201106.jpg"
    file.write_bytes(photo(4000, 3000))
    context = browser.new_context(viewport=PHONE, base_url=server)
    page = _signed_in(context, fair, server, _seller())
    page.goto("/exhibitor?lang=en")
    assert _fits(page)
    page.get_by_role("link", name="Photograph your products").click()
    page.get_by_label("Name of the product").fill("Keripik bayam")
    page.get_by_label("Price in rupiah").fill("seratus")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Write the price in rupiah").wait_for()
    assert page.get_by_label("Name of the product").input_value() == "Keripik bayam"
    page.get_by_label("Price in rupiah").fill("Rp12.500")
    page.get_by_label("Take a photo").set_input_files(file)
    page.locator("[data-preview]").wait_for(state="visible")
    sent = page.evaluate("document.querySelector('[data-picture]').files[0].size")
    assert sent < file.stat().st_size
    assert _fits(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Keripik bayam is in your shop now.").wait_for()
    assert _fits(page)
    context.close()

    visitor = browser.new_context(viewport=PHONE, base_url=server)
    visitor.route(
        "https://warung-serasi.example/**", lambda route: route.fulfill(body=SHOP_PAGE, content_type="text/html")
    )
    page = visitor.new_page()
    page.goto(f"/b/{SLUG}?lang=en")
    product = page.get_by_role("listitem").filter(has_text="Keripik bayam")
    product.get_by_text("Rp12.500").wait_for()
    picture = product.locator("img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
    assert _fits(page)
    product.get_by_role("link", name="Buy").click()
    page.get_by_role("heading", name="The shop itself").wait_for()
    visitor.close()

    db.session.rollback()  # the server has written meanwhile
    listing_id = db.session.scalars(select(Listing.id).where(Listing.title == "Keripik bayam")).one()
    clicks = db.session.scalars(select(OutboundClick).where(OutboundClick.listing_id == listing_id)).all()
    assert [(click.source, click.clicks) for click in clicks] == [(ClickSource.BOOTH_QR, 1)]


def test_nothing_is_lost_when_the_network_drops(fair: Flask, server: str, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "IMG_20201107.jpg"
    file.write_bytes(photo(600, 400))
    context = browser.new_context(viewport=PHONE, base_url=server)
    page = _signed_in(context, fair, server, _seller())
    page.goto(f"/exhibitor/listings/{SLUG}/new?lang=en")
    page.get_by_label("Take a photo").set_input_files(file)
    page.locator("[data-preview]").wait_for(state="visible")
    page.get_by_label("Name of the product").fill("Keripik talas")
    page.get_by_label("Price in rupiah").fill("lima ribu")
    context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("There is no network now.").wait_for()
    assert page.get_by_label("Name of the product").input_value() == "Keripik talas"
    context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Write the price in rupiah").wait_for()
    page.get_by_label("Price in rupiah").fill("5.000")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Keripik talas is in your shop now.").wait_for()
    context.close()

    db.session.rollback()  # the server has written meanwhile
    assert db.session.scalars(select(Listing).where(Listing.title == "Keripik talas")).one().picture_key


def test_without_scripts_a_photo_is_sent_too(fair: Flask, server: str, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "IMG_20201108.jpg"
    file.write_bytes(photo(600, 400))
    context = browser.new_context(viewport=PHONE, base_url=server, java_script_enabled=False)
    page = _signed_in(context, fair, server, _seller())
    page.goto(f"/exhibitor/listings/{SLUG}/new?lang=en")
    page.get_by_label("Choose a photo you have").set_input_files(file)
    page.get_by_label("Name of the product").fill("Keripik gadung")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Keripik gadung is in your shop now.").wait_for()
    context.close()

    db.session.rollback()  # the server has written meanwhile
    assert db.session.scalars(select(Listing).where(Listing.title == "Keripik gadung")).one().picture_key
