"""The whole story of a fair, told once in a real browser, each person on their own device."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import create_user
from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember
from tests.browser.camera import write_blank, write_film_of
from tests.conftest import sign_in

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
BOOTH, SLUG, NAME = "J04", "gula-aren-bringin", "Gula Aren Bringin"
SHOP_PAGE = "<!doctype html><title>Shop</title><h1>The shop itself</h1>"
OpenPage = Callable[[str, ViewportSize, User | None], Page]


@pytest.fixture
def open_page(fair: Flask, server: str, browser: Browser) -> Iterator[OpenPage]:
    """A device of its own for each person: ``open_page(address, viewport, user)``."""
    contexts = []

    def open_(address: str, viewport: ViewportSize, user: User | None) -> Page:
        context = browser.new_context(viewport=viewport, base_url=server, permissions=["camera"], device_scale_factor=3)
        contexts.append(context)
        if user is not None:
            cookie = sign_in(fair.test_client(), user).get_cookie("session")
            assert cookie is not None
            context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
        page = context.new_page()
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()


@transaction
def _people() -> tuple[User, User]:
    """An organizer, and a seller who acts for the exhibitor without a booth."""
    organizer = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    seller = create_user(COMMAND_LINE, "aren@example.com", RoleName.EXHIBITOR, name="Wati")
    exhibitor_id = db.session.scalars(select(Exhibitor.id).where(Exhibitor.slug == SLUG)).one()
    db.session.add(ExhibitorMember(user_id=seller.id, exhibitor_id=exhibitor_id))
    return organizer, seller


def _allocate(page: Page) -> None:
    page.locator(f"[data-testid=booth][data-code={BOOTH}]").click()
    page.get_by_label("Find an exhibitor").fill("gula aren")
    page.get_by_role("button", name="Hold", exact=True).click()
    page.locator("#panel").get_by_role("button", name="Confirm the booth").click()
    expect(page.locator(f"[data-testid=booth][data-code={BOOTH}]")).to_have_attribute("data-state", "allocated")


def _add_listing(page: Page) -> None:
    page.get_by_role("button", name="Add a product").click()
    page.get_by_label("Name of the product").fill("Gula semut jahe")
    page.get_by_label("Price in rupiah").fill("Rp22.500")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Gula semut jahe is in your shop now.").wait_for()


def _register(page: Page) -> bytes:
    """Fill in the form for three people and return the QR code as the visitor's screen shows it."""
    page.get_by_test_id("slot").locator("visible=true").filter(has=page.get_by_role("link")).first.get_by_role(
        "link"
    ).click()
    page.locator("[name=party_size]").select_option("3")
    page.locator("[name=name]").fill("Keluarga Siti")
    page.locator("[name=phone]").fill("0812 3456 7890")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="Get the pass").click()
    code = page.get_by_test_id("pass-qr")
    expect(code).to_be_visible()
    return code.screenshot()


def _restart_camera(page: Page) -> None:
    """The camera is taken away and started again, which is when it plays the new film."""
    page.evaluate("document.getElementById('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    page.get_by_role("button", name="Start the camera").click()


def _expect_verdict(page: Page, code: str, people: str) -> None:
    verdict = page.get_by_test_id("verdict")
    expect(verdict).to_have_attribute("data-code", code)
    expect(verdict).to_be_visible()
    expect(page.get_by_test_id("inside")).to_have_text(people)


def test_the_whole_story(open_page: OpenPage, camera_film: Path) -> None:
    organizer, seller = _people()
    desk = open_page("/desk/plan?lang=en", DESK, organizer)
    _allocate(desk)
    _add_listing(open_page("/exhibitor/listings?lang=en", PHONE, seller))

    visitor = open_page("/?lang=en", PHONE, None)
    shown = _register(visitor)

    desk.goto("/desk/gates")
    desk.get_by_role("button", name="Make an enrolment code").first.click()
    enrolment = desk.locator("#enrolment-code").inner_text()
    gate = open_page("/gate?lang=en", PHONE, None)
    gate.locator("[name=enrolment_code]").fill(enrolment)
    gate.locator("[name=device_name]").fill("Phone of Sari")
    gate.get_by_role("button", name="Enrol this device").click()
    more = gate.get_by_role("button", name="More people")
    more.click()
    more.click()
    expect(gate.get_by_test_id("people")).to_have_text("2")
    write_film_of(camera_film, shown)
    _restart_camera(gate)
    _expect_verdict(gate, "accepted", "2")
    expect(gate.get_by_test_id("people")).to_have_text("2 of 3")
    gate.get_by_role("button", name="Next").click()
    gate.locator("#video").click()  # the one who came later shows the same code
    expect(gate.get_by_test_id("people")).to_have_text("3 of 3")
    _expect_verdict(gate, "accepted", "3")
    gate.get_by_role("button", name="Next").click()
    gate.locator("#video").click()
    expect(gate.get_by_test_id("verdict")).to_have_attribute("data-verdict", "refused")
    expect(gate.get_by_test_id("inside")).to_have_text("3")
    write_blank(camera_film)

    visitor.context.route(
        "https://warung-serasi.example/**", lambda route: route.fulfill(body=SHOP_PAGE, content_type="text/html")
    )
    visitor.goto(f"/stan/{BOOTH}")
    expect(visitor.get_by_role("heading", name=NAME)).to_be_visible()
    expect(visitor.get_by_role("heading", name="Gula semut jahe")).to_be_visible()
    visitor.get_by_role("button", name="Open the").click()
    visitor.get_by_role("heading", name="The shop itself").wait_for()

    desk.goto("/desk")
    expect(desk.get_by_test_id("inside")).to_have_text("3")
    expect(desk.get_by_test_id("clicks")).to_have_text("1")
    expect(desk.get_by_text(NAME)).to_be_visible()
    expect(desk.get_by_role("row").filter(has_text="Gerbang A")).to_contain_text("3")
    desk.goto("/desk/registrations")
    expect(desk.get_by_text("Keluarga Siti")).to_be_visible()
    desk.goto("/desk/audit")
    expect(desk.get_by_text(BOOTH).first).to_be_visible()
