"""The result of reading any shop: listings, and problems with their place in the file."""

import enum
from dataclasses import dataclass, field
from decimal import Decimal


class StatedAvailability(enum.StrEnum):
    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PREORDER = "preorder"
    """Can be ordered now and is delivered later: pre-order and back-order."""
    UNKNOWN = "unknown"


class SourceKind(enum.StrEnum):
    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    JSON = "json"
    """A plain list of products as JSON, with the headings of a table as names."""
    RSS = "rss"
    ATOM = "atom"
    WOOCOMMERCE = "woocommerce"
    WOOCOMMERCE_REST = "woocommerce_rest"
    SHOPIFY = "shopify"
    JSONLD = "jsonld"
    OPENGRAPH = "opengraph"
    LINK = "link"
    """A platform that cannot be read; only the link to it is kept."""
    UNKNOWN = "unknown"


class Code(enum.StrEnum):
    """Stable names of everything that can be wrong. ``docs/listings.md`` lists them; a test compares."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    WORKBOOK_LOCKED = "workbook_locked"
    WORKBOOK_UNKNOWN = "workbook_unknown"
    UNKNOWN_TEXT = "unknown_text"
    UNKNOWN_XML = "unknown_xml"
    UNKNOWN_JSON = "unknown_json"
    WIX_EXPORT = "wix_export"
    NO_TITLES = "no_titles"
    NO_PRODUCTS = "no_products"
    LINK_ONLY = "link_only"
    WRONG_API = "wrong_api"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"

    ENCODING_GUESSED = "encoding_guessed"
    XML_REPAIRED = "xml_repaired"
    XML_DOCTYPE = "xml_doctype"
    XML_BROKEN = "xml_broken"
    JSON_BROKEN = "json_broken"
    JSONLD_REPAIRED = "jsonld_repaired"
    JSONLD_BROKEN = "jsonld_broken"
    ROW_BROKEN = "row_broken"
    ROW_SHIFTED = "row_shifted"
    ROW_EXPLAINS = "row_explains"

    NOT_FOR_SALE = "not_for_sale"
    TITLE_MISSING = "title_missing"
    ID_DUPLICATE = "id_duplicate"
    ID_SPOILED = "id_spoiled"
    PRICE_MISSING = "price_missing"
    PRICE_UNREADABLE = "price_unreadable"
    PRICE_AMBIGUOUS = "price_ambiguous"
    PRICE_RANGE = "price_range"
    PRICE_FROM = "price_from"
    PRICE_DUPLICATE = "price_duplicate"
    PRICE_CONFLICT = "price_conflict"
    PRICE_ZERO = "price_zero"
    PRICE_IMPLAUSIBLE = "price_implausible"
    SALE_PRICE_DROPPED = "sale_price_dropped"
    SALE_PRICE_DATED = "sale_price_dated"
    CURRENCY_MISSING = "currency_missing"
    CURRENCY_UNKNOWN = "currency_unknown"
    CURRENCY_CONFLICT = "currency_conflict"
    AVAILABILITY_UNKNOWN = "availability_unknown"
    LINK_MISSING = "link_missing"
    LINK_REFUSED = "link_refused"
    LINK_RELATIVE = "link_relative"
    LINK_IS_IMAGE = "link_is_image"
    IMAGE_REFUSED = "image_refused"
    IMAGE_RELATIVE = "image_relative"


MEANING: dict[Code, str] = {
    Code.EMPTY: "There is nothing in it",
    Code.UNREADABLE: "This is neither text nor an .xlsx workbook",
    Code.WORKBOOK_LOCKED: "The workbook has a password",
    Code.WORKBOOK_UNKNOWN: "This is an older or other kind of workbook; only .xlsx can be read",
    Code.UNKNOWN_TEXT: "No heading row with a title column and a price, link or picture column was found",
    Code.UNKNOWN_XML: "This XML is neither an RSS nor an Atom product feed",
    Code.UNKNOWN_JSON: "This JSON is no product list that is known here",
    Code.WIX_EXPORT: "This is a Wix catalogue export, which has no links, pictures or currency; give the product feed",
    Code.NO_TITLES: "This is an inventory file without product names; give the main product feed",
    Code.NO_PRODUCTS: "No products were found in it",
    Code.LINK_ONLY: "This platform does not let its shops be read; the link to the shop is kept",
    Code.WRONG_API: "This is the shop's administration API, which does not name the currency; give the Store API",
    Code.TOO_LARGE: "This is too large when unpacked",
    Code.TOO_MANY: "There are more products than the limit; the rest was left out",
    Code.ENCODING_GUESSED: "The text is not valid UTF-8; the odd bytes were read as Windows-1252",
    Code.XML_REPAIRED: "The XML is not well-formed and was repaired",
    Code.XML_DOCTYPE: "The XML has a document type of its own, which was not followed",
    Code.XML_BROKEN: "This part of the XML could not be read and was left out",
    Code.JSON_BROKEN: "The JSON breaks off or is not valid; what comes before was read",
    Code.JSONLD_REPAIRED: "The JSON-LD is not valid JSON and was repaired",
    Code.JSONLD_BROKEN: "The JSON-LD is not valid JSON and was left out",
    Code.ROW_BROKEN: "A quotation mark in this row is never closed; the row was read as it stands",
    Code.ROW_SHIFTED: "This row has more cells than the headings; it was left out because its columns are shifted",
    Code.ROW_EXPLAINS: "This row explains the columns and is no product; it was left out",
    Code.NOT_FOR_SALE: "The shop does not offer this product now; it was left out",
    Code.TITLE_MISSING: "The product has no name and was left out",
    Code.ID_DUPLICATE: "Another product before has the same id",
    Code.ID_SPOILED: "A spreadsheet has turned the id into a rounded number",
    Code.PRICE_MISSING: "No price is given",
    Code.PRICE_UNREADABLE: "The price could not be understood",
    Code.PRICE_AMBIGUOUS: "The price can be read in two ways and was left empty",
    Code.PRICE_RANGE: "The price is a range of amounts and was left empty",
    Code.PRICE_FROM: "The price is the lowest of several",
    Code.PRICE_DUPLICATE: "Different prices are given side by side",
    Code.PRICE_CONFLICT: "Two sources in the page disagree on the price; the JSON-LD offer is taken",
    Code.PRICE_ZERO: "The price is zero",
    Code.PRICE_IMPLAUSIBLE: "The price is so small that a thousands point may have been lost; it was left empty",
    Code.SALE_PRICE_DROPPED: "The sale price is unclear or above the price and was left out",
    Code.SALE_PRICE_DATED: "The sale price holds on certain days only",
    Code.CURRENCY_MISSING: "No currency is given",
    Code.CURRENCY_UNKNOWN: "The currency is not clear",
    Code.CURRENCY_CONFLICT: "Two different currencies are given for one price",
    Code.AVAILABILITY_UNKNOWN: "The availability could not be understood",
    Code.LINK_MISSING: "No link to the product is given",
    Code.LINK_REFUSED: "The link is not a web address and was dropped",
    Code.LINK_RELATIVE: "The link is only part of an address and was dropped",
    Code.LINK_IS_IMAGE: "The link leads to a picture and the picture to a page; the columns may be swapped",
    Code.IMAGE_REFUSED: "The picture's address is not a web address and was dropped",
    Code.IMAGE_RELATIVE: "The picture's address is only part of one and was dropped",
}


@dataclass(frozen=True)
class ShopListing:
    """One product. Money is in the currency's major unit, exactly as stated; text is plain, never HTML."""

    title: str
    id: str | None = None
    price: Decimal | None = None
    """The regular price; None when there is none or it is not certain."""
    currency: str | None = None
    """ISO 4217; None when the shop does not say."""
    sale_price: Decimal | None = None
    """The present price, when less than ``price``."""
    availability: StatedAvailability = StatedAvailability.UNKNOWN
    link: str | None = None
    image: str | None = None
    description: str = ""
    problems: tuple["ReadingProblem", ...] = field(default=(), compare=False)
    """What was reported about this product, while it was read."""


@dataclass(frozen=True)
class ReadingProblem:
    """``where`` is the place in the file: ``file``, ``row 12``, ``item 3``, ``JSON-LD block 1``."""

    where: str
    code: Code
    message: str


def problem(where: str, code: Code, detail: object = "") -> ReadingProblem:
    """A problem with its sentence; ``detail`` is the file's text there."""
    said = " ".join(str(detail).split())
    if len(said) > 100:  # noqa: PLR2004 — a quotation, not the whole description
        said = said[:99] + "…"
    return ReadingProblem(where, code, f"{MEANING[code]}: {said}" if said else f"{MEANING[code]}.")


@dataclass(frozen=True)
class ShopReading:
    kind: SourceKind
    listings: tuple[ShopListing, ...] = ()
    problems: tuple[ReadingProblem, ...] = field(default_factory=tuple)
