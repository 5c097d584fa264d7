"""The people of one fair, invited by its own organizers; and that an archived fair is only looked at."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts import invitations
from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import Invitation, RoleName, User
from exhibition.accounts.rights import rights_of
from exhibition.accounts.service import create_user
from exhibition.core.db import db
from exhibition.core.outbox import OutboxMail
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in
from tests.editions import world
from tests.editions.world import WHOLE
from tests.fairs import forget_request

TEAM = "/desk/umkm-2026/team"
pytestmark = pytest.mark.usefixtures("csrf_off")


@pytest.fixture
def fair(app: Flask, tmp_path: Path) -> Exhibition:
    assert world.create(app, tmp_path, WHOLE, "--publish").exit_code == 0
    return states.by_slug("umkm-2026")


@pytest.fixture
def organizer(app: Flask, fair: Exhibition) -> FlaskClient:
    """Signed in as an organizer of this fair alone."""
    user = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, exhibition_id=fair.id)
    return sign_in(app.test_client(), user)


def test_an_organizer_of_one_fair_invites_a_steward_to_it(fair: Exhibition, organizer: FlaskClient) -> None:
    answer = organizer.post(TEAM, data={"email": "joko@example.com", "role": "gate", "name": "Joko"})
    assert answer.status_code == 303
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "account.invitation")).one()
    token = (mail.text or "").split("/invitation/")[1].split()[0]
    steward = invitations.accept(token, "kuda-lumping-47")
    assert rights_of(steward).at == {fair.id: frozenset({"gate"})}
    assert rights_of(steward).everywhere == frozenset()
    assert "joko@example.com" in organizer.get(TEAM).text


@pytest.mark.usefixtures("fair")
def test_nobody_is_made_an_exhibitor_or_an_administrator_there(organizer: FlaskClient) -> None:
    fields = {"email": "joko@example.com", "role": "exhibitor", "exhibition_id": "", "exhibitor_id": "1"}
    assert organizer.post(TEAM, data=fields).status_code == 422
    assert organizer.post(TEAM, data=fields | {"role": "organizer"}).status_code == 303
    assert db.session.scalars(select(Invitation.exhibition_id)).one() is not None


def test_who_worked_at_an_earlier_fair_or_has_left_can_be_invited_again(
    fair: Exhibition, organizer: FlaskClient
) -> None:
    joko = create_user(COMMAND_LINE, "joko@example.com", RoleName.GATE, exhibition_id=fair.id)
    organizer.set_cookie("locale", "en")
    forget_request()
    assert organizer.post(f"{TEAM}/{joko.id}/leave").status_code == 303
    assert organizer.post(TEAM, data={"email": "joko@example.com", "role": "gate", "name": ""}).status_code == 303
    forget_request()
    assert rights_of(db.session.get_one(User, joko.id)).at == {fair.id: frozenset({"gate"})}
    assert "has this role from now on" in organizer.get(TEAM).text


def test_who_leaves_is_signed_out_and_opens_nothing_of_the_fair(
    app: Flask, fair: Exhibition, organizer: FlaskClient
) -> None:
    joko = create_user(COMMAND_LINE, "joko@example.com", RoleName.ORGANIZER, exhibition_id=fair.id)
    theirs = sign_in(app.test_client(), joko)
    assert organizer.post(f"{TEAM}/{joko.id}/leave").status_code == 303
    forget_request()
    assert theirs.get("/desk/umkm-2026").status_code == 302
    forget_request()
    assert rights_of(db.session.get_one(User, joko.id)).anywhere == frozenset()
    assert organizer.post(f"{TEAM}/{joko.id}/leave").status_code == 404


def test_a_role_at_all_fairs_is_not_taken_away_there(fair: Exhibition, organizer: FlaskClient) -> None:
    everywhere = create_user(COMMAND_LINE, "dewi@example.com", RoleName.ORGANIZER)
    assert organizer.post(f"{TEAM}/{everywhere.id}/leave").status_code == 404
    assert rights_of(db.session.get_one(User, everywhere.id)).administers


def test_an_archived_fair_is_only_looked_at(app: Flask, organizer: FlaskClient) -> None:
    assert world.invoke(app, "archive", "umkm-2026").exit_code == 0
    assert organizer.get("/desk/umkm-2026/gates").status_code == 200
    refused = organizer.post("/desk/umkm-2026/gates", data={"code": "Z", "name": "Gerbang"})
    assert refused.status_code == 409
    assert organizer.post("/desk/umkm-2026/prepare/state", data={"target": "published"}).status_code == 303
    assert organizer.post("/desk/umkm-2026/gates", data={"code": "Z", "name": "Gerbang"}).status_code == 302
