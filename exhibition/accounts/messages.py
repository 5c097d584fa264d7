"""Mails to people who sign in."""

from datetime import timedelta

from flask_babel import gettext as _

from exhibition.accounts.models import Invitation, RoleName
from exhibition.core import mail, outbox
from exhibition.core.config import public_address
from exhibition.core.i18n import LOCALES
from exhibition.core.outbox import Letter

INVITATION = "account.invitation"
WRONG_TRIES = "account.wrong_tries"
RESETS = {locale: f"account.new_password.{locale}" for locale in LOCALES}
"""The kind of mail with a link to a new password, by its language."""
RESET_LINK_VALID_FOR = timedelta(hours=2)


def send_invitation(invitation: Invitation, token: str) -> None:
    """Mail the link with the open transaction; an older link that is still unsent is erased."""
    withdraw_invitation(invitation)
    link = public_address("accounts.accept", token=token)
    text, html = mail.bodies("accounts/mail/invitation", invitation=invitation, link=link)
    seller = invitation.role is RoleName.EXHIBITOR
    subject = _("Your pages as an exhibitor at the fair") if seller else _("You are invited to work on the fair")
    outbox.post(Letter(INVITATION, invitation.id, invitation.email, subject, text, html, invitation.expires_at))


def withdraw_invitation(invitation: Invitation) -> None:
    """Erase the mails that contain its link."""
    outbox.erase([INVITATION], [invitation.id])
