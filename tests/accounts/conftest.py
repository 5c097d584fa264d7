"""A person at a browser, simulated: fetches a page, fills in its form, sends it with its token."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from tests.conftest import run_jobs

PASSWORD = "tujuh bakul nasi"
CSRF_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Person:
    """A person on a device of their own; texts are in English."""

    def __init__(self, app: Flask, address: str = "10.0.0.1") -> None:
        self.client = app.test_client()
        self.environ = {"REMOTE_ADDR": address}
        self.client.set_cookie("locale", "en")

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, environ_base=self.environ)

    def send(self, address: str, *, page: str | None = None, **fields: str) -> TestResponse:
        """Fill in the form on ``page`` (default: the page at the same address) and send it."""
        token = CSRF_TOKEN.search(self.get(page or address).text)
        assert token is not None, f"no form at {page or address}"
        return self.client.post(address, data={"csrf_token": token[1], **fields}, environ_base=self.environ)

    def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.send("/login", email=email, password=password, **fields)

    def is_signed_in(self) -> bool:
        return self.get("/account").status_code == 200


@pytest.fixture
def person(bare_app: Flask) -> Person:
    return Person(bare_app)


@pytest.fixture
def people(bare_app: Flask) -> Flask:
    """The application with one user of each role, all with the same password."""
    with bare_app.app_context():
        for role in RoleName:
            create_user(COMMAND_LINE, f"{role}@example.com", role, password=PASSWORD, name=role.title())
    return bare_app


@pytest.fixture
def outbox(bare_app: Flask) -> Iterator["Outbox"]:
    box = Outbox(bare_app.config["INSTANCE"] / "outbox")
    box.clear()
    yield box
    box.clear()


class Outbox:
    """The folder to which mails are written while no mail server is set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def clear(self) -> None:
        for file in self.folder.glob("*.eml"):
            file.unlink()

    def mails(self) -> list[EmailMessage]:
        """Run the waiting jobs and read the mails they wrote."""
        run_jobs()
        files = sorted(self.folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def link(self) -> str:
        """The path of the only link in the newest mail."""
        text = self.mails()[-1].get_body(("plain",))
        assert text is not None
        address = re.search(r"http://localhost(/\S+)", text.get_content())
        assert address is not None
        return address[1]
