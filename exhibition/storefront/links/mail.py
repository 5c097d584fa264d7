"""Telling exhibitors, once, which of their links are broken: one mail for all that broke together."""

import logging
import smtplib
from collections import defaultdict

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update

from exhibition.accounts.messages import public_address
from exhibition.accounts.models import User
from exhibition.core import clock, mail
from exhibition.core.db import db, transaction
from exhibition.core.i18n import DEFAULT_LOCALE
from exhibition.core.jobs import job
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember
from exhibition.storefront.models import LinkCheck, LinkState

log = logging.getLogger(__name__)


@job()
def tell_owners_soon() -> None:
    tell_owners()


def tell_owners() -> int:
    """Mail each owner of links that broke and of which nobody was told; returns how many mails were sent.

    What the mail server does not take is tried with the next round.
    """
    statement = select(LinkCheck).where(LinkCheck.state == LinkState.BROKEN, LinkCheck.told_at.is_(None))
    untold: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for check in db.session.scalars(statement.order_by(LinkCheck.address)):
        untold[check.exhibitor_id][check.id] = check.address
    sent = 0
    for exhibitor_id, addresses in untold.items():
        exhibitor = db.session.get_one(Exhibitor, exhibitor_id)
        try:
            sent += _tell(exhibitor, list(addresses.values()))
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail about broken links not sent: %s", error)
            continue
        _remember(list(addresses))
    return sent


def recipients(exhibitor: Exhibitor) -> list[str]:
    """Everybody who acts for the exhibitor, else the exhibitor's own address."""
    statement = (
        select(User.email)
        .join(ExhibitorMember, ExhibitorMember.user_id == User.id)
        .where(ExhibitorMember.exhibitor_id == exhibitor.id, User.active)
        .order_by(User.email)
    )
    return list(db.session.scalars(statement)) or ([exhibitor.email] if exhibitor.email else [])


def _tell(exhibitor: Exhibitor, addresses: list[str]) -> int:
    to = recipients(exhibitor)
    link = public_address("storefront.shop", slug=exhibitor.slug)
    with force_locale(DEFAULT_LOCALE):
        values = {"exhibitor": exhibitor, "addresses": addresses, "link": link}
        subject = _("A link on your page no longer opens")
        text = render_template("storefront/mail/broken_links.txt", **values)
        html = render_template("storefront/mail/broken_links.html", **values)
    db.session.rollback()  # no transaction stays open while the mail server takes its time
    for address in to:
        mail.deliver(mail.compose(address, subject, text, html))
    return len(to)


@transaction
def _remember(check_ids: list[int]) -> None:
    db.session.execute(update(LinkCheck).where(LinkCheck.id.in_(check_ids)).values(told_at=clock.now()))
