"""A violated constraint is known by its name, on both databases, including every name that the code asks for."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, update
from sqlalchemy.exc import IntegrityError

from exhibition.core.config import PROJECT
from exhibition.core.db import Base, db
from exhibition.core.sql.constraints import violates
from exhibition.core.sql.statements import table_of
from exhibition.gate.models import Gate, HallOccupancy
from exhibition.venue.models import Exhibition, Layout

PACKAGE = PROJECT / "exhibition"
NAME = re.compile(r'"((?:uq|pk|fk|ck)_[a-z_]+)"')


def broken_by(model: type[Base], **values: Any) -> IntegrityError:
    """The error that the database raises for a new row."""
    with pytest.raises(IntegrityError) as refused:
        db.session.execute(table_of(model).insert().values(**values))
    db.session.rollback()
    return refused.value


def test_a_unique_constraint_is_known_by_its_name(exhibition: Exhibition) -> None:
    error = broken_by(Gate, exhibition_id=exhibition.id, code="A", name="Again")
    assert violates(error, "uq_gate_exhibition_id_code")
    assert violates(error, "pk_gate", "uq_gate_exhibition_id_code")
    assert not violates(error, "pk_gate", "fk_gate_exhibition_id_exhibition", "uq_layout_exhibition_id_name")


def test_a_primary_key_is_known_by_its_name(exhibition: Exhibition) -> None:
    error = broken_by(HallOccupancy, exhibition_id=exhibition.id, inside=0, capacity=0)
    assert violates(error, "pk_occupancy")
    assert not violates(error, "pk_gate", "ck_occupancy_capacity")


def test_a_check_is_known_by_its_name(exhibition: Exhibition) -> None:
    with pytest.raises(IntegrityError) as refused:
        db.session.execute(update(HallOccupancy).values(capacity=-1))
    db.session.rollback()
    assert violates(refused.value, "ck_occupancy_capacity")
    assert not violates(refused.value, "ck_occupancy_inside", "pk_occupancy")


def test_a_partial_unique_index_is_known_by_its_name(exhibition: Exhibition) -> None:
    error = broken_by(Layout, exhibition_id=exhibition.id, name="Second", note="", published=True)
    assert violates(error, "uq_layout_published")
    assert not violates(error, "uq_layout_exhibition_id_name")


def test_a_foreign_key_is_known_by_its_name(exhibition: Exhibition) -> None:
    error = broken_by(Gate, exhibition_id=999_999, code="Z", name="Nowhere")
    assert violates(error, "fk_gate_exhibition_id_exhibition")
    assert not violates(error, "uq_gate_exhibition_id_code")


def test_a_value_that_is_missing_is_none_of_them(exhibition: Exhibition) -> None:
    error = broken_by(Gate, exhibition_id=exhibition.id, code=None, name="Nameless")
    assert not violates(error, "uq_gate_exhibition_id_code", "pk_gate", "fk_gate_exhibition_id_exhibition")


def test_a_name_that_no_table_has_is_our_fault(exhibition: Exhibition) -> None:
    error = broken_by(Gate, exhibition_id=exhibition.id, code="A", name="Again")
    with pytest.raises(KeyError, match="uq_gate_code"):
        violates(error, "uq_gate_code")


def test_every_name_that_the_code_asks_for_is_the_databases(app: Flask) -> None:
    """The names come from the migrations; the models only repeat them."""
    if db.engine.dialect.name == "sqlite":
        return
    inspector = inspect(db.engine)
    known = {
        found["name"]
        for table in inspector.get_table_names()
        for found in (
            inspector.get_pk_constraint(table),
            *inspector.get_unique_constraints(table),
            *inspector.get_indexes(table),
            *inspector.get_foreign_keys(table),
            *inspector.get_check_constraints(table),
        )
    }
    sources = [file.read_text() for file in PACKAGE.rglob("*.py") if "violates(" in file.read_text()]
    asked = {name for source in sources for name in NAME.findall(source)}
    assert len(asked) > 10
    assert asked <= known
