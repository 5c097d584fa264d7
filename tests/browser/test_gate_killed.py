"""A server dies during a scan: the device decides and reports it once, whatever the server had already done."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from exhibition.core.config import instance_folder
from exhibition.core.db import db
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from tests.browser.scanner import expect_verdict, prepared_page, wedge
from tests.gate import world
from tests.real_server import RealServer

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("slow_machines_may_scan_twice")]


@pytest.fixture
def real_server(exhibition: Exhibition) -> Iterator[RealServer]:
    settings = {"EXHIBITION_INSTANCE_PATH": str(instance_folder()), "EXHIBITION_RATELIMIT_ENABLED": "false"}
    served = RealServer(settings)
    served.start()
    yield served
    served.kill()


def _reconnect(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("unsent")).to_have_text("0", timeout=40_000)  # it turns by itself every 15 seconds


def _sent_nonces(page: Page) -> list[str]:
    """Filled with the nonce of each scan that the page sends online from now on."""
    nonces: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/v1/gate/scans") and request.post_data is not None:
            nonces.append(json.loads(request.post_data)["nonce"])

    page.on("request", note)
    return nonces


def test_a_server_killed_before_it_decided_learns_the_device_s_decision_under_the_same_nonce(
    phone: BrowserContext, real_server: RealServer, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    page = prepared_page(phone, real_server.address)
    nonces = _sent_nonces(page)
    with closing(sqlite3.connect(Path(db.engine.url.database or ""), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the scan waits in the server for another writer
        with page.expect_request("**/api/v1/gate/scans"):
            wedge(page, issued.token)
        real_server.kill()
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("verdict")).to_contain_text("Diputuskan tanpa server")
    expect(page.get_by_test_id("unsent")).to_have_text("1")
    assert world.scans() == []
    real_server.start()
    _reconnect(page)
    assert [(scan.nonce, scan.offline, scan.people) for scan in world.scans()] == [(nonces[0], True, 3)]
    assert world.pass_counts(issued.id) == (3, 3)
    assert world.conflicts() == verify_counters() == []


def test_a_server_killed_between_its_decision_and_its_answer_counts_the_scan_once(
    phone: BrowserContext, real_server: RealServer, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    page = prepared_page(phone, real_server.address)
    nonces = _sent_nonces(page)

    def die(route: Route) -> None:
        assert route.fetch().ok
        real_server.kill()
        route.abort()

    page.route("**/api/v1/gate/scans", die)
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("verdict")).to_contain_text("Diputuskan tanpa server")
    expect(page.get_by_test_id("inside")).to_have_text("2")
    real_server.start()
    _reconnect(page)
    assert [(scan.nonce, scan.offline, scan.people) for scan in world.scans()] == [(nonces[0], False, 2)]
    assert world.pass_counts(issued.id) == (2, 2)
    assert world.conflicts() == verify_counters() == []
