"""The desk's floor plan in a real browser: a booth is assigned by mouse and by keyboard, and undone."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from tests.conftest import sign_in

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FREE, TAKEN = "J04", "A01"
OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(fair: Flask, server: str, browser: Browser) -> Iterator[OpenPage]:
    """A page in the browser of a signed-in organizer: ``open_page(address, **context options)``."""
    organizer = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    cookie = sign_in(fair.test_client(), organizer).get_cookie("session")
    assert cookie is not None
    contexts = []

    def open_(address: str, **options: object) -> Page:
        context = browser.new_context(viewport=options.pop("viewport", {"width": 1280, "height": 900}), **options)  # pyright: ignore[reportArgumentType] Playwright's own options
        contexts.append(context)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
        page = context.new_page()
        page.goto(f"{server}{address}")
        return page

    yield open_
    for context in contexts:
        context.close()


def booth(page: Page, code: str) -> Locator:
    return page.locator(f"[data-testid=booth][data-code={code}]")


def test_a_booth_is_held_by_mouse_confirmed_and_the_step_undone(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    booth(page, FREE).click()
    expect(page.locator("#panel-title")).to_contain_text(f"Booth {FREE}")
    page.get_by_label("Find an exhibitor").fill("gula aren")
    expect(page.get_by_label("Hold for")).not_to_have_value("")
    page.get_by_role("button", name="Hold", exact=True).click()
    expect(booth(page, FREE)).to_have_attribute("data-state", "held")
    expect(page.locator("#messages")).to_contain_text(f"{FREE} is held for Gula Aren Bringin.")
    page.locator("#panel").get_by_role("button", name="Confirm the booth").click()
    expect(booth(page, FREE)).to_have_attribute("data-state", "allocated")
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(booth(page, FREE)).to_have_attribute("data-state", "held")


@pytest.mark.usefixtures("nobody_waits")
def test_a_booth_is_found_and_held_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en&booth=J03")
    page.locator("#plan-holder a[aria-current]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_contain_text(f"Booth {FREE}")
    expect(page.locator("#panel-title")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("gula aren")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Hold for")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(booth(page, FREE)).to_have_attribute("data-state", "held")


def test_the_plan_works_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en", java_script_enabled=False)
    booth(page, FREE).click()
    page.get_by_label("Hold for").select_option(label="Gula Aren Bringin (Camilan)")
    page.get_by_role("button", name="Hold", exact=True).click()
    expect(booth(page, FREE)).to_have_attribute("data-state", "held")
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(booth(page, FREE)).to_have_attribute("data-state", "open")


def test_the_slower_of_two_organizers_reads_who_was_faster(open_page: OpenPage) -> None:
    first, second = (open_page(f"/desk/plan?lang=en&booth={FREE}") for _ in range(2))
    second.get_by_label("Hold for").focus()  # a panel in which somebody is working is not replaced
    for page, choice in ((first, 1), (second, 2)):
        page.get_by_label("Hold for").select_option(index=choice)
        page.get_by_role("button", name="Hold", exact=True).click()
        expect(booth(page, FREE)).to_have_attribute("data-state", "held")
    refusal = second.get_by_role("alert")
    expect(refusal).to_have_attribute("data-code", "booth_taken")
    expect(refusal).to_contain_text("by Ratna")
    expect(second).to_have_url(re.compile(rf"/desk/plan\?.*booth={FREE}"))


def test_the_plan_zooms_by_button_and_keeps_its_zoom_when_a_booth_is_chosen(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    width = booth(page, TAKEN).bounding_box()
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(
        "before => document.querySelector('[data-code=A01] rect').getBoundingClientRect().width > before * 1.1",
        arg=width["width"] if width else 0,
    )
    transform = page.locator("#plan-zoom").evaluate("element => element.style.transform")
    page.locator("#booth-list a").first.click()
    expect(page.locator("#panel-title")).to_contain_text(f"Booth {TAKEN}")
    assert page.locator("#plan-zoom").evaluate("element => element.style.transform") == transform


def test_typing_filters_the_list(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    page.get_by_label("Search booths and exhibitors").fill("ngipik")
    expect(page.locator("#booth-list li:visible")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(open_page: OpenPage, scheme: str, width: int) -> None:
    viewport = {"width": width, "height": 800}
    page = open_page("/desk/plan?booth=I07", color_scheme=scheme, viewport=viewport, bypass_csp=True)
    root = page.url.split("/desk")[0]
    for address in ("/desk/plan?booth=I07", "/desk/exhibitors", "/desk/exhibitors/kopi-ngipik", "/desk/edition"):
        page.goto(root + address)
        page.evaluate(AXE.read_text())
        assert page.evaluate("axe.run().then(({violations}) => violations.map(({id}) => id))") == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_name_is_dragged_onto_a_free_booth(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    page.locator("#homeless li", has_text="Gula Aren Bringin").drag_to(booth(page, FREE))
    expect(booth(page, FREE)).to_have_attribute("data-state", "held")
    expect(page.locator("#messages")).to_contain_text(f"{FREE} is held for Gula Aren Bringin.")


def test_an_exhibitor_is_dragged_from_the_list_to_another_booth(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    row = page.locator("#booth-list [data-code=A01]")
    row.drag_to(booth(page, FREE))
    expect(booth(page, FREE)).to_have_attribute("data-state", "allocated")
    expect(booth(page, TAKEN)).to_have_attribute("data-state", "open")


def test_an_organizer_sees_what_another_one_does(open_page: OpenPage) -> None:
    watching, working = open_page("/desk/plan?lang=en"), open_page(f"/desk/plan?lang=en&booth={FREE}")
    working.get_by_label("Hold for").select_option(label="Gula Aren Bringin (Camilan)")
    working.get_by_role("button", name="Hold", exact=True).click()
    expect(booth(working, FREE)).to_have_attribute("data-state", "held")
    expect(booth(watching, FREE)).to_have_attribute("data-state", "held")
    expect(watching.locator("#homeless")).not_to_contain_text("Gula Aren Bringin")
