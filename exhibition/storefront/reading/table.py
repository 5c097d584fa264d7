"""Product lists: CSV, TSV, XLSX, and JSON lists with a table's headings. One listing a row.

A variant of a product (another size or colour) has a row of its own, with its own id, and is a listing of its own.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from exhibition.core import tables
from exhibition.core.tables import Cell, Format, TableFault, UploadedTable
from exhibition.storefront.reading import price
from exhibition.storefront.reading.headings import COLUMNS, Headings, score, understand
from exhibition.storefront.reading.intake import Intake, Raw, parsed_sale, refused
from exhibition.storefront.reading.listing import Code, ShopReading, SourceKind
from exhibition.storefront.reading.price import Price

_MACHINE, _INDONESIAN = ".", ","
_FIELDS = ("id", "title", "description", "link", "image", "price", "sale_price", "sale_dates", "currency")
TELLING_SHAPES = 2
"""This many cells of the wrong form, and none of the right one, mark a row below the headings as instructions."""
_REFUSALS = {
    TableFault.TOO_LARGE: (SourceKind.XLSX, Code.TOO_LARGE),
    TableFault.UNREADABLE: (SourceKind.UNKNOWN, Code.UNREADABLE),
    TableFault.LOCKED: (SourceKind.XLSX, Code.WORKBOOK_LOCKED),
    TableFault.OTHER_WORKBOOK: (SourceKind.UNKNOWN, Code.WORKBOOK_UNKNOWN),
}


def read_text(text: str, intake: Intake, *, currency: str | None = None) -> ShopReading:
    """Read CSV or TSV, whichever separator makes a heading row appear."""
    return _read(tables.read_text(text, score), Code.UNKNOWN_TEXT, intake, currency)


def read_workbook(content: bytes, intake: Intake, *, currency: str | None = None) -> ShopReading:
    """Read the sheet of an .xlsx workbook that has the best heading row."""
    try:
        table = tables.read_workbook(content, score)
    except tables.UnreadableTable as unreadable:
        return refused(*_REFUSALS[unreadable.reason])
    return _read(table, Code.UNKNOWN_TEXT, intake, currency)


def read_objects(objects: Sequence[Mapping[str, Cell]], intake: Intake, *, currency: str | None = None) -> ShopReading:
    """Read a JSON list of flat objects whose names are a table's headings."""
    return _read(tables.read_objects(objects), Code.UNKNOWN_JSON, intake, currency)


def _read(table: UploadedTable, unknown: Code, intake: Intake, currency: str | None) -> ShopReading:
    kind, headings = SourceKind(table.format.value), understand(table.headings, table)
    if headings.wix:
        return refused(kind, Code.WIX_EXPORT, where=f"row {table.heading_place}")
    if not headings.sells and headings.counts_stock:
        return refused(kind, Code.NO_TITLES, where=f"row {table.heading_place}")
    if not headings.sells:
        return refused(kind if table.format is Format.XLSX else SourceKind.UNKNOWN, unknown)
    shifted = COLUMNS.shifted(table, headings.columns)
    explaining = _explaining(table, headings)
    handle = ""
    for number, row in enumerate(table.values):
        where = _where(table, number)
        cell = _cells(row, headings)
        if number in table.broken:
            intake.report(where, Code.ROW_BROKEN, " ".join(table.rows[number]))
        if number in shifted:
            intake.report(where, Code.ROW_SHIFTED, " ".join(table.rows[number]))
        elif number < explaining:
            intake.report(where, Code.ROW_EXPLAINS, " ".join(table.rows[number]))
        elif not _text(cell["title"]) and _text(cell["id"]) == handle != "":
            continue  # Shopify's export: further variants and pictures of the product above
        elif not _text(row[0] if row else "").startswith("# "):
            handle = _text(cell["id"])
            intake.add(_raw(where, cell, headings, currency))
    return intake.reading(kind)


def _where(table: UploadedTable, number: int) -> str:
    """``row 7`` as a spreadsheet counts, or ``item 1`` for the first object of a list."""
    place = table.places[number]
    return f"item {int(place.strip('[]')) + 1}" if table.format is Format.JSON else f"row {place}"


def _explaining(table: UploadedTable, headings: Headings) -> int:
    """How many rows below the headings are instructions, as in marketplaces' templates; they are not products."""
    shaped = {name: place for name, place in headings.columns.items() if COLUMNS.columns[name].fits and name != "title"}
    for number, row in enumerate(table.rows):
        filled = sum(bool(row[place]) for place in shaped.values() if place < len(row))
        if filled < TELLING_SHAPES or COLUMNS.misfits(shaped, row) < filled:
            return number
    return 0


def _cells(row: Sequence[Cell], headings: Headings) -> dict[str, Cell]:
    places = {name: headings.columns.get(name, len(row)) for name in (*_FIELDS, "availability")}
    return {name: row[place] if place < len(row) else "" for name, place in places.items()}


def _text(cell: Cell) -> str:
    """A cell as text; of several values the first; empty for words that mean "none"."""
    if isinstance(cell, list):
        cell = next((one for one in cell if isinstance(one, str)), "")
    words = tables.text_of(cell).strip()
    return "" if tables.says_nothing(words) else words


def _raw(where: str, cell: Mapping[str, Cell], headings: Headings, currency: str | None) -> Raw:
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
        availability=tables.text_of(cell["availability"]),
    )


def _price(cell: Cell, currency: str | None, default: str | None, mark: str) -> Price:
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return price.from_number(Decimal(cell), currency=currency or default)
    return price.parse(_text(cell), currency=currency, default=default, decimal_mark=mark)
