"""The health protocol on real pages: a disinfection round at the desk and the scanner, masks, a cap that changes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.gate.models import HallCap
from exhibition.venue.models import DisinfectionRound, Exhibition
from tests.browser.scanner import expect_verdict, scanner_page, violations, wedge
from tests.gate import world

pytestmark = pytest.mark.browser

PASSWORD = "sebuah-kalimat-rahasia-42"
MINUTE = timedelta(minutes=1)


@transaction
def plan_round(exhibition: Exhibition, *, begins: timedelta, lasts: timedelta = 60 * MINUTE) -> None:
    """Plan one disinfection round in place of all others."""
    starts_at = clock.now().replace(second=0, microsecond=0) + begins
    db.session.execute(db.delete(DisinfectionRound))
    db.session.add(DisinfectionRound(exhibition_id=exhibition.id, starts_at=starts_at, ends_at=starts_at + lasts))


@transaction
def take_all_rounds_away() -> None:
    db.session.execute(db.delete(DisinfectionRound))


@transaction
def ask_nothing(exhibition: Exhibition) -> None:
    row = db.session.get_one(Exhibition, exhibition.id)
    row.mask_required, row.screening_question = False, ""


@transaction
def plan_cap(exhibition: Exhibition, capacity: int) -> None:
    """In an hour."""
    starts_at = clock.now() + 60 * MINUTE
    db.session.add(HallCap(exhibition_id=exhibition.id, starts_at=starts_at, capacity=capacity))


@pytest.fixture
def desk(browser: Browser, server: str, exhibition: Exhibition) -> Iterator[Page]:
    """An organizer's laptop, signed in."""
    create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, password=PASSWORD, name="Ratna")
    context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=server)
    page = context.new_page()
    page.goto("/login?lang=id")
    page.locator("[name=email]").fill("ratna@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/desk")
    yield page
    context.close()


def with_fresh_data(page: Page) -> None:
    with page.expect_request(lambda asked: "/gate/bundle" in asked.url) as asking:
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    answer = asking.value.response()
    assert answer is not None
    answer.finished()
    expect(page.get_by_test_id("bundle-age")).to_have_text("Data terbaru")


def test_a_round_is_planned_at_the_desk_told_to_visitors_and_taken_away(desk: Page, exhibition: Exhibition) -> None:
    take_all_rounds_away()
    desk.goto("/desk/rounds")
    expect(desk.get_by_text("Kurang dari 3")).to_have_count(3)
    desk.locator("[name=day]").select_option(exhibition.ends_on.isoformat())
    desk.locator("[name=starts_at]").fill("11:00")
    desk.locator("[name=minutes]").fill("60")
    desk.get_by_role("button", name="Rencanakan").click()
    expect(desk.locator(".round")).to_contain_text("11.00–12.00")
    desk.goto("/")
    told = desk.locator(".day").last
    expect(told).to_contain_text("11.00–12.00")
    expect(told.locator("[data-state=closed]")).to_contain_text("Ditutup untuk penyemprotan")
    desk.goto("/desk/rounds")
    desk.get_by_role("button", name="Hapus").click()
    expect(desk.locator(".round")).to_have_count(0)
    desk.goto("/")
    expect(desk.locator(".day").last.locator("[data-state=closed]")).to_have_count(0)


def test_an_overdue_round_alarms_at_the_desk_until_someone_ticks_it_off(desk: Page, exhibition: Exhibition) -> None:
    plan_round(exhibition, begins=-15 * MINUTE)
    desk.goto("/desk")
    expect(desk.get_by_test_id("overdue")).to_be_visible()
    helper = desk.context.new_page()
    helper.set_viewport_size({"width": 360, "height": 740})
    helper.goto("/gate/rounds")
    assert violations(helper) == []
    helper.locator(".round button").first.click()
    expect(helper.locator(".round")).to_contain_text("Ratna")
    expect(desk.get_by_test_id("overdue")).to_have_count(0)


def test_the_scanner_tells_a_round_beforehand_and_keeps_people_out_with_and_without_a_network(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    inside, first, second = (world.issue(exhibition.id) for _ in range(3))
    plan_round(exhibition, begins=30 * MINUTE)
    page = scanner_page(phone, server)
    with_fresh_data(page)
    expect(page.locator("#round")).to_contain_text("Penyemprotan")
    wedge(page, inside.token)
    expect_verdict(page, "accepted", "accepted")
    plan_round(exhibition, begins=-5 * MINUTE)
    wedge(page, first.token)
    expect_verdict(page, "refused", "slot_closed")
    expect(page.locator("#verdict-reason")).to_contain_text("sampai")
    page.reload()
    with_fresh_data(page)
    phone.set_offline(True)
    wedge(page, second.token)
    expect_verdict(page, "refused", "slot_closed")
    expect(page.get_by_test_id("offline")).to_have_count(1)
    page.locator("#verdict-next").click()
    page.get_by_test_id("direction-exit").click()
    wedge(page, inside.token)
    expect_verdict(page, "accepted", "accepted")
    phone.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    assert world.hall(exhibition.id)[0] == 0


def test_a_scanner_that_did_not_know_of_a_round_leaves_a_conflict_at_the_desk(
    desk: Page, phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    take_all_rounds_away()
    issued = world.issue(exhibition.id)
    page = scanner_page(phone, server)
    with_fresh_data(page)
    phone.set_offline(True)
    plan_round(exhibition, begins=-5 * MINUTE)
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    phone.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    desk.goto("/desk/conflicts")
    conflict = desk.locator("[data-kind=during_round]")
    expect(conflict).to_contain_text("Penyemprotannya")
    assert violations(desk) == []
    conflict.locator("[name=note]").fill("Satu orang, sudah diberi tahu")
    conflict.get_by_role("button", name="Selesaikan").click()
    expect(desk.locator("[data-kind=during_round]")).to_have_count(0)


def test_masks_and_the_question_take_one_tap_and_only_where_the_edition_asks(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = scanner_page(phone, server)
    with_fresh_data(page)
    expect(page.locator("#screening-question")).to_contain_text("demam")
    assert violations(page) == []
    page.get_by_test_id("mask").click()
    wedge(page, issued.token)
    expect_verdict(page, "refused", "protocol_refused")
    page.locator("#verdict-next").click()
    expect(page.get_by_test_id("mask")).to_have_attribute("aria-pressed", "false")
    phone.set_offline(True)
    page.get_by_test_id("screening").click()
    wedge(page, issued.token)
    expect_verdict(page, "refused", "protocol_refused")
    page.locator("#verdict-next").click()
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    phone.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    ask_nothing(exhibition)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("mask")).to_be_hidden()
    expect(page.locator("#screening-part")).to_be_hidden()
    kept = [(scan.mask_worn, scan.screening_passed) for scan in world.scans()]
    assert kept == [(False, True), (True, False), (True, True)]


def test_a_planned_cap_begins_on_a_device_without_a_network(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    plan_cap(exhibition, 1)
    first, second = world.issue(exhibition.id), world.issue(exhibition.id)
    page = scanner_page(phone, server)
    with_fresh_data(page)
    phone.set_offline(True)
    page.clock.set_fixed_time(clock.now() + 70 * MINUTE)
    wedge(page, first.token)
    expect_verdict(page, "accepted", "accepted")
    wedge(page, second.token)
    expect_verdict(page, "refused", "venue_full")
    expect(page.locator("#capacity")).to_have_text("1")
