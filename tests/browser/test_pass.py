"""The pass on a visitor's phone: what it says now, and that it is there when the network is gone."""

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.venue.models import DisinfectionRound
from exhibition.visitors import service
from exhibition.visitors.models import VisitorPass
from exhibition.visitors.passes import splitting, viewing
from exhibition.visitors.registration.party import Issued
from tests.browser.scanner import PHONE
from tests.fairs import the_fair
from tests.visitors.passes.holding import register

SMALL: ViewportSize = {"width": 320, "height": 600}
ASKED_AGAIN_MS = 23_000


def visitors_phone(browser: Browser, server: str) -> BrowserContext:
    return browser.new_context(base_url=server, viewport=PHONE, timezone_id="Europe/London")


def line(page: Page, advice: str):
    return expect(page.locator(f"[data-testid=pass-advice][data-advice={advice}]"))


@transaction
def let_in(issued: Issued, people: int) -> None:
    visitor_pass = db.session.get_one(VisitorPass, issued.pass_id)
    visitor_pass.admitted = visitor_pass.inside = people


@transaction
def spray(minutes: int) -> None:
    now = clock.now()
    row = DisinfectionRound(exhibition_id=the_fair().id, starts_at=now, ends_at=now + timedelta(minutes=minutes))
    db.session.add(row)


def test_without_a_network_the_phone_shows_the_pass_and_the_list(fair: Flask, server: str, browser: Browser) -> None:
    issued = register(4)
    context = visitors_phone(browser, server)
    page = context.new_page()
    page.goto(f"/p/{issued.manage_key}")
    expect(page.locator("html[data-pass-kept=yes]")).to_be_attached()
    context.set_offline(True)
    page.goto("/tiket")
    page.get_by_role("link", name=the_fair().name).click()
    expect(page.get_by_test_id("kept")).to_be_visible()
    expect(page.get_by_test_id("pass-qr")).to_be_visible()
    expect(page.locator("form")).to_have_count(0)
    line(page, "go_in").to_be_visible()
    context.set_offline(False)
    page.reload()
    expect(page.get_by_test_id("kept")).to_have_count(0)
    context.close()


def test_a_pass_that_is_only_shown_is_kept_too_and_forgotten_when_told(
    fair: Flask, server: str, browser: Browser
) -> None:
    issued = register(4)
    context = visitors_phone(browser, server)
    page = context.new_page()
    page.goto(f"/v/{viewing.key_of(issued)}")
    expect(page.locator("html[data-pass-kept=yes]")).to_be_attached()
    context.set_offline(True)
    page.reload()
    expect(page.get_by_test_id("kept")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_test_id("kept")).to_have_count(0)  # it looks for the network by itself
    page.locator("[data-forget] button").click()
    expect(page).to_have_url(f"{server}/tiket")
    expect(page.locator("[data-kept]")).to_be_hidden()
    context.close()


def test_the_first_line_follows_the_gate_and_the_clock(fair: Flask, server: str, browser: Browser) -> None:
    issued = register(4)
    context = visitors_phone(browser, server)
    page = context.new_page()
    page.clock.install()
    page.goto(f"/p/{issued.manage_key}")
    line(page, "go_in").to_be_visible()
    let_in(issued, 2)
    page.clock.run_for(ASKED_AGAIN_MS)
    line(page, "rest_go_in").to_contain_text("2 dari 4")
    spray(10)
    page.clock.run_for(ASKED_AGAIN_MS)
    line(page, "sprayed").to_be_visible()
    context.set_offline(True)
    page.clock.fast_forward(11 * 60_000)
    line(page, "rest_go_in").to_be_visible()
    page.clock.fast_forward((issued.slot.ends_at - clock.now()) // timedelta(milliseconds=1))
    line(page, "over").to_be_visible()
    context.close()


def test_a_moved_pass_shows_its_new_qr_by_itself(fair: Flask, server: str, browser: Browser) -> None:
    issued = register(4)
    context = visitors_phone(browser, server)
    page = context.new_page()
    page.clock.install()
    page.goto(f"/p/{issued.manage_key}")
    before = page.locator(".pass-qr path").last.get_attribute("d")
    other = splitting.split(issued.manage_key, 1)
    page.clock.run_for(ASKED_AGAIN_MS)
    expect(page.get_by_test_id("split-pass")).to_contain_text(other.reference)
    assert page.locator(".pass-qr path").last.get_attribute("d") != before
    context.close()


def test_a_family_is_changed_and_parted_on_a_small_phone(fair: Flask, server: str, browser: Browser) -> None:
    issued = register(4, phone="+6281234567890")
    context = browser.new_context(base_url=server, viewport=SMALL)
    page = context.new_page()
    page.goto(f"/p/{issued.manage_key}?lang=en")
    page.get_by_text("More or fewer people").click()
    page.locator("#party_size").select_option("5")
    page.get_by_role("button", name="Change the number").click()
    expect(page.get_by_text("The pass is for 5 people now.")).to_be_visible()
    page.get_by_text("Come apart: passes of their own").click()
    page.locator("#people").select_option("2")
    page.get_by_role("button", name="Make a pass of their own").click()
    expect(page.get_by_test_id("split-pass")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("They are on this pass again")).to_be_visible()
    page.get_by_text("Correct name, number or e-mail").click()
    page.locator("#own-name").fill("Siti Rahma")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".pass")).to_contain_text("Siti Rahma")
    page.get_by_text("My data").click()
    page.get_by_role("button", name="Erase my name, number and e-mail").click()
    expect(page.locator(".pass")).not_to_contain_text("Siti Rahma")
    db.session.rollback()
    assert service.find(issued.manage_key).party_size == 5
    context.close()
