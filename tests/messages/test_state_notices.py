"""Exhibitors and applicants are told when the fair is called off or postponed, and when it takes place after all."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation.conditions import live_at
from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import KNOWN, AllocationState
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.outbox import MailState, OutboxMail, send_due
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.exhibitors.rules.application_steps import GONE, ApplicationState
from exhibition.messages import mail_wording, undeliverable
from exhibition.venue.edition import states
from exhibition.venue.edition.mail_texts import MailWords
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from tests.exhibitors.applications.applying import in_state
from tests.mailbox import Mailbox
from tests.messages.world import another_fair, forget_mails

CALLED_OFF, POSTPONED, PUBLISHED = EditionState.CALLED_OFF, EditionState.POSTPONED, EditionState.PUBLISHED


@pytest.fixture(autouse=True)
def addresses(exhibition: Exhibition) -> None:
    """Every exhibitor has an address; no application has one, nor is any visitor's mail in the way."""
    db.session.execute(update(Exhibitor).values(email=Exhibitor.slug + "@example.com"))
    db.session.execute(update(Application).values(email=""))
    db.session.commit()
    forget_mails()


def step(exhibition: Exhibition, *targets: EditionState) -> None:
    for target in targets:
        states.change_state(COMMAND_LINE, exhibition.slug, target)


def sent(mailbox: Mailbox) -> list[str]:
    while send_due():
        pass
    return sorted(str(mail["To"]) for mail in mailbox.mails if "/p/" not in mail.as_string())


def known(exhibition: Exhibition) -> set[str]:
    statement = (
        select(Exhibitor.email)
        .join(Allocation, Allocation.exhibitor_id == Exhibitor.id)
        .where(Allocation.exhibition_id == exhibition.id, live_at(clock.now()), Allocation.state.in_(KNOWN))
    )
    return set(db.session.scalars(statement))


def applied(exhibition: Exhibition) -> set[str]:
    closed = [*GONE, ApplicationState.DRAFT]
    statement = (
        select(Exhibitor.email)
        .join(Application, Application.exhibitor_id == Exhibitor.id)
        .where(Application.exhibition_id == exhibition.id, Application.state.not_in(closed))
    )
    return set(db.session.scalars(statement))


def test_who_has_a_booth_an_offer_or_an_open_application_is_told_once(exhibition: Exhibition, mailbox: Mailbox) -> None:
    expected = known(exhibition) | applied(exhibition)
    assert known(exhibition)
    step(exhibition, CALLED_OFF)
    assert sent(mailbox) == sorted(expected)
    offer = next(one for one in db.session.scalars(select(Allocation)) if one.state is AllocationState.CONFIRMED)
    exhibitor = db.session.get_one(Exhibitor, offer.exhibitor_id)
    mail = next(one for one in mailbox.mails if one["To"] == exhibitor.email)
    assert mail["Subject"] == f"Batal: {exhibition.name}"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "pameran ini dibatalkan" in body.get_content()
        assert "Stan: " in body.get_content()


def test_applicants_are_told_in_their_language_unless_their_application_is_a_draft_or_has_ended(
    exhibition: Exhibition, mailbox: Mailbox
) -> None:
    db.session.execute(update(Exhibitor).values(email=""))
    db.session.commit()
    for state in ApplicationState:
        in_state(exhibition, state, email=f"{state}@example.com")
    in_state(exhibition, ApplicationState.SUBMITTED, email="Submitted@Example.com")
    db.session.execute(update(Application).values(locale="en"))
    db.session.commit()
    forget_mails()
    step(exhibition, POSTPONED)
    told = set(ApplicationState) - GONE - {ApplicationState.DRAFT}
    assert [address.lower() for address in sent(mailbox)] == sorted(f"{state}@example.com" for state in told)
    assert {mail["Subject"] for mail in mailbox.mails} == {f"Postponed: {exhibition.name}"}
    keys = db.session.scalars(select(Application.key).where(Application.email != "")).all()
    for mail in mailbox.mails:
        text = str(mail.get_body(("plain",)))
        assert "Booth:" not in text
        assert any(f"/daftar-stan/{key}" in text for key in keys)


def test_what_is_not_true_any_more_is_not_sent(exhibition: Exhibition, mailbox: Mailbox) -> None:
    step(exhibition, POSTPONED, CALLED_OFF, PUBLISHED)
    assert len(sent(mailbox)) == len(known(exhibition) | applied(exhibition))
    assert {mail["Subject"] for mail in mailbox.mails} == {f"Jadi berlangsung: {exhibition.name}"}
    dropped = select(OutboxMail.kind).where(OutboxMail.state == MailState.DROPPED).distinct()
    assert {kind.partition(".")[2] for kind in db.session.scalars(dropped)} == {"postponed", "called_off"}


def test_who_has_lost_the_booth_meanwhile_gets_none(exhibition: Exhibition, mailbox: Mailbox) -> None:
    step(exhibition, CALLED_OFF)
    db.session.execute(update(Application).values(state=ApplicationState.WITHDRAWN))
    db.session.execute(update(Allocation).values(state=AllocationState.RELEASED, expires_at=None))
    db.session.commit()
    assert sent(mailbox) == []


def test_a_fair_that_is_over_or_another_one_writes_to_nobody(exhibition: Exhibition, mailbox: Mailbox) -> None:
    other = another_fair(exhibition)
    step(other, CALLED_OFF)
    with time_machine.travel(clock.now() + timedelta(days=60), tick=False):
        step(exhibition, CALLED_OFF)
    assert not db.session.scalars(select(OutboxMail.id).where(OutboxMail.kind.not_like("visitor.%"))).all()
    assert sent(mailbox) == []


def test_it_goes_out_in_the_edition_s_words(exhibition: Exhibition, mailbox: Mailbox) -> None:
    words = {"id": MailWords("Maaf, {exhibitor}", "Halo {name}, {fair} batal."), "en": MailWords("", "")}
    mail_wording.keep(COMMAND_LINE, exhibition, "exhibitor.called_off", words)
    step(exhibition, CALLED_OFF)
    assert sent(mailbox)
    assert all(mail["Subject"].startswith("Maaf, ") for mail in mailbox.mails)


def test_an_address_that_does_not_work_is_listed_and_corrected(exhibition: Exhibition, mailbox: Mailbox) -> None:
    mailbox.refusal = "550 5.1.1 no such user"
    step(exhibition, CALLED_OFF)
    sent(mailbox)
    lines = undeliverable.of_edition(exhibition)
    assert {line.email for line in lines} >= known(exhibition)
    mailbox.refusal = ""
    line = next(line for line in lines if line.email in known(exhibition))
    undeliverable.correct(COMMAND_LINE, exhibition, line.reference, "right@example.com")
    assert sent(mailbox) == ["right@example.com"]
