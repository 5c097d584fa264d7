"""The scanner on a real page: camera, keyboard scanner, touch; and the answers shown to the steward."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Route, ViewportSize, expect
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.gate import devices
from exhibition.gate.models import Device
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState, TimeSlot
from tests.browser.camera import write_blank, write_film
from tests.browser.install import find
from tests.browser.scanner import PHONE, expect_verdict, scanner_page, violations, wedge
from tests.fairs import the_fair
from tests.gate import world

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("slow_machines_may_scan_twice")]

DESKTOP: ViewportSize = {"width": 1280, "height": 800}


def test_the_enrolment_link_makes_the_phone_a_device_that_reloading_keeps(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    page = scanner_page(phone, server)
    assert page.url.endswith("/gate?lang=id")
    page.reload()
    expect(page.get_by_text("Gerbang A (utara)")).to_be_visible()
    expect(page.locator("#enrolment")).to_be_hidden()


def test_a_wrong_enrolment_code_is_told_and_keeps_what_was_typed(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    page = phone.new_page()
    page.goto(f"{server}/gate")
    page.locator("[name=enrolment_code]").fill("WRONGONE")
    page.locator("[name=device_name]").fill("Ponsel Sari")
    page.get_by_role("button", name="Daftarkan perangkat ini").click()
    expect(page.get_by_role("alert")).to_contain_text("Kode ini salah")
    expect(page.locator("[name=device_name]")).to_have_value("Ponsel Sari")


def test_a_pass_held_to_the_camera_is_let_in_once_and_then_repeated(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path
) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    write_film(camera_film, issued.token)
    page = scanner_page(phone, server)
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("people")).to_have_text("3 dari 3")
    expect(page.get_by_test_id("inside")).to_have_text("3")
    page.get_by_test_id("verdict").click()
    expect(page.get_by_test_id("verdict")).to_be_hidden()
    page.locator("#video").click()  # asks for the code in view once more
    expect_verdict(page, "refused", "repeat_scan")
    assert len(world.scans()) == 2
    write_blank(camera_film)


def test_a_code_that_stays_in_view_is_not_scanned_twice(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path
) -> None:
    write_film(camera_film, world.issue(exhibition.id).token)
    page = scanner_page(phone, server)
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("verdict")).to_be_hidden()  # an accepted answer goes by itself
    page.evaluate("new Promise(resolve => setTimeout(resolve, 600))")  # some frames more
    expect(page.get_by_test_id("verdict")).to_be_hidden()
    assert len(world.scans()) == 1
    write_blank(camera_film)


def test_a_keyboard_scanner_works_whatever_has_the_focus(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = scanner_page(phone, server)
    expect(page.get_by_test_id("wedge")).to_be_focused()
    wedge(page, f"\\000026{issued.token.lower()}")
    expect_verdict(page, "accepted", "accepted")
    page.get_by_test_id("direction-exit").focus()
    wedge(page, issued.token)
    expect_verdict(page, "refused", "repeat_scan")


def test_a_keyboard_scanner_without_enter_is_understood(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = scanner_page(phone, server)
    page.keyboard.type(issued.token, delay=2)
    expect_verdict(page, "accepted", "accepted")


def test_a_family_comes_in_two_now_and_the_rest_later_by_typed_code(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id, party_size=4)
    page = scanner_page(phone, server)
    more = page.get_by_role("button", name="Tambah orang")
    more.click()
    more.click()
    expect(page.get_by_test_id("people")).to_have_text("2")
    code = page.locator("[name=code]")
    code.fill(issued.code.lower())
    code.press("Enter")
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("verdict")).to_contain_text("2 dari 4")
    page.get_by_role("button", name="Lanjut").click()
    code.fill(issued.code)
    page.get_by_role("button", name="Periksa").click()
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("people")).to_have_text("4 dari 4")
    expect(page.get_by_test_id("inside")).to_have_text("4")


def test_exit_counts_people_out(phone: BrowserContext, server: str, exhibition: Exhibition) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    page = scanner_page(phone, server)
    wedge(page, issued.token)
    expect(page.get_by_test_id("inside")).to_have_text("2")
    page.keyboard.press("Enter")
    page.get_by_test_id("direction-exit").click()
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("inside")).to_have_text("0")


@pytest.mark.parametrize(("language", "beginning"), [("id", "Tiket ini untuk "), ("en", "This pass is for ")])
def test_the_reason_is_one_sentence_in_the_steward_s_language_and_the_fair_s_time(
    phone: BrowserContext, server: str, exhibition: Exhibition, language: str, beginning: str
) -> None:
    slot = db.session.scalars(select(TimeSlot).order_by(TimeSlot.starts_at.desc())).first()
    assert slot is not None
    issued = world.issue(exhibition.id, slot=slot)
    page = scanner_page(phone, server, language)
    wedge(page, issued.token)
    expect_verdict(page, "refused", "too_early")
    hour = "16.00" if language == "id" else "16:00"
    expect(page.locator("#verdict-reason")).to_have_text(re.compile(f"^{beginning}.*{hour}.*\\.$"))


def test_a_lost_answer_to_a_code_it_cannot_know_is_asked_for_again_with_the_same_nonce(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = scanner_page(phone, server)

    def lose(route: Route) -> None:
        route.fetch()  # the server hears and decides; its answer is lost
        route.abort()

    page.route("**/api/v1/gate/scans", lose)
    page.locator("[name=code]").fill(issued.code)
    page.locator("[name=code]").press("Enter")
    expect_verdict(page, "", "no_answer")
    page.unroute("**/api/v1/gate/scans")
    page.get_by_test_id("verdict").click()
    expect_verdict(page, "accepted", "accepted")
    assert len(world.scans()) == 1


def test_a_withdrawn_device_goes_back_to_enrolment(phone: BrowserContext, server: str, exhibition: Exhibition) -> None:
    issued = world.issue(exhibition.id)
    page = scanner_page(phone, server)
    device_id = db.session.scalars(select(Device.id)).one()
    devices.revoke_device(COMMAND_LINE, the_fair(), device_id)
    wedge(page, issued.token)
    expect(page.get_by_role("alert")).to_contain_text("tidak terdaftar lagi")
    assert page.evaluate("localStorage.getItem('gate.device')") is None


def test_without_a_camera_the_page_says_so_and_the_keyboard_scanner_works(
    browser_type: BrowserType, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    chromium = browser_type.launch(
        executable_path=find(), args=["--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream"]
    )
    page = scanner_page(chromium.new_context(viewport=PHONE), server)
    expect(page.locator("#camera-message")).to_contain_text("Tidak ada kamera")
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    chromium.close()


def test_with_the_camera_denied_the_page_says_what_to_do(
    browser_type: BrowserType, server: str, exhibition: Exhibition
) -> None:
    chromium = browser_type.launch(
        executable_path=find(), args=["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
    )
    page = scanner_page(chromium.new_context(viewport=PHONE), server)
    expect(page.locator("#camera-message")).to_contain_text("Kamera tidak diizinkan")
    expect(page.get_by_role("button", name="Nyalakan kamera")).to_be_visible()
    chromium.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_scanner_and_each_kind_of_answer_are_accessible(
    browser: Browser, server: str, exhibition: Exhibition, scheme: Literal["light", "dark"], size: ViewportSize
) -> None:
    good, used = world.issue(exhibition.id, party_size=2), world.issue(exhibition.id)
    revoked = world.issue(exhibition.id, state=PassState.REVOKED)
    context = browser.new_context(viewport=size, color_scheme=scheme, permissions=["camera"])
    page = context.new_page()
    page.goto(f"{server}/gate")
    assert violations(page) == []
    page = scanner_page(context, server)
    assert violations(page) == []
    for text, code in (
        (good.token, "accepted"),
        (revoked.token, "revoked"),
        (used.token, "accepted"),
        ("EP1", "bad_signature"),
    ):
        wedge(page, text)
        expect(page.get_by_test_id("verdict")).to_have_attribute("data-code", code)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Enter")
    context.close()
