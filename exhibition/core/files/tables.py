"""Tables that people upload: CSV in whatever encoding and with whatever separator, XLSX, and JSON lists of objects.

Gives rows of tidy text and where they stand; which column means what is for others to say. Never writes anything.
"""

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 80 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 5000, 100
MOST_CELLS = 2_000_000
LONGEST_CELL, LONGEST_HEADING = 4000, 80
SEPARATORS = ";,\t|"
LOOKED_AT = 20
"""Rows from which separator and headings are guessed."""
DEEPEST_LIST = 4
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_ROW_NUMBER = re.compile(rb'\sr="[A-Z]{0,3}(\d{1,7})"')
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs"})

Score = Callable[[Sequence[str]], int]
"""How many headings of a row are known."""


@dataclass(frozen=True)
class UploadedTable:
    """Headings and rows of tidy text; ``places`` says where each row stands in the file, such as ``7`` or ``[3]``."""

    headings: list[str]
    rows: list[list[str]]
    places: list[str]
    lettered: bool = True
    """Whether columns are known by letters, as in a spreadsheet; else by their headings."""
    guessed: bool = False
    """Whether letters may be wrong: the file is in no one encoding."""
    facts: dict[str, str] = field(default_factory=dict[str, str])
    """What a JSON document says beside its list, by the last name of each path."""

    def cell(self, row: int, column: int) -> str:
        """The name of a cell: ``B7``, or ``[3].width``; rows and columns are counted from 0."""
        if not self.lettered:
            return f"{self.places[row]}.{self.headings[column]}"
        letters, column = "", column + 1
        while column:
            column, rest = divmod(column - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return letters + self.places[row]


def _refuse(code: str, message: LazyString) -> Refused:
    return Refused(code, message, status=422, field="file")


def _too_large() -> Refused:
    return _refuse("table_too_large", _l("The list is too large. Import at most 5,000 rows at a time."))


def tidy(text: str) -> str:
    """One line without invisible characters and doubled blanks."""
    visible = "".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in text)
    return " ".join(visible.split())[:LONGEST_CELL]


def decode(content: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding had to be guessed: each line that is no UTF-8 is taken for Windows-1252."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace"), False
    try:
        return content.decode("utf-8"), False
    except UnicodeDecodeError:
        return "".join(_line(line) for line in content.splitlines(keepends=True)), True


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def read(content: bytes, score: Score) -> UploadedTable:
    """The table in a file, told by its content; its headings are the row near the top that scores best.

    Raises Refused (422, field ``file``) ``table_empty``, ``table_too_large``, ``table_unreadable``.
    """
    if len(content) > MAX_BYTES:
        raise _refuse("table_too_large", _l("The file is larger than 5 MB."))
    if content.startswith(b"PK\x03\x04"):
        return _from_rows([[_cell(value) for value in row] for row in workbook(content)], score)
    text, guessed = decode(content)
    if text.lstrip()[:1] in ("[", "{"):
        return _from_json(text, guessed=guessed)
    return _from_rows(_from_csv(text), score, guessed=guessed)


def _from_rows(raw: Sequence[Sequence[str]], score: Score, *, guessed: bool = False) -> UploadedTable:
    if len(raw) > MOST_ROWS:
        raise _too_large()
    rows = [[tidy(cell) for cell in row[:MOST_COLUMNS]] for row in raw]
    heading_row = _heading_row(rows, score)
    filled = [number for number in range(heading_row + 1, len(rows)) if any(rows[number])]
    if not filled:
        raise _refuse("table_empty", _l("There is no row of data in this file. The first row holds the headings."))
    places = [str(number + 1) for number in filled]
    return UploadedTable(rows[heading_row], [rows[number] for number in filled], places, guessed=guessed)


def _separator(text: str) -> str:
    """The sign that splits the first rows into the most, and the most even, columns."""
    lines = [line for line in text.splitlines()[:LOOKED_AT] if line.strip()]

    def evenness(sign: str) -> tuple[int, int]:
        widths = Counter(line.count(sign) for line in lines if sign in line)
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        return times, width

    return max(SEPARATORS, key=evenness)


def _from_csv(text: str) -> list[list[str]]:
    text = text.replace("\x00", "")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error as error:
        message = _l("This is no table that we can read. Save it as CSV or XLSX and try again.")
        raise _refuse("table_unreadable", message) from error


def _cell(value: object) -> str:
    """What a cell says; several values in one are parted by commas."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))  # telephone numbers and NIBs are numbers to a spreadsheet
        case list():
            return ", ".join(_cell(item) for item in value if isinstance(item, str | int | float))
        case None | dict():
            return ""
        case _:
            return str(value)


def workbook(content: bytes) -> list[list[object]]:
    """The values of a workbook's first sheet, rows of all the same length.

    Raises Refused (422, field ``file``) ``table_too_large``, ``table_unreadable``.
    """
    import python_calamine

    try:
        if too_wide := _is_too_wide(content):
            rows: list[list[object]] = []
        else:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
            rows = [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]
    except BaseException as error:
        # The reader is written in Rust: what it did not expect arrives as a panic, which is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        message = _l("This workbook cannot be read. Save it as XLSX without a password and try again.")
        raise _refuse("table_unreadable", message) from error
    if too_wide:
        raise _too_large()
    return rows


def _is_too_wide(content: bytes) -> bool:
    """Whether the workbook grows too large when opened: a cell far down and right fills the rectangle before it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
            return True
        for part in archive.infolist():
            if part.filename.startswith("xl/worksheets/"):
                sheet = archive.open(part).read(MAX_UNPACKED)
                across = max((_column_number(letters) for letters, _row in _REFERENCE.findall(sheet)), default=0)
                down = max((int(row) for row in _ROW_NUMBER.findall(sheet)), default=0)
                if across * down > MOST_CELLS:
                    return True
    return False


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _heading_row(rows: Sequence[Sequence[str]], score: Score) -> int:
    """The first of the rows that scores best; lists often begin with a title."""
    known = [score(row) for row in rows[:LOOKED_AT]]
    if known and max(known) > 0:
        return known.index(max(known))
    return next((number for number, row in enumerate(rows[:LOOKED_AT]) if sum(map(bool, row)) > 1), 0)


def _from_json(text: str, *, guessed: bool) -> UploadedTable:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refuse("table_unreadable", _l("This JSON file cannot be read.")) from error
    objects = max(_lists(value), key=len, default=[])
    if len(objects) > MOST_ROWS:
        raise _too_large()
    names = list(dict.fromkeys(name for one in objects for name in one))[:MOST_COLUMNS]
    rows = [[tidy(_cell(one.get(name))) for name in names] for one in objects]
    filled = [number for number, row in enumerate(rows) if any(row)]
    if not filled:
        raise _refuse("table_empty", _l("There is no list in this JSON file whose entries have names and values."))
    return UploadedTable(
        [tidy(name)[:LONGEST_HEADING] for name in names],
        [rows[number] for number in filled],
        [f"[{number}]" for number in filled],
        lettered=False,
        guessed=guessed,
        facts=dict(_facts(value, 0)),
    )


def _lists(value: object, depth: int = 0) -> Iterator[list[dict[str, object]]]:
    """Every list of objects."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        yield value
    elif isinstance(value, dict) and depth < DEEPEST_LIST:
        for inner in value.values():
            yield from _lists(inner, depth + 1)


def _facts(value: object, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth <= DEEPEST_LIST:
        for name, inner in value.items():
            if isinstance(inner, str | int | float):
                yield name.lower(), tidy(_cell(inner))[:200]
            else:
                yield from _facts(inner, depth + 1)
