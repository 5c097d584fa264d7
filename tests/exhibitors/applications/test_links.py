"""An applicant without an account does everything by the secret link of the application."""

import email
from email.policy import default

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.accounts.models import AuditEntry, RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service as allocation
from exhibition.allocation import waiting
from exhibition.allocation.planned import PlannedBooth
from exhibition.core.db import db
from exhibition.exhibitors import newcomers
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind, Step, StepTaker
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.exhibitors.applications.applying import mails, submitted

pytestmark = pytest.mark.usefixtures("csrf_off")

RATNA = Actor(None, "Ratna")
FREE = "J04"
PASSWORD = "tujuh bakul nasi"
PAGES = ("", "/booth", "/badges", "/sign", "/application", "/profile", "/statistics")


@pytest.fixture
def by_phone(exhibition: Exhibition) -> Application:
    """An applicant with a phone and no e-mail, who was offered a booth."""
    application = submitted(exhibition, name="Kerupuk Tanpa Surel", email="", phone="081299990000")
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.SHORTLIST)
    allocation.hold(RATNA, exhibition, FREE, application.exhibitor_id or 0)
    allocation.offer(RATNA, exhibition, booth(exhibition).claims[0].mark)
    return application


def booth(exhibition: Exhibition) -> PlannedBooth:
    return next(booth for booth in allocation.plan(exhibition) if booth.code == FREE)


def enter(client: FlaskClient, application: Application) -> None:
    answer = client.post(f"/daftar-stan/{application.key}/masuk")
    assert (answer.status_code, answer.location) == (303, "/exhibitor/booth")


def test_from_the_link_to_a_booth_a_shop_and_badges_without_an_account(
    client: FlaskClient, exhibition: Exhibition, by_phone: Application
) -> None:
    assert "/masuk" in client.get(f"/daftar-stan/{by_phone.key}").text
    enter(client, by_phone)
    form = {"seen": booth(exhibition).claims[0].mark, "answer": "accept"}
    assert client.post("/exhibitor/answer", data=form).location == "/exhibitor/booth"
    assert booth(exhibition).state == "allocated"
    db.session.refresh(by_phone)
    assert by_phone.state is ApplicationState.ACCEPTED
    for page in PAGES:
        assert client.get(f"/exhibitor{page}").status_code == 200, page
    shop = client.get("/exhibitor/listings").location
    assert client.get(shop).status_code == 200
    assert client.post("/exhibitor/badges", data={"name": "Sari"}).status_code in (302, 303)
    assert "Sari" in client.get("/exhibitor/badges").text
    assert client.get("/exhibitor/sign.pdf").mimetype == "application/pdf"
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "booth.accept"))
    assert by_phone.reference in {entry.actor_name for entry in entries}


def test_a_confirmed_booth_is_given_back_and_goes_to_the_next_in_line(
    client: FlaskClient, exhibition: Exhibition, by_phone: Application
) -> None:
    exhibition.offers_by_itself = True
    db.session.commit()
    allocation.confirm(RATNA, exhibition, booth(exhibition).claims[0].mark)
    first = waiting.waiting(exhibition)[0]
    enter(client, by_phone)
    assert 'value="give_back"' in client.get("/exhibitor/booth").text
    client.post("/exhibitor/answer", data={"seen": booth(exhibition).claims[0].mark, "answer": "give_back"})
    assert [(claim.exhibitor_id, claim.state.value) for claim in booth(exhibition).claims] == [
        (first.exhibitor_id, "offered")
    ]
    db.session.refresh(by_phone)
    assert by_phone.state is ApplicationState.CANCELLED


def test_the_link_is_good_for_its_exhibitor_at_its_fair_and_for_nothing_else(
    app: Flask, client: FlaskClient, exhibition: Exhibition, by_phone: Application
) -> None:
    enter(client, by_phone)
    for address in ("/desk", "/desk/exhibitors", "/account", "/exhibitor/listings/keripik-bu-tini"):
        assert client.get(address).status_code in (302, 404), address
    other = next(claim for claim in allocation.claims(exhibition) if claim.exhibitor_id != by_phone.exhibitor_id)
    form = {"seen": other.mark, "answer": "give_back"}
    assert client.post("/exhibitor/answer", data=form).status_code == 404
    assert client.post("/exhibitor/leave").status_code == 303
    assert "/login" in client.get("/exhibitor/booth").location
    stranger = app.test_client()
    assert stranger.post("/daftar-stan/not-a-key/masuk").status_code == 404
    assert "/login" in stranger.get("/exhibitor/booth").location


def test_what_the_link_may_do_ends_with_it(client: FlaskClient, by_phone: Application) -> None:
    enter(client, by_phone)
    by_phone.key = "another"
    db.session.commit()
    assert "/login" in client.get("/exhibitor/booth").location


def test_an_address_typed_into_the_form_opens_nobodys_pages(
    app: Flask, client: FlaskClient, exhibition: Exhibition
) -> None:
    known = exhibitors.Details("Batik Terkenal", ExhibitorKind.UMKM, email="pemilik@example.com")
    victim = exhibitors.add(RATNA, exhibition, known)
    application = submitted(exhibition, name="Batik Terkenal", email="pemilik@example.com", phone="081200001111")
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.SHORTLIST)
    assert application.exhibitor_id == victim.id
    assert client.post(f"/daftar-stan/{application.key}/masuk").status_code == 404
    assert "/masuk" not in client.get(f"/daftar-stan/{application.key}").text
    newcomers.link(RATNA, application, victim.id)
    enter(client, application)


def test_a_sign_in_closes_the_pages_that_a_link_had_opened(client: FlaskClient, by_phone: Application) -> None:
    create_user(RATNA, "sari@example.com", RoleName.GATE, password=PASSWORD)
    enter(client, by_phone)
    assert client.post("/login", data={"email": "sari@example.com", "password": PASSWORD}).status_code == 302
    client.post("/logout")
    assert "/login" in client.get("/exhibitor/booth").location


def test_who_is_signed_in_goes_on_as_themselves(organizer_client: FlaskClient, by_phone: Application) -> None:
    answer = organizer_client.post(f"/daftar-stan/{by_phone.key}/masuk")
    assert answer.location == f"/daftar-stan/{by_phone.key}"
    assert organizer_client.get("/desk/plan").status_code == 200


def test_the_mail_of_an_offer_leads_to_the_link_of_whoever_has_no_account(app: Flask, exhibition: Exhibition) -> None:
    by_mail = submitted(exhibition, name="Kopi Bersurel", email="kopi@example.com", phone="081200002222")
    applications.take(RATNA, StepTaker.ORGANIZER, by_mail.id, Step.SHORTLIST)
    allocation.hold(RATNA, exhibition, "J06", by_mail.exhibitor_id or 0)
    mark = next(claim.mark for claim in allocation.claims(exhibition) if claim.exhibitor_id == by_mail.exhibitor_id)
    allocation.offer(RATNA, exhibition, mark)
    run_jobs()
    letters = [email.message_from_string(mail, policy=default).get_body(("plain",)) for mail in mails(app)]
    assert any(by_mail.key in text and "J06" in text for letter in letters if letter and (text := letter.get_content()))
