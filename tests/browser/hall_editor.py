"""The floor plan's editor in a real browser: opened by an organizer, and what tests do in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core.db import db
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth
from tests.conftest import sign_in

OpenPage = Callable[..., Page]
FREE = "A02"


@pytest.fixture
def open_hall(fair: Flask, server: str, browser: Browser) -> Iterator[OpenPage]:
    """Opens the editor, signed in as an organizer; keywords go to the browser context."""
    contexts: list[BrowserContext] = []
    user = create_user(COMMAND_LINE, "organizer@example.com", RoleName.ORGANIZER, name="Ratna")
    client = sign_in(fair.test_client(), user)

    def opened(address: str = "/desk/hall?lang=en", **options: Any) -> Page:
        settings: Any = {"viewport": {"width": 1280, "height": 900}} | options
        context = browser.new_context(base_url=server, **settings)
        contexts.append(context)
        cookie = client.get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
        page = context.new_page()
        page.goto(address)
        if page.locator(".hall-editor").count():
            expect(page.locator(".hall-editor")).to_have_attribute("data-ready", "yes")
        return page

    yield opened
    for context in contexts:
        context.close()


def plan(exhibition: Exhibition) -> FloorPlan:
    db.session.rollback()
    return plan_versions.current(exhibition)


def saved(exhibition: Exhibition, code: str) -> PlanBooth:
    return next(one for one in plan(exhibition).booths if one.code == code)


def booth(page: Page, code: str) -> Locator:
    return page.locator(f'#hall-canvas [data-code="{code}"]')


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0], start[1] + by[1], steps=6)
    page.mouse.up()


def pixels_per_metre(page: Page) -> float:
    return page.evaluate("document.querySelector('#hall-canvas').getScreenCTM().a")


def field(page: Page, name: str) -> Locator:
    return page.locator(f'[data-panel=one] [data-field="{name}"]')


def save(page: Page, *, note: str = "") -> None:
    page.locator("[data-act=save]").click()
    dialog = page.locator("#save-dialog")
    dialog.get_by_label("Note for the others").fill(note)
    dialog.locator("[data-save=save]").click()
