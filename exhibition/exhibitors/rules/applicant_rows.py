"""One row of a list of applicants as the values of an application, or what is wrong in which cell."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from exhibition.core.contacts import phone_e164
from exhibition.core.files.tables import UploadedTable
from exhibition.exhibitors.applications.answers import LONGEST_NAME, MOST_NAMES, MOST_WISHES
from exhibition.exhibitors.models import ExhibitorKind
from exhibition.exhibitors.rules import licences
from exhibition.exhibitors.rules.application_steps import name_key

LENGTHS = {
    "name": 160,
    "contact_name": 120,
    "product_group": 80,
    "district": 80,
    "description": 2000,
    "storefront_url": 500,
    "email": 254,
}
MOST_POWER_VA = 100_000
FLAGS = ("water", "accessible", "attended", "share")
LISTS = ("wishes", "zone_wishes", "near", "avoid")
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


class ApplicantFault(enum.StrEnum):
    MISSING = "missing"
    TOO_LONG = "too_long"
    PHONE = "phone_invalid"
    EMAIL = "email_invalid"
    LICENCE = "licence_invalid"
    NUMBER = "number_invalid"
    CHOICE = "choice_unknown"
    ADDRESS = "address_invalid"
    WISH = "wish_unknown"
    TOO_MANY = "too_many"
    REPEATED = "repeated"


@dataclass(frozen=True)
class WishCodes:
    """The codes that wishes may name, in capitals, and how they are written."""

    booths: Mapping[str, str]
    zones: Mapping[str, str]
    """By code and by name."""


@dataclass
class ApplicantRow:
    """What a row of a table says. Sound when it has no faults."""

    table: UploadedTable
    number: int
    columns: Mapping[str, int]
    values: dict[str, object] = field(default_factory=dict[str, object])
    faults: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def blame(self, name: str, fault: ApplicantFault, said: str = "") -> None:
        cell = self.table.cell(self.number, self.columns.get(name, 0))
        self.faults.append({"cell": cell, "column": name, "code": fault.value, "said": said[:80]})


def read(table: UploadedTable, number: int, columns: Mapping[str, int], hall: WishCodes) -> ApplicantRow:
    """Check one row; ``columns`` says where each field stands. Empty cells say nothing and change nothing."""
    row, cells = ApplicantRow(table, number, columns), table.rows[number]
    by_place = sorted(columns.items(), key=lambda column: column[1])
    said = {name: cells[position] for name, position in by_place if position < len(cells) and cells[position]}
    if not any(sign.isalnum() for sign in said.get("name", "")):
        row.blame("name", ApplicantFault.MISSING)
    for name, text in said.items():
        if name in LENGTHS and len(text) > LENGTHS[name]:
            row.blame(name, ApplicantFault.TOO_LONG, text)
        else:
            _take(row, name, text, hall)
    return row


def _take(row: ApplicantRow, name: str, text: str, hall: WishCodes) -> None:
    value: object = text
    fault: ApplicantFault | None = None
    match name:
        case "phone":
            value, fault = _phone(text), ApplicantFault.PHONE
        case "email":
            value, fault = _email(text), ApplicantFault.EMAIL
        case "nib" | "pirt" | "halal":
            value, fault = licences.CHECKS[name](text), ApplicantFault.LICENCE
        case "power_va":
            value, fault = _power(text), ApplicantFault.NUMBER
        case "kind":
            value, fault = _kind(text), ApplicantFault.CHOICE
        case "storefront_url":
            value, fault = _address(text), ApplicantFault.ADDRESS
        case _ if name in FLAGS:
            value, fault = _flag(text), ApplicantFault.CHOICE
        case _ if name in LISTS:
            value, fault = _listed(name, text, hall)
        case _:
            pass
    if value is None and fault is not None:
        row.blame(name, fault, text)
    else:
        row.values[name] = value


def _phone(text: str) -> str | None:
    parts = [text, *re.split(r"[/,;&]| atau | or ", text)]
    return next((number for part in parts if (number := phone_e164(part))), None)


def _email(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        return None


def _power(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+|\d+)\s*(?:va|w|watt)?", text.lower())
    number = int(re.sub(r"[.,]", "", found[1])) if found else None
    return number if number is not None and number <= MOST_POWER_VA else None


def _kind(text: str) -> str | None:
    plain = text.lower()
    return next((kind.value for begin, kind in _KINDS if plain.startswith(begin)), None)


def _flag(text: str) -> bool | None:
    plain = text.lower().replace(" ", "")
    return True if plain in _YES else False if plain in _NO else None


def _address(text: str) -> str | None:
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in address
    except ValueError:
        return None
    return address if sound else None


def _listed(name: str, text: str, hall: WishCodes) -> tuple[list[str] | None, ApplicantFault]:
    parts = list(dict.fromkeys(" ".join(part.split()) for part in re.split(r"[,;/\n]", text) if part.strip()))
    if name in ("near", "avoid"):
        fits = len(parts) <= MOST_NAMES and all(len(part) <= LONGEST_NAME for part in parts)
        return (parts if fits else None), ApplicantFault.TOO_MANY
    if len(parts) > MOST_WISHES:
        return None, ApplicantFault.TOO_MANY
    known = hall.booths if name == "wishes" else hall.zones
    codes = [known.get(part.upper()) for part in parts]
    return (None if None in codes else [code for code in codes if code]), ApplicantFault.WISH


def key_of(values: Mapping[str, object]) -> str:
    """What makes this row the same one in the next list: the surest of what it says."""
    for name in ("nib", "phone", "email"):
        if values.get(name):
            return f"{name}:{values[name]}"[:200]
    district = name_key(str(values.get("district", "")))
    return f"name:{name_key(str(values['name']))}:{district}"[:200]
