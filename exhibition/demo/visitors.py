"""Invented visitors for the demo, many at once, within the slots' capacities."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.venue.models import Exhibition
from exhibition.visitors import slots
from exhibition.visitors.models import Registration, SlotState, TimeSlot, VisitorContact, VisitorPass
from exhibition.visitors.registration import random_values

SEED = 2020
PARTY_SIZES, PARTY_WEIGHTS = (1, 2, 3, 4, 5, 6), (25, 30, 18, 16, 7, 4)
FIRST_NAMES = (
    *("Siti", "Budi", "Dewi", "Agus", "Sri", "Joko", "Wahyu", "Ani", "Bambang", "Ratna", "Eko", "Nur", "Slamet"),
    *("Yuli", "Hendra", "Lestari", "Fajar", "Indah", "Teguh", "Wati", "Rizki", "Endang", "Dimas", "Kartika"),
)
LAST_NAMES = (
    *("Santoso", "Wijaya", "Susanti", "Prasetyo", "Handayani", "Nugroho", "Utami", "Setiawan", "Rahayu", "Purnomo"),
    *("Kusuma", "Hidayat", "Wulandari", "Saputra", "Astuti", "Hartono", "Permata", "Suryono", "Maharani", "Widodo"),
)


@transaction
def add(exhibition: Exhibition, count: int) -> int:
    """Write ``count`` registrations spread over the open slots and return how many people they are.

    Raises Refused ``not_enough_places`` when even parties of one would not fit.
    """
    now = clock.now()
    dice = random.Random(SEED)  # noqa: S311 invented names, no secret
    room = {
        slot.id: slot.remaining
        for slot in slots.of_edition(exhibition.id)
        if slot.state is SlotState.OPEN and not slot.is_closed_by_round(slot.starts_at)
    }
    if sum(room.values()) < count:
        raise Refused("not_enough_places", f"The open slots hold {sum(room.values())} people, not {count} parties.")
    parties = list(_parties(room, count, dice))
    register(exhibition, parties, now, dice)
    return sum(people for _, people in parties)


def register(
    exhibition: Exhibition, parties: list[tuple[int, int]], now: datetime, dice: random.Random
) -> Sequence[int]:
    """Register parties, each a slot and how many people, in the open transaction; returns the registrations' ids."""
    statement = insert(Registration).returning(Registration.id, sort_by_parameter_order=True)
    rows = registrations(exhibition, [now] * len(parties))
    ids = db.session.execute(statement, rows).scalars().all() if rows else []
    _write(exhibition, ids, parties, now, dice)
    return ids


def registrations(exhibition: Exhibition, moments: Sequence[datetime]) -> list[dict[str, Any]]:
    """The rows of registrations made at these moments. Of so many random references some may be the same."""
    taken = set(db.session.scalars(select(Registration.reference)))
    rows: list[dict[str, Any]] = []
    for moment in moments:
        row = random_values.registration("id", moment)
        while row["reference"] in taken:
            row = random_values.registration("id", moment)
        taken.add(row["reference"])
        rows.append(row | {"exhibition_id": exhibition.id})
    return rows


def _parties(room: dict[int, int], count: int, dice: random.Random) -> Iterator[tuple[int, int]]:
    """Slot and size of each party; takes the places from ``room`` and leaves at least one for each later party."""
    spare = sum(room.values()) - count
    for _ in range(count):
        slot_id = dice.choice([slot_id for slot_id, places in room.items() if places > 0])
        wanted = dice.choices(PARTY_SIZES, PARTY_WEIGHTS)[0]
        people = min(wanted, room[slot_id], spare + 1)
        room[slot_id] -= people
        spare -= people - 1
        yield slot_id, people


def _write(
    exhibition: Exhibition,
    ids: Sequence[int],
    parties: list[tuple[int, int]],
    now: datetime,
    dice: random.Random,
) -> None:
    if not ids:
        return
    db.session.execute(insert(VisitorContact), [_contact(registration_id, dice) for registration_id in ids])
    passes = [
        random_values.visitor_pass(people, now)
        | {"registration_id": registration_id, "exhibition_id": exhibition.id, "slot_id": slot_id}
        for registration_id, (slot_id, people) in zip(ids, parties, strict=True)
    ]
    db.session.execute(insert(VisitorPass), passes)
    taken: dict[int, int] = {}
    for slot_id, people in parties:
        taken[slot_id] = taken.get(slot_id, 0) + people
    for slot_id, people in taken.items():
        db.session.execute(
            update(TimeSlot).where(TimeSlot.id == slot_id).values(issued=TimeSlot.issued + people)
        )  # the CHECK on the table refuses more than the capacity


def _contact(registration_id: int, dice: random.Random) -> dict[str, Any]:
    first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
    email = f"{first}.{last}{registration_id}@example.com".lower() if dice.random() < 0.6 else None  # noqa: PLR2004 share with an address
    phone = f"+62812{dice.randrange(10**7, 10**8)}"
    return {"registration_id": registration_id, "name": f"{first} {last}", "email": email, "phone": phone}
