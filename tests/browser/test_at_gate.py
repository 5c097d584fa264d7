"""What a steward does besides scanning: undo, walk-ins, lost phones; on a real page."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from exhibition.venue.service import current_exhibition
from exhibition.visitors import service
from exhibition.visitors.service import Party
from tests.browser.test_gate import PHONE, _expect_verdict, _scanner, _violations, _wedge
from tests.gate import world

pytestmark = pytest.mark.browser


@pytest.fixture
def exhibition(fair: Flask) -> Exhibition:
    return current_exhibition()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, permissions=["camera"])
    yield context
    context.close()


def _inside(page: Page) -> int:
    return int(page.get_by_test_id("inside").inner_text())


def test_undo_on_the_verdict_lets_the_same_pass_enter_again(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    page = _scanner(phone, server)
    before = _inside(page)
    _wedge(page, issued.token)
    _expect_verdict(page, "accepted", "accepted")
    page.get_by_test_id("undo").click()
    expect(page.locator("#undo-message")).to_contain_text("2 orang tidak lagi dihitung")
    expect(page.get_by_test_id("inside")).to_have_text(str(before))
    expect(page.locator("#undo-last")).to_be_hidden()
    _wedge(page, issued.token)
    _expect_verdict(page, "accepted", "accepted")
    assert world.pass_counts(issued.id) == (2, 2)
    assert verify_counters() == []


def test_undo_without_the_server_says_so_and_can_be_tried_again(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = _scanner(phone, server)
    _wedge(page, issued.token)
    _expect_verdict(page, "accepted", "accepted")
    phone.set_offline(True)
    page.get_by_test_id("undo").click()
    expect(page.locator("#undo-message")).to_contain_text("memerlukan server")
    phone.set_offline(False)
    page.locator("#undo-last").click()
    expect(page.locator("#undo-message")).to_contain_text("dibatalkan")
    assert world.pass_counts(issued.id) == (0, 0)


def test_a_walk_in_gets_a_pass_with_one_tap_and_comes_in_with_another(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    page = _scanner(phone, server)
    before = _inside(page)
    page.locator("#walk-in-open").click()
    assert _violations(page) == []
    page.get_by_role("button", name="3", exact=True).click()
    picture = page.get_by_test_id("pass-qr")
    expect(picture).to_be_visible()
    page.wait_for_function("document.getElementById('walk-in-qr').naturalWidth > 0")
    assert _violations(page) == []
    page.locator("#walk-in-enter").click()
    _expect_verdict(page, "accepted", "accepted")
    assert _inside(page) == before + 3


def test_a_lost_phone_is_found_by_name_and_let_in_with_one_tap(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    slot = world.open_slot(exhibition.id)
    service.register(Party(slot.id, "Wulan Kusuma Dewi", None, "+6281355557391", 2, "id"))
    page = _scanner(phone, server)
    page.locator("#search-open").click()
    page.locator("#search-words").fill("kusuma dewi")
    page.locator("#search-words").press("Enter")
    hit = page.get_by_role("button", name="Wulan K. D.")
    expect(hit).to_be_visible()
    assert _violations(page) == []
    hit.click()
    _expect_verdict(page, "accepted", "accepted")
