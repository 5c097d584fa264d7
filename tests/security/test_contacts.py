"""Lists of people's addresses and numbers are handed out only to somebody who typed the password just now."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, RoleName
from exhibition.accounts.service import create_user
from exhibition.accounts.web.access import ROUTES
from exhibition.accounts.web.access_kinds import Access
from exhibition.accounts.web.disclosure import CONTACTS
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.demo import service as demo
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.reports.exports import DATASETS
from exhibition.visitors.models import VisitorContact
from tests.accounts.conftest import PASSWORD, Person
from tests.conftest import session_of
from tests.fairs import the_fair
from tests.messages import world as messages

A_FEW = 3
"""So many people's contacts on one page are those of somebody's record, not a list."""
VALUES = {"kind": ("csv", "xlsx"), "key": tuple(DATASETS)}
OPEN = (Access.PUBLIC, Access.KEY, Access.DEVICE, Access.NOBODY)
NUMBER = re.compile(r"[\s().-]")


@pytest.fixture
def fair(bare_app: Flask) -> Flask:
    """The demo with people who gave a number only, to be written to by phone; and exhibitors with addresses."""
    with bare_app.app_context():
        demo.load(open_now=True)
        for number in range(6):
            messages.register(the_fair(), f"Wati{number}", None, phone=f"+6281200000{number:03}")
            messages.register(the_fair(), f"Sari{number}", phone=f"+6281300000{number:03}")
        messages.confirm(the_fair(), messages.written(the_fair()))
        for exhibitor in db.session.scalars(select(Exhibitor)):
            exhibitor.email = f"{exhibitor.slug}@shop.example"
        db.session.commit()
        create_user(COMMAND_LINE, "organizer@example.com", RoleName.ORGANIZER, password=PASSWORD)
    return bare_app


def _contacts() -> frozenset[str]:
    """Every address, and every number by its last digits, which all ways of writing it have."""
    found: set[str] = set()
    for model in (VisitorContact, Exhibitor, Application):
        for email, phone in db.session.execute(select(model.email, model.phone)):
            found |= {email.lower()} if email else set()
            found |= {phone[-9:]} if phone else set()
    return frozenset(found)


def _text(answer: TestResponse) -> str:
    body = answer.get_data()
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b" ".join(archive.read(name) for name in archive.namelist() if name.endswith(".xml"))
    text = body.decode("utf-8", "replace").lower()
    return text + NUMBER.sub("", text)


def _addresses(rule: Rule, slug: str) -> list[str]:
    found = [rule.rule.replace("<edition>", slug)]
    for name, values in VALUES.items():
        found = [one.replace(f"<{name}>", value) for one in found for value in (values if f"<{name}>" in one else [""])]
    return [re.sub(r"<[^>]+>", "1", one) for one in found]


def test_no_page_or_file_lists_contacts_without_the_password(fair: Flask) -> None:
    """Every route is opened as an organizer who signed in an hour ago: a new one with contacts must be declared."""
    client = fair.test_client()
    with fair.app_context():
        known, slug = _contacts(), the_fair().slug
        user = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER)
        long_ago = (clock.now() - timedelta(hours=1)).timestamp()
        with client.session_transaction() as session:
            session.update(session_of(user) | {"fs_paa": long_ago})
    assert len(known) > 20
    assert client.get(f"/desk/{slug}/exports").status_code == 200
    told = {}
    for rule in fair.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.endswith("/live") or ROUTES[rule.endpoint] in OPEN:
            continue
        for address in _addresses(rule, slug):
            answer = client.get(address, follow_redirects=False)
            text = _text(answer)
            answer.close()
            if (count := sum(one in text for one in known)) > A_FEW:
                told[f"{rule.endpoint} {address}"] = count
    assert client.get(f"/desk/{slug}/exports").status_code == 200, "signed out on the way"
    assert told == {}


def test_every_declaration_is_a_route_for_staff(app: Flask) -> None:
    assert CONTACTS.keys() <= {endpoint for endpoint, access in ROUTES.items() if access not in OPEN}
    assert CONTACTS["reports.export"] == {
        key for key, one in DATASETS.items() if {"Phone", "E-mail"} & {column._args[0] for column in one.columns}
    }


def test_the_password_opens_the_list_and_is_asked_for_again_later(
    fair: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.sign_in("organizer@example.com")
    assert person.get("/desk/plan.csv").status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        asked = person.get("/desk/exports/exhibitors.csv")
        assert asked.location == "/verify?next=/desk/exports/exhibitors.csv"
        assert person.get("/desk/exports/booths.csv").status_code == 200, "booths are nobody's contacts"
        wrong = person.send(asked.location, password="not the password")
        assert "This password is wrong." in wrong.text
        answer = person.send(asked.location, password=PASSWORD)
        assert answer.location == "/desk/exports/exhibitors.csv"
        assert "attachment" in person.get(answer.location).headers["Content-Disposition"]


def test_a_form_that_asks_for_a_list_leads_back_to_its_page(fair: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        person.environ["HTTP_REFERER"] = "http://localhost/desk/exports"
        answer = person.send("/desk/exports/contacts", page="/desk/exports", kind="csv", reason="illness")
        assert (answer.status_code, answer.location) == (303, "/verify?next=/desk/exports")
        person.send(answer.location, password=PASSWORD)
        answer = person.send("/desk/exports/contacts", page="/desk/exports", kind="csv", reason="illness")
        assert answer.mimetype == "text/csv"


def test_a_script_is_told_so(fair: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        answer = person.client.get("/desk/plan.csv", headers={"Sec-Fetch-Mode": "cors"})
        assert answer.status_code == 401


def _handed_out() -> list[tuple[str, str, str]]:
    lists = select(AuditEntry).where(AuditEntry.action == "export.contacts").order_by(AuditEntry.id)
    return [(one.actor_name, one.object_id, one.object_name) for one in db.session.scalars(lists)]


def test_each_file_with_contacts_stands_in_the_audit_trail(fair: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    for address in ("/desk/plan.csv", "/desk/plan.csv", "/desk/plan.xlsx"):
        assert person.get(address).status_code == 200
    who = "organizer@example.com"
    with fair.app_context():
        assert _handed_out() == [
            (who, "allocation.export_csv", "/desk/plan.csv"),
            (who, "allocation.export_csv", "/desk/plan.csv"),
            (who, "allocation.export_xlsx", "/desk/plan.xlsx"),
        ]


def test_a_page_with_contacts_stands_there_once_in_a_quarter_of_an_hour(fair: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    page = "/desk/applications/invite"
    for _ in range(3):
        assert person.get(page).status_code == 200
    with fair.app_context():
        assert [name for _, _, name in _handed_out()] == [page]
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        asked = person.get(page)
        with fair.app_context():
            assert len(_handed_out()) == 1, "nothing was handed out yet"
        person.send(asked.location, password=PASSWORD)
        assert person.get(page).status_code == 200
        with fair.app_context():
            assert len(_handed_out()) == 2


def test_a_list_whose_use_case_records_it_stands_there_once(fair: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    assert person.get("/desk/exports/exhibitors.csv").status_code == 200
    with fair.app_context():
        actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("export."))).all()
        assert list(actions) == ["export.make"]


def test_what_is_not_found_was_not_handed_out(fair: Flask, person: Person) -> None:
    person.sign_in("organizer@example.com")
    assert person.get("/desk/messages/999/phones").status_code == 404
    with fair.app_context():
        assert _handed_out() == []
