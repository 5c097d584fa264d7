"""Product lists: CSV, TSV, XLSX, and JSON lists with a table's headings. One listing a row.

A variant (another size or colour) with a title and id of its own is a listing of its own. Rows that only go on with the
product above (Shopify's further variants, WooCommerce's children, cells merged into one title) belong to its listing:
the lowest price counts, and it is in stock if any of them is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from exhibition.core import tables
from exhibition.core.tables import Cell, Format, TableFault, UploadedTable
from exhibition.storefront.reading import availability, price
from exhibition.storefront.reading.headings import COLUMNS, Headings, score, understand
from exhibition.storefront.reading.intake import Intake, Raw, parsed_sale, refused
from exhibition.storefront.reading.listing import Code, ShopReading, SourceKind, StatedAvailability
from exhibition.storefront.reading.price import Price

_MACHINE, _INDONESIAN = ".", ","
_FIELDS = (
    *("id", "title", "description", "link", "image", "price", "before", "sale_price", "sale_dates", "currency"),
    *("availability", "state", "shown", "visibility", "variant", "parent"),
)
Cells = Mapping[str, Cell]
_BEST_FIRST = (StatedAvailability.IN_STOCK, StatedAvailability.PREORDER, StatedAvailability.OUT_OF_STOCK)
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


MOST_EXPLAINING = 5
"""Within so many rows below the headings there may be an example of how to fill in the table."""
_EXAMPLE = re.compile(r"\W*(?:contoh|cth|example)\b", re.IGNORECASE)


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
    for product in _products(table, headings, intake):
        intake.add(_raw(product, headings, currency))
    return intake.reading(kind)


def _products(table: UploadedTable, headings: Headings, intake: Intake) -> list["_Product"]:
    """The rows below the headings, those that go on with a product at it; what cannot be used is reported."""
    shifted = COLUMNS.shifted(table, headings.columns)
    explaining = _explaining(table, headings)
    products: list[_Product] = []
    by_id: dict[str, _Product] = {}
    for number, row in enumerate(table.values):
        where = _where(table, number)
        cell = _cells(row, headings)
        if number in table.broken:
            intake.report(where, Code.ROW_BROKEN, " ".join(table.rows[number]))
        if number in shifted:
            intake.report(where, Code.ROW_SHIFTED, " ".join(table.rows[number]))
        elif number < explaining or (number < MOST_EXPLAINING and _EXAMPLE.match(_text(cell["title"]))):
            intake.report(where, Code.ROW_EXPLAINS, " ".join(table.rows[number]))
        elif above := _goes_on_with(cell, products[-1] if products else None, by_id):
            if not _withheld(cell):
                above.further.append(cell)
        elif not _text(row[0] if row else "").startswith("# "):
            products.append(_Product(where, cell))
            by_id[_text(cell["id"])] = products[-1]
    return products


@dataclass
class _Product:
    """A product's row, and the rows below that go on with it."""

    where: str
    cell: Cells
    further: list[Cells] = field(default_factory=list[Cells])

    @property
    def variants(self) -> list[Cells]:
        """The rows that have a price; of a product without any, its own."""
        return [one for one in (self.cell, *self.further) if _text(one["price"])] or [self.cell]


def _goes_on_with(cell: Cells, above: _Product | None, by_id: Mapping[str, _Product]) -> _Product | None:
    """The product that a row goes on with: its parent, or the one above."""
    if parent := _text(cell["parent"]).removeprefix("id:"):
        return by_id.get(parent)
    if _text(cell["title"]) or above is None:
        return None
    id_ = _text(cell["id"])
    same = id_ == _text(above.cell["id"]) != ""
    return above if same or (_text(cell["variant"]) and _text(above.cell["variant"])) else None


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
    places = {name: headings.columns.get(name, len(row)) for name in _FIELDS}
    cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
    for name, further in headings.also.items():
        said = [cells[name], *(row[place] for place in further if place < len(row))]
        telling = (one for one in said if (_text(one) if name == "image" else _forbids(name, one)))
        cells[name] = next(telling, cells[name])
    return cells


def _forbids(name: str, cell: Cell) -> bool:
    """Whether a cell about the product's state or visibility says that it is not for sale."""
    said = tables.text_of(cell)
    return availability.says_no(said) if name == "shown" else availability.says_withheld(said)


def _text(cell: Cell) -> str:
    """A cell as text; of several values the first; empty for words that mean "none"."""
    if isinstance(cell, list):
        cell = next((one for one in cell if isinstance(one, str)), "")
    words = tables.text_of(cell).strip()
    return "" if tables.says_nothing(words) else words


def _raw(product: _Product, headings: Headings, currency: str | None) -> Raw:
    cell = product.cell
    stated = _text(cell["currency"])
    hint, doubt = price.currency_of(stated)
    hint = hint or headings.currency
    default = None if doubt else currency
    mark = _INDONESIAN if headings.indonesian else _MACHINE

    def of(one: Cells, name: str, named: str | None = hint) -> Price:
        return _price(one[name], named, default, mark)

    asked, sale = price.of_variants([(of(one, "price"), of(one, "before")) for one in product.variants])
    stated_sale = parsed_sale(asked, [of(cell, "sale_price", asked.currency or hint)])
    return Raw(
        where=product.where,
        id=_text(cell["id"]),
        title=_text(cell["title"]),
        description=_text(cell["description"]),
        link=_text(cell["link"]),
        image=_text(cell["image"]),
        price=asked,
        sale_price=stated_sale if stated_sale.said else sale,
        sale_dates=_text(cell["sale_dates"]),
        availability=_availability(product.variants),
        withheld=_withheld(cell),
    )


def _availability(variants: Sequence[Cells]) -> str | StatedAvailability:
    """Of several rows the best; of one its text, which is looked at later."""
    texts = [tables.text_of(one["availability"]) for one in variants]
    known = {availability.parse(one) for one in texts}
    best = next((one for one in _BEST_FIRST if one in known), None)
    return best if best and len(texts) > 1 else texts[0]


def _withheld(cell: Cells) -> str:
    """The words that say that the product is not for sale."""
    for name in ("state", "visibility"):
        if _forbids(name, cell[name]):
            return tables.text_of(cell[name])
    return f"published: {tables.text_of(cell['shown'])}" if _forbids("shown", cell["shown"]) else ""


def _price(cell: Cell, currency: str | None, default: str | None, mark: str) -> Price:
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return price.from_number(Decimal(cell), currency=currency or default)
    return price.parse(_text(cell), currency=currency, default=default, decimal_mark=mark)
