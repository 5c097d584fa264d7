"""The columns of product lists: Google Merchant's names, those of shop software, and Indonesian ones."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from exhibition.core.tables import Column, Columns, UploadedTable
from exhibition.core.tables.matching import Fits, key
from exhibition.storefront.reading import availability, price

_NAMES: dict[str, str] = {
    "id": """id|item id|product id|retailer id|offer id|handle|sku
        |variant sku|kode|kode produk|kode barang|kode sku|sku induk
        |id produk|sku satuan 1""",
    "title": """title|name|product name|item name|product title|product|nama|nama produk|nama barang|nama item|nama menu
        |judul|judul produk|produk|barang""",
    "description": """description|product description|short description|body html|body|long description|deskripsi
        |deskripsi produk|keterangan|keterangan produk|penjelasan|deskripsi singkat""",
    "link": """link|url|product url|product link|page url|permalink|website link|tautan|tautan produk|link produk
        |url produk|alamat produk|link toko|link tokopedia|link shopee""",
    "image": """image link|image|images|image url|image src|main image|main image url|picture|picture url|photo
        |product image|gambar|gambar produk|gambar utama|gambar 1|foto|foto produk|foto utama|foto produk 1|foto 1
        |foto sampul|link gambar|link foto|url gambar|url foto|tautan gambar|gambar 2|gambar 3|foto 2|foto 3
        |foto produk 2|foto produk 3|image 1|image 2|image 3|additional image link|gambar tambahan|foto tambahan""",
    "price": """price|regular price|variant price|product price|harga|harga produk|harga jual|harga satuan|harga normal
        |harga jual satuan 1|harga jual satuan""",
    "before": "variant compare at price|compare at price|harga coret|harga sebelum diskon|harga awal",
    "sale_price": "sale price|discount price|harga promo|harga diskon|harga obral|harga spesial",
    "sale_dates": "sale price effective date|periode promo",
    "currency": "currency|currency code|price currency|mata uang",
    "availability": """availability|stock status|in stock|ketersediaan|status stok|stok|stock|quantity|qty
        |inventory|variant inventory qty|jumlah stok|kuantitas|quantity to sell on facebook|jumlah|persediaan""",
    "state": """status|product status|item status|post status|listing status|publication status|state|status produk
        |status barang|status tayang|status jual|status penjualan|keadaan""",
    "shown": """published|is published|active|is active|enabled|is enabled|visible|is visible|for sale|is for sale
        |aktif|tayang|ditayangkan|dipublikasikan|diterbitkan|tampil|ditampilkan|dijual""",
    "visibility": "visibility|catalog visibility|visibility in catalog|visibilitas",
    "variant": "option1 value|option 1 value|variant|variation|varian|variasi|nama varian|nama variasi",
    "parent": "parent|parent id|parent sku|induk|produk induk",
}
_INDONESIAN = frozenset(
    [
        "harga",
        "stok",
        "nama",
        "produk",
        "deskripsi",
        "gambar",
        "foto",
        "tautan",
        "keterangan",
        "barang",
        "mata",
        "judul",
    ]
)
_WIX = frozenset({"handleid", "fieldtype"})
_WIX_SCORE = 10
SEVERAL = ("image", "state", "shown", "visibility")
"""Fields that may have several columns: the first picture is taken, and any may say that a product is not for sale."""
ENOUGH = frozenset({"price", "sale_price", "link", "image"})
"""A product list has a title and at least one of these columns; a list of people or shops has none."""


def _is_price(text: str) -> bool:
    return price.parse(text, default="IDR").amount is not None


def _is_address(text: str) -> bool:
    return " " not in text and ("." in text or "/" in text)


_SHAPES: dict[str, Fits] = {
    "title": lambda text: any(map(str.isalpha, text)),
    "link": _is_address,
    "image": _is_address,
    "price": _is_price,
    "before": _is_price,
    "sale_price": _is_price,
    "availability": lambda text: availability.parse(text) is not None,
}
COLUMNS = Columns(
    *(Column(name, tuple(map(key, names.split("|"))), _SHAPES.get(name)) for name, names in _NAMES.items()),
    unit=lambda word: price.currency_of(word)[0] is not None,
)


@dataclass(frozen=True)
class Headings:
    """The column of each field. ``currency`` is set when a heading names it, as in ``Harga (Rp)``."""

    columns: dict[str, int] = field(default_factory=dict[str, int])
    also: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """Further columns of the fields that may have several, such as pictures."""
    currency: str | None = None
    indonesian: bool = False
    wix: bool = False

    @property
    def sells(self) -> bool:
        return "title" in self.columns and bool(ENOUGH & self.columns.keys())

    @property
    def counts_stock(self) -> bool:
        """Whether it is an inventory file: ids and prices, and no names."""
        return "title" not in self.columns and {"id", "price"} <= self.columns.keys()


def score(row: Sequence[str]) -> int:
    """How many headings of a row are known; 0 unless together they are those of a product list."""
    headings = understand(row)
    if not (headings.sells or headings.wix or headings.counts_stock):
        return 0
    return len(headings.columns) + _WIX_SCORE * headings.wix


def understand(row: Sequence[str], table: UploadedTable | None = None) -> Headings:
    """Read a row as headings. Of two columns that fit a field, the one with the clearer name wins."""
    names = [_without_prefix(name) for name in row]
    columns = COLUMNS.match(names, table)
    words = {word for position in columns.values() for word in re.findall(r"[^\W_]+", _apart(names[position]))}
    taken = set(columns.values())
    return Headings(
        columns=columns,
        also={name: [at for at in COLUMNS.namesakes(names, name) if at not in taken] for name in SEVERAL},
        currency=_currency(names[columns["price"]]) if "price" in columns else None,
        indonesian=bool(words & _INDONESIAN),
        wix={key(name) for name in names} >= _WIX,
    )


def _without_prefix(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().removeprefix("g:").removeprefix("G:")


def _apart(name: str) -> str:
    """``productName`` as two words, in lower case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold()


def _currency(heading: str) -> str | None:
    """The currency in brackets or as the last word, as in ``Harga (Rp)`` or ``price_usd``."""
    last = re.search(r"\(([^()]+)\)|[\s_]([^\s_()]+)\W*$", heading)
    return price.currency_of(last[1] or last[2])[0] if last else None
