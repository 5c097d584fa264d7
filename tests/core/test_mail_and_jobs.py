"""Mails to a real SMTP server and jobs in their real queues."""

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from exhibition.accounts import messages
from exhibition.core import jobs, mail
from tests.conftest import run_jobs


class Mailbox:
    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.refuse = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 aiosmtpd's name
        if self.refuse:
            return "450 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        self.received.append(envelope.content)
        return "250 OK"


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    app.config["SETTINGS"]["MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    yield box
    app.config["SETTINGS"]["MAIL_URL"] = ""
    controller.stop()


def _mail() -> EmailMessage:
    return mail.compose("siti@example.com", "Tiket\nmasuk", "Halo Siti", "<p>Halo Siti</p>")


def test_a_mail_reaches_the_server_with_text_and_html(mailbox: Mailbox) -> None:
    mail.deliver(_mail())
    assert len(mailbox.received) == 1
    assert b"Subject: Tiket masuk" in mailbox.received[0]
    assert b"text/plain" in mailbox.received[0]
    assert b"text/html" in mailbox.received[0]
    assert b"Auto-Submitted: auto-generated" in mailbox.received[0]


def test_a_server_that_refuses_is_an_error_for_the_caller(mailbox: Mailbox) -> None:
    mailbox.refuse = True
    with pytest.raises(smtplib.SMTPException):
        mail.deliver(_mail())


def test_a_mail_job_waits_and_is_tried_again_while_no_server_answers(app: Flask) -> None:
    app.config["SETTINGS"]["MAIL_URL"] = "smtp://127.0.0.1:9"
    try:
        messages.send("siti@example.com", "Tiket", "Halo", "<p>Halo</p>")
        assert jobs.huey.pending_count() == 1
        run_jobs()
        assert [task.name for task in jobs.huey.scheduled()] == ["send"]
    finally:
        app.config["SETTINGS"]["MAIL_URL"] = ""


def test_without_a_server_mails_go_to_the_outbox(app: Flask) -> None:
    folder: Path = app.config["INSTANCE"] / "outbox"
    before = set(folder.glob("*.eml"))
    messages.send("siti@example.com", "Tiket", "Halo", "<p>Halo</p>")
    assert run_jobs() == 1
    assert len(set(folder.glob("*.eml")) - before) == 1
    assert folder.stat().st_mode & 0o777 == 0o700
