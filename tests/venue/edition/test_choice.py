"""Which edition is meant when nobody names one."""

from datetime import timedelta

import pytest

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState


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


def meant() -> list[str]:
    return [one.slug for one in choice.meant_by_visitors()]


def of_today() -> str | None:
    exhibition = choice.of_today()
    return exhibition.slug if exhibition else None


@pytest.mark.usefixtures("app")
def test_staff_mean_what_visitors_know_before_a_draft_and_a_draft_before_an_archived_edition() -> None:
    assert of_today() is None
    add("archived", 0, EditionState.ARCHIVED)
    assert of_today() == "archived"
    add("draft", 90, EditionState.DRAFT)
    assert of_today() == "draft"
    add("over", -9)
    assert of_today() == "over"


@pytest.mark.usefixtures("app")
def test_of_several_the_one_that_runs_is_meant_else_the_next_else_the_last() -> None:
    add("long-over", -90)
    add("over", -9)
    assert of_today() == "over"
    add("later", 90)
    add("next", 9)
    assert of_today() == "next"
    add("today", -1)
    assert of_today() == "today"


@pytest.mark.usefixtures("app")
def test_visitors_mean_every_announced_edition_that_is_not_over() -> None:
    add("draft", 0, EditionState.DRAFT)
    add("archived", 0, EditionState.ARCHIVED)
    assert meant() == []
    add("over", -9)
    assert meant() == ["over"]
    add("next", 9)
    assert meant() == ["next"]
    add("called-off", 0, EditionState.CALLED_OFF)
    add("postponed", -30, EditionState.POSTPONED)
    assert meant() == ["postponed", "called-off", "next"]
    assert [one.slug for one in choice.announced()] == ["postponed", "over", "called-off", "next"]
