"""A proposal from its request to an exhibitor's acceptance, each person on their own device."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import create_user
from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember
from tests.conftest import run_jobs, sign_in

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
SLUG, NAME = "koperasi-tani-mulyo", "Koperasi Tani Mulyo"
OpenPage = Callable[[str, ViewportSize, User], Page]


@pytest.fixture
def open_page(fair: Flask, server: str, browser: Browser) -> Iterator[OpenPage]:
    """A device of its own for each person: ``open_page(address, viewport, user)``."""
    contexts = []

    def open_(address: str, viewport: ViewportSize, user: User) -> Page:
        context = browser.new_context(viewport=viewport, base_url=server)
        contexts.append(context)
        cookie = sign_in(fair.test_client(), user).get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
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


def _propose(page: Page) -> Locator:
    """Request a proposal, let the job work it out, and return our exhibitor's line, opened."""
    page.get_by_role("button", name="Propose a plan").click()
    expect(page.get_by_test_id("job-progress")).to_be_visible()
    run_jobs()
    line = page.locator(".proposal-lines > li").filter(has=page.get_by_text(NAME, exact=True))
    expect(line).to_be_visible()
    line.locator("summary").click()
    return line


def _booth(page: Page, code: str) -> Locator:
    return page.locator(f"[data-testid=booth][data-code={code}]")


def test_a_proposal_is_published_and_its_offer_accepted(open_page: OpenPage) -> None:
    organizer, seller = _people()
    desk = open_page("/desk/proposal?lang=en", DESK, organizer)
    phone = open_page("/exhibitor/booth?lang=en", PHONE, seller)
    expect(phone.get_by_text("You have no booth yet.")).to_be_visible()

    desk.get_by_text("What counts, and how much").click()
    desk.get_by_label("Competitors apart").fill("80")
    desk.get_by_label("Effort:").fill("1")
    line = _propose(desk)
    expect(line).to_have_attribute("data-change", "new")
    code = line.locator("summary b").inner_text()
    expect(line.locator("details ul li").first).to_be_visible()
    expect(_booth(desk, code)).to_have_attribute("data-state", "held")

    other = desk.locator('.proposal-lines > li[data-change="new"]').filter(has_not_text=NAME).locator("summary b")
    elsewhere = other.first.inner_text() if other.count() else code
    line.get_by_label("Pin to booth").fill(elsewhere)
    line.get_by_role("button", name="Pin", exact=True).click()
    line = _propose(desk)
    expect(line.locator("summary b")).to_have_text(elsewhere)
    expect(line).to_contain_text(f"The organizer has pinned this exhibitor to booth {elsewhere}.")
    expect(phone.get_by_text("You have no booth yet.")).to_be_visible()

    desk.get_by_label("For how many hours").fill("5")
    desk.get_by_role("button", name="Offer the booths").click()
    expect(desk.get_by_text("This proposal is published.")).to_be_visible()

    phone.reload()
    expect(phone.get_by_role("heading", name=f"Booth {elsewhere}")).to_contain_text("Offered")
    phone.get_by_role("button", name="Accept").click()
    expect(phone.get_by_role("heading", name=f"Booth {elsewhere}")).to_contain_text("Yours")

    desk.goto("/desk/plan")
    expect(_booth(desk, elsewhere)).to_have_attribute("data-state", "allocated")
    desk.goto("/desk/proposal")
    line = _propose(desk)
    expect(line).to_have_attribute("data-change", "stays")
    expect(line.locator("summary")).to_contain_text("promised")
