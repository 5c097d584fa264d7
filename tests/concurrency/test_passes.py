"""Many parties grow, shrink, part and join at the same moment: sessions count exactly, and hold no more than fit."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.models import PassState, TimeSlot, VisitorPass
from exhibition.visitors.passes.party_size import resize
from exhibition.visitors.passes.splitting import split, take_back
from exhibition.visitors.registration.party import Issued
from tests.visitors.passes.holding import open_slots, register

PARTIES, THREADS, CAPACITY = 16, 8, 50
TRIES = 64
LARGEST_STEP = 4
"""The most people that one try adds to a party."""


@transaction
def _set_capacity(slot_id: int, capacity: int) -> None:
    db.session.get_one(TimeSlot, slot_id).capacity = capacity


def _counts(slot_id: int) -> tuple[int, int]:
    """The people that the session counts, and those on its valid passes."""
    db.session.rollback()
    people = select(func.coalesce(func.sum(VisitorPass.party_size), 0))
    of_slot = VisitorPass.slot_id == slot_id, VisitorPass.state == PassState.VALID
    issued = db.session.scalar(select(TimeSlot.issued).where(TimeSlot.id == slot_id))
    return issued or 0, db.session.scalar(people.where(*of_slot)) or 0


def test_parties_that_grow_at_once_take_exactly_the_places_there_are(app: Flask, exhibition: Exhibition) -> None:
    slot = open_slots()[0]
    parties = [register(2).manage_key for _ in range(PARTIES)]
    _set_capacity(slot.id, CAPACITY)

    def grow(number: int) -> str:
        with app.app_context():
            try:
                resize(parties[number % PARTIES], 3 + number // PARTIES)
            except Refused as refused:
                return refused.code
            return "grown"

    with ThreadPoolExecutor(THREADS) as threads:
        codes = Counter(threads.map(grow, range(TRIES)))
    assert set(codes) <= {"grown", "slot_full"}
    assert codes["slot_full"] > 0
    issued, people = _counts(slot.id)
    assert issued == people
    assert CAPACITY - LARGEST_STEP < issued <= CAPACITY


def test_whatever_is_done_with_one_party_at_once_its_people_stay_the_same_number(
    app: Flask, exhibition: Exhibition
) -> None:
    issued: Issued = register(8)
    first = split(issued.manage_key, 2)

    def act(number: int) -> None:
        with app.app_context():
            try:
                match random.Random(number).randrange(3):
                    case 0:
                        split(issued.manage_key, 1)
                    case 1:
                        take_back(issued.manage_key, first.registration_id)
                    case _:
                        service.find(issued.manage_key)
            except Refused:
                pass

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(act, range(TRIES // 2)))
    assert _counts(issued.slot.id) == (8, 8)
