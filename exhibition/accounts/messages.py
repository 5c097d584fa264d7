"""Mails to people who sign in: written here, sent by a job, tried again while the mail server does not answer."""

import smtplib

from flask import current_app, render_template
from flask_babel import gettext as _

from exhibition.accounts.models import Invitation
from exhibition.core import mail
from exhibition.core.db import after_commit
from exhibition.core.jobs import job

RETRIES, RETRY_DELAY_S = 8, 60


@job(retries=RETRIES, retry_delay=RETRY_DELAY_S)
def send(to: str, subject: str, text: str, html: str) -> None:
    """Send one mail. The link in it is kept nowhere else, so the whole mail waits in the queue."""
    try:
        mail.deliver(mail.compose(to, subject, text, html))
    except smtplib.SMTPRecipientsRefused:
        current_app.logger.warning("the mail server refuses a recipient")  # another try would not help


def public_address(endpoint: str, **values: object) -> str:
    """An address for mails: under PUBLIC_URL, never under the host name that a request claims."""
    return current_app.config["PUBLIC_URL"] + current_app.url_map.bind("").build(endpoint, values)


def send_invitation(invitation: Invitation, token: str) -> None:
    """Mail the link once the open transaction is durable."""
    context = {"invitation": invitation, "link": public_address("accounts.accept", token=token)}
    subject = _("You are invited to work on the fair")
    text = render_template("accounts/mail/invitation.txt", **context)
    html = render_template("accounts/mail/invitation.html", **context)
    to = invitation.email
    after_commit(lambda: send(to, subject, text, html))
