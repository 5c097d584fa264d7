"""Takings on a seller's phone: entered without a network, sent when there is one, seen at the desk."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.takings.rules.telling import Amounts
from exhibition.venue.models import Exhibition
from tests.browser.scanner import violations
from tests.conftest import sign_in
from tests.takings.begun import kept, link_of, sellers, since_yesterday

pytestmark = pytest.mark.browser

NARROW: ViewportSize = {"width": 390, "height": 780}


def _desk(browser: Browser, app: Flask, server: str) -> Page:
    ratna = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 800}, locale="en")
    cookie = sign_in(app.test_client(), ratna).get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
    return context.new_page()


def test_takings_entered_without_a_network_reach_the_desk(
    browser: Browser, browser_app: Flask, server: str, exhibition: Exhibition
) -> None:
    day = since_yesterday(exhibition).isoformat()
    seller = sellers(exhibition)[0]
    address = link_of(exhibition, seller)
    context = browser.new_context(base_url=server, viewport=NARROW, timezone_id="Asia/Jakarta")
    page = context.new_page()
    page.goto(address)
    expect(page.locator("html[data-page-kept=yes]")).to_be_attached()

    context.set_offline(True)
    page.goto(address)
    expect(page.get_by_test_id("kept")).to_be_visible()
    page.locator("[name=day]").select_option(day)
    page.locator("[name=cash]").fill("1.250.000")
    page.locator("[name=qris]").fill("300000")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_test_id("unsent")).to_have_text("1")
    page.locator("[name=cash]").fill("1.350.000")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_test_id("unsent")).to_have_text("1")
    assert violations(page) == []
    assert kept(exhibition, seller) is None

    context.set_offline(False)
    expect(page.locator(".message.good")).to_be_visible()
    expect(page.get_by_test_id("unsent")).to_be_hidden()
    assert kept(exhibition, seller) == Amounts(1_350_000, 300_000)
    assert violations(page) == []
    context.close()

    desk = _desk(browser, browser_app, server)
    desk.goto(f"/desk/takings?day={day}")
    expect(desk.locator(f"tr[data-exhibitor='{seller.slug}']")).to_contain_text("Rp1.650.000")
    assert violations(desk) == []
    desk.context.close()
