"""A visitor leaves for a shop: the click is counted, and the exhibitor sees it."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core.db import db
from exhibition.storefront import clusters
from tests.browser.test_shop import PHONE, SHOP_PAGE, _fits, _seller, _signed_in
from tests.conftest import run_jobs

pytestmark = [
    pytest.mark.browser,
    # flask-compress leaves the static files it streams to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def _visitor(browser: Browser, server: str) -> Page:
    context = browser.new_context(viewport=PHONE, base_url=server)
    for shops in ("https://warung-serasi.example/**", "https://wa.me/**"):
        context.route(shops, lambda route: route.fulfill(body=SHOP_PAGE, content_type="text/html"))
    return context.new_page()


def _figure(page: Page, name: str) -> str:
    return page.get_by_test_id(name).inner_text()


def test_a_click_is_counted_and_shown_to_the_exhibitor(fair: Flask, server: str, browser: Browser) -> None:
    page = _visitor(browser, server)
    page.goto("/?lang=en")
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Booths and shops").click()
    page.get_by_role("link", name="Keripik Bu Tini", exact=False).first.click()
    product = page.get_by_role("listitem").filter(has_text="Keripik singkong balado")
    product.get_by_role("link", name="Buy").click()
    page.get_by_role("heading", name="The shop itself").wait_for()
    assert {cookie.get("name") for cookie in page.context.cookies(server)} <= {"locale"}
    page.context.close()

    own = _signed_in(browser.new_context(viewport=PHONE, base_url=server), fair, server, _seller())
    own.goto("/exhibitor/statistics?lang=en")
    assert (_figure(own, "views"), _figure(own, "clicks"), _figure(own, "favourites")) == ("1", "1", "0")
    row = own.get_by_role("row").filter(has_text="Keripik singkong balado")
    assert row.get_by_role("cell").all_inner_texts() == ["1", "0"]
    assert own.get_by_role("row").filter(has_text="Catalogue").get_by_role("cell").all_inner_texts() == ["1", "1"]
    own.locator("[data-chart] canvas").wait_for()
    assert _fits(own)
    with own.expect_download() as started:
        own.get_by_role("link", name="All numbers (CSV)").click()
    assert "Keripik singkong balado" in started.value.path().read_text("utf-8-sig")
    own.context.close()


def test_the_figures_are_there_without_scripts(fair: Flask, server: str, browser: Browser) -> None:
    page = _visitor(browser, server)
    page.goto("/stan/B10")
    page.context.close()
    context = browser.new_context(viewport=PHONE, base_url=server, java_script_enabled=False)
    own = _signed_in(context, fair, server, _seller())
    own.goto("/exhibitor/statistics?lang=en")
    assert _figure(own, "views") == "1"
    assert own.get_by_role("table").count() >= 2
    assert not own.locator("[data-chart]").is_visible()
    context.close()


def test_products_of_a_cluster_are_ordered_with_one_message(fair: Flask, server: str, browser: Browser) -> None:
    clusters.set_contact(COMMAND_LINE, "kopi", clusters.ORGANIZER, name="Bu Ratna", whatsapp="0812 3456 7890")
    page = _visitor(browser, server)
    page.goto("/klaster?lang=en")
    page.get_by_role("link", name="Klaster Kopi").click()
    for product in ("Robusta sangrai sedang 200 g", "Kopi bubuk halus 250 g"):
        page.get_by_label(f"Into my order: {product}").check()
    assert _fits(page)
    page.get_by_role("button", name="Put the order together").click()
    wish = page.get_by_role("region", name="Your order")
    wish.get_by_text("Robusta sangrai sedang 200 g").wait_for()
    wish.get_by_role("button", name="Send on WhatsApp").click()
    page.get_by_role("heading", name="The shop itself").wait_for()
    assert page.url.startswith("https://wa.me/6281234567890?text=")
    assert "Robusta%20sangrai" in page.url
    assert "Kopi%20bubuk" in page.url
    page.context.close()


def test_the_desk_makes_all_sheets_with_progress(fair: Flask, server: str, browser: Browser) -> None:
    user = create_user(COMMAND_LINE, "organizer@example.com", RoleName.ORGANIZER, name="Ratna")
    page = _signed_in(browser.new_context(base_url=server), fair, server, user)
    page.goto("/desk/statistics?lang=en")
    page.get_by_role("link", name="Sheets to take home").click()
    page.get_by_role("button", name="Make the sheets").click()
    page.get_by_test_id("job-progress").get_by_text("0 of 31 sheets are made").wait_for()
    assert run_jobs() >= 1
    db.session.rollback()
    page.get_by_test_id("job-progress").get_by_text("31 sheets are ready.").wait_for()
    with page.expect_download() as started:
        page.get_by_role("button", name="All in one PDF, to print").click()
    assert started.value.path().read_bytes().startswith(b"%PDF")
    page.context.close()
