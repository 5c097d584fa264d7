"""Last year's fair of the demo, archived: all hundred booths open, its exhibitors, and what it brought as counts.

It is loaded after this year's. Visitors' names are erased already, as they are after the retention of a real fair.
"""

import random
import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from exhibition.allocation.models import Allocation, AllocationDay, AllocationState
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.demo import applications, data, fair, listings, visitors, visits
from exhibition.exhibitors import participants
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.models import Cluster, Exhibitor
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.gate.devices import token_hash
from exhibition.gate.models import Device, Gate, Scan
from exhibition.gate.rules.admission import Direction, ScanCode, Verdict
from exhibition.storefront.models import Platform, Storefront
from exhibition.venue.models import Booth, Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors.models import Registration, TimeSlot, VisitorPass
from exhibition.visitors.registration import random_values

SEED = 2019
A_YEAR, A_WEEK = timedelta(weeks=52), timedelta(weeks=1)
TAGLINE = "Seratus stan, tiga hari, satu kabupaten."
PARTY_SIZES, PARTY_WEIGHTS = (1, 2, 3, 4, 5), (20, 34, 20, 18, 8)
BUSY = {9: 3, 10: 5, 11: 4, 13: 3, 14: 4, 16: 2}
"""How popular the sessions are, by the hour at which they begin; disinfection closes the others."""
MISSING = 0.13
"""The share of parties that did not come."""
WITH_EMAIL = 3
"""Of so many exhibitors one has no e-mail address."""
VIEWED_DAYS = 4


@transaction
def add(exhibition: Exhibition) -> Exhibition:
    """Write the edition of a year before the demo's ``exhibition``."""
    now = clock.now()
    first = exhibition.starts_on - A_YEAR
    if first.year == exhibition.starts_on.year:
        first -= A_WEEK
    earlier = fair.edition(
        f"umkm-{first.year}",
        first,
        name=f"{data.FAIR['name']} {first.year}",
        tagline=TAGLINE,
        state=EditionState.ARCHIVED,
    )
    layout, booths = fair.hall(earlier, "Semua stan")
    fair.open_booths(layout, booths)
    exhibitors = _exhibitors()
    participants.take_in(earlier.id, [one.id for one in exhibitors])
    _booths(earlier, booths, exhibitors, _at(first, 8) - timedelta(days=30))
    fair.slots(earlier, now, open_now=False)
    gates = fair.gates(earlier)
    db.session.flush()
    _visitors(earlier, gates)
    visits.add(earlier, until=_at(earlier.ends_on, 23), days=VIEWED_DAYS)
    return earlier


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), fair.TIMEZONE)


def _exhibitors() -> list[Exhibitor]:
    """Those of this year's fair that are not new, and others that did not come again."""
    clusters = {one.slug: one for one in db.session.scalars(select(Cluster))}
    slugs = [row.slug for row in (*data.GOVERNMENT, *data.BUSINESSES) if row.slug not in data.UNTRUSTED]
    again = db.session.scalars(select(Exhibitor).where(Exhibitor.slug.in_(slugs)).order_by(Exhibitor.id)).all()
    others = [
        fair.exhibitor(
            row,
            clusters,
            contact_name="Ibu Contoh" if number % 2 else "Bapak Contoh",
            phone=applications.phone_of(row.name),
            email=f"{row.slug}@example.com" if number % WITH_EMAIL else "",
        )
        for number, row in enumerate(data.EARLIER)
    ]
    db.session.add_all(others)
    db.session.flush()
    db.session.add_all(
        Storefront(exhibitor_id=one.id, platform=Platform.WARUNG_SERASI, url=f"{listings.SHOP}/{one.slug}")
        for one in others
    )
    return [*again, *others]


def _booths(
    exhibition: Exhibition, booths: Sequence[Booth], exhibitors: Sequence[Exhibitor], confirmed_at: datetime
) -> None:
    """A confirmed booth for everybody, with the application that led to it."""
    call = calls.of(exhibition)
    call.open = False
    for booth, exhibitor in zip(booths, exhibitors, strict=False):
        keys = {"exhibition_id": exhibition.id, "booth_id": booth.id, "exhibitor_id": exhibitor.id}
        allocation = Allocation(
            **keys, state=AllocationState.CONFIRMED, created_at=confirmed_at, updated_at=confirmed_at
        )
        allocation.days = [AllocationDay(day=day.day, **keys) for day in exhibition.days]
        sent_at = confirmed_at - timedelta(days=20)
        application = applications.application(
            exhibition,
            exhibitor.name,
            exhibitor.kind,
            exhibitor.product_group,
            exhibitor.district,
            salt=exhibition.slug,
            state=ApplicationState.CONFIRMED,
            exhibitor_id=exhibitor.id,
            cluster_id=exhibitor.cluster_id,
            description=exhibitor.description,
            email=exhibitor.email,
            created_at=sent_at,
            updated_at=confirmed_at,
            submitted_at=sent_at,
            consent_at=sent_at,
        )
        db.session.add_all([allocation, application])


def _visitors(exhibition: Exhibition, gates: Sequence[Gate]) -> None:
    """Parties with their passes, and each way through a gate; nobody's name."""
    dice = random.Random(SEED)  # noqa: S311 invented figures, no secret
    slots = [
        slot
        for slot in db.session.scalars(select(TimeSlot).where(TimeSlot.exhibition_id == exhibition.id))
        if slot.starts_at.astimezone(fair.TIMEZONE).hour in BUSY
    ]
    parties = list(_parties(slots, dice))
    registered = _at(exhibition.starts_on, 8) - timedelta(days=6)
    rows = visitors.registrations(exhibition, [registered + timedelta(minutes=11 * n) for n in range(len(parties))])
    statement = insert(Registration).returning(Registration.id, sort_by_parameter_order=True)
    ids = db.session.execute(statement, rows).scalars().all()
    passes: list[dict[str, Any]] = []
    scans: list[dict[str, Any]] = []
    taken: dict[int, int] = {}
    devices = _devices(gates, registered)
    for registration_id, (slot, people) in zip(ids, parties, strict=True):
        taken[slot.id] = taken.get(slot.id, 0) + people
        came = 0 if dice.random() < MISSING else people - (people > 1 and dice.random() < MISSING)
        one = random_values.visitor_pass(people, registered) | {"admitted": came}
        passes.append(one | {"registration_id": registration_id, "exhibition_id": exhibition.id, "slot_id": slot.id})
        if came:
            scans += _ways(exhibition, one["id"], slot, came, dice.choice(devices), dice)
    db.session.execute(insert(VisitorPass), passes)
    for slot_id, people in taken.items():
        db.session.execute(update(TimeSlot).where(TimeSlot.id == slot_id).values(issued=people))
    db.session.execute(insert(Scan), sorted(scans, key=lambda scan: scan["server_at"]))


def _parties(slots: Sequence[TimeSlot], dice: random.Random) -> Iterator[tuple[TimeSlot, int]]:
    """Session and size of each party; no session gets more people than it holds."""
    room = {slot: slot.capacity for slot in slots}
    for _ in range(data.LAST_YEAR_PARTIES):
        people = dice.choices(PARTY_SIZES, PARTY_WEIGHTS)[0]
        free = [slot for slot in slots if room[slot] >= people]
        slot = dice.choices(free, [BUSY[slot.starts_at.astimezone(fair.TIMEZONE).hour] for slot in free])[0]
        room[slot] -= people
        yield slot, people


def _devices(gates: Sequence[Gate], enrolled_at: datetime) -> list[Device]:
    """A phone for each gate; it lets nobody in any more."""
    devices = [
        Device(
            gate_id=gate.id,
            name=gate.name,
            token_hash=token_hash(secrets.token_urlsafe()),
            enrolled_at=enrolled_at,
            revoked_at=enrolled_at + timedelta(days=10),
        )
        for gate in gates
    ]
    db.session.add_all(devices)
    db.session.flush()
    return devices


def _ways(
    exhibition: Exhibition, pass_id: int, slot: TimeSlot, people: int, device: Device, dice: random.Random
) -> list[dict[str, Any]]:
    """In at some time of the session, and out within an hour and a half."""
    entered = slot.starts_at + timedelta(seconds=dice.randrange(50 * 60))
    left = entered + timedelta(minutes=dice.randrange(20, 90))
    return [
        {
            "exhibition_id": exhibition.id,
            "device_id": device.id,
            "gate_id": device.gate_id,
            "nonce": secrets.token_hex(8),
            "pass_id": pass_id,
            "direction": direction,
            "people": people,
            "verdict": Verdict.ACCEPTED,
            "code": ScanCode.ACCEPTED,
            "server_at": at,
            "answer": {"verdict": Verdict.ACCEPTED, "code": ScanCode.ACCEPTED, "people": people},
        }
        for direction, at in ((Direction.ENTRY, entered), (Direction.EXIT, left))
    ]
