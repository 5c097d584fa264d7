"""Sending, with a real mail server: each recipient once, whatever happens on the way."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock, mail, outbox
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.outbox import OutboxMail
from exhibition.messages import readers, sending, writing
from exhibition.messages.letters import MessageWords
from exhibition.messages.models import MAIL_KIND, Message
from exhibition.messages.rules.audiences import Audience, BoothStanding
from exhibition.messages.rules.placeholders import ReaderGroup
from exhibition.messages.rules.states import MessageState, RecipientState
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy, service
from exhibition.visitors.models import VisitorPass
from tests.conftest import run_jobs
from tests.mailbox import Mailbox
from tests.messages.world import (
    ENGLISH,
    INDONESIAN,
    NOTHING,
    VISITORS,
    another_fair,
    coming,
    confirm,
    counts,
    forget_mails,
    recipients,
    register,
    written,
)

PLAIN = MessageWords("Kabar", "Parkir di sebelah timur.")


def addressed(box: Mailbox) -> list[str]:
    return sorted(to for addresses, _mail in box.received for to in addresses)


def state_of(message: Message) -> MessageState:
    db.session.rollback()
    return db.session.scalars(select(Message.state).where(Message.id == message.id)).one()


def test_everybody_gets_it_once_in_their_language_with_their_own_link(exhibition: Exhibition, mailbox: Mailbox) -> None:
    siti, budi = register(exhibition, "Siti Aminah"), register(exhibition, "Budi", locale="en")
    forget_mails()
    message = written(exhibition)
    confirm(exhibition, message)
    run_jobs()
    assert addressed(mailbox) == ["budi@example.com", "siti@example.com"]
    by_address = {one["To"]: one for one in mailbox.mails}
    for issued, address, subject, words in (
        (siti, "siti@example.com", "Kabar", "Halo Siti Aminah,"),
        (budi, "budi@example.com", "News of", "Hello Budi,"),
    ):
        one = by_address[address]
        assert one["Subject"] == f"{subject} {exhibition.name}"
        for kind in ("plain", "html"):
            body = one.get_body((kind,))
            assert body is not None
            content = body.get_content()
            assert words in content
            assert f"/p/{issued.manage_key}" in content
    assert counts(message).sent == 2
    assert state_of(message) is MessageState.SENT


def test_a_language_left_empty_is_sent_in_the_other(exhibition: Exhibition, mailbox: Mailbox) -> None:
    register(exhibition, "Budi", locale="en")
    forget_mails()
    confirm(exhibition, written(exhibition, english=NOTHING))
    run_jobs()
    body = mailbox.mails[0].get_body(("plain",))
    assert body is not None
    assert "Halo Budi," in body.get_content()
    assert "Tiket Anda:" in body.get_content()


def test_answers_go_to_the_organizers(exhibition: Exhibition, mailbox: Mailbox) -> None:
    exhibition.contact_email = "panitia@example.com"
    db.session.commit()
    register(exhibition, "Budi")
    forget_mails()
    confirm(exhibition, written(exhibition))
    run_jobs()
    assert mailbox.mails[0]["Reply-To"] == "panitia@example.com"


def test_two_registrations_of_one_address_get_two_links_but_the_same_words_once(
    exhibition: Exhibition, mailbox: Mailbox
) -> None:
    first = register(exhibition, "Siti", "family@example.com")
    register(exhibition, "Siti", "Family@example.com", position=1, knows=first)
    forget_mails()
    confirm(exhibition, written(exhibition))
    run_jobs()
    assert len(mailbox.mails) == 2
    same = written(exhibition, indonesian=PLAIN, english=NOTHING)
    confirm(exhibition, same)
    run_jobs()
    assert len(mailbox.mails) == 3
    assert counts(same).of(RecipientState.SAME) == 1


def test_it_does_not_reach_people_of_another_edition(exhibition: Exhibition, mailbox: Mailbox) -> None:
    other = another_fair(exhibition)
    mine = register(exhibition, "Siti")
    register(other, "Budi", locale="en")
    forget_mails()
    for fair, address in ((exhibition, "siti@example.com"), (other, "budi@example.com")):
        mailbox.received.clear()
        confirm(fair, written(fair))
        run_jobs()
        assert addressed(mailbox) == [address]
        assert fair.name in mailbox.mails[0]["Subject"]
    assert readers.of_audience(exhibition, Audience(ReaderGroup.EXHIBITORS))
    assert not readers.of_audience(other, Audience(ReaderGroup.EXHIBITORS, standing=BoothStanding.ALL))
    message = written(exhibition)
    with pytest.raises(NotFound):
        sending.confirm(COMMAND_LINE, other, message.id, "1-0-0")
    with pytest.raises(NotFound):
        writing.find(other, message.id)
    with pytest.raises(Refused, match="audience_unknown"):
        written(other, Audience(ReaderGroup.VISITORS, session_id=mine.slot.id))


def test_a_count_that_changed_is_shown_again(exhibition: Exhibition) -> None:
    register(exhibition, "Siti")
    message = written(exhibition)
    seen = str(readers.count(exhibition, VISITORS))
    register(exhibition, "Budi")
    with pytest.raises(Refused, match="audience_changed"):
        sending.confirm(COMMAND_LINE, exhibition, message.id, seen)
    assert state_of(message) is MessageState.DRAFT
    assert recipients(message) == []


def test_nobody_is_no_audience(exhibition: Exhibition) -> None:
    with pytest.raises(Refused, match="audience_empty"):
        confirm(exhibition, written(exhibition))


def test_it_is_confirmed_once(exhibition: Exhibition) -> None:
    register(exhibition, "Siti")
    message = written(exhibition)
    confirm(exhibition, message)
    with pytest.raises(Refused, match="message_confirmed"):
        confirm(exhibition, message)
    assert len(recipients(message)) == 1


def test_a_scheduled_message_goes_to_those_whom_it_concerns_by_then(exhibition: Exhibition, mailbox: Mailbox) -> None:
    siti = register(exhibition, "Siti")
    message = written(exhibition)
    with pytest.raises(Refused, match="schedule_in_past"):
        confirm(exhibition, message, clock.now() - timedelta(minutes=1))
    confirm(exhibition, message, clock.now() + timedelta(hours=2))
    register(exhibition, "Budi")
    service.cancel(siti.manage_key)
    forget_mails()
    sending.work_on_all()
    run_jobs()
    assert mailbox.mails == []
    with time_machine.travel(clock.now() + timedelta(hours=2, minutes=1), tick=False):
        sending.work_on_all()
        run_jobs()
    assert addressed(mailbox) == ["budi@example.com"]
    assert state_of(message) is MessageState.SENT


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PIECE", 2)
    monkeypatch.setattr(sending, "MOST_QUEUED", 4)


def crowd(exhibition: Exhibition, number: int = 7) -> list[str]:
    names = [f"visitor{one}" for one in range(number)]
    for name in names:
        register(exhibition, name)
    forget_mails()
    return [f"{name}@example.com" for name in names]


@pytest.mark.usefixtures("small_pieces")
def test_a_job_that_was_killed_is_continued_and_nobody_gets_it_twice(
    exhibition: Exhibition, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = crowd(exhibition)
    message = written(exhibition)
    confirm(exhibition, message)
    deliver, delivered = mail.deliver, []

    def dies_at_the_fourth(letter: mail.EmailMessage) -> None:
        if len(delivered) == 3:
            raise SystemExit
        delivered.append(letter)
        deliver(letter)

    monkeypatch.setattr(mail, "deliver", dies_at_the_fourth)
    sending.work(message.id)
    with pytest.raises(SystemExit):
        sending.work(message.id)
    monkeypatch.setattr(mail, "deliver", deliver)
    assert state_of(message) is MessageState.SENDING
    assert 0 < counts(message).done < len(everybody)
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=False):
        sending.work_on_all()
        run_jobs()
    assert addressed(mailbox) == everybody
    assert state_of(message) is MessageState.SENT


@pytest.mark.usefixtures("small_pieces")
def test_what_is_posted_is_rolled_back_with_its_piece(exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(exhibition, 3)
    message = written(exhibition)
    confirm(exhibition, message)

    @transaction
    def dies() -> None:
        sending.post_piece(message.id)
        raise Refused("no", "no")

    with pytest.raises(Refused):
        dies()
    assert {one.state for one in recipients(message)} == {RecipientState.WAITING}
    assert db.session.scalars(select(OutboxMail)).all() == []


@pytest.mark.usefixtures("small_pieces", "dead_server")
def test_no_more_is_posted_than_the_outbox_should_hold(exhibition: Exhibition) -> None:
    crowd(exhibition)
    message = written(exhibition)
    confirm(exhibition, message)
    run_jobs()
    assert counts(message).waiting == 7
    assert len(db.session.scalars(select(OutboxMail).where(OutboxMail.kind == MAIL_KIND)).all()) == 4


@pytest.mark.usefixtures("small_pieces")
def test_a_paused_message_waits_and_goes_on_when_resumed(exhibition: Exhibition, mailbox: Mailbox) -> None:
    everybody = crowd(exhibition)
    message = written(exhibition)
    confirm(exhibition, message)
    sending.post_piece(message.id)
    sending.pause(COMMAND_LINE, exhibition, message.id)
    run_jobs()
    assert mailbox.mails == []
    assert {one.state for one in recipients(message)} == {RecipientState.WAITING}
    with pytest.raises(Refused, match="message_step"):
        sending.pause(COMMAND_LINE, exhibition, message.id)
    sending.resume(COMMAND_LINE, exhibition, message.id)
    run_jobs()
    assert addressed(mailbox) == everybody


@pytest.mark.usefixtures("small_pieces")
def test_a_stopped_message_reaches_nobody_else(exhibition: Exhibition, mailbox: Mailbox) -> None:
    crowd(exhibition)
    register(exhibition, "Tono", None, phone="+6281234567890")
    forget_mails()
    message = written(exhibition)
    confirm(exhibition, message)
    sending.post_piece(message.id)
    outbox.send_due()
    sending.post_piece(message.id)
    sending.stop(COMMAND_LINE, exhibition, message.id)
    run_jobs()
    assert len(mailbox.mails) == 2
    assert counts(message).by_state == {RecipientState.SENT: 2, RecipientState.WITHHELD: 6}
    with pytest.raises(Refused, match="message_step"):
        sending.resume(COMMAND_LINE, exhibition, message.id)


def test_who_arrives_before_it_is_sent_is_not_reminded(exhibition: Exhibition, mailbox: Mailbox) -> None:
    siti, _budi = register(exhibition, "Siti"), register(exhibition, "Budi")
    forget_mails()
    message = written(exhibition, Audience(ReaderGroup.VISITORS, not_arrived=True))
    confirm(exhibition, message)
    sending.post_piece(message.id)
    db.session.execute(update(VisitorPass).where(VisitorPass.id == siti.pass_id).values(admitted=1))
    db.session.commit()
    run_jobs()
    assert addressed(mailbox) == ["budi@example.com"]
    assert counts(message).by_state == {RecipientState.SENT: 1, RecipientState.DROPPED: 1}


def test_an_address_refused_for_good_is_counted(exhibition: Exhibition, mailbox: Mailbox) -> None:
    register(exhibition, "Siti")
    forget_mails()
    mailbox.refusal = "550 no such mailbox"
    message = written(exhibition)
    confirm(exhibition, message)
    run_jobs()
    assert counts(message).failed == 1
    assert state_of(message) is MessageState.SENT


def test_a_session_and_a_day_are_told_apart(exhibition: Exhibition) -> None:
    first, second = register(exhibition, "Siti"), register(exhibition, "Budi", position=1)

    def names(audience: Audience) -> list[str]:
        return [one.name for one in readers.of_audience(exhibition, audience)]

    assert names(Audience(ReaderGroup.VISITORS, session_id=first.slot.id)) == ["Siti"]
    assert names(Audience(ReaderGroup.VISITORS, session_id=second.slot.id)) == ["Budi"]
    assert names(VISITORS) == ["Budi", "Siti"]
    service.cancel(first.manage_key)
    assert names(VISITORS) == ["Budi"]
    assert coming(exhibition).id == first.slot.id


def test_erasing_contacts_leaves_counts_and_no_address(exhibition: Exhibition, mailbox: Mailbox) -> None:
    register(exhibition, "Siti")
    register(exhibition, "Budi")
    forget_mails()
    mailbox.refusal = "550 no such mailbox"
    message = written(exhibition, indonesian=INDONESIAN, english=ENGLISH)
    confirm(exhibition, message)
    run_jobs()
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        privacy.purge(COMMAND_LINE)
    assert counts(message).failed == 2
    assert db.session.scalars(select(OutboxMail).where(OutboxMail.kind == MAIL_KIND)).all() == []
    assert not [one for one in readers.of_audience(exhibition, VISITORS) if one.email or one.name]


def test_a_form_sent_twice_is_one_message(app: Flask, exhibition: Exhibition) -> None:
    draft = writing.MessageDraft(VISITORS, {"id": INDONESIAN, "en": ENGLISH})
    first = writing.create(COMMAND_LINE, exhibition, draft, "key")
    assert writing.create(COMMAND_LINE, exhibition, draft, "key").id == first.id
    assert len(db.session.scalars(select(Message)).all()) == 1


@pytest.mark.parametrize(
    ("indonesian", "english", "code", "field"),
    [
        (NOTHING, NOTHING, "message_empty", "text_indonesian"),
        (MessageWords("Judul", ""), NOTHING, "message_incomplete", "text_indonesian"),
        (PLAIN, MessageWords("", "text"), "message_incomplete", "subject_english"),
        (MessageWords("{nama}", "isi"), NOTHING, "placeholder_unknown", "subject_indonesian"),
        (MessageWords("Judul", "Stan {booth}"), NOTHING, "placeholder_unknown", "text_indonesian"),
        (PLAIN, MessageWords("Subject", "Hello {name"), "placeholder_unbalanced", "text_english"),
    ],
)
def test_words_that_cannot_be_sent_are_refused(
    exhibition: Exhibition, indonesian: MessageWords, english: MessageWords, code: str, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        written(exhibition, indonesian=indonesian, english=english)
    assert (caught.value.code, caught.value.field, caught.value.status) == (code, field, 422)
    assert db.session.scalars(select(Message)).all() == []
