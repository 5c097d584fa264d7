"""What people do when a session is full, on a small phone: wait, get the places, or learn that there is a pass."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from exhibition.core.db import db, transaction
from exhibition.visitors import service, slots
from exhibition.visitors.models import TimeSlot
from exhibition.visitors.registration.party import Issued, Party
from tests.gate import world

pytestmark = pytest.mark.browser

WIDTH = 320
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": WIDTH, "height": 640})
    yield context.new_page()
    context.close()


def of_the_last_day() -> list[slots.Slot]:
    """Open sessions of one day, at whatever hour the test runs."""
    coming = world.coming_slots(50)
    return [one for one in coming if one.starts_at.date() == coming[-1].starts_at.date()]


@pytest.fixture
def slot(fair: Flask) -> slots.Slot:
    return of_the_last_day()[0]


@pytest.fixture
def full(slot: slots.Slot) -> Issued:
    """The pass of the one who has all places of the session."""
    transaction(lambda: db.session.execute(update(TimeSlot).where(TimeSlot.id == slot.id).values(capacity=3)))()
    issued = service.register(Party(slot.id, "Budi", None, "+6281234567890", 3, "id"))
    db.session.rollback()
    return issued


def fill(page: Page, phone: str) -> None:
    page.get_by_label("Nama Anda").fill("Siti Aminah")
    page.locator("[name=phone]").fill(phone)
    page.locator("[name=consent]").check()


def test_from_the_full_session_over_the_line_to_the_pass(
    page: Page, server: str, slot: slots.Slot, full: Issued
) -> None:
    page.goto(server)
    page.locator(f'[data-slot-id="{slot.id}"] a').click()
    expect(page.locator("[name=slot_id]")).to_have_value(str(slot.id))
    page.locator("[name=party_size]").select_option("2")
    fill(page, "0812-3456-7891")
    page.locator("form.form button").click()
    expect(page.get_by_test_id("number")).to_contain_text("1")
    assert not page.evaluate(TOO_WIDE)
    service.cancel(full.manage_key)
    db.session.rollback()
    page.get_by_role("button", name="Lihat lagi").click()
    expect(page.get_by_test_id("place")).to_have_attribute("data-state", "offered")
    page.get_by_role("button", name="Ambil tempatnya").click()
    expect(page.get_by_test_id("pass-qr")).to_be_visible()


def test_who_goes_back_and_sends_the_form_again_sees_the_same_pass(page: Page, server: str, slot: slots.Slot) -> None:
    page.goto(f"{server}/daftar?slot_id={slot.id}")
    fill(page, "0812-3456-7892")
    page.get_by_role("button", name="Ambil tiket masuk").click()
    expect(page.get_by_test_id("pass-qr")).to_be_visible()
    address = page.url
    page.go_back()
    if not page.locator("[name=phone]").input_value():
        fill(page, "0812-3456-7892")
    page.locator(f"[name=slot_id][value='{slot.id}']").check()
    page.get_by_role("button", name="Ambil tiket masuk").click()
    expect(page).to_have_url(address)


def test_a_stranger_with_the_number_learns_nothing_of_the_pass(
    page: Page, server: str, slot: slots.Slot, full: Issued
) -> None:
    other = of_the_last_day()[1]
    page.goto(f"{server}/daftar?slot_id={other.id}")
    fill(page, "081234567890")
    page.get_by_role("button", name="Ambil tiket masuk").click()
    expect(page.get_by_role("alert")).to_have_attribute("data-code", "contact_has_pass")
    assert full.code not in page.content()
    assert not page.evaluate(TOO_WIDE)


def test_who_has_a_pass_takes_another_session_from_its_page(
    page: Page, server: str, slot: slots.Slot, full: Issued
) -> None:
    other = of_the_last_day()[1]
    page.goto(f"{server}/p/{full.manage_key}/lagi")
    page.evaluate("document.querySelectorAll('details.session-day').forEach((day) => { day.open = true; })")
    page.locator(f"[name=slot_id][value='{other.id}']").check()
    page.locator("[name=party_size]").select_option("1")
    page.get_by_role("button", name="Ambil tiket kedua").click()
    expect(page.get_by_test_id("pass-qr")).to_be_visible()
    assert full.manage_key not in page.url
