"""How smoothly a plan of a thousand booths moves: `python -m bench.plan_frames`.

Opens the desk's plan in Chromium, pans and zooms it without a pause, and prints frames a second and the longest frame.
"""

import argparse
import tempfile
import threading
from datetime import date, time
from pathlib import Path

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service
from exhibition.allocation.arranging.acts import MOST, arrange
from exhibition.core.db import db
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ExhibitorKind
from exhibition.venue.models import Booth, Exhibition, ExhibitionDay, Layout, LayoutBooth
from tests.browser.install import find
from tests.conftest import make_app, session_of

NAMES = ("Kementerian Perdagangan RI", "Kopi Ngipik", "Dinas Koperasi UMKM Provinsi Jawa Tengah", "Batik Serasi")
MEASURE = """async () => {
    const plan = document.querySelector("#plan-zoom"), frame = document.querySelector(".plan-frame");
    const box = frame.getBoundingClientRect(), times = [];
    let running = true;
    const tick = (now) => { times.push(now); if (running) requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    const at = (kind, x, y) => plan.dispatchEvent(new PointerEvent(kind, {
        pointerId: 1, isPrimary: true, bubbles: true, clientX: x, clientY: y, pointerType: "mouse", button: 0 }));
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    for (let turn = 0; turn < 3; turn++) {
        for (let n = 0; n < 12; n++) {
            frame.dispatchEvent(new WheelEvent("wheel", {
                deltaY: turn % 2 ? 60 : -60, clientX: x, clientY: y, bubbles: true, cancelable: true }));
            await new Promise(requestAnimationFrame);
        }
        at("pointerdown", x, y);
        for (let n = 0; n < 60; n++) {
            at("pointermove", x + 120 * Math.sin(n / 9), y + 80 * Math.cos(n / 9));
            await new Promise(requestAnimationFrame);
        }
        at("pointerup", x, y);
    }
    running = false;
    const gaps = times.slice(1).map((time, n) => time - times[n]).sort((a, b) => a - b);
    const whole = gaps.reduce((sum, gap) => sum + gap, 0);
    return [gaps.length / whole * 1000, gaps[Math.floor(gaps.length * 0.95)], gaps[gaps.length - 1]];
}"""


def fill(booths: int) -> Exhibition:
    """An edition with so many open booths, all of them taken."""
    columns = 40
    edition = Exhibition(
        slug="large", name="Large", venue_name="Hall", starts_on=date(2026, 12, 4), ends_on=date(2026, 12, 4),
        hall_width=columns * 3.0 + 2, hall_depth=-(-booths // columns) * 4.0 + 2,
    )  # fmt: skip
    edition.days = [ExhibitionDay(day=date(2026, 12, 4), opens_at=time(9), closes_at=time(17))]
    db.session.add(edition)
    db.session.flush()
    layout = Layout(exhibition_id=edition.id, name="All", published=True)
    rows = [
        Booth(
            exhibition_id=edition.id,
            code=f"B{n:04d}",
            x=1 + n % columns * 3.0,
            y=1 + n // columns * 4.0,
            width=2.5,
            depth=2.5,
        )
        for n in range(booths)
    ]
    people = [
        Exhibitor(
            slug=f"e{n}", name=f"{NAMES[n % len(NAMES)]} {n}", kind=ExhibitorKind.UMKM, product_group=f"group {n % 20}"
        )
        for n in range(booths)
    ]
    db.session.add_all([layout, *rows, *people])
    db.session.flush()
    db.session.add_all([LayoutBooth(layout_id=layout.id, booth_id=row.id) for row in rows])
    participants.take_in(edition.id, [one.id for one in people])
    db.session.commit()
    for start in range(0, booths, MOST):
        free = next(booth.code for booth in service.plan(edition) if booth.state == "open")
        arrange(COMMAND_LINE, edition, [str(one.id) for one in people[start : start + MOST]], free)
    return edition


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--booths", type=int, default=1000)
    booths = parser.parse_args().booths
    app = make_app(Path(tempfile.mkdtemp()), "")
    with app.app_context():
        slug = fill(booths).slug
        session = session_of(create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna"))
        with app.test_client() as client:
            with client.session_transaction() as kept:
                kept.update(session)
            cookie = client.get_cookie("session")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.context.add_cookies([{"name": "session", "value": cookie.value if cookie else "", "url": address}])
        page.goto(f"{address}/desk/{slug}/plan", timeout=120_000)
        page.locator(".plan.fitted").wait_for(timeout=60_000)
        fps, usual, longest = page.evaluate(MEASURE)
        print(f"{booths} booths: {fps:.0f} frames a second, 95 % within {usual:.0f} ms, the longest {longest:.0f} ms")
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
