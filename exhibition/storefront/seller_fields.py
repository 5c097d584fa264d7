"""The fields of a shop and its products, passed through the rules: each raises Refused with the field at fault."""

from collections.abc import Callable
from typing import TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused
from exhibition.storefront.rules import seller_input
from exhibition.storefront.rules.seller_input import ListingFault, Unreadable
from exhibition.storefront.rules.states import Availability

T = TypeVar("T")

FAULTS: dict[ListingFault, LazyString] = {
    ListingFault.MISSING: _l("Please fill this in."),
    ListingFault.TOO_LONG: _l("This is too long."),
    ListingFault.UNPRINTABLE: _l("This contains characters that cannot be shown. Type it again by hand."),
    ListingFault.PRICE_UNREADABLE: _l("Write the price in rupiah with digits only, like 15000 or 15.000."),
    ListingFault.PRICE_NEGATIVE: _l("A price cannot be below zero."),
    ListingFault.PRICE_TOO_HIGH: _l("This price is too high. The limit is Rp999.999.999."),
    ListingFault.ADDRESS_UNREADABLE: _l(
        "This is not a web address. Copy it from your shop, like https://tokopedia.com/my-shop."
    ),
    ListingFault.ADDRESS_SCHEME: _l("A web address starts with https:// or http://."),
    ListingFault.ADDRESS_CREDENTIALS: _l("A web address must not hold a user name or password."),
    ListingFault.WHATSAPP_UNREADABLE: _l("This is not a phone number. Write it like 0812-3456-7890."),
    ListingFault.CHOICE: _l("Choose one of the answers."),
}


def checked(field: str, rule: Callable[[], T]) -> T:
    """Run a rule; raises Refused (422) with the rule's fault as its code and the field named."""
    try:
        return rule()
    except Unreadable as error:
        raise Refused(error.fault.value, FAULTS[error.fault], status=422, field=field) from error


def title(text: str) -> str:
    return checked("title", lambda: seller_input.plain_text(text, seller_input.MAX_TITLE, required=True))


def price(text: str) -> int | None:
    return checked("price", lambda: seller_input.rupiah(text))


def link(text: str) -> str:
    return checked("link", lambda: seller_input.web_address(text))


def description(text: str) -> str:
    return checked("description", lambda: seller_input.plain_text(text, seller_input.MAX_DESCRIPTION, lines=True))


def availability(text: str) -> Availability:
    if text not in set(Availability):
        raise Refused(ListingFault.CHOICE.value, FAULTS[ListingFault.CHOICE], status=422, field="availability")
    return Availability(text)


def shop_url(text: str) -> str:
    return checked("url", lambda: seller_input.web_address(text))


def whatsapp(text: str) -> str:
    return checked("whatsapp", lambda: seller_input.whatsapp_number(text))
