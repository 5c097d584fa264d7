"""Moments in steps of some minutes, alike on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from exhibition.core.db import db
from exhibition.core.sql.time_steps import step_of
from exhibition.venue.models import Exhibition

STEP = datetime(2026, 11, 6, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize("later", [0, 1, 299, 299.999999, 300])
def test_a_moment_belongs_to_the_step_that_began_last(exhibition: Exhibition, later: float) -> None:
    values = {"created_at": STEP + timedelta(seconds=later)}
    db.session.execute(update(Exhibition).where(Exhibition.id == exhibition.id).values(values))
    found = db.session.scalar(select(step_of(Exhibition.created_at, 300)))
    assert found == STEP.timestamp() + (300 if later == 300 else 0)
