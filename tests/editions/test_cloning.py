"""A fair made from an earlier one: what comes along, what stays behind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.allocation.models import Allocation
from exhibition.core.db import Base, db, transaction
from exhibition.exhibitors.applications import calls
from exhibition.gate.models import Gate, HallCap, HallOccupancy
from exhibition.gate.occupancy import caps
from exhibition.venue import service as venue
from exhibition.venue.edition import states
from exhibition.venue.models import Booth, DisinfectionRound, Exhibition, Landmark, PlanBackground, PlanPicture
from exhibition.venue.plan import versions
from exhibition.venue.rules.edition_states import EditionState
from exhibition.venue.rules.halls import NamedHall
from exhibition.visitors.models import Registration, SlotState, TimeSlot, VisitorPass
from tests.editions import world
from tests.editions.world import WHOLE
from tests.gate import world as gate_world

LAST_YEAR = WHOLE | {
    "slug": "umkm-2025",
    "starts_on": "2025-11-07",
    "ends_on": "2025-11-09",
    "hall": {"rows": 10, "columns": 10, "booth": [2, 2], "aisle": 2},
    "open_booths": None,
}


@pytest.fixture
def last_year(app: Flask, tmp_path: Path) -> Exhibition:
    """A hundred booths, all of them open."""
    assert world.create(app, tmp_path, LAST_YEAR, "--publish").exit_code == 0
    return states.by_slug("umkm-2025")


def clone(app: Flask, *options: str) -> Exhibition:
    result = world.invoke(app, "clone", "umkm-2025", "umkm-2026", "--starts-on", "2026-11-06", *options)
    assert result.exit_code == 0, result.output
    return states.by_slug("umkm-2026")


def open_codes(exhibition: Exhibition) -> set[str]:
    return {booth.code for booth in venue.hall(exhibition).booths if booth.open}


def rows_of(model: Any, exhibition: Exhibition) -> Sequence[Any]:
    return db.session.scalars(select(model).where(model.exhibition_id == exhibition.id).order_by(model.id)).all()


def test_of_last_years_hundred_booths_thirty_eight_are_open_this_year(app: Flask, last_year: Exhibition) -> None:
    this_year = clone(app, "--open-booths", "38", "--publish")
    assert (this_year.state, this_year.starts_on) == (EditionState.PUBLISHED, date(2026, 11, 6))
    assert len(venue.hall(this_year).booths) == 100
    assert len(open_codes(this_year)) == 38
    assert len(open_codes(last_year)) == 100


def test_all_halls_come_along(app: Flask, last_year: Exhibition) -> None:
    now = versions.current(last_year)
    halls = NamedHall("A", "Utara", 0.0, 0.0, now.width, now.depth), NamedHall("B", "Selatan", 90.0, 0.0, 9.0, 9.0)
    versions.save(COMMAND_LINE, last_year, replace(now, halls=halls, width=99.0), seen=now.mark, knowing=True)
    assert venue.named_halls(clone(app)) == halls


def test_the_hall_comes_along_with_its_picture_and_stays_where_it_was(app: Flask, last_year: Exhibition) -> None:
    picture = PlanPicture(exhibition_id=last_year.id, digest="0" * 64, content=b"a jpeg", pixel_width=1, pixel_height=1)
    db.session.add(picture)
    db.session.flush()
    db.session.add(
        PlanBackground(exhibition_id=last_year.id, picture_id=picture.id, x=0, y=0, width=9, depth=9, opacity=0.5)
    )
    db.session.commit()
    before = versions.current(last_year)
    this_year = clone(app)
    assert versions.current(this_year).document() == before.document()
    assert versions.current(last_year) == before
    assert [len(rows_of(model, this_year)) for model in (Booth, Landmark)] == [100, 1]


def test_a_draft_has_the_same_layout_rules_texts_and_contact(app: Flask, last_year: Exhibition) -> None:
    last_year.tagline, last_year.mask_required, last_year.forbidden_words = "Bersama", True, "rokok"
    db.session.commit()
    this_year = clone(app)
    assert this_year.state is EditionState.DRAFT
    assert open_codes(this_year) == open_codes(last_year)
    own = {"id", "slug", "starts_on", "ends_on", "state", "created_at"}
    taken_over = set(Exhibition.__table__.columns.keys()) - own
    assert [name for name in taken_over if getattr(this_year, name) != getattr(last_year, name)] == []


def test_a_cap_set_while_the_earlier_fair_was_prepared_is_what_the_new_one_begins_with(
    app: Flask, last_year: Exhibition
) -> None:
    opens = rows_of(TimeSlot, last_year)[0].starts_at
    weeks_before = opens - timedelta(weeks=3)
    db.session.add(HallCap(exhibition_id=last_year.id, starts_at=weeks_before, capacity=77, reason="Denah baru"))
    db.session.commit()
    assert caps.before_all(clone(app).id) == 77


def test_days_sessions_rounds_and_caps_move_to_the_new_days(app: Flask, last_year: Exhibition) -> None:
    slots = rows_of(TimeSlot, last_year)
    slots[0].state, slots[0].issued = SlotState.CLOSED, 7
    opens = slots[0].starts_at
    db.session.add_all(
        [
            DisinfectionRound(
                exhibition_id=last_year.id,
                starts_at=opens + timedelta(hours=3),
                ends_at=opens + timedelta(hours=4),
                done_at=opens + timedelta(hours=4),
                done_by="Petugas",
            ),
            HallCap(exhibition_id=last_year.id, starts_at=opens + timedelta(days=1), capacity=200, reason="Longgar"),
        ]
    )
    db.session.commit()
    this_year = clone(app)
    later = date(2026, 11, 6) - date(2025, 11, 7)
    assert [day.day for day in this_year.days] == [day.day + later for day in last_year.days]
    moved = rows_of(TimeSlot, this_year)
    assert [(slot.number, slot.starts_at, slot.ends_at, slot.capacity) for slot in moved] == [
        (slot.number, slot.starts_at + later, slot.ends_at + later, slot.capacity) for slot in slots
    ]
    assert {slot.issued for slot in moved} == {0}
    assert [slot.state for slot in moved[:2]] == [SlotState.CLOSED, SlotState.OPEN]
    [planned] = rows_of(DisinfectionRound, this_year)
    assert (planned.starts_at, planned.done_at, planned.done_by) == (opens + timedelta(hours=3) + later, None, "")
    [cap] = rows_of(HallCap, this_year)
    assert (cap.starts_at, cap.capacity) == (opens + timedelta(days=1) + later, 200)


def test_sessions_keep_their_time_of_day_when_the_clocks_have_changed(app: Flask, tmp_path: Path) -> None:
    summer = LAST_YEAR | {"timezone": "Europe/Amsterdam", "starts_on": "2025-07-04", "ends_on": "2025-07-04"}
    assert world.create(app, tmp_path, summer).exit_code == 0
    first = rows_of(TimeSlot, clone(app))[0]
    assert first.starts_at == datetime.fromisoformat("2026-11-06T09:00:00+01:00")


def test_gates_come_along_and_nobody_is_inside(app: Flask, last_year: Exhibition) -> None:
    db.session.get_one(HallOccupancy, last_year.id).inside = 40
    db.session.commit()
    this_year = clone(app)
    assert [(gate.code, gate.name) for gate in rows_of(Gate, this_year)] == [
        ("A", "Gerbang utara"),
        ("B", "Gerbang selatan"),
    ]
    occupancy = db.session.get_one(HallOccupancy, this_year.id)
    assert (occupancy.inside, occupancy.capacity) == (0, 150)


def test_the_call_for_applications_gives_the_same_points_and_draws_a_lottery_of_its_own(
    app: Flask, last_year: Exhibition
) -> None:
    @transaction
    def prefer_bawen() -> None:
        calls.of(last_year).points = calls.of(last_year).points | {"districts": {"Bawen": 3}}

    prefer_bawen()
    this_year = clone(app)
    assert calls.of(this_year).points == calls.of(last_year).points
    assert calls.of(this_year).seed != calls.of(last_year).seed


def test_visitors_passes_and_allocations_stay_behind(app: Flask, exhibition: Exhibition) -> None:
    gate_world.issue(exhibition.id)
    result = world.invoke(app, "clone", exhibition.slug, "again", "--starts-on", "2026-11-06")
    assert result.exit_code == 0, result.output
    again = states.by_slug("again")
    models: list[type[Base]] = [Registration, VisitorPass, Allocation]
    assert [len(rows_of(model, again)) for model in models] == [0, 0, 0]
    assert len(rows_of(VisitorPass, exhibition)) == 1


def test_the_audit_trail_names_the_source(app: Flask, last_year: Exhibition) -> None:
    clone(app)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "exhibition.clone")).one()
    assert entry.after == {
        "slug": "umkm-2026",
        "starts_on": "2026-11-06",
        "ends_on": "2026-11-08",
        "source": "umkm-2025",
    }


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("none", "umkm-2026", "--starts-on", "2026-11-06"), "There is no edition none."),
        (("umkm-2025", "umkm-2025", "--starts-on", "2026-11-06"), "slug: Another edition has this slug already."),
        (("umkm-2025", "UMKM", "--starts-on", "2026-11-06"), "slug: Use small letters"),
        (("umkm-2025", "umkm-2026", "--starts-on", "2019-11-06"), "starts_on: The fair must lie between"),
        (("umkm-2025", "umkm-2026", "--starts-on", "2026-02-30"), "Usage: "),
        (
            ("umkm-2025", "umkm-2026", "--starts-on", "2026-11-06", "--open-booths", "101"),
            "open_booths: The hall has 100 booths only.",
        ),
    ],
)
def test_a_fault_is_a_sentence_with_exit_code_two_and_nothing_is_written(
    app: Flask, last_year: Exhibition, words: tuple[str, ...], sentence: str
) -> None:
    result = world.invoke(app, "clone", *words)
    assert result.exit_code == 2
    assert result.output.startswith(sentence)
    assert db.session.scalar(select(func.count()).select_from(Exhibition)) == 1
    assert db.session.scalar(select(func.count()).select_from(Booth)) == 100


def test_blocked_booths_are_not_opened(app: Flask, last_year: Exhibition) -> None:
    for booth in rows_of(Booth, last_year)[:62]:
        booth.blocked_reason = "Tiang"
    db.session.commit()
    assert len(open_codes(clone(app, "--open-booths", "38"))) == 38
    result = world.invoke(app, "clone", "umkm-2025", "again", "--starts-on", "2026-11-06", "--open-booths", "39")
    assert result.output == "open_booths: The hall has 38 booths only.\n"
