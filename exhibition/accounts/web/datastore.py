"""Making Flask-Security use our transaction, our outbox and our rules (docs/adr/0005-sign-in.md)."""

from pathlib import PurePath
from typing import Any

from flask import Response, after_this_request, g
from flask_babel import gettext as _
from flask_security import MailUtil, PasswordUtil, SQLAlchemyUserDatastore
from flask_security.totp import Totp
from markupsafe import escape
from passlib.exc import UsedTokenError
from sqlalchemy import inspect

from exhibition.accounts import messages, service
from exhibition.accounts.models import User
from exhibition.accounts.sign_in import passwords
from exhibition.core import clock, qr
from exhibition.core.db import db
from exhibition.core.outbox import Letter


class Datastore(SQLAlchemyUserDatastore):
    """Flask-Security's views change users, then call ``commit``; here a use case stores those changes."""

    def commit(self) -> None:
        self.store_changes()

    def store_changes(self) -> None:
        for user in [changed for changed in db.session.dirty if isinstance(changed, User)]:
            attributes = inspect(user).attrs
            changes = {a.key: a.value for a in attributes if a.history.has_changes()}
            service.save_sign_in(user.id, changes, _take_letters())

    def tf_reset(self, user: Any) -> None:
        super().tf_reset(user)
        user.totp_counter = None
        user.mf_recovery_codes = None


def _take_letters() -> list[Letter]:
    return g.pop("sign_in_letters", [])


class QueuedMail(MailUtil):
    """Collects Flask-Security's mails for the use case that stores the view's change.

    A view that changes nothing, such as the one for a forgotten password, has them stored at its end.
    """

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        *,
        user: User,
        **context: Any,
    ) -> None:
        kind = f"account.{PurePath(template).name}"
        expires_at = clock.now() + messages.RESET_LINK_VALID_FOR if "reset_link" in context else None
        letter = Letter(kind, user.id, recipient, str(subject), body or "", html or "", expires_at)
        g.setdefault("sign_in_letters", []).append(letter)

        def write_the_rest(response: Response) -> Response:
            if letters := _take_letters():
                service.save_sign_in(letter.about_id, {}, letters)
            return response

        after_this_request(write_the_rest)


class PasswordRules(PasswordUtil):
    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        user = kwargs.get("user")
        password = self.normalize(password)
        email, name = (user.email, user.name or "") if user else ("", "")
        sentence = passwords.objection(password, email=email, name=name)
        return ([str(sentence)] if sentence else None), password


class OneTimeTotp(Totp):
    """Codes that work once (RFC 6238, 5.2); our own QR writer draws the code for setting up."""

    def get_last_counter(self, user: Any) -> int | None:
        return user.totp_counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        if not service.use_totp_counter(user.id, tmatch.counter):
            raise UsedTokenError

    def generate_qrcode(self, username: str, totp: str) -> str:
        return qr.svg(self.get_totp_uri(username, totp), str(escape(_("QR code for your authenticator app"))))
