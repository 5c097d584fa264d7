"""Which edition is meant when nobody names one."""

from datetime import timedelta

import pytest

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.venue.service import current_exhibition, present_exhibition


def add(slug: str, from_today: int, state: EditionState = EditionState.PUBLISHED) -> None:
    first = clock.now().date() + timedelta(days=from_today)
    db.session.add(
        Exhibition(
            slug=slug,
            name=slug,
            venue_name="Alun-alun",
            starts_on=first,
            ends_on=first + timedelta(days=2),
            hall_width=1,
            hall_depth=1,
            state=state,
        )
    )
    db.session.commit()


@pytest.mark.usefixtures("app")
def test_only_published_editions_are_meant() -> None:
    for number, state in enumerate(set(EditionState) - {EditionState.PUBLISHED}):
        add(f"other-{number}", 0, state)
    assert present_exhibition() is None
    with pytest.raises(Refused) as refusal:
        current_exhibition()
    assert (refusal.value.code, refusal.value.status) == ("no_exhibition", 503)


@pytest.mark.usefixtures("app")
def test_of_several_the_one_that_runs_is_meant_else_the_next_else_the_last() -> None:
    add("long-over", -90)
    add("over", -9)
    assert current_exhibition().slug == "over"
    add("later", 90)
    add("next", 9)
    assert current_exhibition().slug == "next"
    add("today", -1)
    assert current_exhibition().slug == "today"
