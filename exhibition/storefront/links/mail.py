"""Telling exhibitors, once, which of their links are broken: one mail for all that broke together."""

from collections import defaultdict

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from exhibition.accounts.models import User
from exhibition.core import clock, mail, outbox
from exhibition.core.config import public_address
from exhibition.core.db import db, transaction
from exhibition.core.i18n import DEFAULT_LOCALE
from exhibition.core.outbox import Letter
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember
from exhibition.storefront.models import LinkCheck
from exhibition.storefront.rules.states import LinkState

KIND = "storefront.broken_links"
"""Mails about an exhibitor, by its id."""


@transaction
def tell_owners() -> None:
    """Mail each owner of broken links that have not been reported to them yet."""
    statement = select(LinkCheck).where(LinkCheck.state == LinkState.BROKEN, LinkCheck.told_at.is_(None))
    untold: defaultdict[int, list[LinkCheck]] = defaultdict(list)
    for check in db.session.scalars(statement.order_by(LinkCheck.address).with_for_update()):
        untold[check.exhibitor_id].append(check)
    for exhibitor_id, checks in untold.items():
        _tell(db.session.get_one(Exhibitor, exhibitor_id), [check.address for check in checks])
        for check in checks:
            check.told_at = clock.now()


def recipients(exhibitor: Exhibitor) -> list[str]:
    """The addresses of everybody who acts for the exhibitor, else the exhibitor's own."""
    statement = (
        select(User.email)
        .join(ExhibitorMember, ExhibitorMember.user_id == User.id)
        .where(ExhibitorMember.exhibitor_id == exhibitor.id, User.active)
        .order_by(User.email)
    )
    return list(db.session.scalars(statement)) or ([exhibitor.email] if exhibitor.email else [])


def _tell(exhibitor: Exhibitor, addresses: list[str]) -> None:
    link = public_address("storefront.shop", slug=exhibitor.slug)
    with force_locale(DEFAULT_LOCALE):
        subject = _("A link on your page no longer opens")
        text, html = mail.bodies("storefront/mail/broken_links", exhibitor=exhibitor, addresses=addresses, link=link)
    for address in recipients(exhibitor):
        outbox.post(Letter(KIND, exhibitor.id, address, subject, text, html))
