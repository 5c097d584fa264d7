"""Finding one's way at the desk: the places, the search, and the first rows of every list on the first screen."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.desk.places import EVERYWHERE
from tests.conftest import session_of

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(fair: Flask, server: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the desk as an organizer, on a screen of this width."""
    organizer = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    client = fair.test_client()
    with client.session_transaction() as session:
        session.update(session_of(organizer))
    cookie = client.get_cookie("session")
    assert cookie is not None
    value = cookie.value
    contexts: list[BrowserContext] = []

    def opened(width: int, **options: Any) -> Page:
        context = browser.new_context(
            base_url=server, viewport={"width": width, "height": 800}, reduced_motion="reduce", **options
        )
        context.add_cookies([{"name": "session", "value": value, "url": server}])
        contexts.append(context)
        page = context.new_page()
        page.goto("/desk?lang=en")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_the_search_is_used_by_keys_alone(desk: Callable[..., Page]) -> None:
    page = desk(1280)
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Search")
    expect(field).to_be_focused()
    expect(page.get_by_role("dialog").get_by_role("link", name="Moderation")).to_be_visible()
    page.keyboard.type("moder")
    expect(page.get_by_role("dialog").get_by_role("link", name="Floor plan")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Moderation Shops")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("tahan a02")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/plan\?booth=A02"))


def test_a_slash_in_a_field_is_a_slash(desk: Callable[..., Page]) -> None:
    page = desk(1280)
    page.goto("/desk/registrations")
    page.get_by_role("searchbox").fill("")
    page.get_by_role("searchbox").press("/")
    expect(page.get_by_role("searchbox")).to_have_value("/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_search_works_without_javascript(desk: Callable[..., Page]) -> None:
    page = desk(1280, java_script_enabled=False)
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("kopi")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name=re.compile("Kopi Ngipik")).first).to_be_visible()


def test_the_places_stay_in_sight_and_fold(desk: Callable[..., Page]) -> None:
    page = desk(1280)
    page.goto("/desk/applications")
    page.mouse.wheel(0, 5000)
    shops = page.get_by_role("navigation", name="Desk").get_by_role("link", name="Shops")
    expect(shops).to_be_in_viewport()
    expect(page.get_by_text("Ratna", exact=True)).to_be_in_viewport()
    button = page.get_by_role("button", name="Names in the navigation")
    before = page.locator(".places").bounding_box()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "false")
    page.goto("/desk/caps")
    after = page.locator(".places").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] < before["width"] / 2, "and it is remembered"
    expect(shops).to_be_visible()


def test_on_a_phone_the_places_lie_at_the_lower_edge_and_the_open_tab_is_in_sight(desk: Callable[..., Page]) -> None:
    page = desk(360)
    page.goto("/desk/protocol")
    places = page.get_by_role("navigation", name="Desk").get_by_role("link")
    expect(places).to_have_count(6)
    for place in places.all():
        box = place.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert box["y"] + box["height"] <= 800
    expect(page.get_by_role("link", name="Protocol report")).to_be_in_viewport()


FIRST_DATA = """() => {
    const first = document.querySelector(
        '.table-frame tbody tr, .figure strong, .cards > li, .empty, main section form, main li .tag');
    return first === null ? null : first.getBoundingClientRect().top;
}"""
HEADINGS = """[...document.querySelectorAll('main :is(h1, h2, h3)')]
    .map((one) => parseFloat(getComputedStyle(one).fontSize))"""


def test_every_list_begins_on_the_first_screen_under_small_headings(fair: Flask, desk: Callable[..., Page]) -> None:
    page = desk(1280)
    rules = {rule.endpoint: rule.rule for rule in fair.url_map.iter_rules() if "edition" not in rule.arguments}
    addresses = [rules[tab.endpoint] for place in EVERYWHERE for tab in place.tabs]
    late, large = {}, {}
    for address in addresses:
        page.goto(f"{address}?lang=id", wait_until="domcontentloaded")
        top = page.evaluate(FIRST_DATA)
        if top is not None and top > 760:
            late[address] = top
        if max(page.evaluate(HEADINGS), default=0) > 24:
            large[address] = page.evaluate(HEADINGS)
    assert late == {}
    assert large == {}


def test_fifteen_rows_of_a_long_list_fit_on_a_screen(desk: Callable[..., Page]) -> None:
    page = desk(1280)
    page.goto("/desk/applications")
    rows = page.get_by_test_id("application")
    for row in rows.all()[:15]:
        expect(row).to_be_in_viewport()
