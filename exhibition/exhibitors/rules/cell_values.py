"""Cells of a list of applicants as values of an application; None for a cell that cannot be understood."""

import re
from urllib.parse import urlsplit

from exhibition.core.contacts import email_address, phone_e164
from exhibition.exhibitors.rules.application_steps import ExhibitorKind

MOST_POWER_VA = 100_000
_YES = frozenset({"ya", "y", "iya", "yes", "true", "1", "x", "ada", "pernah", "perlu", "butuh", "mau", "✓", "v"})
_NO = frozenset({"tidak", "tdk", "t", "no", "n", "false", "0", "-", "belum", "tidakada"})
_KINDS = (
    ("kement", ExhibitorKind.MINISTRY),
    ("ministry", ExhibitorKind.MINISTRY),
    ("prov", ExhibitorKind.PROVINCE),
    ("kab", ExhibitorKind.REGENCY),
    ("regency", ExhibitorKind.REGENCY),
    ("kota", ExhibitorKind.REGENCY),
    ("kop", ExhibitorKind.COOPERATIVE),
    ("coop", ExhibitorKind.COOPERATIVE),
    ("cooperative", ExhibitorKind.COOPERATIVE),
    ("spons", ExhibitorKind.SPONSOR),
    ("umkm", ExhibitorKind.UMKM),
    ("ukm", ExhibitorKind.UMKM),
    ("usaha", ExhibitorKind.UMKM),
    ("small", ExhibitorKind.UMKM),
)


def phone(text: str) -> str | None:
    """The first telephone number in E.164, since people may write two in one cell. None when there is none."""
    parts = [text, *re.split(r"[/,;&]| atau | or ", text)]
    return next((number for part in parts if (number := phone_e164(part))), None)


def email(text: str) -> str | None:
    """The e-mail address in lower case; None for any other text."""
    address = email_address(text) if "@" in text else None
    return None if address is None else address.casefold()


def power(text: str) -> int | None:
    """Volt-amperes, also from ``1.300 VA``; None when the text is not a number or the number is too large."""
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+|\d+)\s*(?:va|w|watt)?", text.lower())
    number = int(re.sub(r"[.,]", "", found[1])) if found else None
    return number if number is not None and number <= MOST_POWER_VA else None


def kind(text: str) -> str | None:
    """The kind of exhibitor, by the beginning of its name; None when there is no such kind."""
    plain = text.lower()
    return next((known.value for begin, known in _KINDS if plain.startswith(begin)), None)


def flag(text: str) -> bool | None:
    """True for yes, False for no, None for any other text."""
    plain = text.lower().replace(" ", "")
    return True if plain in _YES else False if plain in _NO else None


def address(text: str) -> str | None:
    """A web address, completed with https; None for any other text."""
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        sound = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in whole
    except ValueError:
        return None
    return whole if sound else None
