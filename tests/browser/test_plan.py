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
from exhibition.allocation import service
from exhibition.venue.models import Exhibition
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
    scale = "element => element.style.transform.match(/scale\\(([\\d.]+)/)[1]"
    before = page.locator("#plan-zoom").evaluate(scale)
    page.locator("#booth-list a").first.click()
    expect(page.locator("#panel-title")).to_contain_text(f"Booth {TAKEN}")
    assert page.locator("#plan-zoom").evaluate(scale) == before


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


def at_rest(page: Page) -> None:
    """Wait until the plan's names are fitted and nothing moves on it."""
    page.locator(".plan.fitted").wait_for()
    page.wait_for_function("() => document.getAnimations().length === 0")


def lift(page: Page, source: Locator, target: Locator) -> None:
    """Drag by the mouse, and hold over the target without letting go."""
    at_rest(page)
    start, end = source.bounding_box(), target.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2 - 9, end["y"] + end["height"] / 2, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2)


def whole_hall(page: Page) -> None:
    page.get_by_role("button", name="Whole hall").click()
    page.wait_for_function("() => document.querySelector('#plan-zoom').style.transform.includes('scale(1)')")
    at_rest(page)


def nobody(page: Page) -> Locator:
    return page.locator("#homeless li", has_text="Gula Aren Bringin")


def test_a_name_is_dragged_onto_a_free_booth(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    whole_hall(page)
    lift(page, nobody(page), booth(page, FREE))
    carried = page.get_by_test_id("carried")
    expect(carried).to_contain_text(f"{FREE} will be held for Gula Aren Bringin.")
    expect(carried).to_contain_text("Gula Aren Bringin needs water.")
    expect(booth(page, FREE)).to_have_attribute("data-state", "open")
    page.mouse.up()
    expect(booth(page, FREE)).to_have_attribute("data-state", "held")
    expect(page.locator("#messages")).to_contain_text(f"{FREE} is held for Gula Aren Bringin.")


def test_a_booth_is_dragged_onto_another_and_the_two_swap(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    whole_hall(page)
    first, second = (booth(page, code).get_attribute("data-name") for code in (TAKEN, "D08"))
    lift(page, booth(page, TAKEN), booth(page, "D08"))
    expect(page.get_by_test_id("carried")).to_contain_text(f"{first} will go to D08 and {second} to {TAKEN}.")
    page.mouse.up()
    expect(booth(page, TAKEN)).to_have_attribute("data-name", second or "")
    expect(booth(page, "D08")).to_have_attribute("data-name", first or "")


def test_a_booth_dragged_to_the_list_is_released_and_undo_and_redo_follow(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    name = booth(page, "D08").get_attribute("data-name") or ""
    lift(page, booth(page, "D08"), page.locator("#homeless-title"))
    expect(page.get_by_test_id("carried")).to_contain_text(f"D08 will be taken back from {name}.")
    page.mouse.up()
    expect(page.locator("#homeless")).to_contain_text(name)
    for key, there in (("Control+z", True), ("Control+Shift+z", False), ("Control+z", True)):
        page.keyboard.press(key)
        expect(booth(page, "D08")).to_have_count(1)
        shown = page.locator(f"[data-code=D08][data-name='{name}']")
        expect(shown).to_have_count(1 if there else 0)
        expect(page.locator("#messages")).to_contain_text("Undone:" if there else "Done again:")


def test_escape_lets_go_and_nothing_happens(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    lift(page, booth(page, TAKEN), booth(page, "A03"))
    expect(page.get_by_test_id("carried")).to_contain_text("will go to")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.get_by_test_id("carried")).to_have_count(0)
    expect(booth(page, TAKEN)).to_have_attribute("data-name", "Kementerian Pemuda dan Olahraga RI")


def test_what_is_not_possible_is_said_before_letting_go(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    lift(page, nobody(page), booth(page, TAKEN))
    expect(page.get_by_test_id("carried")).to_contain_text(f"Booth {TAKEN} was taken for")
    expect(booth(page, TAKEN)).to_have_class(re.compile("drop-not"))
    page.mouse.up()
    expect(page.get_by_test_id("carried")).to_have_count(0)
    expect(nobody(page)).to_have_count(1)


def test_several_are_chosen_and_placed_by_one_act(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    whole_hall(page)
    names = page.locator("#homeless li")
    names.nth(0).click(modifiers=["Control"])
    names.nth(1).click(modifiers=["Control"])
    expect(page.locator("#homeless .chosen")).to_have_count(2)
    lift(page, names.nth(0), booth(page, FREE))
    expect(page.get_by_test_id("carried")).to_contain_text("2 exhibitors will change")
    page.mouse.up()
    expect(page.locator("[data-testid=booth][data-state=held]")).to_have_count(4)
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-testid=booth][data-state=held]")).to_have_count(2)


@pytest.mark.parametrize("width", [390, 1280])
def test_an_exhibitor_is_placed_moved_and_taken_off_by_keyboard(open_page: OpenPage, width: int) -> None:
    page = open_page("/desk/plan?lang=en", viewport={"width": width, "height": 844})
    nobody(page).get_by_role("button").focus()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("carried")).to_contain_text(f"{FREE} will be held for Gula Aren Bringin.")
    page.keyboard.press("Enter")
    expect(booth(page, FREE)).to_have_attribute("data-state", "held")
    expect(page.locator("#panel-title")).to_contain_text(FREE)
    page.locator("#plan-holder a[aria-current]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("carried")).to_contain_text("will move from J04 to J06")
    page.keyboard.press("Space")
    expect(booth(page, "J06")).to_have_attribute("data-state", "held")
    page.locator("#plan-holder a[aria-current]").focus()
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("carried")).to_contain_text("will be taken back")
    page.keyboard.press("Enter")
    expect(booth(page, "J06")).to_have_attribute("data-state", "open")


PHONE = {"width": 390, "height": 844}


def test_a_tap_on_a_phone_shows_the_booth_and_its_panel_together(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en", viewport=PHONE, has_touch=True)
    booth(page, "A05").tap()
    expect(page.locator("#panel-title")).to_contain_text("Booth A05")
    expect(page.locator("#panel-title")).to_be_in_viewport()
    expect(booth(page, "A05")).to_be_in_viewport()
    at_rest(page)
    sheet, place = page.locator(".drawer").bounding_box(), booth(page, "A05").bounding_box()
    assert sheet
    assert place
    assert place["y"] + place["height"] <= sheet["y"]


def test_on_a_phone_an_exhibitor_is_picked_up_and_put_down_by_taps(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en&booth=A01", viewport=PHONE, has_touch=True)
    whole_hall(page)
    page.get_by_role("button", name="Pick up").tap()
    booth(page, "A03").tap()
    expect(page.get_by_test_id("carried")).to_contain_text("will go to A03")
    booth(page, "A03").tap()
    expect(booth(page, "A03")).to_have_attribute("data-name", "Kementerian Pemuda dan Olahraga RI")


def test_a_finger_that_rests_on_a_booth_drags_its_exhibitor(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en", viewport=PHONE, has_touch=True)
    whole_hall(page)
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, code: str = "") -> None:
        points = []
        if code:
            box = booth(page, code).bounding_box()
            assert box
            points = [{"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", TAKEN)
    expect(page.get_by_test_id("carried")).to_contain_text("Kementerian Pemuda dan Olahraga RI")
    touch("touchMove", "A03")
    expect(page.get_by_test_id("carried")).to_contain_text("will go to A03")
    touch("touchEnd")
    expect(booth(page, "A03")).to_have_attribute("data-name", "Kementerian Pemuda dan Olahraga RI")


def test_several_are_chosen_by_finger_and_moved_or_released_together(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en", viewport=PHONE, has_touch=True)
    page.locator(".plan.fitted").wait_for()
    whole_hall(page)
    finger, box = page.context.new_cdp_session(page), booth(page, TAKEN).bounding_box()
    assert box
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(page.get_by_test_id("carried")).to_be_visible()
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    bar = page.get_by_role("group", name="Chosen exhibitors")
    expect(bar).to_contain_text("1 chosen")
    booth(page, "A03").tap()
    booth(page, "A05").tap()
    expect(bar).to_contain_text("3 chosen")
    booth(page, "A05").tap()
    expect(bar).to_contain_text("2 chosen")
    bar.get_by_role("button", name="Move").tap()
    booth(page, FREE).tap()
    expect(page.get_by_test_id("carried")).to_contain_text("2 exhibitors will change")
    bar.get_by_role("button", name="Cancel").tap()
    expect(bar).to_be_hidden()
    expect(page.get_by_test_id("carried")).to_have_count(0)
    page.locator(f"#booth-list [data-code={TAKEN}]").click(modifiers=["Control"])
    page.locator("#booth-list [data-code=A03]").click(modifiers=["Control"])
    bar.get_by_role("button", name="Release").tap()
    expect(booth(page, TAKEN)).to_have_attribute("data-state", "open")
    expect(booth(page, "A03")).to_have_attribute("data-state", "open")


@pytest.mark.parametrize("width", [390, 1280])
def test_every_name_is_on_its_booth_and_inside_it(open_page: OpenPage, width: int) -> None:
    page = open_page("/desk/plan?lang=en", viewport={"width": width, "height": 844})
    page.locator(".plan.fitted").wait_for()
    expect(page.locator("#plan-holder .nameless")).to_have_count(0)  # those out of sight are fitted last
    outside = page.evaluate(
        """() => {
            const pen = document.createElement("canvas").getContext("2d");
            const fits = (booth) => {
                const box = booth.querySelector("rect"), room = box.getBoundingClientRect().width;
                const name = booth.querySelector(".n"), style = getComputedStyle(name);
                const size = parseFloat(name.style.fontSize) * box.getScreenCTM().a;
                pen.font = `${style.fontWeight} 100px ${style.fontFamily}`;
                const lines = [...name.querySelectorAll("tspan")];
                const low = Math.max(...lines.map((line) => Number(line.getAttribute("y"))));
                const wide = Math.max(...lines.map((line) => (pen.measureText(line.textContent).width / 100) * size));
                return style.display !== "none" && size >= 6.9 && wide < room && low <= box.height.baseVal.value;
            };
            return [...document.querySelectorAll("#plan-holder [data-name]")].filter((booth) => !fits(booth)).length;
        }"""
    )
    assert outside == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_a_booth_shared_by_days_shows_each_and_either_is_moved(
    open_page: OpenPage, exhibition: Exhibition, width: int
) -> None:
    people = service.without_booth(exhibition)
    for exhibitor, day in zip(people[:2], exhibition.days, strict=False):
        service.hold(COMMAND_LINE, exhibition, FREE, exhibitor.id, days=[day.day])
    page = open_page(f"/desk/plan?lang=en&booth={FREE}", viewport={"width": width, "height": 844})
    page.locator(".plan.fitted").wait_for()
    tiles = booth(page, FREE).locator(".part")
    expect(tiles).to_have_count(3)
    expect(tiles.nth(0).locator(".n")).to_contain_text(people[0].name[:3])
    outside = booth(page, FREE).evaluate(  # in one look: the plan may still be moving to the booth
        """booth => {
            const outer = booth.getBoundingClientRect();
            return [...booth.querySelectorAll(".part")].map((tile) => tile.getBoundingClientRect()).filter(
                (inner) => inner.left < outer.left - 1 || inner.bottom > outer.bottom + 1).length;
        }"""
    )
    assert outside == 0
    expect(page.locator("#panel")).to_contain_text("Free on ")
    page.locator("#booth-list li", has_text=people[1].name).get_by_role("link").focus()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("carried")).to_contain_text(people[1].name)
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("carried")).to_contain_text(f"{FREE} will be taken back from {people[1].name}.")
    page.keyboard.press("Enter")
    expect(tiles).to_have_count(2)


SLOW_ZOOM = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("#plan-zoom { transition-duration: 1s !important; }");
    document.adoptedStyleSheets = [sheet];
}"""


@pytest.mark.parametrize("is_slow", [False, True])
def test_a_booth_too_small_for_a_name_has_its_name_again_when_it_is_larger(open_page: OpenPage, is_slow: bool) -> None:
    page = open_page("/desk/plan?lang=en", viewport=PHONE)
    if is_slow:
        at_rest(page)
        page.evaluate(SLOW_ZOOM)
    whole_hall(page)
    expect(booth(page, TAKEN).locator(".n")).to_be_hidden()
    for _turn in range(3):
        page.get_by_role("button", name="Zoom in").click()
    expect(booth(page, TAKEN).locator(".n")).to_be_visible()


def test_colours_show_product_groups_with_a_legend_and_stay(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    page.get_by_label("Colours").select_option("group")
    expect(page.locator("#plan-legend li", has_text="Kopi")).to_contain_text("3")
    expect(page.locator("#plan-holder [data-hue]")).to_have_count(35)
    page.goto(page.url.split("?")[0])
    expect(page.get_by_label("Colours")).to_have_value("group")


def test_the_plan_fills_the_window_and_panel_and_lists_scroll_by_themselves(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en&booth=A01")
    page.locator("#homeless li").last.scroll_into_view_if_needed()
    expect(page.locator("#panel-title")).to_be_in_viewport()
    expect(booth(page, TAKEN)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight + 1")


def test_an_exhibitor_is_dragged_from_the_list_to_another_booth(open_page: OpenPage) -> None:
    page = open_page("/desk/plan?lang=en")
    whole_hall(page)
    row = page.locator("#booth-list [data-code=A01]")
    row.scroll_into_view_if_needed()
    lift(page, row, booth(page, FREE))
    expect(page.get_by_test_id("carried")).to_contain_text(f"to {FREE}")
    page.mouse.up()
    expect(booth(page, FREE)).to_have_attribute("data-state", "allocated")
    expect(booth(page, TAKEN)).to_have_attribute("data-state", "open")


def test_an_organizer_sees_at_which_booth_another_one_is(
    open_page: OpenPage, fair: Flask, server: str, browser: Browser
) -> None:
    watching = open_page("/desk/plan?lang=en")
    other = create_user(COMMAND_LINE, "budi@example.com", RoleName.ORGANIZER, name="Budi")
    cookie = sign_in(fair.test_client(), other).get_cookie("session")
    assert cookie is not None
    context = browser.new_context()
    context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
    page = context.new_page()
    page.goto(f"{server}/desk/plan?lang=en&booth={FREE}")
    expect(booth(watching, FREE).locator(".looker")).to_have_text("Budi")
    expect(booth(page, FREE).locator(".looker")).to_have_count(0)
    page.get_by_role("link", name="Close").click()
    expect(booth(watching, FREE).locator(".looker")).to_have_count(0)
    context.close()


def test_an_organizer_sees_what_another_one_does(open_page: OpenPage) -> None:
    watching, working = open_page("/desk/plan?lang=en"), open_page(f"/desk/plan?lang=en&booth={FREE}")
    working.get_by_label("Hold for").select_option(label="Gula Aren Bringin (Camilan)")
    working.get_by_role("button", name="Hold", exact=True).click()
    expect(booth(working, FREE)).to_have_attribute("data-state", "held")
    expect(booth(watching, FREE)).to_have_attribute("data-state", "held")
    expect(watching.locator("#homeless")).not_to_contain_text("Gula Aren Bringin")
