"""Mails to applicants, in the language of their form: the link to their application, and news of it."""

from collections.abc import Iterable

from flask_babel import force_locale

from exhibition.core import outbox
from exhibition.core.config import public_address
from exhibition.core.db import db
from exhibition.core.i18n import lazy as _l
from exhibition.core.outbox import Letter
from exhibition.exhibitors.applications import texts as application_texts
from exhibition.exhibitors.applications.held_news import NEWS, HeldNews
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.venue.edition import mail_texts
from exhibition.venue.edition.mail_texts import (
    HELLO,
    OF_EXHIBITOR,
    AutomaticMail,
    MailReaders,
    MailValues,
    declare,
    values_of_fair,
)
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import StateNews

LINK, INVITE = "application.link", "application.invite"
STATE_KINDS = tuple(f"application.{news}" for news in StateNews)
"""Kinds of mails that tell an applicant of another state of the fair."""
KINDS = (LINK, NEWS, INVITE, *STATE_KINDS)
"""Kinds of mails about an application; their ``about_id`` is its id."""
PLACEHOLDERS = {
    **OF_EXHIBITOR,
    "reference": _l("the reference of their application"),
    "link": _l("the address of their application"),
}
OF_NEWS = {"state": _l("where their application stands")}
NEWS_NAMES = {
    ApplicationState.SUBMITTED: _l("Application received, or open again"),
    ApplicationState.SHORTLISTED: _l("On the shortlist"),
    ApplicationState.WAITLISTED: _l("On the waiting list"),
    ApplicationState.REJECTED: _l("Application rejected"),
    ApplicationState.CONFIRMED: _l("Booth confirmed to an applicant"),
    ApplicationState.DECLINED: _l("Offer declined by an applicant"),
}
"""The states that applicants are told of, each in its own words."""


def address(application: Application) -> str:
    """The secret address of an application, for mails."""
    return public_address("applications.show", key=application.key)


def words_of_news(state: ApplicationState) -> str:
    """The name of the words that tell of this state; all are mails of the kind ``NEWS``."""
    return f"application.{state}"


def _send(
    kind: str,
    application: Application,
    words: str,
    *,
    note: str = "",
    others: Iterable[Application] = (),
    held: HeldNews | None = None,
) -> None:
    exhibition = db.session.get_one(Exhibition, application.exhibition_id)
    with force_locale(application.locale):
        values = _values(exhibition, application, address(application), note, others)
        made = mail_texts.make(exhibition, words, values)
    letter = Letter(
        kind,
        application.id,
        application.email,
        made.subject,
        made.text,
        made.html,
        reply_to=exhibition.contact_email,
        held_until=held.until if held else None,
        dedupe_key=held.key if held else None,
    )
    outbox.post(letter)


def _values(
    exhibition: Exhibition, application: Application, link: str, note: str = "", others: Iterable[Application] = ()
) -> MailValues:
    placeholders = values_of_fair(exhibition) | {
        "name": application.contact_name or application.name,
        "exhibitor": application.name,
        "reference": application.reference,
        "state": str(application_texts.STATES[application.state]),
        "link": link,
    }
    listed = [(one.name, address(one)) for one in others]
    return MailValues(placeholders, {"reference": application.reference, "link": link, "note": note, "others": listed})


def links(applications: Iterable[Application]) -> None:
    """Mail the links of applications that have one e-mail address to it, with the open transaction.

    It is one mail, about the first of them.
    """
    application, *others = applications
    if application.email:
        _send(LINK, application, LINK, others=others)


def invitations(applications: Iterable[Application]) -> None:
    """Ask each applicant with an e-mail address to apply again, with the open transaction."""
    for application in applications:
        if application.email:
            _send(INVITE, application, INVITE)


def news(application: Application, note: str, held: HeldNews | None = None) -> None:
    """Mail what became of it, where an address is known; the same stands on the page behind the link."""
    if application.email:
        _send(NEWS, application, words_of_news(application.state), note=note, held=held)


def _mail(kind: str, name: str, subject: str, sentence: str, state: ApplicationState | None = None) -> AutomaticMail:
    def sample(exhibition: Exhibition) -> MailValues:
        applied = Application(
            name="Keripik Bu Siti",
            contact_name="Siti Aminah",
            reference="A-SAMPLE",
            state=state or ApplicationState.DRAFT,
        )
        return _values(exhibition, applied, public_address("applications.show", key="sample"))

    return AutomaticMail(
        kind=kind,
        readers=MailReaders.APPLICANTS,
        name=name,
        subject=subject,
        paragraphs=(HELLO, sentence),
        placeholders=PLACEHOLDERS | OF_NEWS if state else PLACEHOLDERS,
        template=f"exhibitors/mail/application_{'news' if state else kind.rpartition('.')[2]}",
        sample=sample,
    )


declare(
    _mail(
        LINK,
        _l("Link to an application"),
        _l("Your application for a booth: keep this link"),
        _l(
            "With this link you come back to your application for a booth at {fair}: to go on, and to see where it"
            " stands."
        ),
    ),
    _mail(
        INVITE,
        _l("Invitation to apply again"),
        _l("Will you come to our fair again?"),
        _l(
            "you were at our fair before, and we would be glad to see you at {fair} again: {day} to {last_day},"
            " {venue}."
        ),
    ),
    *(
        _mail(
            words_of_news(state),
            name,
            _l("Your application for a booth: {state}"),
            application_texts.MEANINGS[state],
            state,
        )
        for state, name in NEWS_NAMES.items()
    ),
)
