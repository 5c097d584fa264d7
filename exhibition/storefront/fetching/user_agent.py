"""How this application introduces itself to shops and to the servers that links lead to."""

from email.utils import parseaddr
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from exhibition.storefront.fetching.fetcher import Fetcher

NAME = "Exhibition"
"""What robots.txt may call us."""


def user_agent() -> str:
    """Our name, where we live, and an address to write to."""
    contact = parseaddr(current_app.config["SETTINGS"]["MAIL_FROM"])[1]
    return f"{NAME}/1.0 (+{current_app.config['PUBLIC_URL']}; {contact})"


def fetcher() -> "Fetcher":
    """A fetcher that asks public addresses only."""
    from exhibition.storefront.fetching.fetcher import Fetcher

    return Fetcher(user_agent=user_agent())
