"""What sellers may type, and its meaning: prices, shop addresses, WhatsApp numbers, plain text.

Plain functions of text. Input that cannot be used raises ``Unreadable`` with a ``Fault``; ``seller_fields`` has its
sentence.
"""

import enum
import re
import unicodedata
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import phonenumbers

MAX_PRICE = 999_999_999
"""Rupiah."""
MAX_ADDRESS = 500
MAX_LISTINGS = 500
"""Of one shop."""
MAX_TITLE = 160
MAX_DESCRIPTION = 2_000


class ListingFault(enum.StrEnum):
    MISSING = "missing"
    TOO_LONG = "too_long"
    UNPRINTABLE = "unprintable"
    PRICE_UNREADABLE = "price_unreadable"
    PRICE_NEGATIVE = "price_negative"
    PRICE_TOO_HIGH = "price_too_high"
    ADDRESS_UNREADABLE = "address_unreadable"
    ADDRESS_SCHEME = "address_scheme"
    ADDRESS_CREDENTIALS = "address_credentials"
    WHATSAPP_UNREADABLE = "whatsapp_unreadable"
    CHOICE = "choice"


class Unreadable(ValueError):
    """A text that cannot be used; ``fault`` says why."""

    def __init__(self, fault: ListingFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the writing direction and can make one text look like another."""


def plain_text(text: str, limit: int, *, required: bool = False, lines: bool = False) -> str:
    """The text without surrounding space; ``lines`` keeps line breaks, otherwise any white space becomes one space."""
    text = unicodedata.normalize("NFC", text).strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n") if lines else re.sub(r"[ \t\r\n\u00a0]+", " ", text)
    allowed = "\n\t" if lines else ""
    if any(
        (unicodedata.category(character) in ("Cc", "Cs") and character not in allowed) or character in OVERRIDES
        for character in text
    ):
        raise Unreadable(ListingFault.UNPRINTABLE)
    if len(text) > limit:
        raise Unreadable(ListingFault.TOO_LONG)
    if required and not text:
        raise Unreadable(ListingFault.MISSING)
    return text


_CURRENCY = re.compile(r"^(?:rp\.?|idr)|(?:rp\.?|idr)$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?:[0-9]{1,3}(?:\.[0-9]{3})+(?:,(?:00|-))?"  # 15.000  15.000,00  15.000,-
    r"|[0-9]{1,3}(?:,[0-9]{3})+(?:\.00)?"  # 15,000  15,000.00
    r"|[0-9]{4,15}(?:[.,]00)?"  # 15000  15000,00
    r"|[0-9]{1,3})(?:[.,]?-)?"  # 500  500,-
)
_CENTS = re.compile(r"(?:[.,](?:00|-)|-|[.,]00[.,]?-)$")
_SHORTENED = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,3}))?(rb|ribu|k|jt|juta)", re.IGNORECASE)
_DIGITS_OF = {"rb": 3, "ribu": 3, "k": 3, "jt": 6, "juta": 6}


def rupiah(text: str) -> int | None:
    """Whole rupiah from a seller's text: ``15000``, ``15.000``, ``Rp15.000,00``, ``15rb``; None when empty.

    A text that could mean two amounts is refused, never guessed: ``15.5``, ``15.00`` or ``1.500.00``.
    """
    text = re.sub(r"\s", "", text)
    if not text:
        return None
    text = _CURRENCY.sub("", text, count=1).lstrip(":")
    if text.startswith(("-", "\u2212")):
        raise Unreadable(ListingFault.PRICE_NEGATIVE)
    if shortened := _SHORTENED.fullmatch(text):
        whole, part, unit = shortened[1], shortened[2] or "", _DIGITS_OF[shortened[3].lower()]
        amount = int(whole + part.ljust(unit, "0"))
    else:
        if not _AMOUNT.fullmatch(text):
            raise Unreadable(
                ListingFault.PRICE_TOO_HIGH if re.fullmatch(r"[0-9.,]{16,}", text) else ListingFault.PRICE_UNREADABLE
            )
        amount = int(re.sub(r"[.,]", "", _CENTS.sub("", text)))
    if amount > MAX_PRICE:
        raise Unreadable(ListingFault.PRICE_TOO_HIGH)
    return amount


def in_rupiah(amount: int | None, currency: str) -> int | None:
    """A price for the form, which is in rupiah: empty for one in another currency."""
    return amount if currency == "IDR" else None


_BARE_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE)
_INSTAGRAM_NAME = re.compile(r"@([A-Za-z0-9._]{1,30})")
_HOST = re.compile(r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::[0-9]+)?")
_SAFE = "%/:=&?~#+!$,;'@()*[]"


def _completed(text: str) -> str:
    """The address with the parts that people leave out."""
    if name := _INSTAGRAM_NAME.fullmatch(text):
        return f"https://www.instagram.com/{name[1]}/"
    bare = "://" not in text.split("?", maxsplit=1)[0] and _BARE_HOST.match(text)
    return f"https://{text}" if bare else text


def _netloc(parts: SplitResult) -> str:
    """Host and port in ASCII, without user name; raises ValueError or UnicodeError when they are invalid."""
    host, port = parts.hostname or "", parts.port
    host = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    return f"{host}:{port}" if port else host


def web_address(text: str) -> str:
    """A normalised ``http`` or ``https`` address; empty stays empty.

    ``tokopedia.com/toko`` gets its ``https://`` and ``@name`` becomes the Instagram page. Addresses with another
    scheme, without a host, or with a user name or password inside are refused.
    """
    text = _completed(text.strip())
    if not text:
        return ""
    if len(text) > MAX_ADDRESS:
        raise Unreadable(ListingFault.TOO_LONG)
    if re.search(r"[\x00-\x20\x7f\ud800-\udfff\\<>\"]", text) or OVERRIDES & set(text):
        raise Unreadable(ListingFault.ADDRESS_UNREADABLE)
    try:
        parts = urlsplit(text)
        netloc = _netloc(parts)
    except (ValueError, UnicodeError) as error:
        raise Unreadable(ListingFault.ADDRESS_UNREADABLE) from error
    if parts.scheme not in ("http", "https"):
        raise Unreadable(ListingFault.ADDRESS_SCHEME if parts.scheme else ListingFault.ADDRESS_UNREADABLE)
    if "@" in parts.netloc:
        raise Unreadable(ListingFault.ADDRESS_CREDENTIALS)
    if not _HOST.fullmatch(netloc):
        raise Unreadable(ListingFault.ADDRESS_UNREADABLE)
    path, query, fragment = (quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment))
    address = urlunsplit((parts.scheme, netloc, path, query, fragment))
    if len(address) > MAX_ADDRESS:
        raise Unreadable(ListingFault.TOO_LONG)
    return address


def whatsapp_number(text: str) -> str:
    """The number in E.164 from the ways people write it (``0812-3456-7890``, ``62 812…``); without a country code it is
    Indonesian.
    """
    text = text.strip()
    if not text:
        return ""
    if len(text) > MAX_ADDRESS or not re.fullmatch(r"[0-9+()./\s-]+", text, re.ASCII):
        raise Unreadable(ListingFault.WHATSAPP_UNREADABLE)
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException as error:
        raise Unreadable(ListingFault.WHATSAPP_UNREADABLE) from error
    if not phonenumbers.is_valid_number(number):
        raise Unreadable(ListingFault.WHATSAPP_UNREADABLE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


PLATFORM_HOSTS = {
    "tokopedia": ("tokopedia.com", "tokopedia.link"),
    "shopee": ("shopee.co.id", "shopee.com", "shope.ee"),
    "bukalapak": ("bukalapak.com",),
    "tiktok_shop": ("tiktok.com", "tokopedia.tiktok.com"),
    "instagram": ("instagram.com", "instagr.am"),
    "facebook": ("facebook.com", "fb.com", "fb.me"),
    "whatsapp": ("wa.me", "whatsapp.com"),
}


def platform_of(address: str) -> str:
    """The platform (a value of ``Platform``) by the address's host; ``website`` when it is not a known one."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    if any(label in ("warung-serasi", "warungserasi") for label in host.split(".")):
        return "warung_serasi"
    for platform, names in PLATFORM_HOSTS.items():
        if any(host == name or host.endswith(f".{name}") for name in names):
            return platform
    return "website"


_ROBOTS = re.compile(
    r"bot\b|crawl|spider|slurp|preview|facebookexternalhit|^whatsapp/|telegram|mediapartners|lighthouse|scrapy"
    r"|^curl/|^wget/|python-requests|python-httpx|python-urllib|aiohttp|go-http-client|^java/|libwww|headless ?fetch",
    re.IGNORECASE,
)


def is_robot(user_agent: str) -> bool:
    """Whether the client is a crawler, a link preview or a script; one that does not name itself counts as a robot."""
    return not user_agent.strip() or bool(_ROBOTS.search(user_agent))
