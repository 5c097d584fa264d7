"""Disinfection rounds: planned, announced, keeping people out, ticked off, reported when overdue."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import AuditEntry, RoleName
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.gate import devices
from exhibition.venue import rounds, service
from exhibition.venue.models import DisinfectionRound, Exhibition
from tests.conftest import sign_in
from tests.fairs import the_fair
from tests.gate import world

RATNA = Actor(None, "Ratna")


pytestmark = pytest.mark.usefixtures("csrf_off")


def ongoing_round(exhibition: Exhibition, *, began: timedelta = timedelta(minutes=5)) -> int:
    """A round that began a while ago and lasts an hour."""
    starts_at = clock.now().replace(microsecond=0) - began
    row = DisinfectionRound(exhibition_id=exhibition.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    db.session.add(row)
    db.session.commit()
    return row.id


def device() -> str:
    return devices.enrol(devices.make_enrolment_code(COMMAND_LINE, the_fair(), world.gates()[0].id), "Sari")[0]


def test_the_demo_plans_three_rounds_a_day_but_none_in_the_open_slot(exhibition: Exhibition) -> None:
    slot = world.open_slot(exhibition.id)
    assert rounds.within(exhibition, slot.starts_at, slot.ends_at) == []
    assert all(len(planned) == rounds.WANTED_A_DAY for planned in list(rounds.by_day(exhibition).values())[1:])


def test_nobody_enters_during_a_round_and_is_told_until_when(client: FlaskClient, exhibition: Exhibition) -> None:
    token = device()
    inside, outside = world.issue(exhibition.id), world.issue(exhibition.id)
    world.send(client, token, token=inside.token)
    round_id = ongoing_round(exhibition)
    answer = world.send(client, token, token=outside.token).json
    assert answer is not None
    assert (answer["verdict"], answer["code"]) == ("refused", "slot_closed")
    ends_at = db.session.get_one(DisinfectionRound, round_id).ends_at
    assert datetime.fromisoformat(answer["reopens_at"]) == ends_at
    left = world.send(client, token, token=inside.token, direction="exit").json
    assert left is not None
    assert left["verdict"] == "accepted"


def test_gates_know_the_rounds_beforehand(client: FlaskClient, exhibition: Exhibition) -> None:
    bundle = client.get("/api/v1/gate/bundle", headers={"Authorization": f"Bearer {device()}"}).json
    assert bundle is not None
    planned = [one for day in rounds.by_day(exhibition).values() for one in day]
    assert [one["starts_at"] for one in bundle["rounds"]] == [one.starts_at.isoformat() for one in planned]


def test_the_front_page_and_the_pass_tell_it_beforehand(
    app: Flask, client: FlaskClient, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    ongoing_round(exhibition)
    wanted = {"slot_id": world.open_slot(exhibition.id).id, "name": "Siti", "party_size": 1, "consent": True}
    made = client.post("/api/v1/registrations", json=wanted).json
    assert made is not None
    assert "Penyemprotan, tidak ada yang masuk:" in client.get("/").text
    assert "tidak ada yang masuk" in client.get(urlsplit(made["manage_url"]).path).text


def test_a_round_is_ticked_off_by_gate_staff_with_name_and_time_and_taken_back(
    app: Flask, exhibition: Exhibition
) -> None:
    round_id = ongoing_round(exhibition)
    staff = create_user(COMMAND_LINE, "budi@example.com", RoleName.GATE, name="Budi")
    client = sign_in(app.test_client(), staff)
    assert client.get("/gate/rounds").status_code == 200
    assert client.post(f"/gate/rounds/{round_id}/tick", data={"from": "staff"}).status_code == 302
    row = db.session.get_one(DisinfectionRound, round_id, populate_existing=True)
    assert row.done_by == "Budi"
    assert row.done_at is not None
    assert client.post(f"/gate/rounds/{round_id}/untick", data={"from": "staff"}).status_code == 302
    assert db.session.get_one(DisinfectionRound, round_id, populate_existing=True).done_at is None
    assert client.post("/desk/rounds", data={}).status_code == 403
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_type == "round")).all()
    assert {"round.tick", "round.untick"} <= set(actions)


def test_an_overdue_round_alarms_at_the_desk_until_it_is_ticked(
    exhibition: Exhibition, organizer_client: FlaskClient
) -> None:
    round_id = ongoing_round(exhibition, began=timedelta(minutes=15))
    assert 'data-testid="overdue"' in organizer_client.get("/desk").text
    rounds.tick(RATNA, exhibition, round_id)
    assert 'data-testid="overdue"' not in organizer_client.get("/desk").text


def test_a_round_of_the_evening_stays_on_the_list_after_midnight_and_is_gone_in_the_morning(
    exhibition: Exhibition,
) -> None:
    today = service.local_day(exhibition, clock.now())
    midnight = datetime.combine(today, time(), ZoneInfo(exhibition.timezone))
    round_id = ongoing_round(exhibition)
    row = db.session.get_one(DisinfectionRound, round_id)
    row.starts_at, row.ends_at = midnight - timedelta(minutes=5), midnight + timedelta(minutes=25)
    db.session.commit()
    assert round_id in [one.id for one in rounds.on_list(exhibition, today, midnight + timedelta(minutes=15))]
    assert round_id not in [one.id for one in rounds.on_list(exhibition, today, midnight + timedelta(hours=9))]


def test_a_round_that_has_not_begun_is_not_ticked(exhibition: Exhibition) -> None:
    round_id = ongoing_round(exhibition, began=-timedelta(hours=3))
    with pytest.raises(Refused) as refused:
        rounds.tick(RATNA, exhibition, round_id)
    assert refused.value.code == "round_ahead"


def test_rounds_do_not_overlap(exhibition: Exhibition) -> None:
    day = exhibition.ends_on
    rounds.add(RATNA, exhibition, day, time(9), 45)
    with pytest.raises(Refused) as refused:
        rounds.add(RATNA, exhibition, day, time(9, 30), 5)
    assert refused.value.code == "round_overlaps"
    zone = ZoneInfo(exhibition.timezone)
    assert datetime.combine(day, time(9), zone) in {one.starts_at for one in rounds.of_day(exhibition, day)}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"day": "yesterday", "starts_at": "12:00", "minutes": "30"},
        {"day": "1999-01-01", "starts_at": "12:00", "minutes": "30"},
        {"starts_at": "25:00", "minutes": "30"},
        {"starts_at": "10:00", "minutes": "0"},
        {"starts_at": "10:00", "minutes": "241"},
        {"starts_at": "10:00", "minutes": "<b>"},
        {"starts_at": "\x00", "minutes": "30"},
    ],
)
def test_hostile_rounds_are_refused_and_nothing_is_planned(
    exhibition: Exhibition, organizer_client: FlaskClient, fields: dict[str, str]
) -> None:
    before = db.session.scalar(select(func.count()).select_from(DisinfectionRound))
    data = {"day": date.isoformat(exhibition.ends_on)} | fields if fields else {}
    assert organizer_client.post("/desk/rounds", data=data).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(DisinfectionRound)) == before
