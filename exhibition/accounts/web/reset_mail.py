"""The mail with a link to a new password, made when it is sent."""

from email.message import EmailMessage

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_security.recoverable import generate_reset_password_token

from exhibition.accounts.messages import RESETS
from exhibition.accounts.models import User
from exhibition.core import mail
from exhibition.core.config import public_address
from exhibition.core.db import db
from exhibition.core.outbox import composers

LOCALES = {kind: locale for locale, kind in RESETS.items()}


def compose(kind: str, user_id: int) -> EmailMessage | None:
    user = db.session.get(User, user_id)
    if user is None or not user.active:
        return None
    link = public_address("security.reset_password", token=generate_reset_password_token(user))
    with force_locale(LOCALES[kind]):
        text, html = mail.bodies("security/email/reset_instructions", user=user, link=link)
        return mail.compose(user.email, _("A new password for the fair"), text, html)


composers.update(dict.fromkeys(RESETS.values(), compose))
