"""Last year's fair of the demo: archived, full, and nowhere in the way of this year's."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation import service as allocation
from exhibition.allocation.rules import BoothState
from exhibition.core.db import db
from exhibition.demo import data, last_year, removal
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Exhibitor
from exhibition.gate.models import Scan
from exhibition.gate.occupancy.counters import COUNTS
from exhibition.gate.rules.admission import Direction
from exhibition.reports import protocol
from exhibition.storefront.visits import statistics
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors.models import Registration, TimeSlot, VisitorContact, VisitorPass
from tests.fairs import the_fair


@pytest.fixture
def earlier(exhibition: Exhibition) -> Exhibition:
    return last_year.add(exhibition)


def count(model: type, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # pyright: ignore[reportArgumentType] conditions


def test_it_is_archived_and_this_years_is_the_one_that_is_meant(exhibition: Exhibition, earlier: Exhibition) -> None:
    assert (earlier.state, earlier.sample) == (EditionState.ARCHIVED, True)
    assert exhibition.starts_on - earlier.starts_on in (timedelta(weeks=52), timedelta(weeks=53))
    assert earlier.slug != exhibition.slug
    assert the_fair() == exhibition
    assert choice.meant_by_visitors() == [exhibition]
    assert choice.past() == [earlier]


def test_the_same_hundred_booths_are_open_and_most_have_an_exhibitor(
    exhibition: Exhibition, earlier: Exhibition
) -> None:
    plan, before = allocation.plan(exhibition), allocation.plan(earlier)
    assert {booth.code for booth in plan} <= {booth.code for booth in before}
    assert sum(booth.state is BoothState.ALLOCATED for booth in before) == len(statistics.with_a_booth(earlier)) == 93
    assert sum(booth.state is BoothState.OPEN for booth in before) == 7


def test_some_exhibitors_came_again(exhibition: Exhibition, earlier: Exhibition) -> None:
    now, before = (
        set(db.session.scalars(select(Exhibitor.slug).where(Exhibitor.id.in_(participants.ids_of(one.id)))))
        for one in (exhibition, earlier)
    )
    assert before - now == {row.slug for row in data.EARLIER}
    assert now - before == data.UNTRUSTED


def test_visitors_are_counts_without_names(earlier: Exhibition) -> None:
    assert count(Registration, Registration.exhibition_id == earlier.id) == data.LAST_YEAR_PARTIES
    assert count(VisitorContact) == 0
    admitted, inside = db.session.execute(
        select(func.sum(VisitorPass.admitted), func.sum(VisitorPass.inside)).where(
            VisitorPass.exhibition_id == earlier.id
        )
    ).one()
    entered, left = (
        db.session.scalar(
            select(func.sum(Scan.people)).where(Scan.exhibition_id == earlier.id, COUNTS, Scan.direction == direction)
        )
        for direction in Direction
    )
    assert admitted == entered == left
    assert inside == 0
    issued = db.session.scalar(select(func.sum(TimeSlot.issued)).where(TimeSlot.exhibition_id == earlier.id)) or 0
    assert admitted < issued
    assert sum(gate.entered for gate in protocol.of_day(earlier, earlier.starts_on).gates) > 0


def test_this_years_fair_has_nothing_of_it(exhibition: Exhibition, earlier: Exhibition) -> None:
    assert count(Registration, Registration.exhibition_id == exhibition.id) == 0
    assert count(Scan, Scan.exhibition_id == exhibition.id) == 0
    during = statistics.period(exhibition)
    assert statistics.totals(during) == {}


def test_it_goes_with_the_demo(exhibition: Exhibition, earlier: Exhibition) -> None:
    removal.remove(COMMAND_LINE, exhibition.name)
    for model in (Exhibition, Exhibitor, Registration, Scan):
        assert count(model) == 0


def test_the_command_prints_both(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["demo", "load"]).output
    this_year = the_fair()
    assert f"Loaded {this_year.name}, {this_year.starts_on}" in said
    assert f"{this_year.name} {choice.past()[0].starts_on.year}, " in said
