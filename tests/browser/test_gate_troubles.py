"""The scanner when something is wrong: the server, the clock, the typing, and screens of every shape."""

import json
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from exhibition.accounts import pins
from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core.db import db
from exhibition.gate.rules.rehearsal import Situation
from exhibition.gate.scan import rehearsal
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rules import CODE_ALPHABET
from tests.browser.scanner import expect_verdict, prepared_page, scanner_page, wedge
from tests.gate import world

pytestmark = pytest.mark.browser

SCANS = "**/api/v1/gate/scans"
FAST_CLOCK = """(() => {
  const ahead = 6 * 3600 * 1000;
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { super(...(given.length === 0 ? [Real.now() + ahead] : given)); }
    static now() { return Real.now() + ahead; }
  };
})()"""
FITS = """() => {
  const strip = document.getElementById("wedge-strip").getBoundingClientRect().top;
  const all = [...document.querySelectorAll("main button, main input, header li a")];
  const shown = all.filter((one) => one.offsetParent);
  const boxes = shown.map((one) => [one.id || one.textContent, one.getBoundingClientRect()]);
  return {
    small: boxes.filter(([id, box]) => id !== "wedge" && (box.width < 44 || box.height < 44)).map(([id]) => id),
    wide: document.documentElement.scrollWidth > innerWidth,
    under: document.querySelector("main").getBoundingClientRect().bottom > strip + 1,
  };
}"""


def _answer(status: int, code: str, detail: str) -> str:
    return json.dumps({"type": "about:blank", "title": "", "status": status, "code": code, "detail": detail})


def _refuse(page: Page, status: int, code: str, detail: str = "Maaf.") -> None:
    """The server answers scans with this problem from now on."""

    def refuse(route: Route) -> None:
        route.fulfill(status=status, content_type="application/problem+json", body=_answer(status, code, detail))

    page.route(SCANS, refuse)


def _type(page: Page, code: str) -> None:
    page.locator("[name=code]").fill(code)
    page.locator("[name=code]").press("Enter")


def test_an_error_of_the_server_is_told_as_one(phone: BrowserContext, server: str, exhibition: Exhibition) -> None:
    issued = world.issue(exhibition.id)
    page = scanner_page(phone, server)
    _refuse(page, 500, "internal_server_error")
    _type(page, issued.code)
    expect_verdict(page, "", "no_answer")
    expect(page.locator("#verdict-word")).to_have_text("Server bermasalah")
    expect(page.locator("#verdict-reason")).to_contain_text("500 internal_server_error")
    page.unroute(SCANS)
    page.get_by_test_id("verdict").click()
    expect_verdict(page, "accepted", "accepted")


def test_a_device_that_decides_alone_says_that_the_server_is_at_fault(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id)
    page = prepared_page(phone, server)
    _refuse(page, 503, "busy")
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    expect(page.locator("#verdict-alone")).to_contain_text("503 busy")


@pytest.mark.parametrize("status", [429, 401])
def test_a_refusal_of_the_call_is_told_with_its_code(
    phone: BrowserContext, server: str, exhibition: Exhibition, status: int
) -> None:
    page = scanner_page(phone, server)
    code = {429: "too_many_requests", 401: "device_revoked"}[status]
    _refuse(page, status, code, "Begini keadaannya.")
    _type(page, "ACDEFGHJ")
    place = page.locator("#verdict-reason" if status == 429 else "#enrolment-error")
    said = {429: "Begini keadaannya.", 401: "Perangkat ini tidak terdaftar lagi."}[status]
    expect(place).to_have_text(re.compile(rf"^{re.escape(said)}.*\({status} {code}\)$"))


def test_a_slip_in_a_typed_code_is_amber_and_similar_codes_are_offered(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    slot = world.open_slot(exhibition.id)
    wulan = service.register(Party(slot.id, "Wulan Kusuma Dewi", "wulan@example.org", None, 2, "id"))
    db.session.rollback()
    page = scanner_page(phone, server)
    wrong = next(letter for letter in CODE_ALPHABET if letter != wulan.code[3])
    _type(page, wulan.code[:3] + wrong + wulan.code[4:])
    expect_verdict(page, "refused", "unknown")
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-tone", "look")
    expect(page.locator("#verdict-reason")).to_contain_text("tidak ditemukan")
    page.get_by_test_id("near").click()
    page.get_by_role("button", name=re.compile("Wulan K. D.")).click()
    expect_verdict(page, "accepted", "accepted")
    page.get_by_test_id("verdict").click()
    _type(page, "ABC")
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-tone", "look")
    expect(page.get_by_test_id("near")).to_be_hidden()


def test_a_clock_six_hours_fast_makes_no_conflict_and_a_reload_keeps_the_count(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id, party_size=3)
    phone.add_init_script(FAST_CLOCK)
    page = prepared_page(phone, server)
    inside = int(page.get_by_test_id("inside").inner_text())
    phone.set_offline(True)
    wedge(page, issued.token)
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("inside")).to_have_text(str(inside + 3))
    page.reload()
    expect(page.get_by_test_id("unsent")).to_have_text("1")
    expect(page.get_by_test_id("inside")).to_have_text(str(inside + 3))
    phone.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    assert world.conflicts() == []
    (scan,) = world.scans()
    assert scan.device_skew_s is not None
    assert abs(scan.device_skew_s - 6 * 3600) < 60


def test_who_comes_back_is_greeted_with_the_time_they_went_out(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    issued = world.issue(exhibition.id, party_size=4)
    page = prepared_page(phone, server)
    for direction in ("entry", "exit", "entry"):
        page.get_by_test_id(f"direction-{direction}").click()
        wedge(page, issued.token)
        expect_verdict(page, "accepted", "accepted")
        page.get_by_test_id("verdict").click()
    wedge(page, issued.token)
    expect_verdict(page, "refused", "repeat_scan")
    page.get_by_test_id("verdict").click()
    phone.set_offline(True)
    for direction in ("exit", "entry"):
        page.get_by_test_id(f"direction-{direction}").click()
        wedge(page, issued.token)
        expect_verdict(page, "accepted", "accepted")
        if direction == "exit":
            page.get_by_test_id("verdict").click()
    expect(page.locator("#verdict-reason")).to_have_text(
        re.compile(r"^Selamat datang kembali: 4 orang boleh masuk. Tadi keluar pukul \d\d\.\d\d\.$")
    )
    phone.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    assert world.conflicts() == []
    assert world.pass_counts(issued.id) == (4, 4)


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 640), (740, 360), (1024, 768)])
def test_scanner_and_verdict_fit_every_screen(
    browser: Browser, server: str, exhibition: Exhibition, width: int, height: int
) -> None:
    issued = world.issue(exhibition.id, party_size=4)
    context = browser.new_context(viewport=ViewportSize(width=width, height=height), permissions=["camera"])
    try:
        page = scanner_page(context, server)
        assert page.evaluate(FITS) == {"small": [], "wide": False, "under": False}
        wedge(page, issued.token)
        expect_verdict(page, "accepted", "accepted")
        assert page.evaluate(FITS) == {"small": [], "wide": False, "under": False}
        answer = page.get_by_test_id("verdict")
        assert answer.evaluate("one => one.scrollHeight <= one.clientHeight")
        strip = page.locator("#wedge-strip").bounding_box()
        next_ = page.locator("#verdict-next").bounding_box()
        assert strip is not None
        assert next_ is not None
        assert next_["y"] + next_["height"] <= strip["y"]
    finally:
        context.close()


VOICES = """(() => {
  globalThis.spoken = [];
  const voices = [{ lang: "en-GB", localService: true }, { lang: "id_ID", localService: true }];
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  Object.defineProperty(globalThis, "speechSynthesis", { value: {
    getVoices: () => voices, cancel() {}, speak(words) { spoken.push([words.lang, words.text]); },
  } });
})()"""


def test_answers_are_spoken_once_the_steward_wants_it(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    phone.add_init_script(VOICES)
    page = scanner_page(phone, server)
    wedge(page, world.issue(exhibition.id).token)
    expect_verdict(page, "accepted", "accepted")
    assert page.evaluate("spoken") == []
    page.get_by_test_id("verdict").click()
    page.get_by_test_id("voice").click()
    wedge(page, world.issue(exhibition.id, party_size=2).token)
    expect_verdict(page, "accepted", "accepted")
    assert page.evaluate("spoken.at(-1)") == ["id_ID", "Silakan masuk. 2 dari 2. 2 orang boleh masuk."]
    page.reload()
    expect(page.get_by_test_id("voice")).to_have_attribute("aria-pressed", "true")


def test_a_supervisor_corrects_an_earlier_scan_at_the_gate(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    user = create_user(COMMAND_LINE, "rini@example.com", RoleName.GATE, password="kopi tubruk pagi", name="Bu Rini")
    pins.set_pin(Actor(user.id, user.name), "482913")
    family, other = world.issue(exhibition.id, party_size=4), world.issue(exhibition.id)
    page = scanner_page(phone, server)
    for issued in (family, other):
        wedge(page, issued.token)
        expect_verdict(page, "accepted", "accepted")
        page.get_by_test_id("verdict").click()
    page.locator("#correction-open").click()
    page.get_by_role("button", name=re.compile(f"4 orang masuk, {family.code}")).click()
    page.locator("#correction-numbers").get_by_role("button", name="3", exact=True).click()
    page.locator("#correction-pin").fill("482913")
    page.locator("#correction-reason").fill("Satu anak tetap di luar")
    page.locator("#correction-form button[type=submit]").click()
    expect(page.locator("#undo-message")).to_contain_text("Sudah dikoreksi")
    expect(page.get_by_test_id("inside")).to_have_text("4")
    assert world.pass_counts(family.id) == (3, 3)


def test_a_test_pass_is_marked_and_leaves_nothing_also_without_the_network(
    phone: BrowserContext, server: str, exhibition: Exhibition
) -> None:
    texts = rehearsal.texts(exhibition)
    db.session.rollback()
    page = prepared_page(phone, server)
    inside = page.get_by_test_id("inside").inner_text()
    for offline in (False, True):
        phone.set_offline(offline)
        for situation, verdict, code in (
            (Situation.COMES, "accepted", "accepted"),
            (Situation.TOO_LATE, "refused", "too_late"),
        ):
            wedge(page, texts[situation])
            expect_verdict(page, verdict, code)
            expect(page.get_by_test_id("rehearsal")).to_be_visible()
            expect(page.get_by_test_id("undo")).to_be_hidden()
            page.get_by_test_id("verdict").click()
    expect(page.get_by_test_id("inside")).to_have_text(inside)
    expect(page.get_by_test_id("unsent")).to_have_text("0")
    phone.set_offline(False)
    assert world.scans() == []


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_cut_off_with_text_of_twice_the_size(
    browser: Browser, server: str, exhibition: Exhibition, width: int
) -> None:
    context = browser.new_context(viewport=ViewportSize(width=width, height=640), permissions=["camera"])
    try:
        page = scanner_page(context, server)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = (
            "() => [document.documentElement, document.querySelector('main'), document.getElementById('verdict')].map("
        )
        wide += "(one) => one.scrollWidth > one.clientWidth)"
        assert page.evaluate(wide) == [False, False, False]
        assert (
            page.locator("#gate-name").evaluate("one => one.getBoundingClientRect().height") < 200
        )  # no column of letters
        wedge(page, world.issue(exhibition.id, party_size=4).token)
        expect_verdict(page, "accepted", "accepted")
        assert page.evaluate(wide) == [False, False, False]
    finally:
        context.close()
