"""One row of a list of applicants, as the values of an application, with its faults and remarks; and rows side by side.

A row with a fault is left out. A remark leaves out no more than its cell, or only tells something.
"""

import enum
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from exhibition.core.tables import UploadedTable, cell_name
from exhibition.exhibitors.rules import cell_values, licences
from exhibition.exhibitors.rules.application_steps import LONGEST_NAME, MOST_NAMES, MOST_WISHES, name_key
from exhibition.exhibitors.rules.cell_values import FLAGS
from exhibition.exhibitors.rules.own_words import OwnWords

LENGTHS = {
    "name": 160,
    "contact_name": 120,
    "product_group": 80,
    "district": 80,
    "description": 2000,
    "storefront_url": 500,
    "email": 254,
}
LISTS = ("wishes", "zone_wishes", "near", "avoid")
CONTACTS = ("phone", "email")
LONGEST_SAID = 80


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
    NEAR_WORD = "word_near"
    """The edition has a word that is spelled nearly like this one, and it is proposed."""
    SHARED = "contact_shared"
    """Businesses of other names have the same phone or e-mail address: a village's, or the office's."""
    PRESENT = "contact_present"
    """An application of another name has this phone or e-mail address already."""


LISTED = frozenset({ApplicantFault.REPEATED, ApplicantFault.SHARED, ApplicantFault.PRESENT})
"""Found by looking at several rows or at the applications; the others concern one cell or row."""
WHOLE_ROW = frozenset({ApplicantFault.SHIFTED, ApplicantFault.BROKEN})


class RowNote(TypedDict, total=False):
    """A fault or remark as an import stores it."""

    cell: str
    column: str
    code: str
    said: str
    """What stands there, or which row or business it concerns."""
    near: str
    """The word that is proposed."""
    name: str
    """The business."""
    remark: bool
    """Whether the row is taken all the same."""


class KeptRow(TypedDict):
    """A row as an import stores it."""

    number: int
    place: str
    said: dict[str, str]
    values: dict[str, object]
    faults: list[RowNote]
    remarks: list[RowNote]
    key: str
    effect: str


@dataclass(frozen=True)
class EditionTerms:
    """What cells may name: booths and zones by their upper-case form, and the edition's own words."""

    booths: Mapping[str, str]
    zones: Mapping[str, str]
    """Zone codes, by code and by name."""
    words: OwnWords = field(default_factory=OwnWords)


@dataclass
class ApplicantRow:
    """One row: ``said`` are its texts by field, ``values`` those of the application."""

    number: int
    """Counted from 0."""
    place: str
    columns: Mapping[str, int]
    headings: Sequence[str]
    said: dict[str, str]
    values: dict[str, object] = field(default_factory=dict[str, object])
    faults: list[RowNote] = field(default_factory=list[RowNote])
    remarks: list[RowNote] = field(default_factory=list[RowNote])
    key: str = ""
    """By which the row is known again in the next list; empty with faults."""
    effect: str = ""
    """What writing it would do."""

    @property
    def name(self) -> str:
        return self.said.get("name", "")

    def note(self, name: str, fault: ApplicantFault, said: str = "", *, near: str = "") -> RowNote:
        cell = cell_name(self.place, self.columns.get(name, 0), self.headings)
        note = RowNote(cell=cell, column=name, code=fault.value, said=said[:LONGEST_SAID])
        if near:
            note["near"] = near
        return note

    def blame(self, name: str, fault: ApplicantFault, said: str = "") -> None:
        self.faults.append(self.note(name, fault, said))

    def remark(self, name: str, fault: ApplicantFault, said: str = "", *, near: str = "") -> None:
        self.remarks.append(self.note(name, fault, said, near=near))

    def kept(self) -> KeptRow:
        return KeptRow(
            number=self.number,
            place=self.place,
            said=self.said,
            values=self.values,
            faults=self.faults,
            remarks=self.remarks,
            key=self.key,
            effect=self.effect,
        )

    def read(self, terms: EditionTerms) -> None:
        """Read the texts anew; empty cells change nothing."""
        self.values, self.faults, self.remarks = {}, [], []
        for name, text in self.said.items():
            if cell_values.is_empty(name, text):
                continue
            if name in LENGTHS and len(text) > LENGTHS[name]:
                (self.blame if name == "name" else self.remark)(name, ApplicantFault.TOO_LONG, text)
            else:
                _take(self, name, text, terms)
        if not self.faults and not any(sign.isalnum() for sign in str(self.values.get("name", ""))):
            self.blame("name", ApplicantFault.MISSING)


def of_kept(kept: Mapping[str, Any], columns: Mapping[str, int], headings: Sequence[str]) -> ApplicantRow:
    return ApplicantRow(
        kept["number"],
        kept["place"],
        columns,
        headings,
        dict(kept["said"]),
        kept["values"],
        kept["faults"],
        kept["remarks"],
        kept["key"],
        kept["effect"],
    )


def read(
    table: UploadedTable,
    number: int,
    columns: Mapping[str, int],
    terms: EditionTerms,
    cells: Sequence[str] | None = None,
) -> ApplicantRow:
    """Read one row; ``columns`` gives the position of each field. ``cells`` stand for the file's, if given."""
    cells = table.rows[number] if cells is None else cells
    by_place = sorted(columns.items(), key=lambda column: column[1])
    said = {name: cells[position] for name, position in by_place if position < len(cells) and cells[position]}
    row = ApplicantRow(number, table.places[number], columns, table.headings, said)
    row.read(terms)
    return row


def condemn(row: ApplicantRow, fault: ApplicantFault, said: Sequence[str]) -> None:
    """Report one fault of the whole row in place of the faults of its cells."""
    row.faults, row.remarks = [row.note("name", fault, " ".join(said))], []


def correct(row: ApplicantRow, texts: Mapping[str, str], terms: EditionTerms) -> None:
    """Read the row with some texts replaced; an empty one takes the cell out."""
    row.said = {**row.said, **texts}
    row.read(terms)


_READ: Mapping[str, tuple[Callable[[str], object], ApplicantFault]] = {
    "phone": (cell_values.phone, ApplicantFault.PHONE),
    "email": (cell_values.email, ApplicantFault.EMAIL),
    "power_va": (cell_values.power, ApplicantFault.NUMBER),
    "kind": (cell_values.kind, ApplicantFault.CHOICE),
    "storefront_url": (cell_values.address, ApplicantFault.ADDRESS),
    **{name: (check, ApplicantFault.LICENCE) for name, check in licences.CHECKS.items()},
    **dict.fromkeys(FLAGS, (cell_values.flag, ApplicantFault.CHOICE)),
}
"""How cells are read that may hold something else than text; None is what cannot be understood."""


def _take(row: ApplicantRow, name: str, text: str, terms: EditionTerms) -> None:
    if name in _READ:
        read, fault = _READ[name]
        value = read(cell_values.digits(text))
        if value is None:
            row.remark(name, fault, text)
    elif name in ("product_group", "district"):
        value = _worded(row, name, text, terms.words)
    else:
        value = _listed(row, name, text, terms) if name in LISTS else text
    if value is not None:
        row.values[name] = value


def to_correct(row: Mapping[str, Any], columns: Mapping[str, int]) -> list[str]:
    """The fields of a kept row that a person is asked for: those with something wrong, or all of a spoiled row."""
    codes = {note["code"] for note in row["faults"]}
    if codes & WHOLE_ROW:
        return list(columns)
    notes = (*row["faults"], *(note for note in row["remarks"] if note["code"] not in LISTED))
    names = dict.fromkeys(note["column"] for note in notes)
    if ApplicantFault.REPEATED in codes:
        names |= dict.fromkeys(name for name in ("nib", *CONTACTS) if row["said"].get(name))
    return list(names)


def _worded(row: ApplicantRow, name: str, text: str, words: OwnWords) -> str:
    found = words.district(text) if name == "district" else words.product_group(text)
    if found.near:
        row.remark(name, ApplicantFault.NEAR_WORD, text, near=found.near)
    return found.text


def _listed(row: ApplicantRow, name: str, text: str, terms: EditionTerms) -> list[str] | None:
    """The wishes or names that are known and fit; the rest is remarked."""
    parts = list(dict.fromkeys(" ".join(part.split()) for part in re.split(r"[,;/\n]", text) if part.strip()))
    if name in ("near", "avoid"):
        taken = [part for part in parts if len(part) <= LONGEST_NAME]
        most, missing = MOST_NAMES, ApplicantFault.TOO_LONG
    else:
        known = terms.booths if name == "wishes" else terms.zones
        taken = list(dict.fromkeys(known[part.upper()] for part in parts if part.upper() in known))
        most, missing = MOST_WISHES, ApplicantFault.WISH
    if len(taken) < len(parts):
        row.remark(name, missing, text)
    if len(taken) > most:
        row.remark(name, ApplicantFault.TOO_MANY, text)
    return taken[:most] or None


def arrange(rows: Sequence[ApplicantRow]) -> None:
    """Look at all rows of a list side by side: give each its key, and name repeated businesses and shared contacts.

    Businesses of different names are different ones, also with one phone or e-mail address between them.
    """
    for row in rows:
        row.faults = [note for note in row.faults if note.get("code") not in LISTED]
        row.remarks = [note for note in row.remarks if note.get("code") not in LISTED]
        row.key = ""
    first: dict[str, ApplicantRow] = {}
    for row in rows:
        if not row.faults and row.values.get("nib"):
            _claim(row, key_of(row.values), first)
    names = _names_by_contact(row for row in rows if not row.faults)
    for row in rows:
        shared = {name for name in CONTACTS if len(names[name, row.values.get(name)]) > 1}
        if not row.faults and not row.key:
            _claim(row, key_of(row.values, shared), first)
        for name in CONTACTS if row.key else ():
            if name in shared:
                others = names[name, row.values[name]].items()
                own = name_key(row.name)
                row.remark(name, ApplicantFault.SHARED, ", ".join(other for key, other in others if key != own))


def _claim(row: ApplicantRow, key: str, first: dict[str, ApplicantRow]) -> None:
    """Give the row its key, unless an earlier row is the same business: by this key, or by a contact and the name."""
    named = [named_key(row.values, name) for name in CONTACTS if row.values.get(name)]
    twins = (first[one] for one in named if one in first)
    earlier = first.get(key) or next(
        (twin for twin in twins if not (twin.values.get("nib") and row.values.get("nib"))), None
    )
    if earlier:
        row.blame("name", ApplicantFault.REPEATED, earlier.place)
        return
    row.key = key
    for one in (key, *named):
        first.setdefault(one, row)


def _names_by_contact(rows: Iterable[ApplicantRow]) -> Mapping[tuple[str, object], dict[str, str]]:
    """The names of the businesses with each phone and e-mail address, by their keys."""
    names: dict[tuple[str, object], dict[str, str]] = defaultdict(dict)
    for row in rows:
        for name in CONTACTS:
            if row.values.get(name):
                names[name, row.values[name]].setdefault(name_key(row.name), row.name)
    return names


def key_of(values: Mapping[str, object], shared: Iterable[str] = ()) -> str:
    """The key by which the row is known again in the next list: its most reliable identifying value.

    A contact that others in the list have too (``shared``) identifies together with the name.
    """
    if values.get("nib"):
        return f"nib:{values['nib']}"
    for name in CONTACTS:
        if values.get(name):
            return named_key(values, name) if name in shared else contact_key(values, name)
    district = name_key(str(values.get("district", "")))
    return f"name:{name_key(str(values['name']))}:{district}"[:200]


def contact_key(values: Mapping[str, object], name: str) -> str:
    """The key of a business that has its phone or e-mail address for itself."""
    return f"{name}:{values[name]}"[:200]


def named_key(values: Mapping[str, object], name: str) -> str:
    """The key of a business that shares its phone or e-mail address with one of another name."""
    return f"{name}:{values[name]}:{name_key(str(values['name']))}"[:200]
