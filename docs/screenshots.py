"""Make the README's pictures: a demo edition with visitors, served here, photographed in a real browser."""

import re
import secrets
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import time_machine
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import create_user
from exhibition.accounts.sign_in.sign_ins import begin as begin_sign_in
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.demo import pictures, sign_ins, visitors, visits
from exhibition.demo import service as demo
from exhibition.factory import create_app
from exhibition.gate import devices
from exhibition.gate.models import Gate
from exhibition.storefront.editors import Editor
from exhibition.storefront.fetching import user_agent
from exhibition.storefront.importing import import_runs, shop_reading
from exhibition.visitors import tokens
from exhibition.visitors.keys import signing_key
from exhibition.visitors.models import Registration, TimeSlot, VisitorPass
from tests.browser.install import find
from tests.fairs import the_fair

IMAGES = Path(__file__).parent / "images"
SMALL: ViewportSize = {"width": 300, "height": 520}
PHONE, WIDE = {"width": 390, "height": 780}, {"width": 1440, "height": 900}
VISITORS = 420
ENTRIES = 36


def token_of(ticket: VisitorPass, slot: TimeSlot) -> str:
    key_id, key = signing_key()
    quarters = tokens.quarters_between(slot.starts_at, slot.ends_at)
    size = ticket.party_size
    return tokens.encode(
        tokens.Pass(key_id, ticket.id, slot.number, size, ticket.generation, slot.starts_at, quarters), key
    )


def fill(app: Flask) -> tuple[str, str, str, list[str]]:
    """The demo with visitors.

    Returns an organizer's session id, a manage key, an enrolment code, the tokens of the open slot and, last, one of
    a later day.
    """
    with app.app_context():
        upgrade()
        exhibition = demo.load(open_now=True)
        visitors.add(exhibition, VISITORS)
        visits.add(exhibition)
        pictures.add()
        organizer = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
        organizer_id = begin_sign_in(organizer.id)
        now = clock.now()
        rows = db.session.execute(
            select(VisitorPass, TimeSlot, Registration.manage_key)
            .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
            .join(Registration, Registration.id == VisitorPass.registration_id)
            .where(TimeSlot.starts_at <= now, TimeSlot.ends_at > now)
            .order_by(VisitorPass.party_size.desc())
        ).all()
        gate_id = db.session.scalars(select(Gate.id).order_by(Gate.code)).first() or 0
        code = devices.make_enrolment_code(COMMAND_LINE, the_fair(), gate_id)
        later = db.session.execute(
            select(VisitorPass, TimeSlot)
            .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
            .where(TimeSlot.starts_at > now + timedelta(hours=12))
            .limit(1)
        ).one()
        texts = [token_of(ticket, slot) for ticket, slot in [*((row[0], row[1]) for row in rows), tuple(later)]]
        return organizer_id, rows[0][2], code, texts


def scan(app: Flask, texts: list[str]) -> None:
    """Let parties in, and some twice, so that the desk has something to show."""
    with app.app_context():
        gates = db.session.scalars(select(Gate.id).order_by(Gate.code)).all()
        codes = [devices.make_enrolment_code(COMMAND_LINE, the_fair(), gate_id) for gate_id in gates]
        bearers = [devices.enrol(code, f"Ponsel {number}")[0] for number, code in enumerate(codes, start=1)]
    client = app.test_client()
    entries = [(text, "entry") for text in [*texts[1:ENTRIES], *texts[1:6]]]
    moves = [*entries[:24], *((text, "exit") for text in texts[1:9]), *entries[24:]]
    began = clock.now() - timedelta(minutes=len(moves))
    for number, (text, direction) in enumerate(moves):
        body = {"nonce": secrets.token_hex(8), "token": text, "direction": direction}
        headers = {"Authorization": f"Bearer {bearers[number % len(bearers)]}"}
        with time_machine.travel(began + timedelta(minutes=number)):
            client.post("/api/v1/gate/scans", json=body, headers=headers)


def read_shop(app: Flask) -> tuple[str, str]:
    """A seller's session id, and the address of the preview of a file that has two problems."""
    table = "Kode,Nama Produk,Harga\nK-1,Keripik bayam 200 g,Rp12.500\nK-2,Keripik talas 250 g,Rp18.000\nK-3,,Rp9.000\n"
    table += "K-4,Stik bawang 200 g,murah\n"
    with app.app_context():
        people = {person.role: person.email for person in sign_ins.create()}
        seller = db.session.scalars(select(User).where(User.email == people[RoleName.EXHIBITOR])).one()
        editor = Editor(COMMAND_LINE, organizer=True)
        upload = import_runs.Upload("produk.csv", table.encode())
        run = import_runs.start(editor, sign_ins.EXHIBITOR_SLUG, import_runs.ImportRequest(upload=upload))
        shop_reading.work(run.id, user_agent.fetcher())
        return begin_sign_in(seller.id), f"/exhibitor/listings/{sign_ins.EXHIBITOR_SLUG}/import/{run.id}"


def session_cookie(app: Flask, user: str) -> str:
    client = app.test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": user, "_fresh": True, "fs_cc": "set"})
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def take(browser: Browser, server: str, app: Flask) -> None:
    organizer, manage_key, code, texts = fill(app)
    scan(app, texts)

    def page(viewport: dict[str, int], *, scheme: str = "light", user: str | None = None) -> Page:
        context = browser.new_context(
            viewport={"width": viewport["width"], "height": viewport["height"]},
            base_url=server,
            color_scheme="dark" if scheme == "dark" else "light",
            device_scale_factor=1,
        )
        if user is not None:
            context.add_cookies([{"name": "session", "value": session_cookie(app, user), "url": server}])
        return context.new_page()

    def photograph(shown: Page, address: str, name: str) -> None:
        shown.goto(address)
        shown.wait_for_load_state("load")
        shown.screenshot(path=IMAGES / f"{name}.png")

    phone = page(PHONE)
    photograph(phone, "/?lang=id", "front")
    photograph(phone, f"/p/{manage_key}", "pass")
    photograph(phone, "/stan/D02", "booth")
    seller, preview = read_shop(app)
    phone = page(PHONE, user=seller)
    photograph(phone, f"{preview.rpartition('/')[0]}?lang=id", "seller-import")
    photograph(phone, preview, "seller-preview")
    photograph(phone, preview.partition("/import")[0], "seller-shop")
    desk = page(WIDE, user=organizer)
    desk.goto("/desk/plan?lang=en&booth=I07")
    expect(desk.locator(".plan.fitted")).to_be_visible()
    expect(desk.locator("#plan-holder .nameless")).to_have_count(0)
    desk.screenshot(path=IMAGES / "plan.png")
    desk.goto("/desk")
    desk.locator(".u-over").wait_for()
    desk.screenshot(path=IMAGES / "today.png")
    gate = page(PHONE, scheme="dark")
    gate.goto(f"/gate?lang=id#{code}")
    gate.locator("[name=device_name]").fill("Ponsel Sari")
    gate.locator("[name=device_name]").press("Enter")
    gate.locator("[data-testid=wedge]").wait_for()
    expect(gate.get_by_test_id("inside")).to_have_text(re.compile(r"\d"))
    gate.keyboard.type(texts[0], delay=2)
    gate.keyboard.press("Enter")
    gate.locator("[data-testid=verdict][data-code=accepted]").wait_for()
    gate.screenshot(path=IMAGES / "gate.png")
    gate.set_viewport_size(SMALL)
    gate.screenshot(path=IMAGES / "gate-accepted.png")
    for text, name in ((texts[-1], "refused"), ("EP1" + "A" * 132, "look")):
        gate.keyboard.press("Escape")
        gate.keyboard.type(text, delay=2)
        gate.keyboard.press("Enter")
        gate.locator(f"[data-testid=verdict][data-tone={name}]").wait_for()
        gate.screenshot(path=IMAGES / f"gate-{name}.png")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = create_app({"INSTANCE_PATH": folder, "RATELIMIT_ENABLED": "false"})
        http = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=http.serve_forever, daemon=True).start()
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=find(), args=flags)
        take(browser, f"http://127.0.0.1:{http.server_port}", app)
        browser.close()
        http.shutdown()


if __name__ == "__main__":
    main()
