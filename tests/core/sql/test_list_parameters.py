"""Lists as one parameter: the same text for any number of values, and the index is used."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from exhibition.core.db import db
from exhibition.core.sql.list_parameters import among
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import TimeSlot

BY_NUMBER = select(TimeSlot.number).where(among(TimeSlot.number, "numbers")).order_by(TimeSlot.number)


@pytest.mark.parametrize("wanted", [[], [2], [3, 1, 1, 99999]])
def test_among_finds_what_is_listed(exhibition: Exhibition, wanted: list[int]) -> None:
    found = db.session.scalars(BY_NUMBER, {"numbers": wanted}).all()
    assert found == sorted({1, 2, 3} & set(wanted))


@pytest.mark.parametrize("wanted", [["it's", '"quoted"'], ["fair", "a,b}"], ["{}", "[]"]])
def test_among_takes_texts_as_they_are(exhibition: Exhibition, wanted: list[str]) -> None:
    statement = select(Exhibition.id).where(among(Exhibition.slug, "slugs"))
    assert db.session.scalars(statement, {"slugs": wanted}).all() == []
    assert db.session.scalars(statement, {"slugs": [*wanted, exhibition.slug]}).all() == [exhibition.id]


def test_among_uses_the_index_of_sqlite(app: Flask) -> None:
    if db.engine.dialect.name == "postgresql":
        assert "= ANY" in str(BY_NUMBER.compile(db.engine))
        return
    statement = select(TimeSlot.number).where(among(TimeSlot.id, "ids"))
    plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {statement.compile(db.engine)}".replace("?", "'[1]'")))
    assert any("SEARCH time_slot USING INTEGER PRIMARY KEY" in row[3] for row in plan)
