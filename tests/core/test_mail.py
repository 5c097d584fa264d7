"""Sending one mail, to a real SMTP server or into the folder."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from exhibition.core import mail
from exhibition.core.config import ConfigurationError
from exhibition.factory import create_app
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


def test_nothing_is_sent_to_a_server_without_tls(app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    address = app.config["SETTINGS"]["MAIL_URL"].replace("smtp+plain://", "smtp://user:secret@")
    monkeypatch.setitem(app.config["SETTINGS"], "MAIL_URL", address)
    with pytest.raises(smtplib.SMTPNotSupportedError):
        mail.deliver(_mail())
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("address", "word"), [("smtp+plain://user:secret@mail.example", "in clear"), ("http://mail.example", "begins")]
)
def test_an_address_of_a_mail_server_that_cannot_be_right_stops_the_start(
    tmp_path: Path, address: str, word: str
) -> None:
    with pytest.raises(ConfigurationError, match=word):
        create_app({"INSTANCE_PATH": str(tmp_path), "MAIL_URL": address}, testing=True)


@pytest.mark.parametrize(
    "address",
    [
        "=?utf-8?q?a=40evil?=@example.com",
        "a@example.com, b@example.com",
        "a@example.com\nBcc: b@example.com",
    ],
)
def test_an_address_that_could_be_read_as_another_gets_no_mail(app: Flask, address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        mail.compose(address, "Tiket", "Halo")
    with pytest.raises(ValueError, match="no address"):
        mail.compose("siti@example.com", "Tiket", "Halo", reply_to=address)


@pytest.mark.parametrize("name", ["http://evil.example", "Menang di www.evil.example", "a@evil.example", "hadiah.com"])
def test_a_name_with_a_link_is_told(name: str) -> None:
    assert mail.holds_link(name)


@pytest.mark.parametrize("name", ["Siti Aminah", "H. M. Yusuf, S.E.", "Toko Bu Tini", "PT. Maju Jaya"])
def test_an_ordinary_name_is_none_with_a_link(name: str) -> None:
    assert not mail.holds_link(name)
