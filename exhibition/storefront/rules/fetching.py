"""What may be fetched from shops, and the result: content, or a failure with its code.

Plain functions and values; the fetching itself is in ``storefront.fetching``, whose libraries are heavy.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
MOST_BYTES = 5 * 1024 * 1024
"""The largest size of one file, after decompression."""
_ODD = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f]")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|\d+)$", re.IGNORECASE)

Destination = tuple[str, int]


class FetchFailed(Exception):
    """Nothing usable came back. ``code`` is one of ``address_refused``, ``unreachable``, ``too_slow``, ``too_large``,
    ``too_many_redirects``, ``status``; ``status`` is the HTTP status where there was an answer.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Fetched:
    address: str
    """The final address, after redirects."""
    content: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
    """The shop answered that nothing has changed since ``etag`` or ``last_modified``."""
    products: int | None = None
    """How many products all pages have together, where the shop says so (WooCommerce's ``X-WP-Total``)."""


def check(address: str, allowed: Collection[Destination] = ()) -> Destination:
    """Check an address by its spelling; raises FetchFailed ``address_refused``. Host names are checked once more when
    resolved.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise FetchFailed("address_refused", "This is not a web address.") from None
    if parts.scheme not in PORTS or not host or _ODD.search(address):
        raise FetchFailed("address_refused", "Only addresses that begin with http:// or https:// can be read.")
    if "@" in parts.netloc:
        raise FetchFailed("address_refused", "The address must not contain a user name or password.")
    if (host, port) in allowed:
        return host, port
    if port != PORTS[parts.scheme]:
        raise FetchFailed("address_refused", "Only the ports 80 (http) and 443 (https) are asked.")
    if "%" in host or (_NUMERIC.search(_settled(host).rpartition(".")[2]) and not _is_address(host)):
        raise FetchFailed("address_refused", "This address is not on the public internet.")
    return host, port


def _settled(host: str) -> str:
    """Full-width digits are digits to a resolver, and a final dot changes nothing."""
    return unicodedata.normalize("NFKC", host).rstrip(".")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
