"""Several organizers confirm one message at once, and several jobs send it at once: everybody gets it once."""

import threading
from collections import Counter
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.demo import service as demo
from exhibition.messages import readers, sending
from exhibition.messages.models import MAIL_KIND, MessageRecipient
from exhibition.messages.rules.audiences import Audience
from exhibition.messages.rules.states import RecipientState
from exhibition.messages.writing import find
from tests.fairs import the_fair
from tests.messages.world import VISITORS, forget_mails, register, written

PEOPLE, VISITOR_COUNT = 8, 12


def together(app: Flask, act: Callable[[], object]) -> list[str]:
    """What each of several threads that act at the same moment gets: ``done`` or the code of a refusal."""
    start = threading.Barrier(PEOPLE)
    answers: list[str] = []

    def one() -> None:
        with app.app_context():
            start.wait()
            try:
                act()
                answers.append("done")
            except Refused as refused:
                answers.append(refused.code)

    threads = [threading.Thread(target=one) for _ in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def prepared(app: Flask) -> int:
    with app.app_context():
        exhibition = demo.load(open_now=True)
        for number in range(VISITOR_COUNT):
            register(exhibition, f"visitor{number}")
        forget_mails()
        return written(exhibition).id


def confirm(message_id: int) -> None:
    exhibition = the_fair()
    message = find(exhibition, message_id)
    seen = str(readers.count(exhibition, Audience.from_json(message.audience)))
    sending.confirm(COMMAND_LINE, exhibition, message_id, seen)


def test_a_message_confirmed_at_the_same_moment_goes_out_once(bare_app: Flask) -> None:
    message_id = prepared(bare_app)
    answers = together(bare_app, lambda: confirm(message_id))
    assert Counter(answers) == {"done": 1, "message_confirmed": PEOPLE - 1}
    with bare_app.app_context():
        assert len(db.session.scalars(select(MessageRecipient)).all()) == VISITOR_COUNT
        assert readers.count(the_fair(), VISITORS).mail == VISITOR_COUNT


def test_jobs_that_work_on_a_message_at_once_post_each_mail_once(bare_app: Flask) -> None:
    message_id = prepared(bare_app)
    with bare_app.app_context():
        confirm(message_id)
    assert together(bare_app, lambda: sending.post_piece(message_id)) == ["done"] * PEOPLE
    with bare_app.app_context():
        mails = db.session.scalars(select(OutboxMail.about_id).where(OutboxMail.kind == MAIL_KIND)).all()
        recipients = db.session.scalars(select(MessageRecipient)).all()
        assert sorted(mails) == sorted(one.id for one in recipients)
        assert {one.state for one in recipients} == {RecipientState.POSTED}
