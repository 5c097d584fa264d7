"""A fair from nothing in a real browser: from the console's code to the published fair."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from exhibition.accounts import setup
from exhibition.core.extensions import limiter
from exhibition.venue import service as venue
from exhibition.venue.edition import states
from exhibition.venue.rules.edition_states import EditionState
from tests.accounts.conftest import PASSWORD
from tests.browser.test_accessibility import faults_of
from tests.conftest import empty

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser_app: Flask, server: str, browser: Browser) -> Iterator[Page]:
    """A phone's browser before an installation in which there is nothing."""
    empty(browser_app)
    context = browser.new_context(base_url=server, viewport={"width": 360, "height": 740})
    with browser_app.app_context():
        limiter.reset()
        yield context.new_page()
    context.close()


def test_axe_finds_nothing_on_the_setup_page(browser_app: Flask, server: str, browser: Browser) -> None:
    empty(browser_app)
    context = browser.new_context(base_url=server, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/setup")
    assert faults_of(page) == set()
    context.close()


def _fits(page: Page) -> bool:
    return page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_from_the_consoles_code_to_the_published_fair(page: Page, server: str) -> None:
    page.goto("/?lang=en")
    expect(page).to_have_url(f"{server}/setup")
    for name, value in {
        "code": setup.make_code(),
        "name": "Ratna",
        "email": "ratna@example.com",
        "password": PASSWORD,
        "password_confirm": PASSWORD,
    }.items():
        page.fill(f"#{name}", value)
    assert _fits(page)
    page.get_by_role("button", name="Go on").click()

    expect(page).to_have_url(f"{server}/desk/editions/new")
    page.fill("#name", "Pameran Kopi")
    page.fill("#starts_on", "2049-03-05")
    page.fill("#ends_on", "2049-03-06")
    assert _fits(page)
    page.get_by_role("button", name="Make it, as a draft").click()

    expect(page.locator("[data-need=hall]")).to_have_attribute("data-ready", "no")
    assert _fits(page)
    page.get_by_role("link", name="Draw it by rows").click()
    expect(page.locator("#drawing [data-code]")).to_have_count(12)
    page.fill("#rows", "4")
    expect(page.locator("#drawing [data-code]")).to_have_count(16)
    page.fill("#rows", "")
    expect(page.locator("#drawing")).to_contain_text("Fill in the measures")
    page.fill("#rows", "3")
    expect(page.locator("#drawing [data-code]")).to_have_count(12)
    assert _fits(page)
    page.get_by_role("button", name="Make it the hall").click()

    expect(page.locator("[data-need=hall]")).to_have_attribute("data-ready", "yes")
    page.get_by_role("button", name="Add gate A").click()
    page.goto("/desk/prepare")
    expect(page.locator("[data-need=gates]")).to_have_attribute("data-ready", "yes")
    page.get_by_role("button", name="Publish …").click()
    expect(page.get_by_test_id("missing")).to_contain_text("nobody can register")
    assert _fits(page)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").first).to_contain_text("published")
    exhibition = states.by_slug("pameran-kopi-2049")
    assert exhibition.state is EditionState.PUBLISHED
    assert sum(booth.open for booth in venue.hall(exhibition).booths) == 12
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pameran Kopi")
