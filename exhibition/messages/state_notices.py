"""Exhibitors and applicants are told when the fair is called off or postponed, and when it takes place after all.

Told are those who know of a booth, or whose application is sent and not ended; each address gets one mail. It is made
when it is sent, and not sent if it is not true any more. Visitors are told by ``visitors.mails.state_notices``.
"""

from email.message import EmailMessage
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from sqlalchemy import ColumnElement, select

from exhibition.allocation import messages as allocation_messages
from exhibition.allocation.conditions import live_at
from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import KNOWN
from exhibition.core import clock, mail, outbox
from exhibition.core.config import public_address
from exhibition.core.db import db
from exhibition.core.i18n import lazy as _l
from exhibition.exhibitors.applications import mail as application_mail
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import GONE, ApplicationState
from exhibition.messages import readers
from exhibition.messages.rules.audiences import Audience, ExhibitorReader, Reference
from exhibition.messages.rules.placeholders import ReaderGroup
from exhibition.venue.edition import mail_texts, states
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
from exhibition.venue.rules.edition_states import TRUE_IN, EditionState, StateNews, state_news

AUDIENCE = Audience(ReaderGroup.EXHIBITORS)
"""Whoever knows of a booth, or has an application that is sent and not ended."""
PLACEHOLDERS = {
    **OF_EXHIBITOR,
    "link": _l("the address of their own page"),
}


def tell(exhibition: Exhibition, *, before: EditionState) -> None:
    """Write to each address once, in the open transaction, unless the fair is over; handles ``states.changed``."""
    news = state_news(before, exhibition.state)
    now = clock.now()
    if news is None or exhibition.ends_on < now.astimezone(ZoneInfo(exhibition.timezone)).date():
        return
    claims = _by_exhibitor(Allocation, live_at(now), Allocation.state.in_(KNOWN), exhibition)
    is_open = Application.state.not_in([*GONE, ApplicationState.DRAFT])
    applications = _by_exhibitor(Application, is_open, Application.exhibitor_id.is_not(None), exhibition)
    told: set[str] = set()
    for reader in readers.of_audience(exhibition, AUDIENCE):
        address = reader.email.casefold()
        if not address or address in told:
            continue
        told.add(address)
        kind, number = reader.reference
        if kind == readers.APPLICATION:
            about = f"application.{news}", number
        elif number in claims:
            about = f"allocation.{news}", claims[number]
        else:
            about = f"application.{news}", applications[number]
        outbox.post_to_compose(db.session.connection(), *about, now)


def _by_exhibitor(
    model: type[Allocation] | type[Application],
    first: ColumnElement[bool],
    second: ColumnElement[bool],
    exhibition: Exhibition,
) -> dict[int, int]:
    """The latest such row of each exhibitor in the edition."""
    statement = select(model.exhibitor_id, model.id).where(model.exhibition_id == exhibition.id, first, second)
    return {
        exhibitor_id: row_id
        for exhibitor_id, row_id in db.session.execute(statement.order_by(model.id))
        if exhibitor_id is not None
    }


def compose(kind: str, about_id: int) -> EmailMessage | None:
    """The mail to who has the booth or application; None when it is not true any more, or does not concern them."""
    subject, _, news = kind.partition(".")
    about = db.session.get(Allocation if subject == "allocation" else Application, about_id)
    if about is None:
        return None
    exhibition = db.session.get_one(Exhibition, about.exhibition_id)
    if TRUE_IN[StateNews(news)] is not exhibition.told_state:
        return None
    reference: Reference = (readers.APPLICATION, about_id)
    if about.exhibitor_id is not None:
        reference = readers.EXHIBITOR, about.exhibitor_id
    reader = readers.by_reference(exhibition, AUDIENCE, [reference]).get(reference)
    if not isinstance(reader, ExhibitorReader) or not reader.email:
        return None
    with force_locale(reader.locale):
        values = _values(exhibition, reader.name, reader.exhibitor, reader.booths, reader.link)
        made = mail_texts.make(exhibition, f"exhibitor.{news}", values)
    return mail.compose(reader.email, made.subject, made.text, made.html, reply_to=exhibition.contact_email)


def _values(exhibition: Exhibition, name: str, exhibitor: str, booths: tuple[str, ...], link: str) -> MailValues:
    named = values_of_fair(exhibition) | {"name": name, "exhibitor": exhibitor, "link": link}
    one_day = exhibition.starts_on == exhibition.ends_on
    days = named["day"] if one_day else f"{named['day']} \N{EN DASH} {named['last_day']}"
    return MailValues(named, {"days": days, "booths": ", ".join(booths), "link": link})


def _sample(exhibition: Exhibition) -> MailValues:
    link = public_address("allocation.own_desk", edition=exhibition.slug)
    return _values(exhibition, "Siti Aminah", "Keripik Bu Siti", ("A01",), link)


def _mail(news: StateNews, name: str, subject: str, sentence: str) -> AutomaticMail:
    return AutomaticMail(
        kind=f"exhibitor.{news}",
        readers=MailReaders.EXHIBITORS,
        name=name,
        subject=subject,
        paragraphs=(HELLO, sentence),
        placeholders=PLACEHOLDERS,
        template="messages/mail/state",
        sample=_sample,
    )


declare(
    _mail(
        StateNews.CALLED_OFF,
        _l("Fair called off"),
        _l("Called off: {fair}"),
        _l(
            "this fair is called off. It does not take place, and there is nothing left to do about your booth or"
            " application. We are sorry."
        ),
    ),
    _mail(
        StateNews.POSTPONED,
        _l("Fair postponed"),
        _l("Postponed: {fair}"),
        _l(
            "this fair is postponed: it does not take place on the days below. Your booth or application is kept; we"
            " write to you when the new days are known."
        ),
    ),
    _mail(
        StateNews.TAKES_PLACE,
        _l("Fair takes place after all"),
        _l("It takes place: {fair}"),
        _l("this fair takes place after all, on the days below. Your booth or application is as it was."),
    ),
)
outbox.composers.update(dict.fromkeys((*allocation_messages.STATE_KINDS, *application_mail.STATE_KINDS), compose))
states.changed.connect(tell)
