"""The scanner on a real page: camera, keyboard scanner, thumb; and what the steward is shown."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Route, ViewportSize, expect
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.gate import devices, rules
from exhibition.gate.models import Device
from exhibition.venue.models import Exhibition
from exhibition.venue.service import current_exhibition
from exhibition.visitors.models import PassState, TimeSlot
from tests.browser.camera import write_blank, write_film
from tests.browser.install import find
from tests.gate import world

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def exhibition(fair: Flask) -> Exhibition:
    return current_exhibition()


@pytest.fixture(autouse=True)
def _slow_machines_may_scan_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds between two scans are soon over where tests share a machine."""
    monkeypatch.setattr(rules, "REPEAT_WINDOW", timedelta(minutes=10))


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, permissions=["camera"], timezone_id="Europe/London")
    yield context
    context.close()


def _enrolment_code() -> str:
    code = devices.make_enrolment_code(COMMAND_LINE, world.gates()[0].id)
    db.session.rollback()
    return code


def _scanner(context: BrowserContext, server: str, language: str = "id") -> Page:
    """A page that has just been enrolled as a device of gate A."""
    page = context.new_page()
    page.goto(f"{server}/gate?lang={language}#{_enrolment_code()}")
    page.locator("[name=device_name]").fill("Ponsel Sari")
    page.locator("[name=device_name]").press("Enter")
    expect(page.get_by_test_id("inside")).to_have_text(re.compile(r"\d"))
    return page


def _wedge(page: Page, text: str) -> None:
    """What a keyboard scanner does: 2 ms a key, then Enter."""
    page.keyboard.type(text, delay=2)
    page.keyboard.press("Enter")


def _expect_verdict(page: Page, verdict: str, code: str) -> None:
    screen = page.get_by_test_id("verdict")
    expect(screen).to_be_visible()
    expect(screen).to_have_attribute("data-verdict", verdict)
    expect(screen).to_have_attribute("data-code", code)


def _violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())  # not as a script element: the page allows none from elsewhere
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]


def test_the_enrolment_link_makes_the_phone_a_device_that_reloading_keeps(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    page = _scanner(phone, server)
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
    page = _scanner(phone, server)
    _expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("people")).to_have_text("3 dari 3")
    expect(page.get_by_test_id("inside")).to_have_text("3")
    page.get_by_test_id("verdict").click()
    expect(page.get_by_test_id("verdict")).to_be_hidden()
    page.locator("#video").click()  # asks for the code in view once more
    _expect_verdict(page, "refused", "repeat_scan")
    assert len(world.scans()) == 2
    write_blank(camera_film)


def test_a_code_that_stays_in_view_is_not_scanned_twice(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path
) -> None:
    write_film(camera_film, world.issue(exhibition.id).token)
    page = _scanner(phone, server)
    _expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("verdict")).to_be_hidden()  # an accepted answer goes by itself
    page.evaluate("new Promise(resolve => setTimeout(resolve, 600))")  # some frames more
    expect(page.get_by_test_id("verdict")).to_be_hidden()
    assert len(world.scans()) == 1
    write_blank(camera_film)


def test_a_keyboard_scanner_works_whatever_has_the_focus(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = _scanner(phone, server)
    expect(page.get_by_test_id("wedge")).to_be_focused()
    _wedge(page, f"\\000026{issued.token.lower()}")
    _expect_verdict(page, "accepted", "accepted")
    page.get_by_test_id("direction-exit").focus()
    _wedge(page, issued.token)
    _expect_verdict(page, "refused", "repeat_scan")


def test_a_keyboard_scanner_without_enter_is_understood(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = _scanner(phone, server)
    page.keyboard.type(issued.token, delay=2)
    _expect_verdict(page, "accepted", "accepted")


def test_a_family_comes_in_two_now_and_the_rest_later_by_typed_code(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id, party_size=4)
    page = _scanner(phone, server)
    more = page.get_by_role("button", name="Tambah orang")
    more.click()
    more.click()
    expect(page.get_by_test_id("people")).to_have_text("2")
    code = page.locator("[name=code]")
    code.fill(issued.code.lower())
    code.press("Enter")
    _expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("verdict")).to_contain_text("2 dari 4")
    page.get_by_role("button", name="Lanjut").click()
    code.fill(issued.code)
    page.get_by_role("button", name="Periksa").click()
    _expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("people")).to_have_text("4 dari 4")
    expect(page.get_by_test_id("inside")).to_have_text("4")


def test_exit_counts_people_out(phone: BrowserContext, server: str, exhibition: Exhibition) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    page = _scanner(phone, server)
    _wedge(page, issued.token)
    expect(page.get_by_test_id("inside")).to_have_text("2")
    page.keyboard.press("Enter")
    page.get_by_test_id("direction-exit").click()
    _wedge(page, issued.token)
    _expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("inside")).to_have_text("0")


@pytest.mark.parametrize(("language", "beginning"), [("id", "Untuk sesi "), ("en", "For the session at ")])
def test_the_reason_is_one_sentence_in_the_steward_s_language_and_the_fair_s_time(
    phone: BrowserContext, server: str, exhibition: Exhibition, language: str, beginning: str
) -> None:
    slot = db.session.scalars(select(TimeSlot).order_by(TimeSlot.starts_at.desc())).first()
    assert slot is not None
    issued = world.issue(exhibition.id, slot=slot)
    page = _scanner(phone, server, language)
    _wedge(page, issued.token)
    _expect_verdict(page, "refused", "too_early")
    hour = "16.00" if language == "id" else "4:00"
    expect(page.locator("#verdict-reason")).to_have_text(re.compile(f"^{beginning}{hour}.*\\.$"))


def test_a_lost_answer_to_a_code_it_cannot_know_is_asked_for_again_with_the_same_nonce(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = _scanner(phone, server)

    def lose(route: Route) -> None:
        route.fetch()  # the server hears and decides; its answer is lost
        route.abort()

    page.route("**/api/v1/gate/scans", lose)
    page.locator("[name=code]").fill(issued.code)
    page.locator("[name=code]").press("Enter")
    _expect_verdict(page, "", "no_answer")
    page.unroute("**/api/v1/gate/scans")
    page.get_by_test_id("verdict").click()
    _expect_verdict(page, "accepted", "accepted")
    assert len(world.scans()) == 1


def test_a_withdrawn_device_goes_back_to_enrolment(phone: BrowserContext, server: str, exhibition: Exhibition) -> None:
    issued = world.issue(exhibition.id)
    page = _scanner(phone, server)
    device_id = db.session.scalars(select(Device.id)).one()
    devices.revoke_device(COMMAND_LINE, device_id)
    _wedge(page, issued.token)
    expect(page.get_by_role("alert")).to_contain_text("tidak terdaftar lagi")
    assert page.evaluate("localStorage.getItem('gate.device')") is None


def test_without_a_camera_the_page_says_so_and_the_keyboard_scanner_works(
    browser_type: BrowserType, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    chromium = browser_type.launch(
        executable_path=find(), args=["--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream"]
    )
    page = _scanner(chromium.new_context(viewport=PHONE), server)
    expect(page.locator("#camera-message")).to_contain_text("Tidak ada kamera")
    _wedge(page, issued.token)
    _expect_verdict(page, "accepted", "accepted")
    chromium.close()


def test_with_the_camera_denied_the_page_says_what_to_do(
    browser_type: BrowserType, server: str, exhibition: Exhibition
) -> None:
    chromium = browser_type.launch(
        executable_path=find(), args=["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
    )
    page = _scanner(chromium.new_context(viewport=PHONE), server)
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
    assert _violations(page) == []
    page = _scanner(context, server)
    assert _violations(page) == []
    for text, code in (
        (good.token, "accepted"),
        (revoked.token, "revoked"),
        (used.token, "accepted"),
        ("EP1", "bad_signature"),
    ):
        _wedge(page, text)
        expect(page.get_by_test_id("verdict")).to_have_attribute("data-code", code)
        assert _violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Enter")
    context.close()


def _deny(page: Page, name: str) -> None:
    """Make the browser answer as it does when the camera cannot be had: ``name`` is the DOM's name of the fault."""
    page.add_init_script(f'navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "{name}"));')


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("NotAllowedError", "Kamera tidak diizinkan"),
        ("NotFoundError", "Tidak ada kamera"),
        ("NotReadableError", "Aplikasi lain memakai kamera"),
    ],
)
def test_without_a_camera_the_steward_is_told_why_and_a_keyboard_scanner_still_works(
    phone: BrowserContext, server: str, exhibition: Exhibition, name: str, told: str
) -> None:
    issued = world.issue(exhibition.id)
    page = phone.new_page()
    _deny(page, name)
    page.goto(f"{server}/gate?lang=id#{_enrolment_code()}")
    page.locator("[name=device_name]").fill("Ponsel Sari")
    page.locator("[name=device_name]").press("Enter")
    expect(page.locator("#camera-message")).to_contain_text(told)
    expect(page.locator("#camera-start")).to_be_visible()
    _wedge(page, issued.token)
    _expect_verdict(page, "accepted", "accepted")


def test_a_camera_that_is_taken_away_is_told_and_comes_back_by_itself(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path
) -> None:
    write_film(camera_film, world.issue(exhibition.id).token)
    page = _scanner(phone, server)
    _expect_verdict(page, "accepted", "accepted")
    page.evaluate(
        """() => {
        const [track] = document.getElementById("video").srcObject.getVideoTracks();
        track.stop();
        track.dispatchEvent(new Event("ended"));
        }"""
    )
    expect(page.locator("#camera-message")).to_contain_text("Kamera diambil alih")
    expect(page.locator("#camera-message")).to_contain_text("Arahkan")
    assert page.evaluate("document.getElementById('video').srcObject.getVideoTracks()[0].readyState") == "live"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://example.com/tiket?id=42", "unknown"),
        ("TIKET-LAIN-0001-XYZ", "unknown"),
        ("damaged", "bad_signature"),
    ],
)
def test_a_wrong_code_in_view_is_told_once_and_not_again_while_it_stays(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path, text: str, code: str
) -> None:
    if text == "damaged":
        token = world.issue(exhibition.id).token
        text = token[:60] + ("A" if token[60] != "A" else "B") + token[61:]
    write_film(camera_film, text)
    page = _scanner(phone, server)
    _expect_verdict(page, "refused", code)
    page.get_by_test_id("verdict").click()
    expect(page.get_by_test_id("verdict")).to_be_hidden()
    page.wait_for_function(
        """() => new Promise((resolve) => {
        let pictures = 0;
        const video = document.getElementById("video");
        const next = () => (pictures += 1) > 40 ? resolve(true) : video.requestVideoFrameCallback(next);
        next();
        })"""
    )
    expect(page.get_by_test_id("verdict")).to_be_hidden()
    assert [scan.code for scan in world.scans()] == [code]


@pytest.mark.parametrize("look", [{"inverted": 1.0}, {"share": 0.28}])
def test_light_on_dark_and_small_codes_are_read(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path, look: dict[str, float]
) -> None:
    write_film(camera_film, world.issue(exhibition.id).token, **look)
    page = _scanner(phone, server)
    _expect_verdict(page, "accepted", "accepted")


@pytest.mark.parametrize("ending", ["", "\t", "\r"])
@pytest.mark.parametrize("prefix", ["", "]Q1", "  "])
def test_keyboard_scanners_may_add_a_prefix_and_leave_out_enter(
    phone: BrowserContext, server: str, exhibition: Exhibition, prefix: str, ending: str
) -> None:
    issued = world.issue(exhibition.id)
    page = _scanner(phone, server)
    keys = {"\t": "Tab", "\r": "Enter"}
    for text in (prefix + issued.token.lower(), prefix + issued.code):
        page.keyboard.insert_text(text)  # at once, so that no pause of a busy machine looks like an end
        if ending:
            page.keyboard.press(keys[ending])
        expect(page.get_by_test_id("verdict")).to_be_visible()
        expect(page.get_by_test_id("wedge")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("verdict")).to_be_hidden()
    assert [scan.code for scan in world.scans()] == ["accepted", "repeat_scan"]


def test_the_buttons_lie_on_the_side_of_the_hand_and_the_device_remembers(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    page = _scanner(phone, server)

    def left_edge(name: str) -> float:
        box = page.get_by_test_id(name).bounding_box()
        assert box is not None
        return box["x"]

    assert left_edge("direction-entry") < left_edge("direction-exit")
    page.locator("#hand").click()
    assert left_edge("direction-entry") > left_edge("direction-exit")
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-hand", "left")
