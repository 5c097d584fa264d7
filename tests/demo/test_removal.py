"""Removing the demo at the desk: all of it, and nothing else."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, func, select
from sqlalchemy.exc import DBAPIError

from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import AuditEntry, User
from exhibition.allocation.models import Allocation, AllocationState
from exhibition.core.config import instance_folder
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.statements import table_of
from exhibition.demo import badges, last_year, removal, sign_ins, visitors, visits
from exhibition.exhibitors.models import Cluster, Exhibitor, ExhibitorMember
from exhibition.gate.models import Scan
from exhibition.venue.edition import states
from exhibition.venue.models import Booth, Exhibition
from tests.conftest import sign_in
from tests.editions import world
from tests.editions.world import WHOLE
from tests.gate import world as gate_world

LEFT = {"audit_entry", "audit_name", "role", "pass_key", "listing_word"}
"""Tables that a removed demo leaves rows in; the last holds words that the search knows how to spell."""


def filled() -> set[str]:
    def count(table: Table) -> int:
        return db.session.scalar(select(func.count()).select_from(table)) or 0

    return {table.name for table in db.metadata.sorted_tables if count(table)}


def scan(app: Flask, exhibition: Exhibition) -> None:
    device = gate_world.enrol(exhibition)
    gate_world.send(app.test_client(), device, token=gate_world.issue(exhibition.id).token)
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 1


@pytest.fixture
def demo(exhibition: Exhibition, app: Flask) -> Exhibition:
    """The demo as ``flask run-venue`` loads it, with visitors, and with a scan at a gate."""
    visits.add(exhibition)
    badges.add(exhibition)
    visitors.add(exhibition, 20)
    sign_ins.write(instance_folder(), sign_ins.create())
    scan(app, exhibition)
    return exhibition


def test_nothing_of_the_demo_is_left_but_the_audit_trail(demo: Exhibition) -> None:
    before = db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    removal.remove(COMMAND_LINE, demo.name)
    assert filled() <= LEFT
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert (len(entries), entries[-1].action) == (before + 1, "demo.remove")
    assert not (instance_folder() / sign_ins.FILE_NAME).exists()


def test_scans_are_protected_again_afterwards(demo: Exhibition, app: Flask, tmp_path: Path) -> None:
    assert world.create(app, tmp_path, WHOLE | {"slug": "kopi-2026"}).exit_code == 0
    removal.remove(COMMAND_LINE, demo.name)
    device = gate_world.enrol(states.by_slug("kopi-2026"))
    gate_world.send(app.test_client(), device, token="nonsense")
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(table_of(Scan).delete())
    db.session.rollback()


def test_another_fair_stays_with_the_exhibitors_that_it_knows(demo: Exhibition, app: Flask, tmp_path: Path) -> None:
    assert world.create(app, tmp_path, WHOLE | {"slug": "kopi-2026"}).exit_code == 0
    other = states.by_slug("kopi-2026")
    organizer = db.session.scalars(select(User).where(User.email == sign_ins.PEOPLE[0][1])).one()
    exhibitor = db.session.scalars(select(Exhibitor).where(Exhibitor.slug == sign_ins.EXHIBITOR_SLUG)).one()

    @transaction
    def give() -> None:
        booth = db.session.scalars(select(Booth).where(Booth.exhibition_id == other.id).limit(1)).one()
        values = {"exhibition_id": other.id, "booth_id": booth.id, "exhibitor_id": exhibitor.id}
        given = Allocation(**values, state=AllocationState.CONFIRMED, created_by_id=organizer.id)
        db.session.add(given)

    give()
    cluster_id = exhibitor.cluster_id
    removal.remove(COMMAND_LINE, demo.name)
    assert [one.slug for one in states.every()] == ["kopi-2026"]
    assert db.session.scalars(select(Exhibitor.slug)).all() == [sign_ins.EXHIBITOR_SLUG]
    assert db.session.scalars(select(Cluster.id)).all() == [cluster_id]
    [given] = db.session.scalars(select(Allocation))
    assert (given.exhibition_id, given.created_by_id) == (other.id, None)
    assert db.session.scalar(select(func.count()).select_from(ExhibitorMember)) == 0


def test_the_person_who_removes_it_stays(demo: Exhibition) -> None:
    organizer = db.session.scalars(select(User).where(User.email == sign_ins.PEOPLE[0][1])).one()
    email = organizer.email
    removal.remove(Actor(organizer.id, organizer.name), demo.name)
    assert db.session.scalars(select(User.email)).all() == [email]
    [line] = (instance_folder() / sign_ins.FILE_NAME).read_text().splitlines()
    assert email in line


def test_the_name_must_be_typed(demo: Exhibition) -> None:
    with pytest.raises(Refused) as refused:
        removal.remove(COMMAND_LINE, "Pameran")
    assert refused.value.code == "name_differs"
    assert states.every() == [demo]


def test_a_fair_of_ones_own_is_no_demo_even_when_made_from_it(demo: Exhibition, app: Flask) -> None:
    words = ("clone", demo.slug, "tahun-depan", "--starts-on", "2049-11-05")
    assert world.invoke(app, *words).exit_code == 0
    removal.remove(COMMAND_LINE, demo.name)
    assert [one.slug for one in states.every()] == ["tahun-depan"]
    with pytest.raises(NotFound):
        removal.leaving(COMMAND_LINE)


@pytest.mark.usefixtures("csrf_off")
def test_the_desk_shows_what_goes_and_removes_it(organizer: User, demo: Exhibition, app: Flask) -> None:
    client: FlaskClient = sign_in(app.test_client(), organizer)
    assert "/desk/demo" in client.get("/desk/editions").text
    page = client.get("/desk/demo")
    assert (page.status_code, demo.name in page.text) == (200, True)
    assert client.post("/desk/demo", data={"name": "x"}).status_code == 422
    assert client.post("/desk/demo", data={"name": demo.name}).location == "/desk/editions"
    assert client.get("/desk/demo").status_code == 404
    assert client.get("/desk").location == "/desk/editions/new"


def test_only_visitors_who_left_a_name_are_to_be_told(demo: Exhibition) -> None:
    leaving = removal.leaving(COMMAND_LINE)
    assert leaving.contacts == 20
    last_year.add(demo)
    with_last_year = removal.leaving(COMMAND_LINE)
    assert with_last_year.registrations > leaving.registrations
    assert with_last_year.contacts == leaving.contacts
