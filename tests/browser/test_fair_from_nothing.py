"""A fair of one's own, told without the demo: from an empty database through its days to next year's."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect

from exhibition.accounts import setup
from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service as allocation
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.extensions import limiter
from exhibition.exhibitors import participants
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ExhibitorKind
from exhibition.exhibitors.service import Details
from exhibition.venue.edition import states
from exhibition.visitors import service as visitors
from tests.accounts.conftest import PASSWORD
from tests.browser.scanner import expect_verdict, wedge
from tests.conftest import empty, sign_in
from tests.editions import world

pytestmark = [
    pytest.mark.browser,
    # flask-compress leaves the static files it streams to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
THE_DAY_BEFORE = datetime(2049, 3, 4, 3, tzinfo=UTC)
FIRST_MORNING = datetime(2049, 3, 5, 3, 15, tzinfo=UTC)
AFTER_THE_FAIR = datetime(2049, 3, 14, 3, tzinfo=UTC)
FAIRS = {"kopi": "Pameran Kopi", "batik": "Pekan Batik"}
SetClock = Callable[[datetime], None]
OpenPage = Callable[[ViewportSize], Page]


@pytest.fixture
def set_clock(browser_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetClock]:
    """The server's clock in an empty installation; it stands still until it is set again."""
    empty(browser_app)

    def set_(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_(THE_DAY_BEFORE)
    with browser_app.app_context():
        limiter.reset()
        yield set_


@pytest.fixture
def open_page(server: str, browser: Browser) -> Iterator[OpenPage]:
    """A device of its own for each person."""
    contexts = []

    def open_(viewport: ViewportSize) -> Page:
        contexts.append(browser.new_context(base_url=server, viewport=viewport, locale="en"))
        page = contexts[-1].new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    yield open_
    for context in contexts:
        context.close()


def set_up(desk: Page) -> None:
    """Become the administrator, and make a fair of two days."""
    desk.goto("/setup?lang=en")
    for name, value in {
        "code": setup.make_code(),
        "name": "Ratna",
        "email": "ratna@example.com",
        "password": PASSWORD,
        "password_confirm": PASSWORD,
    }.items():
        desk.fill(f"#{name}", value)
    desk.get_by_role("button", name="Go on").click()
    new_fair(desk, "Pameran Kopi", "2049-03-05", "2049-03-06")


def sign_in_again(desk: Page) -> None:
    """On the morning of another day; what was signed in the day before has ended."""
    desk.goto("/login?lang=en")
    desk.fill("#email", "ratna@example.com")
    desk.fill("#password", PASSWORD)
    desk.get_by_role("button", name="Sign in").click()
    desk.wait_for_url("**/desk**")


def new_fair(desk: Page, name: str, starts_on: str, ends_on: str) -> None:
    desk.fill("#name", name)
    desk.fill("#starts_on", starts_on)
    desk.fill("#ends_on", ends_on)
    desk.get_by_role("button", name="Make it, as a draft").click()
    expect(desk.get_by_role("heading", name="Preparation")).to_be_visible()


def prepare(desk: Page) -> None:
    """Follow the checklist, each line by its own link, and publish."""
    desk.get_by_role("link", name="Draw it by rows").click()
    desk.get_by_role("button", name="Make it the hall").click()
    expect(desk.locator("[data-need=hall]")).to_contain_text("12 booths")
    desk.get_by_role("link", name="Make sessions for whole days").click()
    desk.fill("[name=every_minutes]", "60")
    desk.fill("[name=capacity]", "20")
    desk.get_by_role("button", name="Show the sessions").click()
    desk.get_by_role("button", name="Add 16 sessions").click()
    desk.goto("/desk/prepare")
    desk.get_by_role("button", name="Let in 20").click()
    desk.goto("/desk/prepare")
    desk.get_by_role("button", name="Add gate A").click()
    desk.goto("/desk/prepare")
    expect(desk.locator("[data-ready=no][data-need=gates], [data-ready=no][data-need=cap]")).to_have_count(0)
    desk.get_by_role("button", name="Publish …").click()
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_role("status").first).to_contain_text("published")


def apply(seller: Page) -> None:
    """Hand in an application from the public page."""
    seller.goto("/?lang=en")
    seller.get_by_role("link", name="Apply for a booth").click()
    seller.get_by_label("Name of your business").fill("Kopi Sirap")
    seller.get_by_label("Contact person").fill("Wati")
    seller.get_by_label("Phone or WhatsApp").fill("0812 3456 7890")
    seller.get_by_role("button", name="Save and go on").click()
    seller.get_by_label("What do you sell?").fill("Kopi")
    seller.get_by_label("District").fill("Bawen")
    seller.get_by_role("button", name="Save and go on").click()
    seller.get_by_role("button", name="Save and go on").click()
    seller.get_by_role("button", name="Go on", exact=True).click()
    seller.get_by_label("You may keep and use").check()
    seller.get_by_role("button", name="Send the application").click()
    expect(seller.get_by_test_id("application-state")).to_have_attribute("data-state", "submitted")


def give_a_booth(desk: Page) -> None:
    desk.goto("/desk/applications")
    desk.get_by_role("checkbox", name="Kopi Sirap").check()
    desk.get_by_role("button", name="Shortlist").click()
    expect(desk.locator("[data-testid=job-progress][data-state=done]")).to_be_visible()
    desk.locator("#main").get_by_role("link", name="Applications").last.click()
    expect(desk.locator("[data-testid=application][data-state=shortlisted]")).to_be_visible()
    desk.goto("/desk/plan")
    desk.locator("[data-testid=booth][data-code=A01]").click()
    desk.get_by_label("Find an exhibitor").fill("kopi")
    desk.get_by_role("button", name="Hold", exact=True).click()
    desk.locator("#panel").get_by_role("button", name="Confirm the booth").click()
    expect(desk.locator("[data-testid=booth][data-code=A01]")).to_have_attribute("data-state", "allocated")


def register(visitor: Page, name: str, session: str) -> str:
    """Get a pass for the session whose words contain ``session``; the text of its QR code."""
    visitor.goto("/daftar?lang=en")
    return fill_in(visitor, name, session)


def fill_in(visitor: Page, name: str, session: str) -> str:
    choice = visitor.locator(".session", has_text=session).first
    if not choice.is_visible():
        visitor.locator(".session-day", has=choice).locator("summary").click()
    choice.locator("input").check()
    visitor.fill("#name", name)
    visitor.locator("[name=consent]").check()
    visitor.get_by_role("button", name="Get the pass").click()
    expect(visitor.get_by_test_id("pass-qr")).to_be_visible()
    return token_of(visitor)


def token_of(visitor: Page) -> str:
    db.session.rollback()  # an open transaction would not see what the server has written
    return visitors.find(visitor.url.rpartition("/p/")[2].partition("?")[0]).token


def enrol(desk: Page, gate: Page, fair: str) -> None:
    """Make a phone a device of gate A of the fair."""
    desk.goto(f"/desk/{fair}/gates?lang=en")
    desk.get_by_role("button", name="Make an enrolment code").first.click()
    code = desk.locator("#enrolment-code").inner_text()
    gate.goto("/gate?lang=en")
    gate.locator("[name=enrolment_code]").fill(code)
    gate.locator("[name=device_name]").fill("Phone of Sari")
    gate.get_by_role("button", name="Enrol this device").click()
    expect(gate.get_by_test_id("inside")).to_have_text(re.compile(r"\d"))


def let_in_and_out(gate: Page, token: str) -> None:
    wedge(gate, token)
    expect_verdict(gate, "accepted", "accepted")
    gate.get_by_role("button", name="Next").click()
    expect(gate.get_by_test_id("inside")).to_have_text("1")
    gate.get_by_test_id("direction-exit").click()
    wedge(gate, token)
    expect(gate.get_by_test_id("inside")).to_have_text("0")


def next_years_fair(desk: Page) -> None:
    """Make it from this one: the preparation comes along, visitors do not."""
    desk.goto("/desk/editions")
    desk.get_by_role("link", name="New fair from this one").click()
    new_fair(desk, "Pameran Kopi", "2050-03-04", "2050-03-05")
    for need in ("hall", "layout", "sessions", "cap", "gates"):
        expect(desk.locator(f"[data-need={need}]")).to_have_attribute("data-ready", "yes")
    expect(desk.locator("[data-need=phones]")).to_have_attribute("data-ready", "no")
    desk.goto("/desk/pameran-kopi-2050/registrations")
    expect(desk.locator("main")).not_to_contain_text("Siti")


def test_from_an_empty_database_to_next_years_fair(open_page: OpenPage, set_clock: SetClock, server: str) -> None:
    desk, seller, visitor, gate = open_page(DESK), open_page(PHONE), open_page(PHONE), open_page(PHONE)
    set_up(desk)
    prepare(desk)
    apply(seller)
    give_a_booth(desk)
    seller.reload()
    seller.get_by_role("button", name="My booth, shop and staff").click()
    expect(seller.get_by_role("heading", name="Booth A01")).to_be_visible()
    seller.get_by_role("link", name="The page that visitors see").click()
    expect(seller).to_have_url(re.compile("/stan/A01"))
    visitor.goto("/?lang=en")
    expect(visitor.get_by_role("link", name="Kopi Sirap A01")).to_be_visible()
    token = register(visitor, "Siti", "10:00–11:00")
    later = open_page(PHONE)
    register(later, "Budi", "14:00–15:00")

    set_clock(FIRST_MORNING)
    sign_in_again(desk)
    enrol(desk, gate, "pameran-kopi-2049")
    let_in_and_out(gate, token)

    desk.goto("/desk/edition/changes")
    desk.fill("[name=days]", "7")
    desk.get_by_role("button", name="Show what would move").click()
    expect(desk.get_by_test_id("would-move")).to_contain_text("with 1 person")
    desk.get_by_role("button", name="Move the fair").click()
    expect(desk.get_by_role("button", name="Undo")).to_be_visible()
    later.reload()
    expect(later.locator("main")).to_contain_text("12 March 2049")
    expect(later.locator("main")).to_contain_text("New days")
    expect(later.get_by_test_id("pass-qr")).to_be_visible()

    set_clock(AFTER_THE_FAIR)
    later.reload()
    expect(later.locator("main")).to_contain_text("This fair is over")
    expect(later.get_by_test_id("pass-qr")).to_have_count(0)
    sign_in_again(desk)
    desk.goto("/desk/prepare/state")
    desk.get_by_role("button", name="Archive").click()
    expect(desk.get_by_role("status").first).to_contain_text("archived")
    visitor.goto("/?lang=en")
    expect(visitor).to_have_url(f"{server}/toko")
    visitor.get_by_role("link", name="Past fairs").first.click()
    visitor.get_by_role("link", name="Pameran Kopi").click()
    expect(visitor.get_by_role("link", name="Kopi Sirap A01")).to_be_visible()
    next_years_fair(desk)


def staff(app: Flask, server: str, page: Page, email: str, role: RoleName, fair: str | None = None) -> Page:
    """The page, signed in as somebody with a role at one fair, or at all."""
    exhibition_id = states.by_slug(fair).id if fair else None
    user = create_user(COMMAND_LINE, email, role, exhibition_id=exhibition_id)
    db.session.commit()
    cookie = sign_in(app.test_client(), user).get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
    return page


def stand(slug: str, seller: Exhibitor, code: str) -> None:
    allocation.hold(COMMAND_LINE, states.by_slug(slug), code, seller.id)
    mark = next(one.claim.mark for one in allocation.plan(states.by_slug(slug)) if one.code == code and one.claim)
    allocation.confirm(COMMAND_LINE, states.by_slug(slug), mark)


def test_two_fairs_at_the_same_time_do_not_mix(
    browser_app: Flask, open_page: OpenPage, set_clock: SetClock, server: str, tmp_path: Path
) -> None:
    for slug, name in FAIRS.items():
        days = {"slug": slug, "name": name, "starts_on": "2049-03-05", "ends_on": "2049-03-06", "open_booths": 20}
        assert world.create(browser_app, tmp_path, world.WHOLE | days, "--publish").exit_code == 0
    seller = exhibitors.add(COMMAND_LINE, states.by_slug("kopi"), Details("Kedai Yasmin", ExhibitorKind.UMKM))
    participants.invite_back(COMMAND_LINE, states.by_slug("batik"), seller)
    stand("kopi", seller, "A01")
    stand("batik", seller, "B02")
    set_clock(FIRST_MORNING)

    visitor, tokens = open_page(PHONE), {}
    for slug, name in FAIRS.items():
        visitor.goto("/daftar?lang=en")
        visitor.get_by_role("link", name=name).click()
        expect(visitor).to_have_url(re.compile(f"/e/{slug}/daftar"))
        tokens[slug] = fill_in(visitor, f"Siti {slug}", "10:00–11:00")
        expect(visitor.locator("main")).to_contain_text(name)
        visitor.get_by_role("link", name="Booths and shops").click()
        expect(visitor).to_have_url(re.compile(f"/e/{slug}/stan"))
        expect(visitor.locator("main").get_by_text("Kedai Yasmin").first).to_be_visible()

    desk = staff(browser_app, server, open_page(DESK), "ratna@example.com", RoleName.ORGANIZER)
    gate = open_page(PHONE)
    enrol(desk, gate, "kopi")
    wedge(gate, tokens["batik"])
    expect_verdict(gate, "refused", "wrong_exhibition")
    gate.get_by_role("button", name="Next").click()
    wedge(gate, tokens["kopi"])
    expect_verdict(gate, "accepted", "accepted")

    desk.goto("/desk/kopi/registrations?lang=en")
    expect(desk.locator("main")).to_contain_text("Siti kopi")
    expect(desk.locator("main")).not_to_contain_text("Siti batik")
    desk.locator("summary", has_text=FAIRS["kopi"]).click()
    desk.get_by_role("link", name=FAIRS["batik"]).click()
    expect(desk).to_have_url(re.compile("/desk/batik"))
    expect(desk.get_by_test_id("inside")).to_have_text("0")

    other = staff(browser_app, server, open_page(DESK), "sari@example.com", RoleName.ORGANIZER, "batik")
    other.goto("/desk?lang=en")
    expect(other.get_by_role("link", name=FAIRS["batik"])).to_be_visible()
    expect(other.get_by_text("Other fairs")).to_have_count(0)
    answer = other.goto("/desk/kopi/registrations")
    assert answer is not None
    assert answer.status == 404
