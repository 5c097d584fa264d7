"""The desk finds what one sender has registered, and withdraws all of it at once."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.venue.bulk import acts
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy
from exhibition.visitors.listing import withdrawing
from exhibition.visitors.listing.sought import EVERY_REGISTRATION, RegistrationNarrowing, RegistrationSearch
from exhibition.visitors.models import PassState, Registration, VisitorPass
from tests.conftest import run_jobs
from tests.fairs import the_fair
from tests.visitors.listing.withdrawn import withdraw
from tests.visitors.test_desk import csrf, open_slot

FLOOD, VILLAGE = "2001:db8:bad:1::5", "198.51.100.4"


def register(client: FlaskClient, address: str, people: int = 2, **more: str) -> int:
    """Register over the JSON interface; the id of the registration."""
    body = {"slot_id": open_slot().id, "name": "Siti", "party_size": people, "consent": True, **more}
    answer = client.post("/api/v1/registrations", json=body, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 201
    return db.session.scalars(select(func.max(Registration.id))).one()


def state(registration_id: int) -> PassState:
    db.session.rollback()
    return db.session.scalars(select(VisitorPass.state).where(VisitorPass.registration_id == registration_id)).one()


def origin(registration_id: int) -> str:
    return db.session.scalars(select(Registration.origin).where(Registration.id == registration_id)).one() or ""


@transaction
def let_in(registration_id: int) -> None:
    found = db.session.scalars(select(VisitorPass).where(VisitorPass.registration_id == registration_id)).one()
    found.admitted = found.inside = 1


def test_all_of_one_network_address_are_withdrawn_and_nobody_else(
    client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "PIECE", 2)
    family = register(client, VILLAGE)
    issued = open_slot().issued
    flood = [register(client, FLOOD if n % 2 else "2001:db8:bad:1::6") for n in range(5)]
    inside = register(client, FLOOD)
    let_in(inside)
    assert open_slot().issued == issued + 12
    page = organizer_client.get(f"/desk/registrations/{flood[0]}").text
    address = f"/desk/registrations?origin={origin(flood[0])}"
    assert address in page
    token = csrf(organizer_client, address)
    asked = organizer_client.post(address, data={"csrf_token": token, "all": "1"})
    address = address.replace("?", "/withdraw?")
    assert asked.location == address
    wrong = organizer_client.post(address, data={"csrf_token": token, "seen": "4"})
    assert wrong.status_code == 409
    assert 'id="seen-error"' in wrong.text
    assert state(flood[0]) is PassState.VALID
    assert organizer_client.post(address, data={"csrf_token": token, "seen": "5"}).status_code == 303
    run_jobs()
    assert {state(one) for one in flood} == {PassState.REVOKED}
    assert (state(family), state(inside)) == (PassState.VALID, PassState.VALID)
    assert open_slot().issued == issued + 2
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "bulk_act.begin")).one()
    assert entry.after == {"act": "registrations.withdraw", "total": 5, "origin": origin(flood[0])}


@pytest.mark.parametrize(
    ("contact", "found"), [("@flood.example", 2), ("A@flood.example", 1), ("0812-3456-7890", 1), ("@other.example", 0)]
)
def test_a_flood_is_chosen_by_its_contact(
    client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition, contact: str, found: int
) -> None:
    register(client, FLOOD, email="a@flood.example")
    register(client, FLOOD, email="b@flood.example")
    register(client, FLOOD, phone="+6281234567890")
    page = organizer_client.get("/desk/registrations", query_string={"contact": contact})
    assert page.text.count('data-testid="registration"') == found
    withdraw = organizer_client.get("/desk/registrations/withdraw", query_string={"contact": contact})
    assert ('name="seen"' in withdraw.text) is bool(found)


def test_a_flood_is_chosen_by_its_time(client: FlaskClient, exhibition: Exhibition) -> None:
    register(client, FLOOD)
    now, hour = clock.now(), timedelta(hours=1)
    fair = the_fair()
    counts = [
        withdrawing.survey(fair, RegistrationSearch(narrowing=RegistrationNarrowing(since=since, until=until))).count
        for since, until in ((now - hour, None), (now + hour, None), (None, now - hour), (now - hour, now + hour))
    ]
    assert counts == [1, 0, 0, 1]


def test_nothing_is_withdrawn_without_a_choice_or_with_an_old_count(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    one = register(client, FLOOD)
    with pytest.raises(Refused) as refused:
        withdrawing.survey(the_fair(), EVERY_REGISTRATION)
    assert refused.value.code == "nothing_chosen"
    with pytest.raises(Refused) as refused:
        withdraw(the_fair(), RegistrationNarrowing(origin=origin(one)), 2)
    assert refused.value.code == "count_changed"
    assert state(one) is PassState.VALID


@pytest.mark.parametrize("query", ["origin=x", "since=yesterday", "contact=12", "until=2026-99-99T00:00"])
def test_a_choice_that_makes_no_sense_narrows_nothing_and_withdraws_nothing(
    client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition, query: str
) -> None:
    register(client, FLOOD)
    assert organizer_client.get(f"/desk/registrations?{query}").status_code == 200
    assert organizer_client.get(f"/desk/registrations/withdraw?{query}").status_code == 302


def test_the_address_is_kept_as_a_digest_and_erased_with_the_contacts(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    one = register(client, FLOOD)
    assert len(origin(one)) == 16
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        privacy.purge(COMMAND_LINE, dry_run=True)
        assert origin(one)
        privacy.purge(COMMAND_LINE)
    assert origin(one) == ""
