"""Mails to exhibitors about their booth, written in the transaction of the change, and their built-in words."""

from datetime import datetime, timedelta

from flask_babel import force_locale

from exhibition.allocation.claimed_days import days_of
from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import AllocationState, News, is_over
from exhibition.core import clock, outbox
from exhibition.core.config import public_address
from exhibition.core.db import db
from exhibition.core.i18n import DEFAULT_LOCALE, moment_text, short_date
from exhibition.core.i18n import lazy as _l
from exhibition.core.outbox import Letter
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue import service as venue
from exhibition.venue.edition import mail_texts
from exhibition.venue.edition.mail_texts import (
    HELLO,
    OF_EXHIBITOR,
    AutomaticMail,
    MadeMail,
    MailReaders,
    MailValues,
    declare,
    values_of_fair,
)
from exhibition.venue.models import Booth, Exhibition
from exhibition.venue.rules.edition_states import StateNews
from exhibition.venue.rules.halls import in_words

STATE_KINDS = tuple(f"allocation.{news}" for news in StateNews)
"""Kinds of mails that tell an exhibitor with a booth of another state of the fair."""
NEWS_KINDS = (*(f"allocation.{news}" for news in News), *STATE_KINDS)
"""Kinds of mails about an allocation; their ``about_id`` is its id."""
PLACEHOLDERS = {
    **OF_EXHIBITOR,
    "booth": _l("their booth"),
    "link": _l("the address of their own page"),
}
UNTIL = {"until": _l("the moment until which they can answer")}


def tell_again(allocation_id: int, kind: str) -> None:
    """Mail the news of this kind once more, as ``tell`` does; an offer only while it can be answered."""
    allocation = db.session.get_one(Allocation, allocation_id)
    news = News(kind.partition(".")[2])
    offered = allocation.state is AllocationState.OFFERED
    if news is not News.OFFERED or (offered and not is_over(allocation.state, allocation.expires_at, clock.now())):
        tell(allocation, news)


def tell(allocation: Allocation, news: News) -> None:
    """Mail the exhibitor, if an address is known, with the open transaction; an offer's mail expires with the offer.

    The exhibitor's desk shows the same, so nothing is lost if the mail never arrives.
    """
    exhibitor = db.session.get_one(Exhibitor, allocation.exhibitor_id)
    if not exhibitor.email:
        return
    exhibition = db.session.get_one(Exhibition, allocation.exhibition_id)
    made = written(allocation, exhibitor, news)
    outbox.post(
        Letter(
            f"allocation.{news}",
            allocation.id,
            exhibitor.email,
            made.subject,
            made.text,
            made.html,
            _until(allocation, news),
            reply_to=exhibition.contact_email,
        )
    )


def written(allocation: Allocation, exhibitor: Exhibitor, news: News) -> MadeMail:
    """The news in words, with the address at which the exhibitor answers it: for a mail, or a text by phone."""
    exhibition = db.session.get_one(Exhibition, allocation.exhibition_id)
    booth = db.session.get_one(Booth, allocation.booth_id)
    days = days_of([allocation.id]).get(allocation.id, ())
    expires_at = _until(allocation, news)
    with force_locale(DEFAULT_LOCALE):
        until = moment_text(expires_at, exhibition.timezone) if expires_at else ""
        place = in_words(booth.code, venue.hall_around(exhibition, booth))
        named = "" if len(days) == len(exhibition.days) else f" ({', '.join(short_date(day) for day in days)})"
        name, link = exhibitor.contact_name or exhibitor.name, applications.own_page(exhibition, exhibitor.id)
        values = _values(exhibition, name, exhibitor.name, place + named, until, link)
        return mail_texts.make(exhibition, f"allocation.{news}", values)


def _until(allocation: Allocation, news: News) -> datetime | None:
    return allocation.expires_at if news is News.OFFERED else None


def _values(exhibition: Exhibition, name: str, exhibitor: str, booth: str, until: str, link: str = "") -> MailValues:
    link = link or public_address("allocation.own_desk", edition=exhibition.slug)
    named = {"name": name, "exhibitor": exhibitor, "booth": booth, "until": until, "link": link}
    return MailValues(values_of_fair(exhibition) | named, {"booth": booth, "until": until, "link": link})


def _sample(exhibition: Exhibition) -> MailValues:
    until = moment_text(clock.now() + timedelta(hours=exhibition.offer_hours), exhibition.timezone)
    return _values(exhibition, "Siti Aminah", "Keripik Bu Siti", "A01", until)


def _sample_answered(exhibition: Exhibition) -> MailValues:
    return _values(exhibition, "Siti Aminah", "Keripik Bu Siti", "A01", "")


def _mail(news: News, name: str, subject: str, sentence: str) -> AutomaticMail:
    offered = news is News.OFFERED
    return AutomaticMail(
        kind=f"allocation.{news}",
        readers=MailReaders.EXHIBITORS,
        name=name,
        subject=subject,
        paragraphs=(HELLO, sentence),
        placeholders=PLACEHOLDERS | UNTIL if offered else PLACEHOLDERS,
        template="allocation/mail/news",
        sample=_sample if offered else _sample_answered,
    )


declare(
    _mail(
        News.OFFERED,
        _l("Booth offered"),
        _l("A booth is offered to you: please answer"),
        _l(
            "Booth {booth} at {fair} is offered to you. Please accept or decline it until {until}; after that it"
            " goes to somebody else."
        ),
    ),
    _mail(
        News.ACCEPTED,
        _l("Booth accepted"),
        _l("Thank you, you have accepted your booth"),
        _l("You have accepted booth {booth} at {fair}. It is kept for you."),
    ),
    _mail(
        News.CONFIRMED,
        _l("Booth confirmed"),
        _l("Your booth is confirmed"),
        _l("Booth {booth} at {fair} is yours. We look forward to you."),
    ),
    _mail(
        News.MOVED,
        _l("Booth changed"),
        _l("Your booth has changed"),
        _l("The organizers have moved you at {fair}: your booth is now {booth}."),
    ),
    _mail(
        News.WITHDRAWN,
        _l("Booth taken back"),
        _l("Your booth was taken back"),
        _l("The organizers had to take back booth {booth} at {fair}. Please ask them what is possible."),
    ),
    _mail(
        News.EXPIRED,
        _l("Offer not answered in time"),
        _l("The time to accept your booth is over"),
        _l("The time to accept booth {booth} at {fair} is over, and the booth is free for others."),
    ),
)
