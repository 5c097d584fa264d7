"""Lost links: what there is goes to who registered, and strangers learn nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors import purging, service
from exhibition.visitors.models import LinkRequest
from exhibition.visitors.passes import lost_links
from tests.conftest import run_jobs
from tests.mailbox import Mailbox
from tests.visitors.passes.holding import register

pytestmark = pytest.mark.usefixtures("csrf_off")
PHONE = "+6281277770001"


def links_mails() -> list[OutboxMail]:
    """In the order in which they were asked for."""
    return list(
        db.session.scalars(select(OutboxMail).where(OutboxMail.kind == lost_links.KIND).order_by(OutboxMail.id))
    )


def asked(client: FlaskClient, contact: str) -> tuple[int, str]:
    answer = client.post("/tiket", data={"contact": contact})
    return answer.status_code, answer.headers.get("Location", "")


def test_the_links_of_all_passes_go_to_the_address(client: FlaskClient, mailbox: Mailbox) -> None:
    first = register(email="siti@example.com")
    second = register(2, email="Siti@example.com", position=1, knows=first)
    stranger = register(email="budi@example.com")
    cancelled = register(1, email="siti@example.com", knows=first)
    service.cancel(cancelled.manage_key)
    run_jobs()
    mailbox.received.clear()
    assert asked(client, "Siti@Example.com")[0] == 303
    run_jobs()
    [(recipients, mail)] = mailbox.received
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert recipients == ["siti@example.com"]
    assert all(f"/p/{one.manage_key}" in text for one in (first, second))
    assert not any(one.manage_key in text for one in (stranger, cancelled))


def test_known_and_unknown_get_the_same_answer_and_the_same_rows(
    client: FlaskClient, statements: list[str], mailbox: Mailbox
) -> None:
    register(email="siti@example.com")
    run_jobs()
    made = []
    for contact in ("siti@example.com", "nobody@example.com"):
        statements.clear()
        answer = asked(client, contact)
        made.append((answer, len(statements)))
    assert made[0] == made[1]
    assert len(links_mails()) == 2
    run_jobs()
    db.session.rollback()
    assert [mail.state for mail in links_mails()] == [MailState.SENT, MailState.DROPPED]


def test_a_number_leads_to_the_address_that_was_registered_with_it(client: FlaskClient, mailbox: Mailbox) -> None:
    issued = register(email="siti@example.com", phone=PHONE)
    run_jobs()
    mailbox.received.clear()
    assert asked(client, "0812 7777 0001") == (303, "/tiket/diminta?by=phone")
    run_jobs()
    [(recipients, mail)] = mailbox.received
    assert recipients == ["siti@example.com"]
    assert issued.manage_key in mail.as_string().replace("=\n", "")


def test_who_gave_only_a_number_stands_in_the_queue_until_the_link_is_sent(
    client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    issued = register(phone=PHONE)
    asked(client, PHONE)
    asked(client, "+6281299998888")
    [waiting] = lost_links.waiting(exhibition).items
    assert (waiting.reference, waiting.phone) == (issued.reference, PHONE)
    assert waiting.chat.startswith("https://wa.me/6281277770001?text=")
    assert issued.manage_key in waiting.chat
    assert lost_links.count(exhibition) == 1
    address = f"/desk/registrations/links/{waiting.request_id}"
    shown = organizer_client.get("/desk/registrations/phones").text
    assert (address in shown, issued.reference in shown) == (True, True)
    assert [organizer_client.post(address).status_code for _ in range(2)] == [303, 303]
    assert organizer_client.post("/desk/registrations/links/999999").status_code == 404
    assert lost_links.count(exhibition) == 0
    sent = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "link.send")
    assert db.session.scalar(sent) == 1


@pytest.mark.parametrize("contact", ["nonsense", "12", "a@b", "", "x" * 300])
def test_what_is_neither_is_refused_at_the_field(client: FlaskClient, contact: str) -> None:
    answer = client.post("/tiket", data={"contact": contact})
    assert answer.status_code == 422
    assert 'id="contact-error"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(LinkRequest)) == 0


def test_an_address_is_not_flooded_and_the_answer_stays_the_same(client: FlaskClient) -> None:
    answers = {asked(client, "siti@example.com") for _ in range(5)}
    assert len(answers) == 1
    assert len(links_mails()) == 3


def test_one_network_asks_only_so_often(client: FlaskClient) -> None:
    statuses = [asked(client, f"somebody{number}@example.com")[0] for number in range(61)]
    assert (set(statuses[:60]), statuses[-1]) == ({303}, 429)


def _archive(exhibition: Exhibition) -> None:
    exhibition.state = EditionState.ARCHIVED


def test_passes_of_a_fair_that_is_put_away_are_not_sent(
    client: FlaskClient, exhibition: Exhibition, mailbox: Mailbox
) -> None:
    register(email="siti@example.com")
    run_jobs()
    mailbox.received.clear()

    @transaction
    def put_away(change: Callable[[Exhibition], None]) -> None:
        change(db.session.merge(exhibition))

    put_away(_archive)
    asked(client, "siti@example.com")
    run_jobs()
    assert mailbox.received == []


def test_requests_are_forgotten_after_a_week(client: FlaskClient) -> None:
    asked(client, PHONE)
    with time_machine.travel(clock.now() + timedelta(days=6), tick=False):
        purging.forget_link_requests()
    assert db.session.scalar(select(func.count()).select_from(LinkRequest)) == 1
    db.session.execute(update(LinkRequest).values(asked_at=clock.now() - timedelta(days=8)))
    db.session.commit()
    purging.forget_link_requests()
    assert db.session.scalar(select(func.count()).select_from(LinkRequest)) == 0
