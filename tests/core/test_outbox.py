"""The outbox: mails are sent once, tried again, given up; their text is erased when no longer needed."""

import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from exhibition.core import clock, mail, outbox
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.outbox import Letter, MailState, OutboxMail
from tests.mailbox import Mailbox

LINK = "http://localhost/secret"


@transaction
def post(to: str = "siti@example.com", *, lasts: timedelta | None = None) -> None:
    expires_at = None if lasts is None else clock.now() + lasts
    outbox.post(Letter("test.letter", 7, to, "Undangan", f"Buka {LINK}", f"<p>{LINK}</p>", expires_at))


def mails() -> list[OutboxMail]:
    statement = select(OutboxMail).order_by(OutboxMail.id).execution_options(populate_existing=True)
    return list(db.session.scalars(statement))


def only() -> OutboxMail:
    [one] = mails()
    return one


def test_a_mail_is_sent_once_when_the_job_runs_twice_and_its_text_is_erased(mailbox: Mailbox) -> None:
    post()
    assert outbox.send_due() == 1
    assert outbox.send_due() == 0
    [(recipients, received)] = mailbox.received
    assert (recipients, received["Subject"]) == (["siti@example.com"], "Undangan")
    assert LINK in received.as_string()
    row = only()
    assert (row.state, row.text, row.html) == (MailState.SENT, None, None)
    assert row.sent_at is not None


def test_nothing_is_written_when_the_transaction_fails(app: Flask) -> None:
    @transaction
    def fails() -> None:
        post()
        raise Refused("no", "no")

    with pytest.raises(Refused):
        fails()
    assert mails() == []


def test_a_mail_is_posted_within_a_transaction_only(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        outbox.post(Letter("test.letter", 7, "siti@example.com", "Undangan", "Halo", "<p>Halo</p>"))
    db.session.rollback()


def test_a_claimed_mail_is_left_to_its_sender(mailbox: Mailbox) -> None:
    post()
    assert outbox._claim(only().id) is not None
    assert outbox._claim(only().id) is None
    assert outbox.send_due() == 0
    assert mailbox.received == []


def test_a_mail_whose_sender_died_goes_after_its_claim_ran_out(mailbox: Mailbox) -> None:
    post()
    outbox._claim(only().id)
    with time_machine.travel(clock.now() + outbox.PAUSES[0] + timedelta(seconds=1), tick=False):
        assert outbox.send_due() == 1
    assert len(mailbox.received) == 1


def test_a_sender_whose_claim_ran_out_does_not_undo_what_the_next_one_did(mailbox: Mailbox) -> None:
    post()
    late = outbox._claim(only().id)
    assert late is not None
    with time_machine.travel(clock.now() + outbox.PAUSES[0] + timedelta(seconds=1), tick=False):
        outbox.send_due()
    outbox._record_failure(late, "TimeoutError", MailState.FAILED)
    assert (only().state, only().last_error) == (MailState.SENT, "")


def test_senders_at_the_same_moment_send_each_mail_once(app: Flask, mailbox: Mailbox) -> None:
    people = [f"{number}@example.com" for number in range(12)]
    for person in people:
        post(person)
    start = threading.Barrier(3)

    def send() -> None:
        with app.app_context():
            start.wait()
            outbox.send_due()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(received["To"] for received in mailbox.mails) == sorted(people)
    assert {row.state for row in mails()} == {MailState.SENT}


@pytest.mark.usefixtures("dead_server")
def test_a_mail_waits_longer_after_each_failure_and_is_given_up_in_the_end() -> None:
    post()
    moment = clock.now()
    for attempt, pause in enumerate([*outbox.PAUSES, None], start=1):
        with time_machine.travel(moment, tick=False):
            assert outbox.send_due() == 0
            row = only()
            assert row.attempts == attempt
            assert "ConnectionRefusedError" in row.last_error
            if pause is None:
                assert (row.state, row.text, row.html) == (MailState.FAILED, None, None)
                return
            assert row.state is MailState.QUEUED
            assert row.next_try_at == clock.now() + pause
            moment += pause


@pytest.mark.parametrize(
    ("reply", "state"), [("550 no such person here", MailState.FAILED), ("450 come back later", MailState.QUEUED)]
)
def test_a_recipient_that_is_refused_for_good_is_not_tried_again(
    mailbox: Mailbox, reply: str, state: MailState
) -> None:
    post()
    mailbox.refusal = reply
    outbox.send_due()
    assert only().state is state


def test_a_mail_is_dropped_with_its_words_at_the_moment_it_expires(
    app: Flask, dead_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasts = timedelta(hours=2)
    post(lasts=lasts)
    moment = clock.now()
    while only().state is MailState.QUEUED:
        assert moment <= only().created_at + lasts
        with time_machine.travel(moment, tick=False):
            outbox.send_due()
        moment = only().next_try_at
    row = only()
    assert row.expires_at is not None
    assert moment == row.expires_at
    assert (row.state, row.text, row.html, row.last_error) == (MailState.DROPPED, None, None, outbox.TOO_LATE)


def test_what_expires_first_goes_first(mailbox: Mailbox) -> None:
    post("at-leisure@example.com")
    post("this-week@example.com", lasts=timedelta(days=7))
    post("soon@example.com", lasts=timedelta(hours=2))
    outbox.send_due()
    assert [received["To"].split("@")[0] for received in mailbox.mails] == ["soon", "this-week", "at-leisure"]


def test_an_erased_mail_is_not_sent(mailbox: Mailbox) -> None:
    post()
    mail_id = only().id
    transaction(outbox.erase)(["test.letter"], [8])
    transaction(outbox.erase)(["test.other"], [7])
    assert only().id == mail_id
    transaction(outbox.erase)(["test.letter"], [7])
    assert outbox._claim(mail_id) is None
    assert outbox.send_due() == 0


def test_a_mail_that_cannot_be_made_does_not_keep_the_others_waiting(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compose(kind: str, about_id: int) -> EmailMessage | None:
        if about_id == 1:
            raise ValueError("no template")
        return mail.compose(f"{about_id}@example.com", kind, "Halo") if about_id == 2 else None

    monkeypatch.setitem(outbox.composers, "test.made_late", compose)
    for about_id in (1, 2, 3):
        transaction(lambda about_id=about_id: db.session.add(OutboxMail(kind="test.made_late", about_id=about_id)))()
    assert outbox.send_due() == 1
    assert [received["To"] for received in mailbox.mails] == ["2@example.com"]
    states = [(row.state, row.last_error) for row in mails()]
    assert states == [
        (MailState.QUEUED, "ValueError: no template"),
        (MailState.SENT, ""),
        (MailState.DROPPED, outbox.NOT_TRUE),
    ]


def test_old_addresses_are_forgotten_but_not_before_their_mail_has_gone(mailbox: Mailbox) -> None:
    post("sent@example.com")
    outbox.send_due()
    post("waiting@example.com")
    outbox.forget_mails(clock.now() - outbox.ADDRESSES_KEPT)
    assert len(mails()) == 2
    with time_machine.travel(clock.now() + outbox.ADDRESSES_KEPT + timedelta(minutes=1), tick=False):
        outbox.forget_mails(clock.now() - outbox.ADDRESSES_KEPT)
    assert [row.recipient for row in mails()] == ["waiting@example.com"]


def test_the_database_keeps_no_text_of_a_mail_that_was_sent(app: Flask) -> None:
    post()
    only().state = MailState.SENT
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_refused_address_is_kept_with_the_answer_until_a_mail_reaches_it(mailbox: Mailbox) -> None:
    post("Siti@Example.com")
    mailbox.refusal = "550 5.1.1 no such person here"
    outbox.send_due()
    assert (only().refused_address, only().last_error) == ("siti@example.com", mailbox.refusal)
    mailbox.refusal = ""
    post("siti@example.com")
    outbox.send_due()
    assert [row.refused_address for row in mails()] == [None, None]
