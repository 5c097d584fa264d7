"""Rows that may already exist are added only once, on both databases."""

from sqlalchemy import delete, select

from exhibition.core.db import db
from exhibition.core.sql.upserts import add_missing, add_or_change
from exhibition.gate.models import HallOccupancy
from exhibition.venue.models import Exhibition


def capacity(exhibition: Exhibition) -> int:
    return db.session.scalars(select(HallOccupancy.capacity).where(HallOccupancy.exhibition_id == exhibition.id)).one()


def test_a_row_that_is_there_stays_as_it_is(exhibition: Exhibition) -> None:
    before = capacity(exhibition)
    rows = [{"exhibition_id": exhibition.id, "inside": 0, "capacity": before + 1}]
    add_missing(db.session.connection(), HallOccupancy, rows)
    assert capacity(exhibition) == before
    db.session.execute(delete(HallOccupancy))
    add_missing(db.session.connection(), HallOccupancy, rows)
    assert capacity(exhibition) == before + 1


def test_a_row_that_is_there_is_changed_and_another_is_added(exhibition: Exhibition) -> None:
    key, change = {"exhibition_id": exhibition.id}, {"capacity": HallOccupancy.capacity + 1}
    before = capacity(exhibition)
    add_or_change(db.session.connection(), HallOccupancy, key, {"inside": 0, "capacity": 7}, change)
    assert capacity(exhibition) == before + 1
    db.session.execute(delete(HallOccupancy))
    add_or_change(db.session.connection(), HallOccupancy, key, {"inside": 0, "capacity": 7}, change)
    assert capacity(exhibition) == 7
