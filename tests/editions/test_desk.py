"""The desk's list of fairs and its form for another one."""

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.core.db import db
from exhibition.editions.checking import proposed_slug
from exhibition.gate.models import Gate, HallOccupancy
from exhibition.venue.edition import states
from exhibition.venue.models import Booth, Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors.models import TimeSlot
from tests.editions import world
from tests.editions.world import WHOLE

NEW = {
    "name": "Pameran Kopi",
    "venue_name": "Pendopo",
    "address": "Jl. Diponegoro 1",
    "starts_on": "2027-03-05",
    "ends_on": "2027-03-06",
    "opens": "10:00",
    "closes": "15:00",
    "timezone": "Asia/Makassar",
    "contact_email": "kopi@example.com",
    "contact_phone": "0812 3456 7890",
    "contact_whatsapp": "",
}
ADDRESS = "/desk/editions/new"

pytestmark = pytest.mark.usefixtures("csrf_off")


@pytest.fixture
def last_year(app: Flask, tmp_path: Path) -> Exhibition:
    earlier = WHOLE | {"slug": "umkm-2025", "starts_on": "2025-11-07", "ends_on": "2025-11-09"}
    assert world.create(app, tmp_path, earlier, "--publish").exit_code == 0
    return states.by_slug("umkm-2025")


def count(model: type, exhibition: Exhibition) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(model.exhibition_id == exhibition.id)) or 0


def test_without_any_fair_the_desk_leads_to_the_form(organizer_client: FlaskClient) -> None:
    assert organizer_client.get("/desk").location == ADDRESS
    assert organizer_client.get(ADDRESS).status_code == 200
    assert organizer_client.get("/desk/editions").status_code == 200


def test_a_name_and_days_make_a_draft(organizer_client: FlaskClient) -> None:
    answer = organizer_client.post(ADDRESS, data=NEW)
    assert answer.status_code == 303
    exhibition = states.by_slug("pameran-kopi-2027")
    assert answer.location.startswith("/desk/pameran-kopi-2027/")
    assert (exhibition.state, exhibition.name, exhibition.timezone) == (
        EditionState.DRAFT,
        "Pameran Kopi",
        "Asia/Makassar",
    )
    assert [(day.day, day.opens_at, day.closes_at) for day in exhibition.days] == [
        (date(2027, 3, 5), time(10), time(15)),
        (date(2027, 3, 6), time(10), time(15)),
    ]
    assert (exhibition.contact_email, exhibition.contact_phone) == ("kopi@example.com", "+6281234567890")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Please fill this in."),
        ({"slug": "Kopi!"}, "Use small letters"),
        ({"slug": "users"}, "A page of this program has this name already."),
        ({"slug": "stan"}, "A page of this program has this name already."),
        ({"ends_on": "2027-03-04"}, "The last day is before the first."),
        ({"closes": "09:00"}, "A day must close later than it opens."),
        ({"contact_email": "kopi"}, "e-mail address"),
        ({"contact_phone": "1"}, "phone"),
        ({"timezone": "Asia/Nowhere"}, "Choose one from the list."),
        ({"starts_on": ""}, "Please fill this in."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_made(
    organizer_client: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    answer = organizer_client.post(f"{ADDRESS}?lang=en", data=NEW | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert states.every() == []


def test_a_slug_that_is_taken_is_told(organizer_client: FlaskClient, last_year: Exhibition) -> None:
    answer = organizer_client.post(f"{ADDRESS}?lang=en", data=NEW | {"slug": "umkm-2025"})
    assert (answer.status_code, 'id="slug-error"' in answer.text) == (422, True)


def test_every_first_word_of_an_address_is_refused(app: Flask, tmp_path: Path) -> None:
    rules = [rule.rule.strip("/").split("/") for rule in app.url_map.iter_rules()]
    desk = {parts[1] for parts in rules if parts[0] == "desk" and len(parts) > 1}
    words = {word for word in desk | {parts[0] for parts in rules} if word.isalpha()}
    assert {"editions", "users", "plan", "daftar", "stan", "e", "api", "desk", "setup"} <= words
    for word in words:
        result = world.create(app, tmp_path, world.SMALLEST | {"slug": word})
        assert (word, result.exit_code) == (word, 2)


def test_a_fair_from_an_earlier_one_takes_along_what_is_ticked(
    organizer_client: FlaskClient, last_year: Exhibition
) -> None:
    last_year.tagline = "Bersama"
    db.session.commit()
    page = organizer_client.get(f"{ADDRESS}?source=umkm-2025")
    assert 'value="Pameran UMKM"' in page.text
    hours = {"opens": "10:00", "closes": "15:00", "timezone": "Asia/Jakarta", "slug": "umkm-2027"}
    answer = organizer_client.post(
        f"{ADDRESS}?source=umkm-2025", data=NEW | hours | {"parts": ["hall", "sessions", "gates", "caps", "rules"]}
    )
    assert answer.status_code == 303
    this_year = states.by_slug("umkm-2027")
    assert (this_year.name, this_year.tagline, this_year.state) == ("Pameran Kopi", "Bersama", EditionState.DRAFT)
    assert (count(Booth, this_year), count(Gate, this_year)) == (20, 2)
    assert db.session.get_one(HallOccupancy, this_year.id).capacity == 150
    slots = db.session.scalars(select(TimeSlot).where(TimeSlot.exhibition_id == this_year.id)).all()
    zone = ZoneInfo("Asia/Jakarta")
    assert [
        slot.starts_at.astimezone(zone).hour for slot in slots if slot.starts_at < datetime(2027, 3, 6, tzinfo=zone)
    ] == [
        10,
        11,
        13,
        14,
    ]
    assert len(slots) == 8


def test_what_is_not_ticked_stays_behind(organizer_client: FlaskClient, last_year: Exhibition) -> None:
    last_year.tagline = "Bersama"
    db.session.commit()
    assert organizer_client.post(f"{ADDRESS}?source=umkm-2025", data=NEW | {"parts": ["gates"]}).status_code == 303
    this_year = states.by_slug("pameran-kopi-2027")
    assert [count(model, this_year) for model in (Booth, TimeSlot, Gate)] == [0, 0, 2]
    assert (this_year.tagline, this_year.hall_width) == ("", 20)
    assert db.session.get_one(HallOccupancy, this_year.id).capacity == 0


def test_the_command_leaves_parts_out_too(app: Flask, last_year: Exhibition) -> None:
    words = ("clone", "umkm-2025", "umkm-2026", "--starts-on", "2026-11-06", "--without", "hall", "--without", "caps")
    assert world.invoke(app, *words).exit_code == 0
    this_year = states.by_slug("umkm-2026")
    assert [count(model, this_year) for model in (Booth, TimeSlot, Gate)] == [0, 21, 2]
    assert db.session.get_one(HallOccupancy, this_year.id).capacity == 120
    again = ("clone", "umkm-2025", "lagi", "--starts-on", "2026-11-06", "--without", "hall", "--open-booths", "3")
    assert world.invoke(app, *again).output.startswith("open_booths: ")


def test_sessions_keep_their_local_time_when_the_new_fair_is_in_another_zone(
    organizer_client: FlaskClient, last_year: Exhibition
) -> None:
    organizer_client.post(f"{ADDRESS}?source=umkm-2025", data=NEW | {"parts": ["sessions"]})
    this_year = states.by_slug("pameran-kopi-2027")
    first = db.session.scalars(
        select(TimeSlot.starts_at).where(TimeSlot.exhibition_id == this_year.id).order_by(TimeSlot.starts_at)
    ).first()
    assert first == datetime(2027, 3, 5, 10, tzinfo=ZoneInfo("Asia/Makassar"))


def test_the_list_has_every_fair_with_its_state(
    app: Flask, organizer_client: FlaskClient, last_year: Exhibition
) -> None:
    organizer_client.post(ADDRESS, data=NEW)
    world.invoke(app, "archive", "umkm-2025")
    page = organizer_client.get("/desk/editions").text
    page = page[page.index('id="title"') :]
    assert page.index("Pameran Kopi") < page.index("<h2>") < page.index("Pameran UMKM")
    assert page.index("Draf") < page.index("<h2>")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Pameran UMKM", "pameran-umkm-2026"),
        ("Pameran 2026!", "pameran-2026"),
        ("  Kopi & Teh – Pasar ", "kopi-teh-pasar-2026"),
        ("Bäckerei", "backerei-2026"),
        ("咖啡", "2026"),
        ("a" * 200, "a" * 59 + "-2026"),
    ],
)
def test_a_slug_is_proposed_from_name_and_year(name: str, slug: str) -> None:
    assert proposed_slug(name, 2026) == slug
