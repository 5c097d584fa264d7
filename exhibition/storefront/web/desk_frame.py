"""Who edits a shop in this request, which frame its pages have, and how they write prices."""

from decimal import Decimal

from exhibition.accounts.models import RoleName
from exhibition.accounts.web.guard import rights
from exhibition.accounts.web.signin import actor
from exhibition.core.i18n import money
from exhibition.exhibitors.web import acting
from exhibition.storefront.editors import Editor
from exhibition.storefront.reading.currencies import decimals_of


def editor() -> Editor:
    mine = rights()
    organized = frozenset(edition for edition, roles in mine.at.items() if RoleName.ORGANIZER in roles)
    return Editor(
        actor(),
        organizer=mine.administers or bool(organized),
        editions=None if mine.administers else organized,
        exhibitor_id=acting.by_link(),
    )


def frame() -> str:
    """The frame of the page: organizers edit shops inside their desk, exhibitors on pages of their own."""
    return "desk.html" if editor().organizer else "storefront/_exhibitor.html"


def price_text(amount: int, currency: str) -> str:
    """A price in its own currency, from the currency's smallest unit."""
    decimals = decimals_of(currency) or 0
    return money(Decimal(amount).scaleb(-decimals), currency, decimals)
