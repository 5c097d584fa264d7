"""Reading lists of booths made by others: columns, units, and each row as a booth or with its faults."""

import enum
import math
import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exhibition.core.tables import UploadedTable, says_nothing
from exhibition.venue.plan.reading import plan_values
from exhibition.venue.rules.booth_numbers import CODE, LONGEST_CODE

METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "in": 0.0254}
_UNIT_NAMES = {
    "m": "m meter meters metre metres mtr",
    "cm": "cm sentimeter centimeter centimeters centimetre centimetres",
    "mm": "mm milimeter millimeter millimeters millimetre millimetres",
    "ft": "ft feet foot kaki ' \u2032",
    "in": 'in inch inches inci " \u2033',
}
UNIT_OF = {name: unit for unit, names in _UNIT_NAMES.items() for name in names.split()}
MOST_OF_A_NUMBER = 50
LENGTHS = ("x", "y", "width", "depth")
FLAGS = ("water", "corner", "accessible")
_YES = frozenset({"ya", "y", "yes", "true", "1", "x", "ada"})
_NO = frozenset({"tidak", "t", "no", "n", "false", "0", "-", ""})
_LENGTH = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*([a-z]+|['\"\u2032\u2033])?(?:\s*(\d+(?:[.,]\d+)?)\s*[\"\u2033])?")
_SIZE = re.compile(r"(.+?)\s*[x\u00d7*]\s*(.+)")
_ASIDE = re.compile(r"\(.*?\)")
_BOOTH_WORDS = re.compile(r"\b(?:HALL|AULA|STAND|BOOTH|STAN|STALL|NOMOR|NUMBER|NO|BLOK|BLOCK)\b\.?")


class BoothListFault(enum.StrEnum):
    CODE_MISSING = "code_missing"
    CODE_INVALID = "code_invalid"
    CODE_REPEATED = "code_repeated"
    LENGTH_INVALID = "length_invalid"
    NUMBER_INVALID = "number_invalid"
    CHOICE_UNKNOWN = "choice_unknown"
    ZONE_INVALID = "zone_invalid"
    SHIFTED = "row_shifted"
    BROKEN = "row_broken"


@dataclass(frozen=True)
class RowFault:
    """A fault in one cell; its row is left out."""

    cell: str
    column: str
    code: BoothListFault
    said: str


@dataclass
class Listed:
    """The rows of a list as values of booths, in metres, without anything added by us."""

    rows: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    faults: list[RowFault] = field(default_factory=list[RowFault])
    zones: dict[str, str] = field(default_factory=dict[str, str])
    """Names of zones by code, in order."""
    renamed: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """For each booth with a number already used: where, that number, and the new one."""


def guess_unit(table: UploadedTable) -> str:
    """The unit named in the document or its headings; otherwise metres."""
    for name in ("unit", "units", "satuan"):
        if unit := UNIT_OF.get(table.facts.get(name, "").lower()):
            return unit
    for heading in table.headings:
        aside = re.search(r"\((\w+)\)|[_\s](m|cm|mm|ft|in)$", heading.lower())
        if aside and (unit := UNIT_OF.get(aside[1] or aside[2])):
            return unit
    return "m"


def length(text: str, unit: str) -> float | None:
    """A length in metres: ``3,5``, ``10 ft``, ``10' 6"``, ``250 cm``; a number without a unit is in ``unit``."""
    found = _LENGTH.fullmatch(text.strip().lower())
    if found is None:
        return None
    number, own, inches = found.groups()
    named = UNIT_OF.get(own) if own else unit
    if named is None or (inches and named != "ft"):
        return None
    metres = float(number.replace(",", ".")) * METRES[named]
    if inches:
        metres += float(inches.replace(",", ".")) * METRES["in"]
    return round(metres, 3) if math.isfinite(metres) else None


def booth_code(text: str) -> str | None:
    """A booth's number in the form of plans: ``Hall 17, Stand F60`` is ``17-F60``; None when the text has none."""
    words = _BOOTH_WORDS.sub(" ", _ASIDE.sub(" ", text.upper())).replace("/", "-")
    parts = [re.sub(r"[^0-9A-Z._-]", "", part).strip(".-_") for part in re.split(r"[\s,;]+", words)]
    parts = [part for part in parts if part]
    code = "-".join(parts)
    told = len(parts) == 1 or any(sign.isdigit() for sign in code)
    return code if told and CODE.fullmatch(code) else None


def read(table: UploadedTable, columns: Mapping[str, int], unit: str, shifted: Container[int] = ()) -> Listed:
    """Every row as values of a booth; a row with a fault, or a ``shifted`` one, is reported and left out."""
    listed = Listed()
    sound: list[tuple[int, dict[str, object]]] = []
    for number, cells in enumerate(table.rows):
        if number in shifted or number in table.broken:
            fault = BoothListFault.SHIFTED if number in shifted else BoothListFault.BROKEN
            listed.faults.append(_fault(table, number, columns, "code", fault, " ".join(cells)))
            continue
        row, faults = _row(table, number, cells, columns, unit, listed)
        if faults:
            listed.faults += faults
        else:
            sound.append((number, row))
    taken = Numbers(str(row["code"]) for _number, row in sound)
    for number, row in sound:
        code = str(row["code"])
        given = taken.give(code, (row["x"], row["y"]) if "x" in row and "y" in row else None)
        if given is None:
            listed.faults.append(_fault(table, number, columns, "code", BoothListFault.CODE_REPEATED, code))
            continue
        if given != code:
            listed.renamed.append((table.places[number], code, given))
        listed.rows.append(row | {"code": given})
    return listed


class Numbers:
    """Gives each booth of a file its number: a repeated number gets a suffix, unless it is the same booth again."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._used = set(codes)
        self._places: dict[str, set[object]] = {}

    def give(self, code: str, place: tuple[object, object] | None) -> str | None:
        """``A15``, then ``A15-2``; None for a booth that has its number already."""
        places = self._places.setdefault(code, set())
        first = not places
        if not first and (place is None or None in places or place in places):
            return None
        places.add(place)
        if first:
            return code
        suffixes = (f"{code}-{number}" for number in range(2, MOST_OF_A_NUMBER + 2))
        given = next((one for one in suffixes if one not in self._used and CODE.fullmatch(one)), None)
        if given is not None:
            self._used.add(given)
        return given


def _fault(
    table: UploadedTable, row: int, columns: Mapping[str, int], column: str, code: BoothListFault, said: str
) -> RowFault:
    cell = table.cell(row, columns[column]) if column in columns else table.places[row]
    return RowFault(cell, column, code, said[:80])


def _row(
    table: UploadedTable, number: int, cells: Sequence[str], columns: Mapping[str, int], unit: str, listed: Listed
) -> tuple[dict[str, object], list[RowFault]]:
    row: dict[str, object] = {}
    faults: list[RowFault] = []
    said = {
        column: cells[place]
        for column, place in columns.items()
        if place < len(cells) and (cells[place] if column in FLAGS else not says_nothing(cells[place]))
    }
    if "code" not in said:
        return row, [_fault(table, number, columns, "code", BoothListFault.CODE_MISSING, "")]
    for column, text in said.items():
        values, code = _values(column, text, unit)
        if code is not None:
            faults.append(_fault(table, number, columns, column, code, text))
        row |= values
    if not faults and (zone := str(row.get("zone", ""))):
        listed.zones.setdefault(zone, said["zone"][: plan_values.LONGEST_LABEL])
    return row, faults


def _values(column: str, text: str, unit: str) -> tuple[dict[str, object], BoothListFault | None]:
    """The values in a cell, and its fault if any."""
    value: object = None
    fault = BoothListFault.LENGTH_INVALID
    match column:
        case "code":
            value, fault = booth_code(text), BoothListFault.CODE_INVALID
        case "zone":
            value, fault = zone_code(text), BoothListFault.ZONE_INVALID
        case "size":
            return size(text, unit)
        case "rotation":
            value, fault = degrees(text), BoothListFault.NUMBER_INVALID
        case "power_va":
            value, fault = power(text), BoothListFault.NUMBER_INVALID
        case _ if column in LENGTHS:
            value = bounded(column, length(text, unit))
        case _:
            value, fault = flag(text), BoothListFault.CHOICE_UNKNOWN
    return ({}, fault) if value is None else ({column: value}, None)


def flag(text: str) -> bool | None:
    """True for yes, False for no, None for any other text."""
    plain = text.lower()
    return plain in _YES if plain in _YES | _NO else None


def bounded(column: str, metres: float | None) -> float | None:
    """The length, if it is within the bounds of a booth's ``column``; otherwise None."""
    least, most = (
        (-plan_values.FARTHEST_M, plan_values.FARTHEST_M)
        if column in ("x", "y")
        else (plan_values.SMALLEST_M, plan_values.LARGEST_M)
    )
    return metres if metres is not None and least <= metres <= most else None


def size(text: str, unit: str) -> tuple[dict[str, object], BoothListFault | None]:
    """Width and depth of a text like ``3 x 2``, or its fault."""
    found = _SIZE.fullmatch(text.lower())
    if found is None:
        return {}, BoothListFault.LENGTH_INVALID
    own = re.search(r"(?:[a-z]+|['\"])$", found[2])  # "3 x 2 m" names the unit once
    unit = UNIT_OF.get(own[0], unit) if own else unit
    width, depth = (bounded("width", length(part, unit)) for part in found.groups())
    if width is None or depth is None:
        return {}, BoothListFault.LENGTH_INVALID
    return {"width": width, "depth": depth}, None


def degrees(text: str) -> float | None:
    """An angle from 0 to 360 degrees; None for any other text."""
    found = re.fullmatch(r"([-+]?\d{1,4}(?:[.,]\d+)?)\s*°?", text)
    return round(float(found[1].replace(",", ".")), 2) % 360 if found else None


def power(text: str) -> int | None:
    """Volt-amperes; None when the text is not a number, or the number is too large."""
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+|\d{1,7})\s*(?:va|w|watt)?", text.lower())
    number = int(re.sub(r"[.,]", "", found[1])) if found else None
    return number if number is not None and number <= plan_values.MOST_POWER_VA else None


def zone_code(text: str) -> str | None:
    """A zone's code, made from its name."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    code = re.sub(r"[^0-9A-Z]+", "-", plain).strip("-")[:LONGEST_CODE].strip("-")
    return code or None
