"""The scanner's hardware: cameras that fail, codes that are hard to read, keyboard scanners, hands."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from exhibition.venue.models import Exhibition
from tests.browser.camera import write_film
from tests.browser.scanner import end_track, enrolment_code, expect_verdict, scanner_page, wedge
from tests.gate import world

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("slow_machines_may_scan_twice")]


def _deny(page: Page, name: str) -> None:
    """Make the browser answer as without a usable camera; ``name`` is the DOM's name of the error."""
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
    page.goto(f"{server}/gate?lang=id#{enrolment_code()}")
    page.locator("[name=device_name]").fill("Ponsel Sari")
    page.locator("[name=device_name]").press("Enter")
    expect(page.locator("#camera-message")).to_contain_text(told)
    expect(page.locator("#camera-start")).to_be_visible()
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")


def test_a_camera_that_is_taken_away_is_told_and_comes_back_by_itself(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path
) -> None:
    write_film(camera_film, world.issue(exhibition.id).token)
    page = scanner_page(phone, server)
    expect_verdict(page, "accepted", "accepted")
    end_track(page)
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
    page = scanner_page(phone, server)
    expect_verdict(page, "refused", code)
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
    page = scanner_page(phone, server)
    expect_verdict(page, "accepted", "accepted")


@pytest.mark.parametrize("ending", ["", "\t", "\r"])
@pytest.mark.parametrize("prefix", ["", "]Q1", "  "])
def test_keyboard_scanners_may_add_a_prefix_and_leave_out_enter(
    phone: BrowserContext, server: str, exhibition: Exhibition, prefix: str, ending: str
) -> None:
    issued = world.issue(exhibition.id)
    page = scanner_page(phone, server)
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
    page = scanner_page(phone, server)

    def left_edge(name: str) -> float:
        box = page.get_by_test_id(name).bounding_box()
        assert box is not None
        return box["x"]

    assert left_edge("direction-entry") < left_edge("direction-exit")
    page.locator("#hand").click()
    assert left_edge("direction-entry") > left_edge("direction-exit")
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-hand", "left")
