"""A hall drawn by rows at the desk."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.core.db import db
from exhibition.venue import service as venue
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition, Landmark, Layout
from exhibition.venue.plan import versions
from exhibition.venue.plan.reading.plan_problems import problems
from tests.editions import world
from tests.editions.world import SMALLEST, WHOLE

ADDRESS = "/desk/umkm-2026/prepare/hall"
MEASURES = {
    "rows": "3",
    "columns": "4",
    "booth_width": "3",
    "booth_depth": "2",
    "aisle": "2.5",
    "door": "lower",
    "open_booths": "",
}
SAVE = MEASURES | {"save": "y"}

pytestmark = pytest.mark.usefixtures("csrf_off")


@pytest.fixture
def draft(app: Flask, tmp_path: Path) -> Exhibition:
    assert world.create(app, tmp_path, SMALLEST).exit_code == 0
    return states.by_slug("umkm-2026")


def open_booths(exhibition: Exhibition) -> int:
    return sum(booth.open for booth in venue.hall(exhibition).booths)


def test_measures_make_a_hall_with_all_booths_open(organizer_client: FlaskClient, draft: Exhibition) -> None:
    assert organizer_client.post(ADDRESS, data=SAVE).status_code == 303
    hall = venue.hall(draft)
    assert [booth.code for booth in hall.booths][::4] == ["A01", "B01", "C01"]
    assert (hall.width, hall.depth, open_booths(draft)) == (17.0, 16.0, 12)
    [entrance] = db.session.scalars(select(Landmark).where(Landmark.exhibition_id == draft.id))
    assert (entrance.x, entrance.y) == (6.5, 15.4)
    assert problems(versions.current(draft)) == []
    assert [version.number for version in versions.versions(draft)] == [2, 1]


def test_so_many_booths_may_be_open_only(organizer_client: FlaskClient, draft: Exhibition) -> None:
    assert organizer_client.post(ADDRESS, data=SAVE | {"open_booths": "4"}).status_code == 303
    assert open_booths(draft) == 4


def test_looking_saves_nothing(organizer_client: FlaskClient, draft: Exhibition) -> None:
    answer = organizer_client.post(ADDRESS, data=MEASURES | {"look": "y"})
    assert (answer.status_code, answer.text.count("data-code=")) == (200, 12)
    assert venue.hall(draft).booths == []


def test_the_drawing_alone_follows_the_form(organizer_client: FlaskClient, draft: Exhibition) -> None:
    drawing = organizer_client.get(f"{ADDRESS}/drawing", query_string=MEASURES | {"rows": "5"})
    assert (drawing.status_code, drawing.text.count("data-code="), "<html" in drawing.text) == (200, 20, False)
    half = organizer_client.get(f"{ADDRESS}/drawing", query_string=MEASURES | {"rows": ""})
    assert (half.status_code, "<svg" in half.text) == (200, False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rows": "27"}, "rows"),
        ({"rows": "26", "columns": "99"}, "columns"),
        ({"columns": "99", "booth_width": "20"}, "columns"),
        ({"booth_width": "nan"}, "booth_width"),
        ({"aisle": "-1"}, "aisle"),
        ({"door": "roof"}, "door"),
        ({"open_booths": "13"}, "open_booths"),
    ],
)
def test_what_cannot_be_a_hall_is_told_beside_its_field(
    organizer_client: FlaskClient, draft: Exhibition, changes: dict[str, str], field: str
) -> None:
    answer = organizer_client.post(ADDRESS, data=SAVE | changes)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert venue.hall(draft).booths == []


def test_booths_that_are_there_give_way_only_when_ticked(
    app: Flask, organizer_client: FlaskClient, tmp_path: Path
) -> None:
    assert world.create(app, tmp_path, WHOLE).exit_code == 0
    fair = states.by_slug("umkm-2026")
    answer = organizer_client.post(ADDRESS, data=SAVE)
    assert (answer.status_code, 'id="replace-error"' in answer.text) == (422, True)
    assert len(venue.hall(fair).booths) == 20
    assert organizer_client.post(ADDRESS, data=SAVE | {"replace": "y", "open_booths": "8"}).status_code == 303
    assert (len(venue.hall(fair).booths), open_booths(fair)) == (12, 8)
    count = select(func.count()).select_from(Layout).where(Layout.exhibition_id == fair.id, Layout.published)
    assert db.session.scalar(count) == 1


def test_a_hall_in_which_somebody_has_a_booth_is_not_drawn_anew(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    before = versions.current(exhibition)
    answer = organizer_client.post("/desk/prepare/hall", data=SAVE | {"replace": "y"})
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert versions.current(exhibition) == before


def test_the_contact_is_written_down_where_it_is_missing(organizer_client: FlaskClient, draft: Exhibition) -> None:
    address = "/desk/umkm-2026/prepare/contact"
    wrong = organizer_client.post(address, data={"contact_email": "kopi", "contact_phone": "", "contact_whatsapp": ""})
    assert (wrong.status_code, 'id="contact_email-error"' in wrong.text) == (422, True)
    long = organizer_client.post(address, data={"organizer_name": "x" * 161, "contact_email": "kopi@example.com"})
    assert (long.status_code, 'id="organizer_name-error"' in long.text) == (422, True)
    right = {"organizer_name": "Dinas Koperasi", "contact_phone": "0812 3456 7890"}
    assert organizer_client.post(address, data=right).status_code == 303
    written = states.by_slug("umkm-2026")
    assert (written.organizer_name, written.contact_phone) == ("Dinas Koperasi", "+6281234567890")
