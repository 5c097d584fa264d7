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
