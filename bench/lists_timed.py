"""Fill a fresh database with long lists, and time their pages in this process; prints the figures as JSON.

usage: python -m bench.lists_timed REGISTRATIONS
"""

import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import bindparam, select, text

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.accounts.sign_in import sign_ins
from exhibition.core import clock
from exhibition.core.db import Moment, db, transaction
from exhibition.demo import service as demo
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind
from exhibition.factory import create_app
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import TimeSlot

APPLICATIONS = 2000
ROUNDS = 5
FLOOR = "floor: a list with nothing in it"
EMPTY = "/desk/overrides"
NAMELESS = "column=reference&column=starts_at&column=party_size&column=state"
PREFIX = "B"
GROUPS = ("Camilan", "Kopi", "Batik", "Kerajinan", "Madu", "Jamu")
DISTRICTS = ("Bawen", "Ambarawa", "Jambu", "Tuntang", "Ungaran")
STATES = (ApplicationState.SUBMITTED, ApplicationState.SHORTLISTED, ApplicationState.WAITLISTED)

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
REGISTRATIONS = f"""
    INSERT INTO registration (exhibition_id, reference, manage_key, locale, consent_at, created_at, walk_in)
    {NUMBERS} SELECT :edition, '{PREFIX}' || i, 'bench-manage-key-' || i, 'id', :now, :now, i % 20 = 0 FROM n
"""
OF_BENCH = (
    "FROM (SELECT id, CAST(SUBSTR(reference, 2) AS INTEGER) AS i FROM registration WHERE manage_key LIKE 'bench-%') r"
)
CONTACTS = f"""
    INSERT INTO visitor_contact (registration_id, name, email, phone)
    SELECT id, CASE i % 5 WHEN 0 THEN 'Siti ' WHEN 1 THEN 'Budi ' WHEN 2 THEN 'Ani ' WHEN 3 THEN 'Joko '
                   ELSE 'Dewi ' END || i,
           CASE WHEN i % 3 = 0 THEN NULL ELSE 'visitor' || i || '@example.com' END, '+6281' || (20000000 + i) {OF_BENCH}
"""
PASSES = f"""
    INSERT INTO visitor_pass (id, registration_id, exhibition_id, slot_id, code, party_size, inside, admitted, released,
                              generation, state, updated_at)
    SELECT (CAST(i AS BIGINT) * 48271) % 2147483647, r.id, :edition, s.id,
           CAST(10000000 + i AS VARCHAR(8)), 1 + i % 5, 0,
           CASE WHEN s.ends_at <= :now AND i % 7 > 0 THEN 1 + i % 5 ELSE 0 END, 0, 0,
           CASE WHEN i % 25 = 0 THEN 'cancelled' ELSE 'valid' END, :now
    {OF_BENCH} JOIN (SELECT id, ends_at, ROW_NUMBER() OVER (ORDER BY starts_at) - 1 AS place FROM time_slot
                     WHERE exhibition_id = :edition) s ON s.place = i % :sessions
"""


@transaction
def fill_applications(exhibition: Exhibition) -> None:
    now = clock.now()
    for number in range(APPLICATIONS):
        name = f"Usaha {number * 7919 % APPLICATIONS:04}"
        application = Application(
            exhibition_id=exhibition.id,
            reference=f"A-{number:06}",
            key=f"bench-application-{number}",
            state=STATES[number % len(STATES)],
            name=name,
            name_key=name.casefold(),
            kind=ExhibitorKind.UMKM,
            contact_name=f"Ibu {number}",
            email=f"usaha{number}@example.com",
            phone=f"+6281{30_000_000 + number}",
            product_group=GROUPS[number % len(GROUPS)],
            district=DISTRICTS[number % len(DISTRICTS)],
            description="Dibuat di rumah. " * 10,
            submitted_at=now - timedelta(minutes=number),
            consent_at=now,
        )
        db.session.add(application)


@transaction
def fill_registrations(exhibition: Exhibition, count: int) -> None:
    sessions = len(db.session.scalars(select(TimeSlot.id).where(TimeSlot.exhibition_id == exhibition.id)).all())
    values = {"count": count, "edition": exhibition.id, "now": clock.now(), "sessions": sessions}
    for statement in (REGISTRATIONS, CONTACTS, PASSES):
        typed = text(statement)
        if ":now" in statement:
            typed = typed.bindparams(bindparam("now", type_=Moment))
        db.session.execute(typed, {name: value for name, value in values.items() if f":{name}" in statement})
    issued = "(SELECT SUM(party_size) FROM visitor_pass WHERE slot_id = time_slot.id AND state = 'valid')"
    of_edition = f"UPDATE time_slot SET capacity = COALESCE({issued}, 0) + 100, issued = COALESCE({issued}, 0)"
    db.session.execute(text(f"{of_edition} WHERE exhibition_id = :edition"), {"edition": exhibition.id})


def signed_in(app: Flask) -> FlaskClient:
    user = create_user(COMMAND_LINE, "bench@example.com", RoleName.ORGANIZER, password="bench-only-password")
    client = app.test_client()
    cookie = {"_user_id": sign_ins.begin(user.id), "_fresh": True, "fs_cc": "set", "fs_paa": time.time()}
    with client.session_transaction() as session:
        session.update(cookie)
    return client


def addresses(count: int, slot: TimeSlot) -> dict[str, str]:
    visitors, applications = "/desk/registrations", "/desk/applications"
    return {
        FLOOR: EMPTY,
        "visitors: first page": visitors,
        "by reference": f"{visitors}?order=reference",
        "a state nobody is in": f"{visitors}?attending=revoked",
        "cancelled": f"{visitors}?attending=cancelled",
        "did not come": f"{visitors}?attending=missed",
        "expected now, not here yet": f"{visitors}?attending=late",
        "came with a part of the party": f"{visitors}?attending=short",
        "at a gate": f"{visitors}?walk_in=yes",
        "one session": f"{visitors}?session={slot.id}",
        "one session, cancelled": f"{visitors}?session={slot.id}&attending=cancelled",
        "a reference": f"{visitors}?q={PREFIX}{count // 2}",
        "a name that many have": f"{visitors}?q=siti",
        "a name that nobody has": f"{visitors}?q=zulkarnain",
        "the end of a phone number": f"{visitors}?q={str(20_000_000 + count // 3)[-4:]}",
        "page 100": f"{visitors}?page=100",
        "the last page there is": f"{visitors}?page={min(count // 50, 10_000)}",
        "applications: first page": applications,
        "by name": f"{applications}?order=name",
        "in a state": f"{applications}?state=waitlisted",
        "a word": f"{applications}?q=usaha+01",
        "with all columns": f"{applications}?column=all",
        "page 40": f"{applications}?page=40",
    }


def timed(ask: Callable[[], int]) -> tuple[float, float, int]:
    """Elapsed time and CPU of this process, in ms, and what was returned."""
    elapsed, spent = time.perf_counter(), time.process_time()
    returned = ask()
    return 1000 * (time.perf_counter() - elapsed), 1000 * (time.process_time() - spent), returned


def measure(client: FlaskClient, pages: dict[str, str]) -> dict[str, tuple[float, float, int]]:
    """For each page the medians of elapsed time and CPU, and the number of answers that were not 200."""
    found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in pages}
    for number in range(ROUNDS + 1):
        for name, address in pages.items():
            one = timed(lambda address=address: client.get(address).status_code)
            if number:  # the first round warms up
                found[name].append(one)
    return {
        name: (
            statistics.median(one[0] for one in rounds),
            statistics.median(one[1] for one in rounds),
            sum(one[2] != 200 for one in rounds),
        )
        for name, rounds in found.items()
    }


def export(client: FlaskClient, kind: str) -> tuple[float, float, int]:
    """Elapsed time, CPU and bytes of all registrations as a file without names."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/desk/registrations").text)
    assert token is not None

    def ask() -> int:
        answer = client.post(f"/desk/registrations/file?{NAMELESS}", data={"kind": kind, "csrf_token": token[1]})
        assert answer.status_code == 200
        return len(answer.data)

    return timed(ask)


def main() -> None:
    count = int(sys.argv[1])
    app = create_app()
    with app.app_context():
        upgrade()
        exhibition = demo.load(open_now=True)
        fill_applications(exhibition)
        begun = time.perf_counter()
        fill_registrations(exhibition, count)
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        filled = time.perf_counter() - begun
        slots = db.session.scalars(select(TimeSlot).where(TimeSlot.exhibition_id == exhibition.id)).all()
        pages = addresses(count, slots[0])
        client = signed_in(app)
        db.session.remove()
    figures = measure(client, pages)
    files = {f"{kind.upper()} of all visitors": export(client, kind) for kind in ("csv", "xlsx")}
    print(json.dumps({"filled_s": filled, "pages": figures, "files": files}))


if __name__ == "__main__":
    main()
