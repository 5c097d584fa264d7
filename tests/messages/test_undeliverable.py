"""Addresses that a receiving server refused for good: listed, shown where they belong, corrected and sent again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.allocation import service as allocation
from exhibition.core import clock, outbox
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.messages import message_log, undeliverable
from exhibition.messages.readers import APPLICATION, EXHIBITOR, REGISTRATION
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy, service
from exhibition.visitors.registration.party import Issued
from tests.conftest import run_jobs
from tests.exhibitors.applications.applying import submitted
from tests.mailbox import Mailbox
from tests.messages.world import another_fair, confirm, counts, forget_mails, register, written

NO_SUCH_USER = "550 5.1.1 No such user"


@pytest.fixture(autouse=True)
def no_other_mails(exhibition: Exhibition) -> Iterator[None]:
    forget_mails()
    yield
    forget_mails()


def refuse(mailbox: Mailbox, answer: str = NO_SUCH_USER) -> None:
    """Send what is due; the server refuses all of it, and takes everything from then on."""
    mailbox.refusal = answer
    outbox.send_due()
    mailbox.refusal = ""
    db.session.rollback()


def refused_registration(
    exhibition: Exhibition, mailbox: Mailbox, name: str = "Siti", knows: Issued | None = None
) -> Issued:
    issued = register(exhibition, name, knows=knows)
    refuse(mailbox)
    return issued


def offered(exhibition: Exhibition) -> Exhibitor:
    """An exhibitor with an address that got an offer a moment ago."""
    held = next(booth for booth in allocation.plan(exhibition) if booth.state == "held")
    assert held.claim is not None
    exhibitor = db.session.get_one(Exhibitor, held.claim.exhibitor_id)
    exhibitor.email = "kopi@example.com"
    db.session.commit()
    allocation.offer(COMMAND_LINE, exhibition, held.claim.mark)
    return exhibitor


def addresses(exhibition: Exhibition) -> list[tuple[str, str]]:
    db.session.rollback()
    return [(one.kind, one.email) for one in undeliverable.of_edition(exhibition)]


def received(mailbox: Mailbox) -> list[str]:
    return [to for recipients, _mail in mailbox.received for to in recipients]


def test_a_refusal_for_good_is_listed_with_the_answer_of_the_server(exhibition: Exhibition, mailbox: Mailbox) -> None:
    issued = refused_registration(exhibition, mailbox)
    [line] = undeliverable.of_edition(exhibition)
    assert (line.reference, line.label) == ((REGISTRATION, issued.registration_id), issued.reference)
    assert (line.email, line.answer) == ("siti@example.com", NO_SUCH_USER)


def test_a_server_that_is_busy_or_away_makes_no_address_wrong(
    exhibition: Exhibition, mailbox: Mailbox, dead_server: None
) -> None:
    register(exhibition, "Siti")
    outbox.send_due()
    assert addresses(exhibition) == []


def test_a_corrected_address_gets_the_mail_and_is_listed_no_more(exhibition: Exhibition, mailbox: Mailbox) -> None:
    issued = refused_registration(exhibition, mailbox)
    undeliverable.correct(COMMAND_LINE, exhibition, (REGISTRATION, issued.registration_id), "aminah@example.com")
    assert addresses(exhibition) == []
    outbox.send_due()
    assert received(mailbox) == ["aminah@example.com"]
    assert addresses(exhibition) == []
    contact = service.contact(issued.registration_id)
    assert contact is not None
    assert contact.email == "aminah@example.com"
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.before, entry.after) == ("registration.correct_address", None, None)


def test_an_address_that_is_wrong_again_is_listed_again(exhibition: Exhibition, mailbox: Mailbox) -> None:
    issued = refused_registration(exhibition, mailbox)
    undeliverable.correct(COMMAND_LINE, exhibition, (REGISTRATION, issued.registration_id), "Aminah@example.com")
    refuse(mailbox)
    assert addresses(exhibition) == [(REGISTRATION, "Aminah@example.com")]


def test_the_same_address_is_tried_once_more(exhibition: Exhibition, mailbox: Mailbox) -> None:
    issued = refused_registration(exhibition, mailbox)
    undeliverable.correct(COMMAND_LINE, exhibition, (REGISTRATION, issued.registration_id), "siti@example.com")
    outbox.send_due()
    assert received(mailbox) == ["siti@example.com"]
    assert addresses(exhibition) == []


def test_a_mail_that_arrives_clears_the_address_of_all_that_was_refused(
    exhibition: Exhibition, mailbox: Mailbox
) -> None:
    first = refused_registration(exhibition, mailbox)
    refused_registration(exhibition, mailbox, knows=first)
    assert len(addresses(exhibition)) == 2
    register(exhibition, "Siti", knows=first)
    outbox.send_due()
    assert addresses(exhibition) == []


def test_what_was_corrected_meanwhile_is_not_corrected_twice(exhibition: Exhibition, mailbox: Mailbox) -> None:
    issued = refused_registration(exhibition, mailbox)
    subject = REGISTRATION, issued.registration_id
    undeliverable.correct(COMMAND_LINE, exhibition, subject, "aminah@example.com")
    with pytest.raises(Refused) as refused:
        undeliverable.correct(COMMAND_LINE, exhibition, subject, "other@example.com")
    assert refused.value.code == "address_corrected"
    contact = service.contact(issued.registration_id)
    assert contact is not None
    assert contact.email == "aminah@example.com"


def test_an_exhibitor_whose_offer_was_refused_gets_it_at_the_right_address(
    exhibition: Exhibition, mailbox: Mailbox
) -> None:
    exhibitor = offered(exhibition)
    refuse(mailbox)
    assert addresses(exhibition) == [(EXHIBITOR, "kopi@example.com")]
    undeliverable.correct(COMMAND_LINE, exhibition, (EXHIBITOR, exhibitor.id), "toko@example.com")
    outbox.send_due()
    assert received(mailbox) == ["toko@example.com"]
    assert db.session.get_one(Exhibitor, exhibitor.id).email == "toko@example.com"


def test_an_offer_whose_time_is_over_is_not_sent_again(exhibition: Exhibition, mailbox: Mailbox) -> None:
    exhibitor = offered(exhibition)
    refuse(mailbox)
    with time_machine.travel(clock.now() + timedelta(days=300), tick=False):
        undeliverable.correct(COMMAND_LINE, exhibition, (EXHIBITOR, exhibitor.id), "toko@example.com")
        outbox.send_due()
    assert received(mailbox) == []


def test_an_exhibitor_and_its_application_with_the_same_address_are_corrected_together(
    exhibition: Exhibition, mailbox: Mailbox
) -> None:
    application = submitted(exhibition)
    refuse(mailbox)
    exhibitor = db.session.scalars(select(Exhibitor)).first()
    assert exhibitor is not None
    application.exhibitor_id, exhibitor.email = exhibitor.id, application.email.upper()
    db.session.commit()
    assert addresses(exhibition) == [(APPLICATION, "yuni@example.com")]
    undeliverable.correct(COMMAND_LINE, exhibition, (APPLICATION, application.id), "mbakyuni@example.com")
    outbox.send_due()
    assert received(mailbox) == ["mbakyuni@example.com"]
    assert db.session.get_one(Exhibitor, exhibitor.id).email == "mbakyuni@example.com"
    assert db.session.get_one(Application, application.id).email == "mbakyuni@example.com"


def test_a_message_that_was_refused_goes_to_the_right_address_and_counts_as_sent(
    exhibition: Exhibition, mailbox: Mailbox
) -> None:
    issued = register(exhibition, "Siti")
    outbox.send_due()
    mailbox.received.clear()
    message = written(exhibition)
    confirm(exhibition, message)
    mailbox.refusal = NO_SUCH_USER
    run_jobs()
    mailbox.refusal = ""
    assert counts(message).failed == 1
    undeliverable.correct(COMMAND_LINE, exhibition, (REGISTRATION, issued.registration_id), "aminah@example.com")
    outbox.send_due()
    assert received(mailbox) == ["aminah@example.com"]
    assert message_log.counts_of([message])[message.id].sent == 1


def test_another_edition_sees_and_corrects_nothing_of_it(exhibition: Exhibition, mailbox: Mailbox) -> None:
    other = another_fair(exhibition)
    issued = refused_registration(exhibition, mailbox)
    exhibitor, application = offered(exhibition), submitted(exhibition)
    refuse(mailbox)
    register(other, "Siti")  # with the address that was refused here, and not yet tried there
    assert len(addresses(exhibition)) == 3
    assert addresses(other) == []
    for subject, refusal in (
        ((REGISTRATION, issued.registration_id), NotFound),
        ((APPLICATION, application.id), NotFound),
        ((EXHIBITOR, exhibitor.id), Refused),
    ):
        with pytest.raises(refusal):
            undeliverable.correct(COMMAND_LINE, other, subject, "new@example.com")


def test_it_is_gone_when_the_contacts_are_erased(exhibition: Exhibition, mailbox: Mailbox) -> None:
    refused_registration(exhibition, mailbox)
    with time_machine.travel(clock.now() + timedelta(days=900), tick=False):
        privacy.purge(COMMAND_LINE)
    assert addresses(exhibition) == []
    assert db.session.scalars(select(OutboxMail).where(OutboxMail.refused_address.is_not(None))).all() == []


@pytest.mark.usefixtures("csrf_off")
def test_the_desk_lists_corrects_and_sends_again(
    organizer_client: FlaskClient, exhibition: Exhibition, mailbox: Mailbox
) -> None:
    organizer_client.set_cookie("locale", "en")
    assert "No address has failed." in organizer_client.get("/desk/undeliverable").text
    issued = refused_registration(exhibition, mailbox)
    page = organizer_client.get("/desk/undeliverable").text
    assert "There is no such mailbox" in page
    assert NO_SUCH_USER in page
    assert issued.reference in page
    target = f"/desk/undeliverable/registration/{issued.registration_id}"
    field = f"registration-{issued.registration_id}-email"
    wrong = organizer_client.post(target, data={field: "no address"})
    assert (wrong.status_code, "This is not an e-mail address." in wrong.text) == (422, True)
    done = organizer_client.post(f"{target}?then=page", data={field: "aminah@example.com"})
    assert done.status_code == 303
    assert done.headers["Location"].endswith(f"/desk/registrations/{issued.registration_id}")
    assert "No address has failed." in organizer_client.get("/desk/undeliverable").text
    late = organizer_client.post(target, data={field: "late@example.com"}, follow_redirects=True)
    assert "corrected already" in late.text


def test_it_is_shown_at_the_registration_the_exhibitor_and_the_application(
    organizer_client: FlaskClient, exhibition: Exhibition, mailbox: Mailbox
) -> None:
    issued = register(exhibition, "Siti")
    exhibitor, application = offered(exhibition), submitted(exhibition)
    pages = (
        f"/desk/registrations/{issued.registration_id}",
        f"/desk/exhibitors/{exhibitor.slug}",
        f"/desk/applications/{application.id}",
    )
    shown = 'data-testid="undeliverable"'
    assert [shown in organizer_client.get(page).text for page in pages] == [False] * 3
    refuse(mailbox)
    assert [shown in organizer_client.get(page).text for page in pages] == [True] * 3


def test_the_pass_page_asks_for_the_right_address_without_naming_the_wrong_one_whole(
    client: FlaskClient, exhibition: Exhibition, mailbox: Mailbox
) -> None:
    client.set_cookie("locale", "en")
    issued = refused_registration(exhibition, mailbox)
    page = client.get(f"/p/{issued.manage_key}").text
    assert "We could not send mail to s…@example.com" in page
    service.send_to(issued.manage_key, "aminah@example.com")
    outbox.send_due()
    assert received(mailbox) == ["aminah@example.com"]
    assert "We could not send mail" not in client.get(f"/p/{issued.manage_key}").text
    states = db.session.scalars(select(OutboxMail.state)).all()
    assert sorted(states) == [MailState.FAILED, MailState.SENT]
