"""Several halls in a real browser: an exhibitor is carried to another over its tab, and one is added in the editor."""

import re

import pytest
from playwright.sync_api import Page, expect

from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from tests.browser.hall_editor import open_hall as open_hall  # noqa: PLC0414 — a fixture
from tests.browser.hall_editor import plan, save
from tests.browser.test_accessibility import faults_of
from tests.browser.test_plan import OpenPage, booth
from tests.browser.test_plan import open_page as open_page  # noqa: PLC0414 — a fixture
from tests.venue import two_halls

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("nobody_waits")]

FREE, TAKEN = "J04", "A01"


def tab(page: Page, name: str):
    return page.locator("#plan-halls a", has_text=name)


def test_an_exhibitor_is_dragged_over_a_tab_into_another_hall(open_page: OpenPage, exhibition: Exhibition) -> None:
    two_halls.make(exhibition)
    page = open_page("/desk/plan?lang=en")
    expect(booth(page, FREE)).to_have_count(0)
    booth(page, TAKEN).hover()
    page.mouse.down()
    tab(page, "Aula Selatan").hover()
    expect(booth(page, FREE)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?hall=B"))
    booth(page, FREE).hover()
    expect(page.get_by_test_id("carried")).to_contain_text(f"from {TAKEN} to {FREE}")
    page.mouse.up()
    expect(booth(page, FREE)).to_have_attribute("data-state", "allocated")
    expect(page.locator("#plan-holder svg.plan")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.locator("#messages")).to_contain_text("Undone")
    expect(booth(page, TAKEN)).to_have_attribute("data-state", "allocated")


def test_an_exhibitor_is_carried_to_another_hall_by_keyboard(open_page: OpenPage, exhibition: Exhibition) -> None:
    two_halls.make(exhibition)
    page = open_page(f"/desk/plan?lang=en&booth={TAKEN}")
    page.locator("#plan-holder a[aria-current]").focus()
    page.keyboard.press(" ")
    page.keyboard.press("PageDown")
    expect(tab(page, "Aula Selatan")).to_have_attribute("aria-current", "page")
    expect(page.locator(f"#plan-holder a:has([data-code={FREE}])")).to_be_focused()
    expect(page.get_by_test_id("carried")).to_contain_text(f"from {TAKEN} to {FREE}")
    page.keyboard.press("Enter")
    expect(booth(page, FREE)).to_have_attribute("data-state", "allocated")
    expect(page).to_have_url(re.compile(rf"\?hall=B&booth={FREE}"))


def test_a_hall_is_added_beside_the_other_and_filled(open_hall: OpenPage, exhibition: Exhibition) -> None:
    page = open_hall()
    expect(page.locator("#hall-tabs")).to_be_hidden()
    page.locator("[data-act=addhall]").click()
    expect(page.locator("#hall-tabs a")).to_have_text(["Hall A", "Hall B"])
    page.locator("[data-field=hall_name]").fill("Pendopo")
    page.locator("[data-field=hall_width]").fill("20")
    page.locator("[data-field=hall_width]").press("Tab")
    page.locator("[data-act=block]").click()
    page.locator("[data-panel=block] [data-field=x]").fill("1")
    page.locator("[data-panel=block] [type=submit]").click()
    page.locator("#hall-canvas").focus()
    page.keyboard.press("Escape")
    page.locator("[data-act=removehall]").click()
    expect(page.locator("#said")).to_contain_text("Pendopo was not removed")
    save(page)
    expect(page.locator("#said")).to_contain_text("Saved as version")
    now = plan(exhibition)
    assert [(hall.code, hall.name, hall.x, hall.width) for hall in now.halls] == [
        ("A", "Hall A", 0.0, 34.0),
        ("B", "Pendopo", 44.0, 20.0),
    ]
    assert {booth.x for booth in now.booths if booth.x > 34} == {45.0 + 2 * place for place in range(6)}
    assert len(venue.hall(exhibition).only("B").booths) == 12


def test_axe_finds_nothing_on_pages_of_several_halls(open_page: OpenPage, server: str, exhibition: Exhibition) -> None:
    two_halls.make(exhibition)
    page, faults = open_page("/desk/plan?hall=B"), {}
    for path in ("/desk/plan?hall=B", "/desk/hall", "/desk/hall/versions", "/stan?hall=B", f"/stan/{TAKEN}"):
        page.goto(f"{server}{path}")
        if found := faults_of(page):
            faults[path] = sorted(found)
    assert faults == {}
