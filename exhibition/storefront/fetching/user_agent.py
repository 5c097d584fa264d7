"""How this application introduces itself to shops and to the servers that links lead to."""

from email.utils import parseaddr
from typing import TYPE_CHECKING

from exhibition.core.config import public_url, setting

if TYPE_CHECKING:
    from exhibition.storefront.fetching.fetcher import Fetcher

NAME = "Exhibition"
"""The name by which a robots.txt may address us."""


def user_agent() -> str:
    """Our name, where we live, and an address to write to."""
    contact = parseaddr(setting("MAIL_FROM"))[1]
    return f"{NAME}/1.0 (+{public_url()}; {contact})"


def fetcher() -> "Fetcher":
    """A fetcher for public addresses only."""
    from exhibition.storefront.fetching.fetcher import (
        Fetcher,  # imported late: its libraries are heavy, and only jobs and commands fetch
    )

    return Fetcher(user_agent=user_agent())
