"""A fair made from a file: all that it asks for, and nothing when something is wrong with it."""

import json
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.gate.models import Gate, HallOccupancy
from exhibition.venue import service as venue
from exhibition.venue.edition import states
from exhibition.venue.models import Booth, Exhibition
from exhibition.venue.plan import versions
from exhibition.venue.plan.reading.plan_problems import problems
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors.models import TimeSlot
from tests.editions import world
from tests.editions.world import SMALLEST, WHOLE
from tests.fairs import the_fair


def slots_of(exhibition: Exhibition) -> list[TimeSlot]:
    statement = select(TimeSlot).where(TimeSlot.exhibition_id == exhibition.id).order_by(TimeSlot.number)
    return list(db.session.scalars(statement))


def open_codes(exhibition: Exhibition) -> list[str]:
    return [booth.code for booth in venue.hall(exhibition).booths if booth.open]


def test_four_fields_make_a_draft_with_days_from_nine_to_five(app: Flask, tmp_path: Path) -> None:
    result = world.create(app, tmp_path, SMALLEST)
    assert (result.exit_code, result.output) == (0, "umkm-2026: Pameran UMKM, 2026-11-06 to 2026-11-08, draft.\n")
    exhibition = states.by_slug("umkm-2026")
    assert exhibition.state is EditionState.DRAFT
    assert [(day.opens_at, day.closes_at) for day in exhibition.days] == [(time(9), time(17))] * 3
    assert exhibition.timezone == "Asia/Jakarta"
    occupancy = db.session.get_one(HallOccupancy, exhibition.id)
    assert (occupancy.inside, occupancy.capacity) == (0, 0)


def test_everything_in_the_file_is_made(app: Flask, tmp_path: Path) -> None:
    assert world.create(app, tmp_path, WHOLE, "--publish").exit_code == 0
    exhibition = the_fair()
    assert (exhibition.slug, exhibition.venue_name) == ("umkm-2026", "Balai Agung")
    assert exhibition.address == "Jl. Soekarno-Hatta 49, Bawen"
    assert exhibition.contact_email == "panitia@example.com"
    assert (exhibition.contact_phone, exhibition.contact_whatsapp) == ("+6281234567890", "+6281234567891")
    hall = venue.hall(exhibition)
    assert [booth.code for booth in hall.booths][4:6] == ["A05", "B01"]
    assert (len(hall.booths), len(open_codes(exhibition))) == (20, 8)
    assert problems(versions.current(exhibition)) == []
    gates = db.session.execute(select(Gate.code, Gate.name).where(Gate.exhibition_id == exhibition.id)).all()
    assert [tuple(gate) for gate in gates] == [("A", "Gerbang utara"), ("B", "Gerbang selatan")]
    assert db.session.get_one(HallOccupancy, exhibition.id).capacity == 150


def test_sessions_follow_one_another_on_every_day_in_the_fairs_time_zone(app: Flask, tmp_path: Path) -> None:
    assert world.create(app, tmp_path, WHOLE | {"timezone": "Asia/Jayapura"}).exit_code == 0
    slots = slots_of(states.by_slug("umkm-2026"))
    assert [slot.number for slot in slots] == list(range(1, 22))
    assert {slot.capacity for slot in slots} == {120}
    zone = ZoneInfo("Asia/Jayapura")
    assert slots[0].starts_at == datetime(2026, 11, 6, 9, tzinfo=zone)
    assert slots[3].starts_at == datetime(2026, 11, 6, 13, tzinfo=zone)
    assert slots[-1].ends_at == datetime(2026, 11, 8, 17, tzinfo=zone)


def test_open_booths_may_be_named_and_are_all_where_nothing_is_said(app: Flask, tmp_path: Path) -> None:
    assert world.create(app, tmp_path, WHOLE | {"open_booths": ["D05", "A01"]}).exit_code == 0
    assert open_codes(states.by_slug("umkm-2026")) == ["A01", "D05"]
    assert world.create(app, tmp_path, WHOLE | {"slug": "lain", "open_booths": None}).exit_code == 0
    assert len(open_codes(states.by_slug("lain"))) == 20


def test_as_many_as_one_session_holds_may_be_inside_unless_the_file_says_otherwise(app: Flask, tmp_path: Path) -> None:
    assert world.create(app, tmp_path, WHOLE | {"inside_cap": None}).exit_code == 0
    assert db.session.get_one(HallOccupancy, states.by_slug("umkm-2026").id).capacity == 120


def test_making_and_publishing_stand_in_the_audit_trail(app: Flask, tmp_path: Path) -> None:
    world.create(app, tmp_path, SMALLEST, "--publish")
    made, published = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert (made.action, made.actor_name, made.object_name) == ("exhibition.create", "command line", "Pameran UMKM")
    assert made.after == {"slug": "umkm-2026", "starts_on": "2026-11-06", "ends_on": "2026-11-08"}
    assert published.action == "exhibition.publish"
    assert (published.before, published.after) == ({"state": "draft"}, {"state": "published"})


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in SMALLEST.items() if key != name}


def hall(**changed: Any) -> dict[str, Any]:
    return WHOLE | {"hall": WHOLE["hall"] | changed}


def sessions(**changed: Any) -> dict[str, Any]:
    return WHOLE | {"sessions": WHOLE["sessions"] | changed}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("{", "The input file is not JSON"),
        ("[]", "The document must be an object, not []."),
        (without("slug"), "slug is missing."),
        (without("name"), "name is missing."),
        (without("starts_on"), "starts_on is missing."),
        (without("ends_on"), "ends_on is missing."),
        (SMALLEST | {"nam": "x"}, "nam is not a known field."),
        (hall(doors=1), "hall.doors is not a known field."),
        (WHOLE | {"gates": [{"code": "A", "name": "x", "colour": "red"}]}, "gates[0].colour is not a known field."),
        (SMALLEST | {"slug": 5}, "slug must be a text, not 5."),
        (SMALLEST | {"slug": "UMKM 2026"}, "slug: Use small letters"),
        (SMALLEST | {"slug": "umkm--2026"}, "slug: "),
        (SMALLEST | {"slug": "umkm-2026\n"}, "slug: "),
        (SMALLEST | {"slug": "u" * 65}, "slug: "),
        (SMALLEST | {"name": ""}, "name: Write 1 to 160"),
        (SMALLEST | {"name": " \t"}, "name: "),
        (SMALLEST | {"name": "x" * 161}, "name: "),
        (SMALLEST | {"address": "x" * 301}, "address: "),
        (SMALLEST | {"venue_name": "Balai\x00"}, "venue_name: "),
        (SMALLEST | {"starts_on": "2026-02-30"}, "starts_on must be a date such as 2026-11-06, not '2026-02-30'."),
        (SMALLEST | {"starts_on": "2026-W45-5"}, "starts_on must be a date"),
        (SMALLEST | {"starts_on": "6 November"}, "starts_on must be a date"),
        (SMALLEST | {"starts_on": 20261106}, "starts_on must be a text, not 20261106."),
        (SMALLEST | {"starts_on": "1999-11-06", "ends_on": "1999-11-06"}, "starts_on: The fair must lie between"),
        (SMALLEST | {"ends_on": "2026-11-05"}, "ends_on: The last day is before the first."),
        (SMALLEST | {"ends_on": "2026-12-31"}, "ends_on: A fair lasts at most 31 days."),
        (SMALLEST | {"opens": "25:00"}, "opens must be a time of day such as 09:00, not '25:00'."),
        (SMALLEST | {"opens": "9:00"}, "opens must be a time of day"),
        (SMALLEST | {"closes": 17}, "closes must be a time of day such as 09:00, not 17."),
        (SMALLEST | {"opens": "17:00", "closes": "09:00"}, "closes: A day must close later than it opens."),
        (SMALLEST | {"timezone": "Mars/Olympus"}, "timezone: There is no such time zone."),
        (SMALLEST | {"timezone": ["Asia/Jakarta"]}, "timezone must be a text"),
        (SMALLEST | {"contact": "panitia@example.com"}, "contact must be an object"),
        (SMALLEST | {"contact": {"email": "panitia"}}, "contact.email: This is not an e-mail address."),
        (SMALLEST | {"contact": {"phone": "12"}}, "contact.phone: This is not a phone number."),
        (SMALLEST | {"contact": {"whatsapp": "x"}}, "contact.whatsapp: This is not a phone number."),
        (hall(rows=0), "hall.rows must be at least 1, not 0."),
        (hall(rows=27), "hall.rows must be at most 26, not 27."),
        (hall(rows=2.5), "hall.rows must be a whole number, not 2.5."),
        (hall(rows="4"), "hall.rows must be a number, not '4'."),
        (hall(columns=None), "hall.columns is missing."),
        (hall(rows=26, columns=99), "hall.columns makes 2574 booths; at most 1000 are possible."),
        (hall(booth=3), "hall.booth must be a list, not 3."),
        (hall(booth=[3]), "hall.booth must be a list of width and depth, not [3]."),
        (hall(booth=[3, 0]), "hall.booth.depth must be at least 0.5, not 0."),
        (hall(booth=[True, 2]), "hall.booth.width must be a number, not true."),
        (hall(aisle=-1), "hall.aisle must be at least 0, not -1."),
        (hall(columns=99, booth=[20, 2]), "hall: The hall is longer than 1000 metres."),
        (SMALLEST | {"open_booths": 3}, "open_booths: There is no hall"),
        (WHOLE | {"open_booths": 21}, "open_booths: The hall has 20 booths only."),
        (WHOLE | {"open_booths": 0}, "open_booths must be at least 1, not 0."),
        (WHOLE | {"open_booths": True}, "open_booths must be a number, not true."),
        (WHOLE | {"open_booths": "all"}, "open_booths must be a number, not 'all'."),
        (WHOLE | {"open_booths": ["A01", "E01"]}, "open_booths[1]: There is no booth E01."),
        (WHOLE | {"open_booths": ["A01", "A01"]}, "open_booths[1]: A01 is there twice."),
        (WHOLE | {"open_booths": [1]}, "open_booths[0] must be a text, not 1."),
        (sessions(every_minutes=None), "sessions.every_minutes is missing."),
        (sessions(every_minutes=4), "sessions.every_minutes must be at least 5, not 4."),
        (sessions(every_minutes=600), "sessions.every_minutes: No session of that length fits"),
        (sessions(people=0), "sessions.people must be at least 1, not 0."),
        (sessions(breaks=[["12:00"]]), "sessions.breaks[0] must be a list of beginning and end"),
        (sessions(breaks=[["12:00", "12:60"]]), "sessions.breaks[0][1] must be a time of day"),
        (sessions(breaks=[["13:00", "12:00"]]), "sessions.breaks[0]: A break must end after it begins."),
        (sessions(breaks=[["08:00", "09:30"]]), "sessions.breaks[0]: This break lies outside the opening hours."),
        (WHOLE | {"inside_cap": -1}, "inside_cap must be at least 0, not -1."),
        (WHOLE | {"inside_cap": 10**9}, "inside_cap must be at most 100000"),
        (WHOLE | {"gates": {"code": "A"}}, "gates must be a list"),
        (WHOLE | {"gates": [{"name": "Utara"}]}, "gates[0].code is missing."),
        (WHOLE | {"gates": [{"code": "A B", "name": "Utara"}]}, "gates[0].code: Use 1 to 8 letters and digits."),
        (WHOLE | {"gates": [{"code": "A", "name": ""}]}, "gates[0].name: Write 1 to 80"),
        (
            WHOLE | {"gates": [{"code": "A", "name": "x"}, {"code": "a", "name": "y"}]},
            "gates[1].code: A is there twice.",
        ),
    ],
)
def test_a_fault_is_one_sentence_that_names_the_field_and_nothing_is_written(
    app: Flask, tmp_path: Path, document: Any, sentence: str
) -> None:
    result = world.create(app, tmp_path, document, "--publish")
    assert result.exit_code == 2
    assert result.output.startswith(sentence)
    assert len(result.output.splitlines()) == 1
    for model in (Exhibition, Booth, AuditEntry):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_a_slug_that_another_edition_has_is_refused_and_that_one_stays(app: Flask, tmp_path: Path) -> None:
    world.create(app, tmp_path, WHOLE)
    result = world.create(app, tmp_path, WHOLE | {"name": "Lain"})
    assert (result.exit_code, result.output) == (2, "slug: Another edition has this slug already.\n")
    assert states.by_slug("umkm-2026").name == "Pameran UMKM"
    assert db.session.scalar(select(func.count()).select_from(Booth)) == 20


def test_a_file_that_is_not_there_is_a_sentence(app: Flask, tmp_path: Path) -> None:
    result = world.invoke(app, "create", "--file", str(tmp_path / "none.json"))
    assert (result.exit_code, result.output) == (2, "The input file cannot be read: No such file or directory.\n")


def test_the_handbooks_example_can_be_made_as_it_stands(app: Flask, tmp_path: Path) -> None:
    page = Path(app.root_path, "docs", "editions.md").read_text()
    example = page.split("```json\n")[1].split("```")[0]
    assert world.create(app, tmp_path, json.loads(example)).exit_code == 0


def test_a_plan_may_say_who_comes_back(app: Flask, tmp_path: Path) -> None:
    refused = world.create(app, tmp_path, WHOLE | {"reentry": "sometimes"})
    assert (refused.exit_code, "reentry must be one of never, after_round, within_session" in refused.output) == (
        2,
        True,
    )
    assert world.create(app, tmp_path, WHOLE | {"reentry": "never"}).exit_code == 0
    assert db.session.scalars(select(Exhibition.reentry).where(Exhibition.slug == WHOLE["slug"])).one() == "never"
