"""Helpers shared by the tests of the scanner's page: enrolling, a keyboard scanner, the verdict shown."""

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.gate import devices
from tests.fairs import the_fair
from tests.gate import world

PHONE: ViewportSize = {"width": 360, "height": 640}
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def enrolment_code() -> str:
    code = devices.make_enrolment_code(COMMAND_LINE, the_fair(), world.gates()[0].id)
    db.session.rollback()
    return code


def scanner_page(context: BrowserContext, server: str, language: str = "id") -> Page:
    """A page that has just been enrolled as a device of gate A."""
    page = context.new_page()
    page.goto(f"{server}/gate?lang={language}#{enrolment_code()}")
    page.locator("[name=device_name]").fill("Ponsel Sari")
    page.locator("[name=device_name]").press("Enter")
    expect(page.get_by_test_id("inside")).to_have_text(re.compile(r"\d"))
    return page


def prepared_page(context: BrowserContext, server: str) -> Page:
    """The same, with everything it needs to work without network and server."""
    page = scanner_page(context, server)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    expect(page.get_by_test_id("bundle-age")).to_have_text("Data terbaru")
    return page


def end_track(page: Page) -> None:
    """Take the camera away, as another app does; the scanner takes it again, and a film begins anew."""
    page.evaluate(
        """() => {
        const [track] = document.getElementById("video").srcObject.getVideoTracks();
        track.stop();
        track.dispatchEvent(new Event("ended"));
        }"""
    )


def wedge(page: Page, text: str) -> None:
    """Type like a keyboard scanner: a key, then the rest at once, so that no pause of a busy machine looks like an end;
    then Enter.
    """
    page.keyboard.type(text[:1])
    page.keyboard.insert_text(text[1:])
    page.keyboard.press("Enter")


def expect_verdict(page: Page, verdict: str, code: str) -> None:
    screen = page.get_by_test_id("verdict")
    expect(screen).to_be_visible()
    expect(screen).to_have_attribute("data-verdict", verdict)
    expect(screen).to_have_attribute("data-code", code)


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())  # not as a script element: the page allows none from elsewhere
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
