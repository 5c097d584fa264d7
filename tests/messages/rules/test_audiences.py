from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.allocation.rules import AllocationState
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.messages.rules.audiences import (
    Audience,
    BoothStanding,
    ExhibitorReader,
    Lacking,
    Reach,
    VisitorReader,
    WayToReach,
    concerns,
    reach,
)
from exhibition.messages.rules.placeholders import ReaderGroup
from exhibition.messages.rules.states import STEPS, MessageState

FRIDAY = date(2026, 11, 6)
SITI = VisitorReader(
    reference=("registration", 1),
    name="Siti",
    locale="id",
    email="siti@example.com",
    phone="+6281234567890",
    link="http://localhost/p/1",
    session_id=7,
    starts_at=datetime(2026, 11, 6, 2, tzinfo=UTC),
    ends_at=datetime(2026, 11, 6, 3, tzinfo=UTC),
    day=FRIDAY,
    people=2,
    arrived=False,
    holds_pass=True,
)
TINI = ExhibitorReader(
    reference=("exhibitor", 1),
    name="Bu Tini",
    locale="id",
    email="",
    phone="+6281234567891",
    link="http://localhost/exhibitor",
    exhibitor="Keripik Bu Tini",
    booths=("J04",),
    zone_ids=frozenset({3}),
    claims=frozenset({AllocationState.CONFIRMED}),
    applications=frozenset({ApplicationState.CONFIRMED}),
    cluster_id=5,
    has_shop=True,
    has_products=False,
)
VISITORS, EXHIBITORS = ReaderGroup.VISITORS, ReaderGroup.EXHIBITORS


@pytest.mark.parametrize(
    ("audience", "change", "concerned"),
    [
        (Audience(VISITORS), {}, True),
        (Audience(EXHIBITORS), {}, False),
        (Audience(VISITORS), {"holds_pass": False}, False),
        (Audience(VISITORS, session_id=7), {}, True),
        (Audience(VISITORS, session_id=8), {}, False),
        (Audience(VISITORS, day=FRIDAY), {}, True),
        (Audience(VISITORS, day=date(2026, 11, 7)), {}, False),
        (Audience(VISITORS, not_arrived=True), {}, True),
        (Audience(VISITORS, not_arrived=True), {"arrived": True}, False),
        (Audience(VISITORS), {"arrived": True}, True),
    ],
)
def test_visitors(audience: Audience, change: dict[str, Any], *, concerned: bool) -> None:
    assert concerns(audience, replace(SITI, **change)) is concerned


HELD, OFFERED = frozenset({AllocationState.HELD}), frozenset({AllocationState.OFFERED})
NOBODY: dict[str, Any] = {"claims": frozenset(), "applications": frozenset()}


@pytest.mark.parametrize(
    ("audience", "change", "concerned"),
    [
        (Audience(EXHIBITORS), {}, True),
        (Audience(VISITORS), {}, False),
        (Audience(EXHIBITORS), NOBODY, False),
        (Audience(EXHIBITORS), NOBODY | {"claims": HELD}, False),
        (Audience(EXHIBITORS), NOBODY | {"applications": frozenset({ApplicationState.SUBMITTED})}, True),
        (Audience(EXHIBITORS), NOBODY | {"applications": frozenset({ApplicationState.REJECTED})}, False),
        (Audience(EXHIBITORS), NOBODY | {"applications": frozenset({ApplicationState.DRAFT})}, False),
        (
            Audience(EXHIBITORS, standing=ApplicationState.REJECTED),
            NOBODY | {"applications": frozenset({ApplicationState.REJECTED})},
            True,
        ),
        (Audience(EXHIBITORS, standing=BoothStanding.ALL), NOBODY, True),
        (Audience(EXHIBITORS, standing=BoothStanding.CONFIRMED), {}, True),
        (Audience(EXHIBITORS, standing=BoothStanding.OFFERED), {}, False),
        (Audience(EXHIBITORS, standing=BoothStanding.KNOWN), {"claims": OFFERED}, True),
        (Audience(EXHIBITORS, cluster_id=5), {}, True),
        (Audience(EXHIBITORS, cluster_id=6), {}, False),
        (Audience(EXHIBITORS, zone_id=3), {}, True),
        (Audience(EXHIBITORS, zone_id=4), {}, False),
        (Audience(EXHIBITORS, lacking=Lacking.SHOP), {}, False),
        (Audience(EXHIBITORS, lacking=Lacking.PRODUCTS), {}, True),
        (Audience(EXHIBITORS, lacking=Lacking.ANSWER), {}, False),
        (Audience(EXHIBITORS, lacking=Lacking.ANSWER), {"claims": OFFERED}, True),
    ],
)
def test_exhibitors(audience: Audience, change: dict[str, Any], *, concerned: bool) -> None:
    assert concerns(audience, replace(TINI, **change)) is concerned


def test_who_has_both_is_reached_by_mail() -> None:
    nobody = replace(SITI, email="", phone="")
    assert [one.way for one in (SITI, TINI, nobody)] == list(WayToReach)
    assert reach([SITI, SITI, TINI, nobody]) == Reach(2, 1, 1)


AUDIENCES = st.builds(
    Audience,
    group=st.sampled_from(ReaderGroup),
    session_id=st.none() | st.integers(1, 9),
    day=st.none() | st.dates(),
    not_arrived=st.booleans(),
    standing=st.none() | st.sampled_from(BoothStanding) | st.sampled_from(ApplicationState),
    cluster_id=st.none() | st.integers(1, 9),
    zone_id=st.none() | st.integers(1, 9),
    lacking=st.none() | st.sampled_from(Lacking),
)


@given(AUDIENCES)
def test_an_audience_comes_back_from_the_database_as_it_was(audience: Audience) -> None:
    assert Audience.from_json(audience.as_json()) == audience


@given(AUDIENCES)
def test_each_choice_narrows(audience: Audience) -> None:
    for reader in (SITI, TINI):
        if concerns(audience, reader):
            assert concerns(Audience(audience.group, standing=audience.standing), reader)


def test_what_is_sent_or_stopped_stays_so() -> None:
    assert {state for state, after in STEPS.items() if not after} == {MessageState.SENT, MessageState.STOPPED}
