"""Fill a fresh database for the benchmark: the demo edition, a slot that never fills, passes and devices.

usage: python -m bench.seed PASSES DEVICES OUT.json
"""

import json
import secrets
import sys
from datetime import timedelta
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import insert, select, text

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.demo import service as demo
from exhibition.factory import create_app
from exhibition.gate.devices import enrol, make_enrolment_code
from exhibition.gate.models import Gate, HallOccupancy
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys, tokens
from exhibition.visitors.models import Registration, TimeSlot, VisitorPass

CAPACITY = 1_000_000
SLOT_NUMBER = 60_000


@transaction
def wide_open(exhibition: Exhibition) -> TimeSlot:
    """A slot around the present moment that never fills, in a hall that never fills."""
    now = clock.now().replace(second=0, microsecond=0)
    slot = TimeSlot(
        exhibition_id=exhibition.id,
        number=SLOT_NUMBER,
        starts_at=now - timedelta(minutes=7),
        ends_at=now + timedelta(hours=3),
        capacity=CAPACITY,
    )
    db.session.add(slot)
    db.session.execute(db.update(HallOccupancy).values(capacity=CAPACITY))
    db.session.execute(text("CREATE TABLE bench_floor (id INTEGER PRIMARY KEY, number INTEGER)"))
    rows = [{"id": number, "number": 0} for number in range(1, 1001)]
    db.session.execute(text("INSERT INTO bench_floor VALUES (:id, :number)"), rows)
    db.session.flush()
    return slot


@transaction
def passes(slot: TimeSlot, count: int) -> list[str]:
    """Make ``count`` passes for one person each in the slot; returns their tokens."""
    key_id, key = keys.signing_key()
    now = clock.now()
    registrations = [
        {
            "exhibition_id": slot.exhibition_id,
            "reference": f"BENCH{number:06}",
            "manage_key": secrets.token_urlsafe(24),
            "locale": "id",
            "consent_at": now,
        }
        for number in range(count)
    ]
    ids = db.session.scalars(insert(Registration).returning(Registration.id), registrations).all()
    rows = [
        {
            "id": secrets.randbits(63),
            "registration_id": registration_id,
            "exhibition_id": slot.exhibition_id,
            "slot_id": slot.id,
            "code": f"{number:08}",
            "party_size": 1,
        }
        for number, registration_id in enumerate(ids)
    ]
    db.session.execute(insert(VisitorPass), rows)
    quarters = tokens.quarters_between(slot.starts_at, slot.ends_at)
    return [
        tokens.encode(tokens.Pass(key_id, row["id"], slot.number, 1, 0, slot.starts_at, quarters), key) for row in rows
    ]


def main() -> None:
    count, devices, out = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    with create_app().app_context():
        upgrade()
        exhibition = demo.load(open_now=True)
        slot = wide_open(exhibition)
        texts = passes(slot, count)
        gate_id = db.session.scalars(select(Gate.id)).first() or 0
        codes = [make_enrolment_code(COMMAND_LINE, exhibition, gate_id) for _ in range(devices)]
        bearers = [enrol(code, f"bench {number}")[0] for number, code in enumerate(codes)]
        out.write_text(json.dumps({"slot_id": slot.id, "tokens": texts, "devices": bearers}))


if __name__ == "__main__":
    main()
