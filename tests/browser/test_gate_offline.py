"""The scanner without network and without server: it opens, decides, stores scans, and sends them later."""

import socket
import threading

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Dialog, Route, expect
from werkzeug.serving import BaseWSGIServer, make_server

from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState
from tests.browser.scanner import expect_verdict, prepared_page, wedge
from tests.gate import world

pytestmark = pytest.mark.browser


def _serve(app: Flask, port: int) -> tuple[BaseWSGIServer, threading.Thread]:
    http = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    return http, thread


def _kill(http: BaseWSGIServer, thread: threading.Thread) -> None:
    http.shutdown()
    http.server_close()
    thread.join()


def test_the_scanner_opens_and_decides_with_the_server_dead_and_tells_it_when_it_lives_again(
    phone: BrowserContext, browser_app: Flask, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    http, thread = _serve(browser_app, 0)
    page = prepared_page(phone, f"http://127.0.0.1:{http.server_port}")
    _kill(http, thread)
    page.reload()
    expect(page.get_by_text("Gerbang A (utara)")).to_be_visible()
    expect(page.locator("#camera-message")).to_have_text("Arahkan QR ke kamera.")
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("offline")).to_have_count(1)
    expect(page.get_by_test_id("unsent")).to_have_text("1")
    http, thread = _serve(browser_app, http.server_port)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    assert [(scan.offline, scan.code) for scan in world.scans()] == [(True, "accepted")]
    _kill(http, thread)


def _hang_up(listener: socket.socket) -> None:
    """Accept each connection, read something, and close it without an answer."""
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(1024)


def test_a_server_that_hangs_up_on_every_request_does_not_hold_up_the_gate(
    phone: BrowserContext, browser_app: Flask, exhibition: Exhibition
) -> None:
    first, second = world.issue(exhibition.id), world.issue(exhibition.id)
    http, thread = _serve(browser_app, 0)
    page = prepared_page(phone, f"http://127.0.0.1:{http.server_port}")
    _kill(http, thread)
    with socket.create_server(("127.0.0.1", http.server_port)) as listener:
        thread = threading.Thread(target=_hang_up, args=(listener,), daemon=True)
        thread.start()
        for issued in (first, second):
            wedge(page, issued.token)
            expect_verdict(page, "accepted", "accepted")
            expect(page.get_by_test_id("verdict")).to_contain_text("Diputuskan tanpa server")
            page.keyboard.press("Enter")
        expect(page.get_by_test_id("unsent")).to_have_text("2")
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    http, thread = _serve(browser_app, http.server_port)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("unsent")).to_have_text("0", timeout=40_000)
    assert [scan.offline for scan in world.scans()] == [True, True]
    _kill(http, thread)


def test_without_network_it_decides_keeps_and_sends_when_the_network_is_back(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    family, single = world.issue(exhibition.id, party_size=3), world.issue(exhibition.id)
    page = prepared_page(phone, server)
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    phone.set_offline(True)
    expect(page.get_by_test_id("offline")).to_be_visible()
    wedge(page, family.token)
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("verdict")).to_contain_text("Diputuskan tanpa server")
    expect(page.get_by_test_id("people")).to_have_text("3 dari 3")
    expect(page.get_by_test_id("inside")).to_have_text("3")
    wedge(page, family.token)
    expect_verdict(page, "refused", "repeat_scan")
    wedge(page, single.token[:-9] + "AAAAAAAAA")
    expect_verdict(page, "refused", "bad_signature")
    wedge(page, "https://example.org/")
    expect_verdict(page, "refused", "unknown")
    expect(page.get_by_test_id("unsent")).to_have_text("4")
    page.reload()
    expect(page.get_by_text("Gerbang A (utara)")).to_be_visible()
    expect(page.get_by_test_id("unsent")).to_have_text("4")
    wedge(page, single.token)
    expect_verdict(page, "accepted", "accepted")
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


def test_a_slow_server_is_not_waited_for_and_its_late_answer_is_not_counted_twice(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = prepared_page(phone, server)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/api/v1/gate/scans", hold)
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("offline")).to_have_count(1)
    expect(page.get_by_test_id("unsent")).to_have_text("1")
    late[0].continue_()
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    assert [(scan.offline, scan.people) for scan in world.scans()] == [(False, 1)]
    assert world.pass_counts(issued.id) == (1, 1)


def test_an_answer_that_was_lost_is_told_once_with_the_same_nonce(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = prepared_page(phone, server)

    def lose(route: Route) -> None:
        route.fetch()  # the server hears and decides; its answer is lost
        route.abort()

    page.route("**/api/v1/gate/scans", lose)
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("unsent")).to_have_text("1")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    assert len(world.scans()) == 1
    assert world.pass_counts(issued.id) == (1, 1)


def test_offline_it_knows_what_the_server_and_the_bundle_told_before(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    online, revoked = world.issue(exhibition.id), world.issue(exhibition.id, state=PassState.REVOKED)
    moved, elsewhere = world.issue(exhibition.id), world.issue(exhibition.id)
    world.change_pass(moved.id, generation=1)
    world.change_pass(elsewhere.id, admitted=1, inside=1)
    page = prepared_page(phone, server)
    wedge(page, online.token)
    expect_verdict(page, "accepted", "accepted")
    phone.set_offline(True)
    for text, code in (
        (online.token, "repeat_scan"),
        (revoked.token, "revoked"),
        (moved.token, "superseded"),
        (elsewhere.token, "already_used"),
    ):
        wedge(page, text)
        expect_verdict(page, "refused", code)
    expect(page.locator("#verdict-reason")).to_contain_text("Tiket ini tercatat masih di dalam.")
    page.keyboard.press("Enter")
    page.get_by_test_id("direction-exit").click()
    wedge(page, elsewhere.token)
    expect_verdict(page, "accepted", "accepted")


def test_offline_it_lets_in_no_more_than_its_share_of_free_places(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    world.set_hall(exhibition.id, inside=0, capacity=2)
    family, couple = world.issue(exhibition.id, party_size=4), world.issue(exhibition.id, party_size=2)
    page = prepared_page(phone, server)
    phone.set_offline(True)
    wedge(page, family.token)
    expect_verdict(page, "refused", "venue_full")
    expect(page.locator("#verdict-reason")).to_contain_text("Jatah tempat")
    wedge(page, couple.token)
    expect_verdict(page, "accepted", "accepted")


def test_a_bundle_signed_by_a_stranger_is_not_taken(phone: BrowserContext, server: str, exhibition: Exhibition) -> None:
    issued = world.issue(exhibition.id, state=PassState.REVOKED)
    page = prepared_page(phone, server)

    def forge(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(json=answer.json() | {"passes": [], "since": None})

    page.route("**/api/v1/gate/bundle*", forge)
    with page.expect_response("**/api/v1/gate/bundle*"):
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    phone.set_offline(True)
    wedge(page, issued.token)
    expect_verdict(page, "refused", "revoked")


def test_old_knowledge_turns_amber_then_red_and_leaving_with_unsent_scans_warns(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    page = prepared_page(phone, server)
    phone.set_offline(True)
    wedge(page, "https://example.org/")
    expect(page.get_by_test_id("unsent")).to_have_text("1")
    warned: list[str] = []

    def stay(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", stay)
    page.clock.install()
    page.reload()
    assert warned == ["beforeunload"]
    age = page.get_by_test_id("bundle-age")
    page.clock.fast_forward("06:00")
    expect(age).to_have_attribute("data-level", "amber")
    page.clock.fast_forward("25:00")
    expect(age).to_have_attribute("data-level", "red")
    expect(age).to_contain_text("31")
