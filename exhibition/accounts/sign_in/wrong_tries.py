"""Telling people that somebody tries passwords for their account. Nobody is locked out by that."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import exists, select

from exhibition.accounts.messages import WRONG_TRIES
from exhibition.accounts.models import User
from exhibition.core import clock, mail, outbox
from exhibition.core.config import public_address
from exhibition.core.db import db, transaction
from exhibition.core.outbox import Letter, OutboxMail

TOLD_EVERY = timedelta(days=1)


@transaction
def tell(email: str) -> None:
    """Write to the owner of the account with this address, if there is one, at most once a day."""
    user = db.session.scalar(select(User).where(User.email == email, User.active).with_for_update())
    if user is None:
        return
    since = clock.now() - TOLD_EVERY
    told = OutboxMail.kind == WRONG_TRIES, OutboxMail.about_id == user.id, OutboxMail.created_at > since
    if db.session.scalar(select(exists().where(*told))):
        return
    link = public_address("accounts.profile")
    text, html = mail.bodies("accounts/mail/wrong_tries", user=user, link=link)
    subject = _("Somebody is trying passwords for your account")
    outbox.post(Letter(WRONG_TRIES, user.id, user.email, subject, text, html, clock.now() + TOLD_EVERY))
