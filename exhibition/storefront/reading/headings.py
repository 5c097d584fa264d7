"""The headings of tables: Google Merchant's names, those of shop programs, and Indonesian ones."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from exhibition.storefront.reading.price import currency_of

_NAMES: dict[str, str] = {
    "id": """id|item id|product id|retailer id|offer id|handle|sku
        |variant sku|kode|kode produk|kode barang|kode sku|sku induk
        |id produk|sku satuan #1""",
    "title": """title|name|product name|item name|product title|product|nama|nama produk|nama barang|nama item|nama menu
        |judul|judul produk|produk|barang""",
    "description": """description|product description|short description|body html|body|long description|deskripsi
        |deskripsi produk|keterangan|keterangan produk|penjelasan|deskripsi singkat""",
    "link": """link|url|product url|product link|page url|permalink|website link|tautan|tautan produk|link produk
        |url produk|alamat produk|link toko|link tokopedia|link shopee""",
    "image": """image link|image|images|image url|image src|main image|main image url|picture|picture url|photo
        |product image|gambar|gambar produk|gambar utama|gambar 1|foto|foto produk|foto utama|foto produk 1|foto 1
        |foto sampul|link gambar|link foto|url gambar|url foto|tautan gambar""",
    "price": """price|regular price|variant price|product price|harga|harga produk|harga jual|harga satuan|harga normal
        |harga jual satuan #1|harga jual satuan""",
    "sale_price": "sale price|discount price|harga promo|harga diskon|harga obral|harga spesial",
    "sale_dates": "sale price effective date|periode promo",
    "currency": "currency|currency code|price currency|mata uang",
    "availability": """availability|stock status|in stock?|in stock|ketersediaan|status stok|stok|stock|quantity|qty
        |inventory|variant inventory qty|jumlah stok|kuantitas|quantity to sell on facebook|jumlah|persediaan""",
}
_PREFERENCE = {
    field: {name.strip(): rank for rank, name in enumerate(names.split("|"))} for field, names in _NAMES.items()
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
WIX = frozenset({"handle id", "field type"})
MOST_COLUMNS = 300
ENOUGH = frozenset({"price", "sale_price", "link", "image"})
"""A table of products has a title and at least one of these; a list of people or shops has not."""


@dataclass(frozen=True)
class Headings:
    """Which column holds what. ``currency`` stands when a heading names it, as in ``Harga (Rp)``."""

    columns: dict[str, int] = field(default_factory=dict)
    width: int = 0
    currency: str | None = None
    indonesian: bool = False
    wix: bool = False

    @property
    def sells(self) -> bool:
        return "title" in self.columns and bool(ENOUGH & self.columns.keys())

    @property
    def counts_stock(self) -> bool:
        """An inventory file: it knows ids and amounts, and no names."""
        return "title" not in self.columns and {"id", "price"} <= self.columns.keys()


def _settled(heading: object) -> str:
    words = (
        re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", str(heading)))
        .casefold()
        .strip()
        .removeprefix("g:")
    )
    return " ".join(re.sub(r"[_\-*\"'.:\[\]]", " ", words).split())


def understand(row: Sequence[object]) -> Headings:
    """Try a row as the heading row. Where two columns could be the price, the more exact name wins."""
    columns: dict[str, int] = {}
    ranks: dict[str, int] = {}
    currency = None
    names = [_settled(cell) for cell in row[:MOST_COLUMNS]]
    for position, heading in enumerate(names):
        name, _, bracket = heading.partition("(")
        start, _, last = heading.rpartition(" ")
        spellings = [(heading.replace("(", "").replace(")", ""), ""), (name, bracket)]
        if currency_of(last)[0]:
            spellings.append((start, last))
        for spelling, named in spellings:
            key = " ".join(spelling.split())
            found = next((which for which, spellings in _PREFERENCE.items() if key in spellings), None)
            if found is None:
                continue
            rank = _PREFERENCE[found][key]
            if found not in columns or rank < ranks[found]:
                columns[found], ranks[found] = position, rank
                if found == "price":
                    currency, _ = currency_of(named)
            break
    words = {word for position in columns.values() for word in names[position].split()}
    filled = [position for position, name in enumerate(names) if name]
    return Headings(
        columns=columns,
        width=filled[-1] + 1 if filled else 0,
        currency=currency,
        indonesian=bool(words & _INDONESIAN),
        wix=set(names) >= WIX,
    )
