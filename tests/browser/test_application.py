"""A phone without JavaScript applies for a booth, comes back to the draft, hands it in, is shortlisted,
and answers the offer by the same link."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service as allocation
from exhibition.core import jobs
from exhibition.core.db import db
from exhibition.exhibitors.models import Application, ApplicationSource
from exhibition.venue.models import Exhibition
from tests.browser.test_shop import _fits, _signed_in
from tests.conftest import run_jobs
from tests.exhibitors.applications.applying import photo

pytestmark = [
    pytest.mark.browser,
    # flask-compress leaves the static files it streams to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PHONE: ViewportSize = {"width": 360, "height": 740}


def _phone(browser: Browser, server: str, **more: Any) -> Page:
    return browser.new_context(viewport=PHONE, base_url=server, java_script_enabled=False, **more).new_page()


def _begin(page: Page) -> None:
    page.goto("/daftar-stan?lang=en")
    page.get_by_label("Name of your business").fill("Keripik Mbak Yuni")
    page.get_by_label("Contact person").fill("Yuni")
    page.get_by_label("Phone or WhatsApp").fill("0812 3456 7890")
    assert _fits(page)
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/produk")


def _apply_and_shortlist(fair: Flask, server: str, browser: Browser) -> Page:
    page = _phone(browser, server)
    _begin(page)
    page.get_by_role("link", name="Go on later").click()
    secret = page.get_by_test_id("application-link").inner_text()
    assert page.get_by_test_id("application-state").get_attribute("data-state") == "draft"

    page.goto("/daftar-stan?lang=en")
    page.get_by_test_id("resume").click()
    page.wait_for_url(f"**{secret.removeprefix('http://localhost')}")

    other = _phone(browser, server)
    other.goto(secret.replace("http://localhost", server) + "?lang=en")
    other.get_by_role("button", name="Go on", exact=True).click()
    other.get_by_label("What do you sell?").fill("Camilan")
    other.get_by_label("District").fill("Bawen")
    other.get_by_label("NIB").fill("12")
    other.get_by_role("button", name="Save and go on").click()
    other.get_by_text("An NIB has 13 digits.").wait_for()
    other.get_by_label("NIB").fill("1234567890123")
    other.get_by_role("button", name="Save and go on").click()
    other.get_by_label("Booths you would like").fill("C03, C05")
    other.get_by_label("Who do you not want to stand next to?").fill("Kopi Sirap Makmur")
    assert _fits(other)
    other.get_by_role("button", name="Save and go on").click()
    other.get_by_label("Photo or PDF").set_input_files({"name": "nib.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    other.get_by_role("button", name="Upload").click()
    other.get_by_role("link", name="nib.jpg").wait_for()
    assert _fits(other)
    other.get_by_role("button", name="Go on", exact=True).click()
    other.get_by_label("You may keep and use").check()
    assert _fits(other)
    other.get_by_role("button", name="Send the application").click()
    other.locator("[data-testid=application-state][data-state=submitted]").wait_for()
    assert _fits(other)

    organizer = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    desk = _signed_in(browser.new_context(base_url=server), fair, server, organizer)
    desk.goto("/desk/applications?lang=en&q=Mbak+Yuni")
    desk.get_by_role("checkbox", name="Keripik Mbak Yuni").check()
    desk.get_by_role("button", name="Shortlist").click()
    desk.locator("[data-testid=job-progress][data-state=done]").wait_for()
    desk.locator("#main").get_by_role("link", name="Applications").last.click()
    desk.locator("[data-testid=application][data-state=shortlisted]").wait_for()

    page.reload()
    assert page.get_by_test_id("application-state").get_attribute("data-state") == "shortlisted"
    return page


def test_a_phone_applies_in_two_sittings_and_answers_the_offer_without_an_account(
    fair: Flask, server: str, browser: Browser, exhibition: Exhibition
) -> None:
    page = _apply_and_shortlist(fair, server, browser)
    application = db.session.scalars(select(Application).where(Application.name == "Keripik Mbak Yuni")).one()
    allocation.hold(COMMAND_LINE, exhibition, "J04", application.exhibitor_id or 0)
    allocation.offer(COMMAND_LINE, exhibition, allocation.claims(exhibition)[-1].mark)
    page.reload()
    page.get_by_role("button", name="See the booth and answer").click()
    page.get_by_role("heading", name="Booth J04").wait_for()
    assert _fits(page)
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("Thank you, the booth is yours.").wait_for()
    page.get_by_role("link", name="Staff").click()
    page.get_by_label("Name").fill("Yuni")
    page.get_by_role("button", name="Add a badge").click()
    page.get_by_role("heading", name="Yuni").wait_for()
    page.goto("/exhibitor")
    page.get_by_role("link", name="Say where people can order").wait_for()
    assert _fits(page)


def test_a_list_is_imported_with_its_progress_shown_and_corrected_in_place(
    fair: Flask, server: str, browser: Browser
) -> None:
    jobs.bind(fair)
    jobs.huey.flush()
    organizer = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    context = browser.new_context(base_url=server, viewport={"width": 390, "height": 844})
    page = _signed_in(context, fair, server, organizer)
    page.goto("/desk/applications/import?lang=en")
    rows = "".join(f"Usaha {n},0812{n:08},Bawen\n" for n in range(250))
    table = f"Nama UMKM,No HP,Kecamatan\n{rows}Salah,nomor,Bawen\n,081234500001,Bawem\nJumlah,252,\n".encode()
    page.get_by_label("List as CSV, XLSX or JSON").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": table}
    )
    page.get_by_role("button", name="Read the list").click()
    assert page.get_by_label("Phone", exact=True).input_value() == "1"
    page.get_by_role("button", name="Check the rows").click()
    page.locator("[data-testid=job-progress][data-state=waiting] progress").wait_for()
    run_jobs()
    page.locator("[data-testid=job-progress][data-state=preview]").wait_for()
    page.get_by_text("1 row is no business").wait_for()
    assert _fits(page)
    page.locator("[data-row='251']").get_by_label("Business").fill("Dodol Baru")
    page.locator("[data-row='251']").get_by_role("button", name="Take it like this").click()
    page.get_by_text("Dodol Baru still has a cell").wait_for()
    page.get_by_role("button", name="Take Bawen").click()
    page.get_by_text("Dodol Baru is corrected").wait_for()
    page.locator("[data-row='250']").get_by_label("Phone").fill("0812 3450 0002")
    page.get_by_role("button", name="Correct", exact=True).click()
    page.get_by_text("Salah is corrected").wait_for()
    assert page.locator("[data-row]").count() == 0
    page.get_by_role("link", name="Next page").click()
    page.get_by_role("rowheader", name="Usaha 150").wait_for()
    assert _fits(page)
    page.get_by_role("button", name="Write the businesses that are taken").click()
    page.locator("[data-testid=job-progress][data-state=writing]").wait_for()
    run_jobs()
    page.locator("[data-testid=job-progress][data-state=done]").wait_for()
    db.session.rollback()
    imported = select(Application).where(Application.source == ApplicationSource.IMPORT)
    assert len(db.session.scalars(imported).all()) == 252
    one = db.session.scalars(imported.where(Application.name == "Dodol Baru")).one()
    assert (one.phone, one.district) == ("+6281234500001", "Bawen")
    context.close()
