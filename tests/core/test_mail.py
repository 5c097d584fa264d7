"""Sending one mail, to a real SMTP server or into the folder."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from exhibition.core import mail
from tests.mailbox import Mailbox


def _mail() -> EmailMessage:
    return mail.compose("siti@example.com", "Tiket\nmasuk", "Halo Siti", "<p>Halo Siti</p>")


def test_a_mail_reaches_the_server_with_text_and_html(mailbox: Mailbox) -> None:
    mail.deliver(_mail())
    [received] = mailbox.mails
    assert received["Subject"] == "Tiket masuk"
    assert [part.get_content_type() for part in received.iter_parts()] == ["text/plain", "text/html"]
    assert received["Auto-Submitted"] == "auto-generated"


def test_a_server_that_refuses_is_an_error_for_the_caller(mailbox: Mailbox) -> None:
    mailbox.refusal = "450 come back later"
    with pytest.raises(smtplib.SMTPException):
        mail.deliver(_mail())


def test_without_a_server_mails_go_to_the_folder(app: Flask) -> None:
    folder: Path = app.config["INSTANCE"] / "outbox"
    before = set(folder.glob("*.eml"))
    mail.deliver(_mail())
    assert len(set(folder.glob("*.eml")) - before) == 1
    assert folder.stat().st_mode & 0o777 == 0o700
