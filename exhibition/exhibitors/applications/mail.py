"""Mails to applicants, in the language of their form: the link to their application, and news of it."""

from collections.abc import Iterable

from flask_babel import force_locale
from flask_babel import gettext as _

from exhibition.core import mail, outbox
from exhibition.core.config import public_address
from exhibition.core.db import db
from exhibition.core.outbox import Letter
from exhibition.exhibitors.applications import texts as application_texts
from exhibition.exhibitors.models import Application
from exhibition.venue.models import Exhibition

LINK, NEWS, INVITE = KINDS = ("application.link", "application.news", "application.invite")
"""Kinds of mails about an application; their ``about_id`` is its id."""


def address(application: Application) -> str:
    """The secret address of an application, for mails."""
    return public_address("applications.show", key=application.key)


def _send(kind: str, application: Application, subject: str, template: str, **values: object) -> None:
    exhibition = db.session.get_one(Exhibition, application.exhibition_id)
    context = {"application": application, "exhibition": exhibition, "link": address(application), **values}
    text, html = mail.bodies(f"exhibitors/mail/{template}", **context)
    letter = Letter(kind, application.id, application.email, subject, text, html, reply_to=exhibition.contact_email)
    outbox.post(letter)


def links(applications: Iterable[Application]) -> None:
    """Mail each application's link to its own e-mail address, with the open transaction."""
    for application in applications:
        if application.email:
            with force_locale(application.locale):
                _send(LINK, application, _("Your application for a booth: keep this link"), "application_link")


def invitations(applications: Iterable[Application]) -> None:
    """Ask each applicant with an e-mail address to apply again, with the open transaction."""
    for application in applications:
        if application.email:
            with force_locale(application.locale):
                _send(INVITE, application, _("Will you come to our fair again?"), "application_invite")


def news(application: Application, note: str) -> None:
    """Mail what became of it, where an address is known; the same stands on the page behind the link."""
    if not application.email:
        return
    with force_locale(application.locale):
        _send(
            NEWS,
            application,
            _("Your application for a booth: %(state)s", state=application_texts.STATES[application.state]),
            "application_news",
            sentence=str(application_texts.MEANINGS[application.state]),
            note=note,
        )
