"""A steward's other work: undo, walk-ins, lost phones; on a real page."""

from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from exhibition.accounts import pins
from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.models import TimeSlot
from exhibition.visitors.registration.party import Party
from tests.browser.scanner import expect_verdict, scanner_page, violations, wedge
from tests.gate import world

pytestmark = pytest.mark.browser


def _inside(page: Page) -> int:
    return int(page.get_by_test_id("inside").inner_text())


def test_undo_on_the_verdict_lets_the_same_pass_enter_again(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    page = scanner_page(phone, server)
    before = _inside(page)
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    page.get_by_test_id("undo").click()
    expect(page.locator("#undo-message")).to_contain_text("2 orang tidak lagi dihitung")
    expect(page.get_by_test_id("inside")).to_have_text(str(before))
    expect(page.locator("#undo-last")).to_be_hidden()
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    assert world.pass_counts(issued.id) == (2, 2)
    assert verify_counters() == []


def test_undo_without_the_server_says_so_and_can_be_tried_again(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = scanner_page(phone, server)
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    phone.set_offline(True)
    page.get_by_test_id("undo").click()
    expect(page.locator("#undo-message")).to_contain_text("memerlukan server")
    phone.set_offline(False)
    page.locator("#undo-last").click()
    expect(page.locator("#undo-message")).to_contain_text("diurungkan:")
    assert world.pass_counts(issued.id) == (0, 0)


def test_a_walk_in_gets_a_pass_with_one_tap_and_comes_in_with_another(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    page = scanner_page(phone, server)
    before = _inside(page)
    page.locator("#walk-in-open").click()
    assert violations(page) == []
    page.get_by_role("button", name="3", exact=True).click()
    picture = page.get_by_test_id("pass-qr")
    expect(picture).to_be_visible()
    page.wait_for_function("document.getElementById('walk-in-qr').naturalWidth > 0")
    assert violations(page) == []
    page.locator("#walk-in-enter").click()
    expect_verdict(page, "accepted", "accepted")
    assert _inside(page) == before + 3


def test_a_lost_phone_is_found_by_name_and_let_in_with_one_tap(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    slot = world.open_slot(exhibition.id)
    service.register(Party(slot.id, "Wulan Kusuma Dewi", None, "+6281355557391", 2, "id"))
    page = scanner_page(phone, server)
    page.locator("#search-open").click()
    page.locator("#search-words").fill("kusuma dewi")
    page.locator("#search-words").press("Enter")
    hit = page.get_by_role("button", name="Wulan K. D.")
    expect(hit).to_be_visible()
    assert violations(page) == []
    hit.click()
    expect_verdict(page, "accepted", "accepted")


def test_the_gate_is_changed_on_the_device_with_two_taps(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    page = scanner_page(phone, server)
    before = page.locator("#gate-name").inner_text()
    page.locator("#gates-open").click()
    other = page.locator("#gates-list button[aria-pressed=false]").first
    expect(other).to_be_visible()
    assert violations(page) == []
    other.click()
    expect(page.locator("#gates")).to_be_hidden()
    expect(page.locator("#gate-name")).not_to_have_text(before)
    changed = page.locator("#gate-name").inner_text()
    page.reload()
    expect(page.locator("#gate-name")).to_have_text(changed)


def _later(exhibition: Exhibition) -> TimeSlot:
    """A slot for which it is still too early."""
    statement = select(TimeSlot).where(
        TimeSlot.exhibition_id == exhibition.id, TimeSlot.starts_at > clock.now() + timedelta(hours=1)
    )
    return db.session.scalars(statement.order_by(TimeSlot.starts_at)).first() or pytest.fail("no later slot")


@pytest.fixture
def pin(exhibition: Exhibition) -> str:
    """The PIN of Bu Rini."""
    user = create_user(COMMAND_LINE, "rini@example.com", RoleName.GATE, password="kopi tubruk pagi", name="Bu Rini")
    pins.set_pin(Actor(user.id, user.name), "482913")
    return "482913"


def test_a_supervisor_overrules_a_refusal_with_pin_and_one_tap(
    phone: BrowserContext, server: str, exhibition: Exhibition, pin: str
) -> None:
    issued = world.issue(exhibition.id, party_size=2, slot=_later(exhibition))
    page = scanner_page(phone, server)
    before = _inside(page)
    wedge(page, issued.token)
    expect_verdict(page, "refused", "too_early")
    page.get_by_test_id("override").click()
    expect(page.locator("#override-about")).to_contain_text("Sekarang")
    assert violations(page) == []
    reason = page.get_by_role("button", name="Rombongan")
    reason.click()
    expect(page.locator("#override-message")).to_contain_text("PIN")
    page.locator("#override-pin").fill("700194")
    reason.click()
    expect(page.locator("#override-message")).to_contain_text("PIN ini")
    page.locator("#override-pin").fill(pin)
    reason.click()
    expect_verdict(page, "accepted", "accepted")
    assert _inside(page) == before + 2
    assert world.pass_counts(issued.id) == (2, 2)
    assert verify_counters() == []


def test_a_supervisor_without_the_server_is_told_so_and_one_entry_counts_once(
    phone: BrowserContext, server: str, exhibition: Exhibition, pin: str
) -> None:
    issued = world.issue(exhibition.id, slot=_later(exhibition))
    page = scanner_page(phone, server)
    wedge(page, issued.token)
    expect_verdict(page, "refused", "too_early")
    page.get_by_test_id("override").click()
    page.locator("#override-pin").fill(pin)
    page.locator("#override-reason").fill("Tamu gubernur")
    phone.set_offline(True)
    page.locator("#override-reason").press("Enter")
    expect(page.locator("#override-message")).to_contain_text("memerlukan server")
    phone.set_offline(False)
    page.locator("#override-reason").press("Enter")
    expect_verdict(page, "accepted", "accepted")
    assert world.pass_counts(issued.id) == (1, 1)


def test_a_forged_pass_offers_no_supervisor(phone: BrowserContext, server: str, exhibition: Exhibition) -> None:
    page = scanner_page(phone, server)
    wedge(page, "https://example.com/tiket")
    expect_verdict(page, "refused", "unknown")
    expect(page.get_by_test_id("override")).to_be_hidden()
