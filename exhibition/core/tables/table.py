"""A table as read from a file: headings, rows, each row's place in the file; or why a file is not a table."""

import enum
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

LONGEST_CELL = 4000
LONGEST_NUMBER = 30
"""How many digits of a number are written out; no phone, code or price has more."""
MOST_ROWS, MOST_COLUMNS = 10_000, 300
"""The most rows and columns that are read."""
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs"})
_NOTHING = frozenset(
    {
        *("na", "n a", "nan", "nil", "null", "none", "nihil", "kosong", "undefined", "tba", "tbd"),
        *("not available", "not applicable", "no data", "not yet"),
    }
)
_HAS_NOTHING = re.compile(
    r"(?:tidak|tdk|tak|belum|blm|belom|ga|gak|nggak|ngga|no)"
    r" (?:ada|punya|memiliki|mempunyai|tersedia|diisi|terisi|diketahui|tercantum)"
    r"(?: (?:data|datanya|nya|nomor|nomer|no|hp|wa|whatsapp|telp|telepon|email|e mail|surel|alamat|website|web|situs"
    r"|toko|online|daring|nib|pirt|p irt|halal|sertifikat|izin|ijin|akun|medsos|ig|instagram))*"
)
"""``tidak ada``, ``blm punya``, ``belum memiliki NIB``; whatever else follows, it is text: ``Tidak Ada Duanya``."""
_ERRORS = frozenset({"ref", "value", "name", "div 0", "num"})
_SPOKEN = re.compile(r"[^\W_]+")
_DASHES = frozenset({"Pd", "Po", "Pc", "Ps", "Pe", "Sm"})
"""Dashes, dots, underscores, brackets and the minus sign; a tick or a heart does say something."""

JsonValue: TypeAlias = "str | int | bool | Decimal | list[JsonValue] | dict[str, JsonValue] | None"
"""What a JSON document holds when its numbers are read exactly."""
Cell: TypeAlias = JsonValue
"""Text, int, Decimal or bool; in JSON also None, a list or an object."""


class Format(enum.StrEnum):
    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    JSON = "json"


class TableFault(enum.StrEnum):
    """Why a file cannot be read as a table."""

    TOO_LARGE = "table_too_large"
    UNREADABLE = "table_unreadable"
    LOCKED = "table_locked"
    """A workbook with a password."""
    OTHER_WORKBOOK = "table_other_workbook"
    """A workbook in another format than XLSX: the old .xls, .xlsb, .ods."""


class UnreadableTable(Exception):
    """The file is no table that can be read; ``reason`` says why."""

    def __init__(self, reason: TableFault) -> None:
        super().__init__(reason.value)
        self.reason = reason


def tidy(text: str) -> str:
    """The text on one line, without invisible characters and repeated spaces."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(" " if unicodedata.category(character) in _UNSEEN else character for character in text)
    return " ".join(text.split())[:LONGEST_CELL]


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without a decimal point; several values in one cell are separated by commas."""
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case Decimal():
            return _digits(cell)
        case list():
            return ", ".join(text_of(item) for item in cell if isinstance(item, str | int | Decimal))
        case _:
            return ""


def _digits(number: Decimal) -> str:
    if not number.is_finite() or not -LONGEST_NUMBER < number.adjusted() < LONGEST_NUMBER:
        return str(number)
    whole = number.to_integral_value()
    return format(whole if whole == number else number, "f")


def says_nothing(text: str) -> bool:
    """Whether the text stands for an empty cell: dashes and dots, ``N/A``, ``#REF!``, ``belum ada``.

    A zero width space before it, as our own feeds write, says that the words are meant.
    """
    text = text.strip()
    if text.startswith("\u200b"):
        return False
    if text.isalpha() and text.casefold() not in _NOTHING:
        return False
    if not any(map(str.isalnum, text)):
        return all(unicodedata.category(character) in _DASHES for character in text if not character.isspace())
    words = " ".join(_SPOKEN.findall(text.casefold()))
    return words in _NOTHING or bool(_HAS_NOTHING.fullmatch(words)) or (text[0] == "#" and words in _ERRORS)


@dataclass(frozen=True)
class UploadedTable:
    """A file's table without blank rows: ``values`` are its cells as they are, ``rows`` the same as tidy text."""

    headings: list[str]
    values: list[list[Cell]]
    places: list[str]
    """Where each row stands in the file: ``7``, or ``[3]`` in JSON."""
    format: Format = Format.CSV
    known: int = 0
    """The score of the headings; 0 when none is recognised and the first row that is not blank was taken."""
    heading_place: str = "1"
    guessed: bool = False
    """Whether some letters may be wrong, because the encoding had to be guessed."""
    broken: frozenset[int] = frozenset()
    """Rows, counted from 0, with a quotation mark that is never closed; it was read as an ordinary character."""
    longer: frozenset[int] = frozenset()
    """Rows of a text file with more cells than the headings, in a file where most rows do not have more."""
    cut: bool = False
    """Whether the file has more rows than are read."""
    sheets_left: tuple[str, ...] = ()
    """The names of a workbook's other sheets that hold such a list too."""
    facts: dict[str, str] = field(default_factory=dict[str, str])
    """The other values of a JSON document, outside its list, by the last name of each path."""

    @cached_property
    def rows(self) -> list[list[str]]:
        return [[tidy(text_of(cell)) for cell in row] for row in self.values]

    @property
    def width(self) -> int:
        """How many columns there are up to the last heading."""
        return max((number for number, heading in enumerate(self.headings, 1) if heading), default=0)

    def column(self, position: int, most: int) -> list[str]:
        """The cells of a column in the first ``most`` rows, as tidy text, without empty ones (``says_nothing``)."""
        cells = (row[position] for row in self.values[:most] if position < len(row))
        return [text for cell in cells if not says_nothing(text := tidy(text_of(cell)))]

    def cell(self, row: int, column: int) -> str:
        """The name of a cell: ``B7``, or ``[3].width``; rows and columns are counted from 0."""
        return cell_name(self.places[row], column, self.headings)


def cell_name(place: str, column: int, headings: Sequence[str]) -> str:
    """The name of a cell by its row's place in the file: ``B7``, or ``[3].width`` in JSON."""
    return f"{place}.{headings[column]}" if place.startswith("[") else column_letters(column) + place


def column_letters(column: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def filled(row: Sequence[Cell]) -> bool:
    """Whether a row has a cell that is not empty."""
    return any(text_of(cell).strip() for cell in row)
