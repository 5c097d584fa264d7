"""Mails to exhibitors about their booth, written in the transaction of the change."""

from flask_babel import force_locale
from flask_babel import gettext as _

from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import AllocationState, News, is_over
from exhibition.core import clock, mail, outbox
from exhibition.core.config import public_address
from exhibition.core.db import db
from exhibition.core.i18n import DEFAULT_LOCALE
from exhibition.core.outbox import Letter
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition

NEWS_KINDS = tuple(f"allocation.{news}" for news in News)
"""Kinds of mails about an allocation; their ``about_id`` is its id."""


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
    context = {
        "exhibitor": exhibitor,
        "exhibition": exhibition,
        "booth": db.session.get_one(Booth, allocation.booth_id),
        "expires_at": allocation.expires_at,
        "news": news,
        "link": public_address("allocation.own_desk", edition=exhibition.slug),
    }
    with force_locale(DEFAULT_LOCALE):
        subjects = {
            News.OFFERED: _("A booth is offered to you: please answer"),
            News.ACCEPTED: _("Thank you, you have accepted your booth"),
            News.CONFIRMED: _("Your booth is confirmed"),
            News.MOVED: _("Your booth has changed"),
            News.WITHDRAWN: _("Your booth was taken back"),
            News.EXPIRED: _("The time to accept your booth is over"),
        }
        text, html = mail.bodies("allocation/mail/news", **context)
    expires_at = allocation.expires_at if news is News.OFFERED else None
    outbox.post(
        Letter(
            f"allocation.{news}",
            allocation.id,
            exhibitor.email,
            subjects[news],
            text,
            html,
            expires_at,
            reply_to=exhibition.contact_email,
        )
    )
