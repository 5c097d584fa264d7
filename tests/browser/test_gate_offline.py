"""The scanner without network and without server: it opens, decides, keeps, and sends later."""

import re
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.gate import devices
from exhibition.venue.models import Exhibition
from exhibition.venue.service import current_exhibition
from tests.gate import world

pytestmark = pytest.mark.browser


@pytest.fixture
def exhibition(fair: Flask) -> Exhibition:
    return current_exhibition()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 360, "height": 640}, permissions=["camera"])
    yield context
    context.close()


def _enrolled(context: BrowserContext, server: str) -> Page:
    """A page of a device of gate A whose service worker has kept everything."""
    code = devices.make_enrolment_code(COMMAND_LINE, world.gates()[0].id)
    db.session.rollback()
    page = context.new_page()
    page.goto(f"{server}/gate#{code}")
    page.locator("[name=device_name]").fill("Ponsel Sari")
    page.locator("[name=device_name]").press("Enter")
    expect(page.get_by_test_id("inside")).to_have_text(re.compile(r"\d"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page


def test_the_scanner_opens_with_the_server_dead(phone: BrowserContext, browser_app: Flask, fair: Flask) -> None:
    http = make_server("127.0.0.1", 0, browser_app, threaded=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    page = _enrolled(phone, f"http://127.0.0.1:{http.server_port}")
    http.shutdown()
    http.server_close()
    thread.join()
    page.reload()
    expect(page.get_by_text("Gerbang A (utara)")).to_be_visible()
    expect(page.locator("#camera-message")).to_have_text("Arahkan QR ke kamera.")


def _wedge(page: Page, text: str) -> None:
    page.keyboard.type(text, delay=2)
    page.keyboard.press("Enter")


def _expect_verdict(page: Page, verdict: str, code: str) -> None:
    screen = page.get_by_test_id("verdict")
    expect(screen).to_be_visible()
    expect(screen).to_have_attribute("data-code", code)
    expect(screen).to_have_attribute("data-verdict", verdict)


def _with_bundle(page: Page) -> None:
    expect(page.get_by_test_id("bundle-age")).to_have_text("Data terbaru")


def test_without_network_it_decides_keeps_and_sends_when_the_network_is_back(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    family, single = world.issue(exhibition.id, party_size=3), world.issue(exhibition.id)
    page = _enrolled(phone, server)
    _with_bundle(page)
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    phone.set_offline(True)
    expect(page.get_by_test_id("offline")).to_be_visible()
    _wedge(page, family.token)
    _expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("verdict")).to_contain_text("Diputuskan tanpa server")
    expect(page.get_by_test_id("people")).to_have_text("3 dari 3")
    expect(page.get_by_test_id("inside")).to_have_text("3")
    _wedge(page, family.token)
    _expect_verdict(page, "refused", "repeat_scan")
    _wedge(page, single.token[:-9] + "AAAAAAAAA")
    _expect_verdict(page, "refused", "bad_signature")
    _wedge(page, "https://example.org/")
    _expect_verdict(page, "refused", "unknown")
    expect(page.get_by_test_id("unsent")).to_have_text("4")
    page.reload()
    expect(page.get_by_text("Gerbang A (utara)")).to_be_visible()
    expect(page.get_by_test_id("unsent")).to_have_text("4")
    _wedge(page, single.token)
    _expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("unsent")).to_have_text("5")
    assert world.scans() == []
    phone.set_offline(False)
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    expect(page.get_by_test_id("offline")).to_have_count(0)
    kept = [(scan.offline, scan.verdict, scan.code, scan.people) for scan in world.scans()]
    assert kept == [
        (True, "accepted", "accepted", 3),
        (True, "refused", "repeat_scan", 0),
        (True, "refused", "bad_signature", 0),
        (True, "refused", "unknown", 0),
        (True, "accepted", "accepted", 1),
    ]
    assert world.hall(exhibition.id)[0] == 4
    assert world.pass_counts(family.id) == (3, 3)
