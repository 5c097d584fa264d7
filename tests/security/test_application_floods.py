"""The desk finds the applications that one sender has made, and withdraws all of them that are not decided on."""

from urllib.parse import urlsplit

import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.core.sql.narrowing import Narrowing
from exhibition.exhibitors.applications import bulk, floods
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState, Step, StepTaker
from exhibition.venue.bulk import acts
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.fairs import the_fair
from tests.visitors.test_desk import csrf

FLOOD, SELLER = "2001:db8:bad:1::5", "198.51.100.4"
FORM = "/daftar-stan"


def apply(client: FlaskClient, address: str, number: int) -> Application:
    """Begin an application with the public form."""
    fields = {"name": f"Toko {number}", "kind": "umkm", "contact_name": "Sari", "phone": f"081234567{number:03}"}
    fields |= {"email": f"toko{number}@flood.example", "csrf_token": csrf(client, FORM)}
    answer = client.post(FORM, data=fields, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 303, answer.text
    for name in ("_login_user", "csrf_token"):  # the tests' own context outlives a request, and would keep its person
        g.pop(name, None)
    return db.session.get_one(Application, db.session.scalar(select(func.max(Application.id))))


def states(*found: Application) -> list[ApplicationState]:
    db.session.rollback()
    return [db.session.get_one(Application, one.id, populate_existing=True).state for one in found]


@pytest.mark.usefixtures("exhibition")
def test_all_of_one_network_address_are_withdrawn_and_nobody_is_told(
    client: FlaskClient, organizer_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "PIECE", 2)
    seller = apply(client, SELLER, 1)
    flood = [apply(client, FLOOD if n % 2 else "2001:db8:bad:1::6", n) for n in range(2, 7)]
    decided = flood.pop()
    applications.take(COMMAND_LINE, StepTaker.ORGANIZER, decided.id, Step.SUBMIT)
    applications.take(COMMAND_LINE, StepTaker.ORGANIZER, decided.id, Step.SHORTLIST)
    mails = db.session.scalar(select(func.count()).select_from(OutboxMail))
    listed = f"/desk/applications?origin={flood[0].origin}"
    assert listed in organizer_client.get(f"/desk/applications/{flood[0].id}").text
    page = organizer_client.get(listed).text
    assert page.count('data-testid="application"') == 5
    withdraw = listed.replace("?", "/withdraw?")
    assert withdraw in page
    token = csrf(organizer_client, withdraw)
    wrong = organizer_client.post(withdraw, data={"csrf_token": token, "seen": "5"})
    assert wrong.status_code == 409
    assert 'id="seen-error"' in wrong.text
    answer = organizer_client.post(withdraw, data={"csrf_token": token, "seen": "4"})
    assert answer.status_code == 303
    run_jobs()
    assert set(states(*flood)) == {ApplicationState.WITHDRAWN}
    assert states(seller, decided) == [ApplicationState.DRAFT, ApplicationState.SHORTLISTED]
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == mails
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "bulk_act.begin")).one()
    assert entry.after == {"act": "applications.withdraw", "total": 4, "origin": flood[0].origin}
    token = csrf(organizer_client, answer.location)
    organizer_client.post(f"{urlsplit(answer.location).path}/undo", data={"csrf_token": token})
    run_jobs()
    assert set(states(*flood)) == {ApplicationState.DRAFT}
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == mails


def test_a_flood_is_chosen_by_contact_and_never_without_a_choice(client: FlaskClient, exhibition: Exhibition) -> None:
    one, other = apply(client, FLOOD, 1), apply(client, SELLER, 2)
    assert floods.count(the_fair(), Narrowing(contact="@flood.example")) == 2
    assert floods.count(the_fair(), Narrowing(contact=one.phone)) == 1
    with pytest.raises(Refused) as refused:
        bulk.survey_of_flood(the_fair(), Narrowing())
    assert refused.value.code == "nothing_chosen"
    assert states(one, other) == [ApplicationState.DRAFT] * 2
