"""Cells of a list of applicants as values of an application; None for a cell that cannot be understood."""

import re
from decimal import Decimal
from urllib.parse import urlsplit

from exhibition.core.contacts import email_address, phone_e164
from exhibition.core.tables import says_nothing
from exhibition.exhibitors.rules.application_steps import ExhibitorKind

MOST_POWER_VA = 100_000
FLAGS = ("water", "accessible", "attended", "share")
NUMBERED = ("phone", "email", "nib", "pirt", "halal")
_YES = re.compile(
    r"(?:ya|y|iya|yes|true|1|x|ada|pernah|sudah|sdh|perlu|butuh|mau|bersedia|\u2713|\u2714|\u2611|v)\b.*|[\u2713\u2714\u2611]"
)
_NO = re.compile(r"(?:tidak|tdk|tak|t|no|n|false|0|belum|blm|tidakada|tanpa)\b.*|-")
_KINDS = (
    (r"kementerian|kemen[a-z]*|ministry", ExhibitorKind.MINISTRY),
    (r"prov|provinsi|propinsi|province|provincial|pemprov", ExhibitorKind.PROVINCE),
    (r"kab|kabupaten|pemkab|kota|pemkot|dinas|regency|city", ExhibitorKind.REGENCY),
    (r"kop|koperasi|kopontren|koptan|kud|coop|co-op|cooperative", ExhibitorKind.COOPERATIVE),
    (r"sponsor|sponsorship|sponsored", ExhibitorKind.SPONSOR),
    (
        (
            r"umkm|ukm|umk|ikm|mikro|kecil|menengah|ultra mikro|small|micro|msme|sme|cv|ud|pt"
            r"|pengrajin|perajin|individu|perorangan|perseorangan|industri (?:kecil|rumah|rumahan).*"
            r"|usaha(?: (?:mikro|kecil|menengah|perorangan|perseorangan).*)?"
        ),
        ExhibitorKind.UMKM,
    ),
)
"""Words at the beginning of a kind's name; for small businesses the whole name."""
_WHOLE = re.compile(r"(\d{4,})[.,]0+|(\d+)[.,]0{1,2}")
"""A whole number with decimals; ``1.000`` is a thousand."""
_ROUNDED = re.compile(r"(\d[.,]\d{7,})E\+?(\d{1,2})", re.IGNORECASE)
_HANDLE = re.compile(
    r"(?:ig|instagram|insta)?\s*[:.]?\s*@([A-Za-z0-9._]{1,30})|(?:ig|instagram|insta)\s*[:.]\s*([A-Za-z0-9._]{1,30})",
    re.IGNORECASE,
)


def is_empty(name: str, text: str) -> bool:
    """Whether a cell of the field says nothing; ``tidak`` and ``0`` do so where they cannot be an answer."""
    if name in FLAGS:
        return text != "-" and says_nothing(text)
    bare = text.strip(" .").casefold()
    unspoken = name != "name" and bare in ("tidak", "tdk", "belum", "blm", "no", "x", "xx", "xxx")
    return says_nothing(text) or unspoken or (name in NUMBERED and not bare.strip("0.,-+ "))


def digits(text: str) -> str:
    """The text of a cell, with a number that a spreadsheet has made a fraction or a power as whole digits again."""
    text = text.strip().lstrip("'")
    if found := _WHOLE.fullmatch(text):
        return found[1] or found[2]
    if found := _ROUNDED.fullmatch(text):
        number = Decimal(found[1].replace(",", ".")).scaleb(int(found[2]))
        return str(int(number)) if number == int(number) else text
    return text


def phone(text: str) -> str | None:
    """The first telephone number in E.164, since people may write two in one cell. None when there is none."""
    text = digits(text)
    parts = [text, *re.split(r"[/,;&|]| atau | dan | or | and ", text)]
    return next((number for part in parts if (number := phone_e164(_doubled(part)))), None)


def _doubled(text: str) -> str:
    """Without the zeros that people write before and behind the country's code: ``0062 0812`` is ``+62 812``."""
    return re.sub(r"^\D{0,2}(?:00)?(62[\s().-]*)0*(?=[2-9])", r"+\1", text.strip())


def email(text: str) -> str | None:
    """The first e-mail address, in lower case; None for any other text."""
    parts = [text.strip(), *re.split(r"[\s/,;|]+", text.removeprefix("mailto:"))]
    found = next((address for part in parts if "@" in part and (address := email_address(part.strip("<>()")))), None)
    return None if found is None else found.casefold()


def power(text: str) -> int | None:
    """Volt-amperes, also from ``1.300 VA``; None when the text is not a number or the number is too large."""
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+|\d+)\s*(?:va|w|watt)?", digits(text).lower())
    number = int(re.sub(r"[.,]", "", found[1])) if found else None
    return number if number is not None and number <= MOST_POWER_VA else None


def kind(text: str) -> str | None:
    """The kind of exhibitor, by the first word of its name; None when there is no such kind."""
    plain = " ".join(re.sub(r"[/().]", " ", text.lower()).split())
    for words, known in _KINDS:
        rest = r"(?: (?:umkm|usaha|mikro|kecil|menengah|dan|/))*" if known is ExhibitorKind.UMKM else r"(?: .*)?"
        if re.fullmatch(f"(?:{words}){rest}", plain):
            return known.value
    return None


def flag(text: str) -> bool | None:
    """True for yes, False for no, None for any other text."""
    plain = text.strip().lower()
    return False if _NO.fullmatch(plain) else True if _YES.fullmatch(plain) else None


def address(text: str) -> str | None:
    """A web address, completed with https, also of an Instagram name; None for any other text."""
    if handle := _HANDLE.fullmatch(text.strip()):
        return f"https://www.instagram.com/{handle[1] or handle[2]}/"
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        sound = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in whole
    except ValueError:
        return None
    return whole if sound else None
