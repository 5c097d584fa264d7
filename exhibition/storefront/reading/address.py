"""Links and pictures' addresses as shops write them: completed, or dropped with a reason."""

import re
from urllib.parse import quote, urljoin, urlsplit

LONGEST = 2000
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|svg)$", re.IGNORECASE)
_SEVERAL = re.compile(r"[\s,;|]+(?=https?://)", re.IGNORECASE)


class Dropped(Exception):
    """``relative`` distinguishes part of an address from text that is none."""

    def __init__(self, *, relative: bool) -> None:
        super().__init__()
        self.relative = relative


def complete(value: str, base: str | None = None) -> str | None:
    """The absolute http(s) address that ``value`` means on a page at ``base``; None when it is empty.

    Raises Dropped for other schemes, credentials, invalid addresses, and relative ones without a base.
    """
    value = (
        re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", value[: 2 * LONGEST])
        .strip()
        .replace("&amp;", "&")
        .replace("&#038;", "&")
    )
    if value in ("", "-", "#"):
        return None
    value = _SEVERAL.split(value)[0].rstrip(",;|")
    if value.lower().startswith("www."):
        value = "https://" + value
    elif value.startswith("//") and not base:
        value = "https:" + value
    try:
        if not _SCHEME.match(value):
            if not base:
                raise Dropped(relative=True)
            value = urljoin(base, value)
        parts = urlsplit(value)
        host = parts.hostname
        valid_port = parts.port is None or parts.port > 0
    except ValueError:
        raise Dropped(relative=False) from None
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username is not None or not valid_port:
        raise Dropped(relative=False)
    if len(value) > LONGEST or re.search(r"[\s<>\"\\]", host) or not any(map(str.isalnum, host)):
        raise Dropped(relative=False)
    return re.sub(r"[\s<>\"\\^`{|}]", lambda character: quote(character.group()), value)


def is_image(address: str | None) -> bool:
    """Whether the address ends like a picture's."""
    return bool(address and _IMAGE.search(urlsplit(address).path))
