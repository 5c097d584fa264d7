"""Changes made elsewhere show on an open page within two seconds, long before it would poll."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.editions import session_changes
from exhibition.editions.rules.session_acts import OtherSettings
from exhibition.gate import devices
from exhibition.visitors import service
from exhibition.visitors.models import SlotState
from exhibition.visitors.registration.party import Party
from tests.fairs import the_fair
from tests.gate import world

pytestmark = pytest.mark.browser

SOON_MS = 2000


def _register(slot_id: int, people: int) -> None:
    party = Party(slot_id=slot_id, name="Sari", email=None, phone=None, party_size=people, locale="id")
    service.register(party)
    db.session.rollback()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, permissions=["camera"])
    yield context.new_page()
    context.close()


@pytest.fixture
def scanner(page: Page, server: str, fair: Flask) -> Page:
    code = devices.make_enrolment_code(COMMAND_LINE, the_fair(), world.gates()[0].id)
    db.session.rollback()
    with page.expect_response("**/gate/live"):
        page.goto(f"{server}/gate#{code}")
        page.locator("[name=device_name]").fill("Ponsel Sari")
        page.locator("[name=device_name]").press("Enter")
    expect(page.get_by_test_id("inside")).to_have_text("0")
    return page


def test_a_scanner_shows_who_came_in_elsewhere(scanner: Page, fair: Flask) -> None:
    exhibition = the_fair()
    other = world.enrol(exhibition, "B", "Ponsel lain")
    world.send(fair.test_client(), other, token=world.issue(exhibition.id, party_size=3).token)
    expect(scanner.get_by_test_id("inside")).to_have_text("3", timeout=SOON_MS)


def test_a_withdrawn_scanner_says_so(scanner: Page) -> None:
    device_id = next(device.id for gate in devices.gates(the_fair()) for device in gate.devices)
    devices.revoke_device(COMMAND_LINE, the_fair(), device_id)
    expect(scanner.locator("#enrolment-error")).not_to_be_empty(timeout=8000)


def test_the_front_page_shows_places_taken_elsewhere(page: Page, server: str, fair: Flask) -> None:
    slot = world.open_slot(the_fair().id)
    slot_id, remaining = slot.id, slot.capacity - slot.issued
    db.session.rollback()
    with page.expect_response("**/live"):
        page.goto(f"{server}/?lang=id")
    shown = page.locator(f"[data-testid=slot][data-slot-id='{slot_id}']")
    expect(shown).to_have_attribute("data-remaining", str(remaining))
    _register(slot_id, 4)
    expect(shown).to_have_attribute("data-remaining", str(remaining - 4), timeout=SOON_MS)
    expect(shown.locator(".left")).to_have_text(f"Sisa {remaining - 4} tempat")


def test_the_front_page_shows_that_a_slot_was_closed_elsewhere(page: Page, server: str, fair: Flask) -> None:
    slot = world.open_slot(the_fair().id)
    slot_id, capacity = slot.id, slot.capacity
    db.session.rollback()
    with page.expect_response("**/live"):
        page.goto(f"{server}/?lang=id")
    shown = page.locator(f"[data-testid=slot][data-slot-id='{slot_id}']")
    expect(shown).to_have_attribute("data-state", "open")
    values = {"capacity": capacity, "state": SlotState.CLOSED, "note": "Penyemprotan"}
    session_changes.do(COMMAND_LINE, the_fair(), OtherSettings({slot_id: values}))
    expect(shown).to_have_attribute("data-state", "closed", timeout=2 * SOON_MS)
    expect(shown).to_contain_text("Penyemprotan")


def test_without_a_stream_the_front_page_still_asks(page: Page, server: str, fair: Flask) -> None:
    slot = world.open_slot(the_fair().id)
    slot_id, remaining = slot.id, slot.capacity - slot.issued
    db.session.rollback()
    page.clock.install()
    page.route(re.compile(r"/live$"), lambda route: route.fulfill(status=503))
    page.goto(f"{server}/?lang=id")
    _register(slot_id, 2)
    page.clock.fast_forward(15_000)
    shown = page.locator(f"[data-testid=slot][data-slot-id='{slot_id}']")
    expect(shown).to_have_attribute("data-remaining", str(remaining - 2))
