"""How smoothly a plan of a thousand booths moves: `python -m bench.plan_frames`.

Opens the desk's plan in Chromium, zooms and pans it by a real mouse, and prints frames a second and the longest frame;
then the same for the page without its plan, which is the floor.
"""

import argparse
import logging
import tempfile
import threading
from datetime import date, time
from math import cos, sin
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
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
from exhibition.venue.models import Booth, Exhibition, ExhibitionDay, ExhibitionHall, Layout, LayoutBooth
from tests.browser.install import find
from tests.conftest import make_app, session_of

NAMES = ("Kementerian Perdagangan RI", "Kopi Ngipik", "Dinas Koperasi UMKM Provinsi Jawa Tengah", "Batik Serasi")
RECORD = """() => {
    window.times = [];
    const tick = (now) => { window.times.push(now); requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
}"""
GAPS = """() => {
    const times = window.times;
    window.times = times.slice(-1);
    return times.slice(1).map((time, n) => time - times[n]);
}"""
BETWEEN_BOOTHS = """() => {
    const frame = document.querySelector(".plan-frame"), box = frame.getBoundingClientRect();
    for (let n = 0; n < 900; n++) {
        const x = box.x + box.width * (0.4 + 0.2 * (n % 30) / 30);
        const y = box.y + box.height * (0.4 + 0.2 * Math.floor(n / 30) / 30);
        if (!document.elementFromPoint(x, y).closest("[data-code]")) return [x, y];
    }
}"""
FLOOR = "() => document.querySelector('#plan-holder svg').replaceChildren()"
REST_MS = 1500
APART_M = 10.0
"""Between two halls, as the editor puts them."""


def fill(booths: int, halls: int) -> Exhibition:
    """An edition with so many open booths, all of them taken, in so many halls."""
    columns = 40
    each = -(-booths // halls)
    width, depth = columns * 3.0 + 2, -(-each // columns) * 4.0 + 2
    edition = Exhibition(
        slug="large", name="Large", venue_name="Hall", starts_on=date(2026, 12, 4), ends_on=date(2026, 12, 4),
        hall_width=halls * (width + APART_M) - APART_M, hall_depth=depth,
    )  # fmt: skip
    edition.days = [ExhibitionDay(day=date(2026, 12, 4), opens_at=time(9), closes_at=time(17))]
    db.session.add(edition)
    db.session.flush()
    layout = Layout(exhibition_id=edition.id, name="All", published=True)
    rows = [
        Booth(
            exhibition_id=edition.id,
            code=f"B{n:04d}",
            x=1 + n // each * (width + APART_M) + n % each % columns * 3.0,
            y=1 + n % each // columns * 4.0,
            width=2.5,
            depth=2.5,
        )
        for n in range(booths)
    ]
    named = [
        ExhibitionHall(
            exhibition_id=edition.id,
            code=chr(ord("A") + n),
            name=f"Hall {n + 1}",
            x=n * (width + APART_M),
            y=0,
            width=width,
            depth=depth,
        )
        for n in range(halls)
    ]
    people = [
        Exhibitor(
            slug=f"e{n}", name=f"{NAMES[n % len(NAMES)]} {n}", kind=ExhibitorKind.UMKM, product_group=f"group {n % 20}"
        )
        for n in range(booths)
    ]
    db.session.add_all([layout, *rows, *people, *(named if halls > 1 else [])])
    db.session.flush()
    db.session.add_all([LayoutBooth(layout_id=layout.id, booth_id=row.id) for row in rows])
    participants.take_in(edition.id, [one.id for one in people])
    db.session.commit()
    for start in range(0, booths, MOST):
        free = next(booth.code for booth in service.plan(edition) if booth.state == "open")
        arrange(COMMAND_LINE, edition, [str(one.id) for one in people[start : start + MOST]], free)
    return edition


def moved(page: Page) -> tuple[list[float], list[float]]:
    """The milliseconds between frames while the plan is zoomed and panned, and while it rests after each of these."""
    moving: list[float] = []
    resting: list[float] = []

    def done(kind: list[float]) -> None:
        kind += page.evaluate(GAPS)

    for direction in (-60, 60, -60):
        x, y = page.evaluate(BETWEEN_BOOTHS)
        page.mouse.move(x, y)
        done(resting)
        for _wheel in range(10):
            page.mouse.wheel(0, direction)
            page.wait_for_timeout(16)
        done(moving)
        page.wait_for_timeout(REST_MS)
        x, y = page.evaluate(BETWEEN_BOOTHS)
        page.mouse.move(x, y)
        page.mouse.down()
        done(resting)
        for turn in range(120):
            page.mouse.move(x + 120 * sin(turn / 9), y + 80 * cos(turn / 9) - 80)
            page.wait_for_timeout(8)
        done(moving)
        page.mouse.up()
        page.wait_for_timeout(REST_MS)
        done(resting)
    return moving, resting


def told(name: str, gaps: tuple[list[float], list[float]]) -> None:
    moving, resting = gaps
    print(
        f"{name}: {len(moving) / sum(moving) * 1000:.0f} frames a second, 95 % within"
        f" {sorted(moving)[int(len(moving) * 0.95)]:.0f} ms, the longest {max(moving):.0f} ms;"
        f" at rest, names being fitted: the longest {max(resting):.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--booths", type=int, default=1000)
    parser.add_argument("--halls", type=int, default=1)
    options = parser.parse_args()
    booths, halls = options.booths, options.halls
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = make_app(Path(tempfile.mkdtemp()), "")
    with app.app_context():
        slug = fill(booths, halls).slug
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
        page.wait_for_timeout(REST_MS)
        page.evaluate(RECORD)
        told(f"{booths} booths in {halls} {'hall' if halls == 1 else 'halls'}", moved(page))
        page.evaluate(FLOOR)
        told("floor, the same page without its plan", moved(page))
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
