"""The contact list: who was there, only after the password, recorded without names, gone with the contacts."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, RoleName, User
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate.rules.stays import Stay, StayMove, stay_of
from exhibition.venue.models import Exhibition
from exhibition.visitors import jobs, service
from exhibition.visitors.models import VisitorContact
from exhibition.visitors.registration.party import Issued, Party
from tests.conftest import run_jobs, sign_in
from tests.gate import world

pytestmark = pytest.mark.usefixtures("csrf_off")

PASSWORD = "sebuah-kalimat-rahasia-42"
ADDRESS = "/desk/protocol/contacts"
HOUR = timedelta(hours=1)
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def head(app: Flask) -> User:
    return create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, password=PASSWORD, name="Ratna")


@pytest.fixture
def desk(app: Flask, head: User) -> FlaskClient:
    return sign_in(app.test_client(), head)


def came(client: FlaskClient, exhibition: Exhibition, device: str, name: str, phone: str | None = None) -> Issued:
    party = Party(world.open_slot(exhibition.id).id, name, None, phone, 2, "id")
    issued = service.register(party)
    assert world.send(client, device, token=issued.token).get_json()["verdict"] == "accepted"
    return issued


def around_now(exhibition: Exhibition, **changes: Any) -> dict[str, Any]:
    """A form for two hours around the present moment."""
    local = clock.now().astimezone(ZoneInfo(exhibition.timezone))
    times = {"starts_at": f"{local - HOUR:%Y-%m-%dT%H:%M}", "ends_at": f"{local + HOUR:%Y-%m-%dT%H:%M}"}
    return times | {"reason": "DKK/17/2020", "password": PASSWORD} | changes


def rows_of(answer: TestResponse) -> list[list[Any]]:
    assert answer.status_code == 200, answer.text
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()[1:]


def actions() -> list[str]:
    db.session.rollback()
    return list(
        db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_type != "route").order_by(AuditEntry.id))
    )


@pytest.mark.parametrize(
    ("moves", "stay"),
    [
        ([], None),
        ([(0, False, 1)], None),
        ([(0, True, 2)], (0, None, 2)),
        ([(0, True, 2), (1, False, 1)], (0, None, 2)),
        ([(0, True, 2), (1, False, 2)], (0, 1, 2)),
        ([(0, True, 1), (1, False, 1), (2, True, 1)], (0, None, 2)),
        ([(0, True, 1), (1, False, 1), (2, True, 1), (3, False, 1)], (0, 3, 2)),
    ],
)
def test_a_stay_lasts_from_the_first_to_the_last_of_the_party(
    moves: list[tuple[int, bool, int]], stay: tuple[int, int | None, int] | None
) -> None:
    told = stay_of([StayMove(NOON + hours * HOUR, entry, people) for hours, entry, people in moves])
    if stay is None:
        assert told is None
        return
    begins, ends, people = stay
    assert told == Stay(NOON + begins * HOUR, None if ends is None else NOON + ends * HOUR, people)


def test_a_stay_without_an_exit_ends_at_midnight_of_the_fair() -> None:
    stay = Stay(NOON, None, 1)
    zone = ZoneInfo("Asia/Jakarta")
    assert stay.overlaps(NOON + 4 * HOUR, NOON + 5 * HOUR, zone)
    assert not stay.overlaps(NOON + 5 * HOUR, NOON + 6 * HOUR, zone)
    assert not stay.overlaps(NOON - HOUR, NOON, zone)


def test_the_page_tells_how_many_but_no_names(
    client: FlaskClient, desk: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    came(client, exhibition, device, "Siti Aminah", "+628123456789")
    came(client, exhibition, device, "Budi Santoso")
    form = around_now(exhibition)
    page = desk.get(ADDRESS, query_string={name: form[name] for name in ("starts_at", "ends_at")})
    assert page.status_code == 200
    assert 'data-parties="2"' in page.text
    assert "Siti" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "contacts.list" not in actions()


def test_the_list_has_who_was_there_and_nobody_else(
    client: FlaskClient, desk: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    inside = came(client, exhibition, device, "=Siti", "+628123456789")
    service.register(Party(world.open_slot(exhibition.id).id, "Tidak Datang", None, None, 1, "id"))
    world.send(client, device, token=world.issue(exhibition.id).token)
    named, nameless = rows_of(desk.post(ADDRESS, data=around_now(exhibition)))
    assert named[:4] == ["=Siti", "+628123456789", "", 2]
    assert named[-1] == inside.reference
    assert nameless[:3] == ["tanpa nama", "", ""]


def test_who_left_before_the_span_is_not_on_the_list(
    client: FlaskClient, desk: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = came(client, exhibition, device, "Siti")
    world.send(client, device, token=issued.token, direction="exit")
    assert len(rows_of(desk.post(ADDRESS, data=around_now(exhibition)))) == 1
    local = clock.now().astimezone(ZoneInfo(exhibition.timezone))
    times = {"starts_at": f"{local + HOUR:%Y-%m-%dT%H:%M}", "ends_at": f"{local + 2 * HOUR:%Y-%m-%dT%H:%M}"}
    assert rows_of(desk.post(ADDRESS, data=around_now(exhibition, **times))) == []


def test_that_it_was_made_is_written_down_without_names(
    client: FlaskClient,
    desk: FlaskClient,
    exhibition: Exhibition,
    device: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    came(client, exhibition, device, "Siti Aminah", "+628123456789")
    desk.post(ADDRESS, data=around_now(exhibition))
    db.session.rollback()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "contacts.list")).one()
    assert entry.after is not None
    assert entry.actor_name == "Ratna"
    assert {name: entry.after[name] for name in ("reason", "parties", "people")} == {
        "reason": "DKK/17/2020",
        "parties": 1,
        "people": 2,
    }
    for kept in (str(entry.after), caplog.text):
        assert "Siti" not in kept
        assert "8123456789" not in kept
        assert PASSWORD not in kept


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"password": "another one"}, 403),
        ({"password": ""}, 422),
        ({"reason": ""}, 422),
        ({"reason": "x" * 121}, 422),
        ({"reason": "a\x00b"}, 422),
        ({"starts_at": "soon"}, 422),
        ({"starts_at": "2030-01-02T00:00", "ends_at": "2030-01-01T00:00"}, 422),
        ({"starts_at": "2030-01-01T00:00", "ends_at": "2030-01-03T00:00"}, 422),
    ],
)
def test_without_password_reason_and_span_there_is_no_list(
    client: FlaskClient,
    desk: FlaskClient,
    exhibition: Exhibition,
    device: str,
    changes: dict[str, str],
    status: int,
) -> None:
    came(client, exhibition, device, "Siti Aminah")
    answer = desk.post(ADDRESS, data=around_now(exhibition, **changes))
    assert answer.status_code == status
    assert 'class="field-error"' in answer.text
    assert "Siti" not in answer.text
    assert "contacts.list" not in actions()
    assert ("confirmation.wrong" in actions()) is (status == 403)


def test_guessing_the_password_ends_after_a_few_tries(desk: FlaskClient, exhibition: Exhibition) -> None:
    form = around_now(exhibition, password="guessed")
    assert [desk.post(ADDRESS, data=form).status_code for _ in range(6)] == [403] * 5 + [429]


def test_the_list_is_for_organizers(app: Flask, exhibition: Exhibition) -> None:
    staff = create_user(COMMAND_LINE, "budi@example.com", RoleName.GATE, password=PASSWORD)
    client = sign_in(app.test_client(), staff)
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, data=around_now(exhibition)).status_code == 403


def test_it_ends_with_the_retention_and_the_job_erases_contacts(
    client: FlaskClient, desk: FlaskClient, organizer: User, exhibition: Exhibition, device: str, app: Flask
) -> None:
    came(client, exhibition, device, "Siti Aminah")
    form = around_now(exhibition)
    db.session.get_one(Exhibition, exhibition.id).retention_days = 3
    db.session.commit()
    count = select(func.count()).select_from(VisitorContact)
    with time_machine.travel(f"{exhibition.ends_on + timedelta(days=3)}T12:00:00Z", tick=False):
        jobs.erase_personal_data()
        assert run_jobs() == 1
        db.session.rollback()
        assert db.session.scalar(count) == 1
    with time_machine.travel(f"{exhibition.ends_on + timedelta(days=4)}T12:00:00Z", tick=False):
        assert sign_in(app.test_client(), organizer).post(ADDRESS, data=form).status_code == 422
        jobs.erase_personal_data()
        assert run_jobs() == 1
        db.session.rollback()
        assert db.session.scalar(count) == 0
    assert "contacts.erase" in actions()


def test_who_was_out_for_a_while_counts_once_and_as_there_all_the_time() -> None:
    moves = [
        StayMove(NOON, entry=True, people=2),
        StayMove(NOON + HOUR, entry=False, people=2),
        StayMove(NOON + 2 * HOUR, entry=True, people=2, returned=2),
        StayMove(NOON + 3 * HOUR, entry=False, people=2),
    ]
    assert stay_of(moves) == Stay(NOON, NOON + 3 * HOUR, 2)
