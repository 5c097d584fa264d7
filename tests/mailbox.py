"""A real mail server for tests, and a dead one."""

import email
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask


class Mailbox:
    """The mails that the server has received; ``refusal``, if set, is its answer to every recipient."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], EmailMessage]] = []
        self.refusal = ""

    @property
    def mails(self) -> list[EmailMessage]:
        return [mail for _recipients, mail in self.received]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 aiosmtpd's name
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.received.append((envelope.rcpt_tos, mail))
        return "250 OK"


@pytest.fixture
def mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setitem(app.config["SETTINGS"], "MAIL_URL", f"smtp+plain://127.0.0.1:{port}")
    yield box
    server.stop()


@pytest.fixture
def dead_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of a mail server that does not answer."""
    monkeypatch.setitem(app.config["SETTINGS"], "MAIL_URL", "smtp+plain://127.0.0.1:9")
