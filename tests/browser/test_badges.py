"""From the exhibitor's desk to the gate: a badge made, printed and scanned, until the booth is released."""

import json

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import create_user
from exhibition.badges import service
from exhibition.core.db import db
from exhibition.exhibitors import service as exhibitors
from exhibition.gate.verification import verify_counters
from exhibition.venue.models import Exhibition
from tests.badges.places import as_shown, badge_of, confirmed
from tests.browser.scanner import expect_verdict, scanner_page, violations, wedge
from tests.conftest import sign_in
from tests.gate import world

pytestmark = pytest.mark.browser


def _signed_in(browser: Browser, app: Flask, server: str, user: User) -> Page:
    context = browser.new_context(base_url=server, viewport={"width": 390, "height": 780}, locale="id")
    client = app.test_client()
    cookie = sign_in(client, user).get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
    return context.new_page()


def _release(browser: Browser, app: Flask, server: str, code: str) -> None:
    """Release the booth on the plan, as an organizer does."""
    ratna = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    desk = _signed_in(browser, app, server, ratna)
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto(f"/desk/plan?booth={code}")
    desk.locator("form:has([name=act][value=release]) button[type=submit]").click()
    expect(desk.locator(".message.good")).to_be_visible()
    desk.context.close()


def _shown(page: Page) -> str:
    return page.get_by_test_id("verdict").inner_text()


def _turn(gate: Page, direction: str) -> None:
    """Close the answer and choose entry or exit."""
    gate.bring_to_front()
    gate.keyboard.press("Escape")
    gate.get_by_test_id(f"direction-{direction}").click()
    expect(gate.get_by_test_id("wedge")).to_be_focused()


def test_staff_come_in_by_badge_until_the_booth_is_released(
    phone: BrowserContext, browser: Browser, browser_app: Flask, server: str, exhibition: Exhibition
) -> None:
    claim = confirmed(exhibition)
    tini = create_user(COMMAND_LINE, "tini@example.com", RoleName.EXHIBITOR, name="Bu Tini")
    exhibitors.join(tini.id, claim.exhibitor_id)
    own = _signed_in(browser, browser_app, server, tini)
    own.goto("/exhibitor/badges")
    own.get_by_label("Nama pada tanda pengenal").fill("Siti Aminah")
    own.get_by_role("button", name="Tambah tanda pengenal").click()
    expect(own.get_by_role("heading", name="Siti Aminah")).to_be_visible()
    paper = own.request.get(own.get_by_role("button", name="Cetak semua (PDF)").get_attribute("href") or "")
    assert paper.body()[:5] == b"%PDF-"
    own.get_by_role("link", name="Di ponsel").click()
    expect(own.get_by_test_id("pass-qr")).to_be_visible()
    assert violations(own) == []
    own.context.close()
    db.session.rollback()
    badge = as_shown(exhibition, service.holders(exhibition)[0].id)
    booth = service.holders(exhibition)[0].booth
    gate = scanner_page(phone, server)
    wedge(gate, badge.token)
    expect_verdict(gate, "accepted", "accepted")
    assert f"Peserta: {claim.exhibitor}, stan {booth}" in _shown(gate)
    assert violations(gate) == []
    _turn(gate, "exit")
    wedge(gate, badge.token)
    expect_verdict(gate, "accepted", "accepted")
    _release(browser, browser_app, server, booth)
    _turn(gate, "entry")
    wedge(gate, badge.token)
    expect_verdict(gate, "refused", "revoked")
    assert f"{claim.exhibitor} tidak lagi punya stan" in _shown(gate)


def test_a_gate_without_network_knows_badges_and_the_release_from_its_bundle(
    phone: BrowserContext, browser: Browser, browser_app: Flask, server: str, exhibition: Exhibition
) -> None:
    claim = confirmed(exhibition)
    one, other = badge_of(exhibition, claim, "Siti"), badge_of(exhibition, claim, "Budi")
    booth = service.holders(exhibition)[0].booth
    db.session.rollback()
    gate = scanner_page(phone, server)
    expect(gate.get_by_test_id("bundle-age")).to_have_text("Data terbaru")
    phone.set_offline(True)
    for direction in ("entry", "exit", "entry"):
        _turn(gate, direction)
        wedge(gate, one.token)
        expect_verdict(gate, "accepted", "accepted")
        expect(gate.locator("#verdict-alone")).to_be_visible()
        assert f"Peserta: {claim.exhibitor}, stan {booth}" in _shown(gate)
    wedge(gate, one.code)
    expect_verdict(gate, "refused", "repeat_scan")
    phone.set_offline(False)
    expect(gate.get_by_test_id("unsent")).to_have_text("0")
    _release(browser, browser_app, server, booth)
    with gate.expect_response(lambda answer: "/gate/bundle" in answer.url) as answered:
        gate.evaluate("window.dispatchEvent(new Event('focus'))")
    changed = json.loads(answered.value.body())["passes"]
    assert {line["state"] for line in changed if "badge" in line} == {"revoked"}
    expect(gate.get_by_test_id("bundle-age")).to_have_text("Data terbaru")
    phone.set_offline(True)
    wedge(gate, other.token)
    expect_verdict(gate, "refused", "revoked")
    assert "tidak lagi punya stan" in _shown(gate)
    _turn(gate, "exit")
    wedge(gate, one.token)
    expect_verdict(gate, "accepted", "accepted")
    phone.set_offline(False)
    expect(gate.get_by_test_id("unsent")).to_have_text("0")
    assert [scan.code for scan in world.scans()] == ["accepted"] * 3 + ["repeat_scan", "revoked", "accepted"]
    assert world.conflicts() == []
    assert verify_counters() == []


def test_nobody_is_named_in_what_the_gate_knows(phone: BrowserContext, server: str, exhibition: Exhibition) -> None:
    badge_of(exhibition, confirmed(exhibition), "Siti Aminah")
    with phone.expect_event("response", lambda answer: "/gate/bundle" in answer.url) as answered:
        scanner_page(phone, server)
    assert "Siti" not in answered.value.text()
    assert db.session.scalars(select(User)).all() == []
