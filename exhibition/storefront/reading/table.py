"""Tables of products: CSV, TSV, XLSX, and JSON lists with a table's headings. One listing a row.

A variant of a product (another size or colour) has a row of its own, with its own id, and is a listing of its own.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice

from python_calamine import CalamineWorkbook

from exhibition.storefront.reading import price
from exhibition.storefront.reading.headings import Headings, understand
from exhibition.storefront.reading.intake import Intake, Raw, parsed_sale, refused
from exhibition.storefront.reading.listing import Code, ShopReading, SourceKind
from exhibition.storefront.reading.price import Price

Row = Sequence[object]

HEADING_WITHIN = 30
"""Titles, addresses and comments may stand above the heading row, not more than this."""
LARGEST_UNPACKED = 50 * 1024 * 1024
MOST_CELLS = 2_000_000
MOST_ROWS = 10_000
"""Far more than the limit of listings; a file without one good row is not read to its end."""
_DELIMITERS = (",", ";", "\t", "|")
_CELL_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_MACHINE, _INDONESIAN = ".", ","


def read_text(text: str, intake: Intake, *, currency: str | None = None) -> ShopReading:
    """Read CSV or TSV, whichever delimiter makes a heading row appear."""
    found: tuple[int, str, int, Headings] | None = None
    for delimiter in _DELIMITERS:
        for number, (row, _) in enumerate(islice(_rows(text, delimiter), HEADING_WITHIN), 1):
            headings = understand(row)
            score = len(headings.columns) + 10 * headings.wix
            if (headings.sells or headings.wix or headings.counts_stock) and (found is None or score > found[0]):
                found = (score, delimiter, number, headings)
    if found is None:
        return refused(SourceKind.UNKNOWN, Code.UNKNOWN_TEXT)
    _, delimiter, number, headings = found
    kind = SourceKind.TSV if delimiter == "\t" else SourceKind.CSV
    rows: list[Row] = []
    for position, (row, broken) in enumerate(islice(_rows(text, delimiter), MOST_ROWS), 1):
        rows.append(row)
        if broken:
            intake.report(f"row {position}", Code.ROW_BROKEN, " ".join(map(str, row)))
    return _read_rows(rows[number:], number + 1, headings, kind, intake, currency)


def _rows(text: str, delimiter: str) -> Iterator[tuple[list[str], bool]]:
    """The rows, each with whether it had a quotation mark that is never closed.

    Such a mark would swallow the rest of the file; its row is then taken as it stands and reading goes on below it.
    """
    lines = text.splitlines(keepends=True) if "\n" not in text else text.replace("\r\n", "\n").split("\n")
    lines = [line.rstrip("\r") + "\n" if not line.endswith(("\n", "\r")) else line for line in lines]
    if lines and lines[-1] == "\n":
        lines.pop()
    start = 0
    while start < len(lines):
        rest = lines[start:]
        reader = csv.reader(rest, delimiter=delimiter)
        taken = 0
        broken_at: int | None = None
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                broken_at = taken
                break
            record = rest[taken : reader.line_num]
            at_end = taken + len(record) >= len(rest)
            if len(record) > 1 and at_end and "".join(record).count('"') % 2:
                broken_at = taken
                break
            taken = reader.line_num
            yield row, False
        line = rest[broken_at].rstrip("\r\n").replace("\0", "")
        yield [cell.strip('"') for cell in line[:100_000].split(delimiter)], True
        start += broken_at + 1


def read_workbook(content: bytes, intake: Intake, *, currency: str | None = None) -> ShopReading:
    """Read the first sheet of an .xlsx workbook that has a heading row."""
    try:
        size = _unpacked_size(content)
        if size is None or size > LARGEST_UNPACKED:
            return refused(SourceKind.XLSX, Code.TOO_LARGE) if size else refused(SourceKind.UNKNOWN, Code.UNREADABLE)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names]
    except BaseException as error:
        # The reader is written in Rust: what it did not expect arrives as a panic, which is no Exception.
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
            raise
        return refused(SourceKind.UNKNOWN, Code.UNREADABLE)
    wanted = [(headings, rows, number) for rows in sheets for headings, number in [_heading_row(rows)] if headings]
    if not wanted:
        return refused(SourceKind.XLSX, Code.UNKNOWN_TEXT)
    headings, rows, number = max(wanted, key=lambda sheet: len(sheet[0].columns))
    return _read_rows(rows[number:], number + 1, headings, SourceKind.XLSX, intake, currency)


def _unpacked_size(content: bytes) -> int | None:
    """How much the workbook takes when opened: bytes, or cells of the rectangle around what is filled.

    A cell far down and to the right would make the reader fill the whole rectangle before it.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return None
        size = sum(entry.file_size for entry in archive.infolist())
        if size > LARGEST_UNPACKED:
            return size
        for entry in archive.infolist():
            if not entry.filename.startswith("xl/worksheets/"):
                continue
            sheet = archive.open(entry).read(LARGEST_UNPACKED)
            references = _CELL_REFERENCE.findall(sheet)
            across = max((_column(letters) for letters, _ in references), default=0)
            down = max((int(row) for _, row in references), default=0)
            rows = max((int(row) for row in re.findall(rb'<row[^>]*?\sr="(\d{1,7})"', sheet)), default=0)
            if across * max(down, rows) > MOST_CELLS:
                return LARGEST_UNPACKED + 1
        return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _heading_row(rows: Sequence[Row]) -> tuple[Headings | None, int]:
    best: Headings | None = None
    place = 0
    for number, row in enumerate(rows[:HEADING_WITHIN], 1):
        headings = understand(row)
        if (headings.sells or headings.wix or headings.counts_stock) and (
            best is None or len(headings.columns) > len(best.columns)
        ):
            best, place = headings, number
    return best, place


def read_objects(
    objects: Sequence[Mapping[str, object]], intake: Intake, *, currency: str | None = None
) -> ShopReading:
    """Read a JSON list of flat objects whose names are a table's headings."""
    names = list(dict.fromkeys(name for one in objects for name in one))
    headings = understand(names)
    if not headings.sells:
        return refused(SourceKind.UNKNOWN, Code.UNKNOWN_JSON)
    rows = [[one.get(name) for name in names] for one in objects]
    return _read_rows(rows, 1, headings, SourceKind.JSON, intake, currency, place="item")


def _read_rows(
    rows: Sequence[Row],
    first: int,
    headings: Headings,
    kind: SourceKind,
    intake: Intake,
    currency: str | None,
    *,
    place: str = "row",
) -> ShopReading:
    if headings.wix:
        return refused(kind, Code.WIX_EXPORT, where=f"row {first - 1}")
    if not headings.sells:
        return refused(kind, Code.NO_TITLES, where=f"row {first - 1}")
    filled = [(number, row) for number, row in enumerate(rows, first) if any(_text(cell) for cell in row)]
    longer = [number for number, row in filled if any(_text(cell) for cell in row[headings.width :])]
    shifted = set(longer) if len(longer) <= len(filled) / 2 else set()
    handle = ""
    for number, row in filled:
        where = f"{place} {number}"
        cell = _cells(row, headings)
        if number in shifted:
            intake.report(where, Code.ROW_SHIFTED, " ".join(_text(value) for value in row))
        elif not _text(cell["title"]) and _text(cell["id"]) == handle != "":
            continue  # Shopify's export: further variants and pictures of the product above
        elif not _text(row[0] if row else "").startswith("# "):
            handle = _text(cell["id"])
            intake.add(_raw(where, cell, headings, currency))
    return intake.reading(kind)


def _cells(row: Row, headings: Headings) -> dict[str, object]:
    names = ("id", "title", "description", "link", "image", "price", "sale_price", "sale_dates", "currency")
    places = {name: headings.columns.get(name, len(row)) for name in (*names, "availability")}
    return {name: row[place] if place < len(row) else "" for name, place in places.items()}


def _text(cell: object) -> str:
    """A cell as text: whole numbers without ``.0``; a lone dash is how tills write nothing."""
    if cell is None or isinstance(cell, (dict, list)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    words = str(cell).strip()
    return "" if words in ("-", "\u2013", "N/A", "#N/A", "null", "None") else words


def _raw(where: str, cell: Mapping[str, object], headings: Headings, currency: str | None) -> Raw:
    stated = _text(cell["currency"])
    hint, doubt = price.currency_of(stated)
    hint = hint or headings.currency
    default = None if doubt else currency
    mark = _INDONESIAN if headings.indonesian else _MACHINE
    asked = _price(cell["price"], hint, default, mark)
    return Raw(
        where=where,
        id=_text(cell["id"]),
        title=_text(cell["title"]),
        description=_text(cell["description"]),
        link=_text(cell["link"]),
        image=_text(cell["image"]),
        price=asked,
        sale_price=parsed_sale(asked, [_price(cell["sale_price"], asked.currency or hint, default, mark)]),
        sale_dates=_text(cell["sale_dates"]),
        availability=_text(cell["availability"]),
    )


def _price(cell: object, currency: str | None, default: str | None, mark: str) -> Price:
    if isinstance(cell, (float, int, Decimal)) and not isinstance(cell, bool):
        words = _text(cell)
        return price.from_number(Decimal(words) if words else Decimal("NaN"), currency=currency or default)
    return price.parse(_text(cell), currency=currency, default=default, decimal_mark=mark)
