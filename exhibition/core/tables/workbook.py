"""XLSX workbooks as rows of cells, opened only after their size has been measured.

The reader is written in Rust and allocates the whole rectangle up to the farthest cell: one reference to the last cell
of a sheet would take hundreds of gigabytes and kill the process. So every part is unpacked here and parsed with expat
first, and the reader gets a new archive with sheets of our own writing. No sheet of the file reaches it, so it cannot
understand one otherwise than we did.
"""

import codecs
import io
import lzma
import posixpath
import re
import zipfile
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from xml.parsers import expat
from xml.sax.saxutils import escape

from exhibition.core.tables.table import MOST_ROWS, Cell, TableFault, UnreadableTable, column_letters

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
COMPOUND = b"\xd0\xcf\x11\xe0"
"""The container of the old .xls, and of an .xlsx with a password."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
LARGEST_UNPACKED = 50 * 1024 * 1024
"""Limits on the bytes of all parts and on the characters of all cells, since many cells may share one long text."""
MOST_CELLS = 2_000_000
"""Limit on the cells in the rectangles around filled cells, all sheets together."""
MOST_PARTS = 5000
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STYLES, _STRINGS = "xl/styles.xml", "xl/sharedStrings.xml"
_NEEDED = frozenset({"[Content_Types].xml", "_rels/.rels", _WORKBOOK, _RELATIONS, _STYLES, _STRINGS})
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_KINDS = frozenset({"s", "str", "b", "e", "n", "d", "inlineStr"})
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_PADDED = re.compile(r"(0{2,})(?:;.*)?")
_PREFIXED = re.compile(r"""(?:"0"|\\0)(?:#+|0)(?:;.*)?""")
_DIGITS = 15
"""The digits of a number that a spreadsheet stores and shows."""
_DEFECTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    expat.ExpatError,
    OSError,
    EOFError,
    ValueError,
    IndexError,
    NotImplementedError,
)
"""Errors that unpacking and parsing raise for a damaged archive or part."""

Place = tuple[int, int]
"""Row and column, counted from 0."""


@dataclass(frozen=True)
class WorkbookSheet:
    """``rows`` are all of the same length."""

    rows: list[list[Cell]]
    name: str = ""
    hidden: bool = False


def ready() -> None:
    """Load what a workbook's reading loads late, before there is a stranger's file."""
    import python_calamine  # noqa: F401 # pyright: ignore[reportUnusedImport] — loaded

    for name in ("cp437", "utf-8"):
        codecs.lookup(name)


def sheets(content: bytes) -> list[WorkbookSheet]:
    """The sheets of a workbook, visible ones first. Raises Unreadable."""
    if content.startswith(COMPOUND):
        raise UnreadableTable(TableFault.LOCKED if _ENCRYPTED in content else TableFault.OTHER_WORKBOOK)
    try:
        parts = _unpacked(content)
        zeros = _zero_formats(_Scan(parts[_STYLES])) if _STYLES in parts else {}
        seen = {name: _Scan(part, zeros) for name, part in parts.items()}
        _measure(seen.values())
        parts = {name: part if name in _NEEDED else seen[name].sheet() for name, part in parts.items()}
        if any(seen[name].down for name in _NEEDED & seen.keys()):
            raise ValueError("cells where none belong")
    except _DEFECTS as error:
        raise UnreadableTable(TableFault.UNREADABLE) from error
    return sorted(_read(parts, _padding(seen)), key=lambda sheet: sheet.hidden)


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The parts that the reader needs, by name, each checked for its size and checksum."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if any(entry.flag_bits & 1 for entry in entries):
            raise UnreadableTable(TableFault.LOCKED)
        if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED or len(entries) > MOST_PARTS:
            raise UnreadableTable(TableFault.TOO_LARGE)
        if names & {"xl/workbook.bin", "content.xml"}:
            raise UnreadableTable(TableFault.OTHER_WORKBOOK)
        if not names >= {_WORKBOOK, _RELATIONS} or len({name.casefold() for name in names}) < len(entries):
            raise UnreadableTable(TableFault.UNREADABLE)
        wanted = _NEEDED | set(_relations(_Scan(_part(archive, _RELATIONS))).values())
        return {name: _part(archive, name) for name in names if name in wanted}


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part as far as the size that was counted; asked for all of it, the library would unpack as much as there is.

    Raises BadZipFile when that is not the whole part.
    """
    with archive.open(name) as file:
        return file.read(archive.getinfo(name).file_size)


class _Scan:
    """The content of one part that matters here: its cells and how far they reach, shared texts, styles, sheets,
    relations.

    ``most`` is the largest number of elements that the part claims to have; the reader trusts it and allocates that
    much. Handlers do as little as possible, because a large workbook has a million cells.

    Raises ExpatError for XML that is not well formed or not UTF-8, ValueError for an invalid reference, Unreadable when
    the cells reach too far.
    """

    def __init__(self, part: bytes, zeros: Mapping[str, str] | None = None) -> None:
        self.down = self.across = self.most = 0
        self.padded: dict[Place, str] = {}
        """The format of each cell whose style is one of ``zeros``."""
        self.shared = Counter[str]()
        """How often each text of the list of shared ones is used, by its number as it is written."""
        self.texts: list[int] = []
        """How long each of the shared texts is."""
        self.formats: dict[str, str] = {}
        self.cell_formats: list[str] = []
        self.sheets: dict[str, str] = {}
        """The relation of each sheet, by its name."""
        self.relations: dict[str, str] = {}
        self._zeros = zeros or {}
        self._row = self._column = 0
        self._in_cell_formats = self._in_cell = self._in_phonetics = False
        self._kind = self._style = ""
        self._value: list[str] = []
        self._rows: dict[int, list[str]] = {}
        if part.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in part:
            raise ValueError("the reader knows no encoding but UTF-8")
        self._parser = parser = expat.ParserCreate("utf-8")  # whatever it declares
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.Parse(part, True)

    def _doctype(self, *_declaration: object) -> None:
        raise ValueError("a workbook has no document type")

    def _start(self, name: str, values: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._cell(values)
        elif name == "v" or (name == "t" and self._in_cell and not self._in_phonetics):
            self._parser.CharacterDataHandler = self._value.append
        elif name == "row":
            self._row = int(values["r"]) if "r" in values else self._row + 1
            self._column = 0
        elif name == "si":
            self.texts.append(0)
            self._parser.CharacterDataHandler = self._count
        elif name != "t":
            self._start_other(name, values)

    def _start_other(self, name: str, values: dict[str, str]) -> None:
        self.most = max(self.most, int(values.get("count", 0)), int(values.get("uniqueCount", 0)))
        match name:
            case "numFmt":
                self.formats[values.get("numFmtId", "")] = values.get("formatCode", "")
            case "cellXfs":
                self._in_cell_formats = True
            case "xf" if self._in_cell_formats:
                self.cell_formats.append(values.get("numFmtId", ""))
            case "rPh":
                self._in_phonetics = True
            case "sheet":
                relation = next((value for key, value in values.items() if key.rpartition(":")[2] == "id"), "")
                self.sheets[values.get("name", "")] = relation
            case "Relationship":
                self.relations[values.get("Id", "")] = values.get("Target", "")
            case _:
                pass

    def _cell(self, values: dict[str, str]) -> None:
        self._column += 1
        if "r" in values:
            found = _REFERENCE.fullmatch(values["r"])
            if found is None:
                raise ValueError("no reference to a cell")
            letters, digits = found.groups()
            self._column, self._row = _column_number(letters), int(digits)
        if self._row > self.down or self._column > self.across:
            self.down, self.across = max(self.down, self._row), max(self.across, self._column)
            if self.down * self.across > MOST_CELLS:
                raise UnreadableTable(TableFault.TOO_LARGE)
        self._in_cell, self._kind, self._style = True, values.get("t", "n"), values.get("s", "")
        self._value.clear()
        if self._zeros and (code := self._zeros.get(self._style)):
            self.padded[self._row - 1, self._column - 1] = code

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in ("v", "t", "si"):
            if name == "si" or self._in_cell:
                self._parser.CharacterDataHandler = None
        elif name == "c":
            self._end_cell()
        elif name == "rPh":
            self._in_phonetics = False
        elif name == "cellXfs":
            self._in_cell_formats = False

    def _end_cell(self) -> None:
        self._in_cell, text = False, "".join(self._value)
        if self._kind == "s":
            self.shared[text.strip()] += 1
        row = min(self._row, MOST_ROWS + 1)  # what is below is not read; one row of it says that there is more
        if not text or (self._row > row and row in self._rows):
            return
        style = f' s="{self._style}"' if self._style.isdecimal() else ""
        kind = f' t="{self._kind}"' if self._kind in _KINDS else ""
        value = (
            f'<is><t xml:space="preserve">{escape(text)}</t></is>'
            if self._kind == "inlineStr"
            else f"<v>{escape(text)}</v>"
        )
        cell = f'<c r="{column_letters(self._column - 1)}{row}"{style}{kind}>{value}</c>'
        self._rows.setdefault(row, []).append(cell)

    def sheet(self) -> bytes:
        """The cells with a value as a sheet of our own writing, row by row."""
        rows = (f'<row r="{number}">{"".join(cells)}</row>' for number, cells in sorted(self._rows.items()))
        return "".join((_SHEET, *rows, "</sheetData></worksheet>")).encode()

    def _count(self, text: str) -> None:
        self.texts[-1] += len(text)


@lru_cache(maxsize=20_000)
def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number


def _measure(scans: Collection[_Scan]) -> None:
    """Raises Unreadable when the workbook would need too much memory."""
    lists = [scan.texts for scan in scans if scan.texts]
    if len(lists) > 1:
        raise UnreadableTable(TableFault.UNREADABLE)
    texts = lists[0] if lists else []
    characters = sum(texts[int(number)] * times for scan in scans for number, times in scan.shared.items())
    cells = sum(scan.down * scan.across for scan in scans)
    if characters > LARGEST_UNPACKED or max(cells, *(scan.most for scan in scans)) > MOST_CELLS:
        raise UnreadableTable(TableFault.TOO_LARGE)


def _relations(scan: _Scan) -> dict[str, str]:
    """The name of each part that the workbook refers to, by the relation's id."""
    whole = {
        id_: target if target.startswith(("/", "xl/")) else f"xl/{target}" for id_, target in scan.relations.items()
    }
    return {id_: posixpath.normpath(target).lstrip("/") for id_, target in whole.items()}


def _zero_formats(styles: _Scan) -> dict[str, str]:
    """Formats that show leading zeros, by their style's number; needed as the reader returns bare numbers."""
    codes = {str(number): styles.formats.get(format_id, "") for number, format_id in enumerate(styles.cell_formats)}
    return {number: code for number, code in codes.items() if _PADDED.fullmatch(code) or _PREFIXED.fullmatch(code)}


def _padding(scans: Mapping[str, _Scan]) -> dict[str, dict[Place, str]]:
    """Formats that show leading zeros, by the name of the sheet and the place of the cell."""
    parts = _relations(scans[_RELATIONS])
    sheets = scans[_WORKBOOK].sheets.items()
    return {name: scans[part].padded for name, relation in sheets if (part := parts.get(relation, "")) in scans}


def _read(parts: Mapping[str, bytes], padding: Mapping[str, dict[Place, str]]) -> list[WorkbookSheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    file.seek(0)
    found: list[WorkbookSheet] = []
    try:
        book = CalamineWorkbook.from_filelike(file)
        for about in book.sheets_metadata:
            if about.typ is SheetTypeEnum.WorkSheet:
                cells = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
                rows = [[_value(cell) for cell in row] for row in cells]
                for (row, column), code in padding.get(about.name, {}).items():
                    if row < len(rows) and column < len(rows[row]):
                        rows[row][column] = _padded(rows[row][column], code)
                found.append(WorkbookSheet(rows, about.name, about.visible is not SheetVisibleEnum.Visible))
    except BaseException as error:
        # Unexpected input makes the reader panic, and a panic is not an Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise UnreadableTable(TableFault.UNREADABLE) from error
    return found


def _value(cell: str | float | date | time | timedelta) -> Cell:
    """Numbers exactly as the spreadsheet shows them, dates as ISO 8601."""
    match cell:
        case float() if cell.is_integer():
            return int(cell)
        case float():
            return Decimal(f"{cell:.{_DIGITS}g}")
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return cell


def _padded(cell: Cell, code: str) -> Cell:
    if not isinstance(cell, int) or isinstance(cell, bool) or cell < 0:
        return cell
    found = _PADDED.fullmatch(code)
    return str(cell).zfill(len(found[1])) if found else f"0{cell}"
