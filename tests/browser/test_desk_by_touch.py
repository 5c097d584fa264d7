"""The desk on a phone, by touch: what one does there on one's feet."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from tests.conftest import sign_in

PHONE: ViewportSize = {"width": 390, "height": 844}
BAR = 56
"""Pixels at the lower edge that the places take."""
PAGES = (
    "/desk/applications",
    "/desk/registrations",
    "/desk/search?q=kopi",
    "/desk/rounds",
    "/desk/conflicts",
    "/desk/gates",
    "/desk/board",
    "/desk/movements",
    "/desk/caps",
    "/desk/slots",
    "/desk/waiting",
)
FIND_SMALL = """() => [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, summary, textarea')]
    .filter((one) => {
        const box = one.getBoundingClientRect();
        const hidden = !one.checkVisibility({visibilityProperty: true}) || box.width < 2;
        if (hidden || one.closest('.skip, .visually-hidden') || one.matches('p a, small a')) return false;
        const label = ['checkbox', 'radio'].includes(one.type) && one.closest('label');
        const {width, height} = label ? label.getBoundingClientRect() : box;
        return width < 43.5 || height < 43.5;
    })
    .map((one) => one.outerHTML.slice(0, 90))"""
"""What is smaller than 44 px; links in running text are exempt."""
FIRST_USEFUL = """() => Math.min(...[...document.querySelectorAll(
        '.desk-title ~ * :is(table, input:not([type=hidden]), li), .desk-title ~ :is(form, .empty, .table-frame)')]
    .filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect().top))"""


@pytest.fixture
def page(fair: Flask, server: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=server, viewport=PHONE, has_touch=True, is_mobile=True)
    user = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    cookie = sign_in(fair.test_client(), user).get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
    yield context.new_page()
    context.close()


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_everything_done_on_ones_feet_is_within_a_thumbs_reach(page: Page) -> None:
    faults = {}
    for address in PAGES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        found = page.evaluate(FIND_SMALL)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("wider than the phone")
        if page.evaluate(FIRST_USEFUL) > PHONE["height"] - BAR - 44:
            found.append("nothing useful on the first screen")
        if found:
            faults[address] = found
    assert faults == {}
