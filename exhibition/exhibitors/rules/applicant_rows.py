"""One row of a list of applicants, as the values of an application or the faults in its cells."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from exhibition.core.tables import UploadedTable, says_nothing
from exhibition.exhibitors.rules import cell_values, licences
from exhibition.exhibitors.rules.application_steps import LONGEST_NAME, MOST_NAMES, MOST_WISHES, name_key

LENGTHS = {
    "name": 160,
    "contact_name": 120,
    "product_group": 80,
    "district": 80,
    "description": 2000,
    "storefront_url": 500,
    "email": 254,
}
FLAGS = ("water", "accessible", "attended", "share")
LISTS = ("wishes", "zone_wishes", "near", "avoid")


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
    SHIFTED = "row_shifted"
    BROKEN = "row_broken"


@dataclass(frozen=True)
class WishCodes:
    """The codes that wishes may name: by their upper-case form, the way they are written."""

    booths: Mapping[str, str]
    zones: Mapping[str, str]
    """Zone codes, by code and by name."""


@dataclass
class ApplicantRow:
    """The values in a row of a table, and its faults if it has any."""

    table: UploadedTable
    number: int
    columns: Mapping[str, int]
    values: dict[str, object] = field(default_factory=dict[str, object])
    faults: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def blame(self, name: str, fault: ApplicantFault, said: str = "") -> None:
        cell = self.table.cell(self.number, self.columns.get(name, 0))
        self.faults.append({"cell": cell, "column": name, "code": fault.value, "said": said[:80]})

    def condemn(self, fault: ApplicantFault) -> None:
        """Report one fault of the whole row in place of the faults of its cells."""
        self.faults.clear()
        self.blame("name", fault, " ".join(self.table.rows[self.number]))


def read(table: UploadedTable, number: int, columns: Mapping[str, int], hall: WishCodes) -> ApplicantRow:
    """Check one row; ``columns`` gives the position of each field. Empty cells change nothing."""
    row, cells = ApplicantRow(table, number, columns), table.rows[number]
    by_place = sorted(columns.items(), key=lambda column: column[1])
    said = {
        name: cells[position]
        for name, position in by_place
        if position < len(cells) and (cells[position] if name in FLAGS else not says_nothing(cells[position]))
    }
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
            value, fault = cell_values.phone(text), ApplicantFault.PHONE
        case "email":
            value, fault = cell_values.email(text), ApplicantFault.EMAIL
        case "nib" | "pirt" | "halal":
            value, fault = licences.CHECKS[name](text), ApplicantFault.LICENCE
        case "power_va":
            value, fault = cell_values.power(text), ApplicantFault.NUMBER
        case "kind":
            value, fault = cell_values.kind(text), ApplicantFault.CHOICE
        case "storefront_url":
            value, fault = cell_values.address(text), ApplicantFault.ADDRESS
        case _ if name in FLAGS:
            value, fault = cell_values.flag(text), ApplicantFault.CHOICE
        case _ if name in LISTS:
            value, fault = _listed(name, text, hall)
        case _:
            pass
    if value is None and fault is not None:
        row.blame(name, fault, text)
    else:
        row.values[name] = value


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
    """The key by which the row is recognised in the next list: its most reliable identifying value."""
    for name in ("nib", "phone", "email"):
        if values.get(name):
            return f"{name}:{values[name]}"[:200]
    district = name_key(str(values.get("district", "")))
    return f"name:{name_key(str(values['name']))}:{district}"[:200]
