"""Small files of invented shops, each with an oddity that real ones have."""

from pathlib import Path

import pytest

from exhibition.storefront.reading import SourceKind, amount_text, read

FILES = Path(__file__).with_name("files")


def listed(name, **told):
    """Kind, then ``id | title | price currency | sale price | availability`` of each, then ``where code`` of each."""
    reading = read((FILES / name).read_bytes(), **told)
    listings = []
    for one in reading.listings:
        price = "-" if one.price is None else amount_text(one.price)
        sale = "-" if one.sale_price is None else amount_text(one.sale_price)
        listings.append(f"{one.id or '-'} | {one.title} | {price} {one.currency or '-'} | {sale} | {one.availability}")
    return reading.kind, listings, [f"{problem.where}: {problem.code}" for problem in reading.problems]


EXPECTED = {
    "comment-row.csv": (
        SourceKind.CSV,
        ["teko-1 | Teko Tanah Liat | 49.00 TND | - | in_stock", "SKU-9 | Kaos Lurik | 19.99 EUR | 14.99 | in_stock"],
        ["row 4: sale_price_dated", "row 4: link_is_image"],
    ),
    "indonesia-titik-koma.csv": (
        SourceKind.CSV,
        [
            "K-1 | Keripik Tempe | 15000 IDR | - | in_stock",
            'K-2 | Sambal "Bawang" | 22500 IDR | - | out_of_stock',
            "K-3 | Madu Hutan | - IDR | - | out_of_stock",
            "- | Tahu Bakso | 12500 IDR | - | in_stock",
        ],
        ["row 4: image_relative", "row 6: price_unreadable", "row 7: link_refused", "row 8: title_missing"],
    ),
    "variants.tsv": (
        SourceKind.TSV,
        ['t-s | "Ombak" Kaos | 28.00 USD | - | unknown', 't-m | "Ombak" Kaos | 28.00 USD | - | unknown'],
        [],
    ),
    "unclosed-quote.csv": (
        SourceKind.CSV,
        [
            "1 | Piring | 15000 IDR | - | unknown",
            "2 | Gelas | 12000 IDR | - | unknown",
            "3 | Sendok | 5000 IDR | - | unknown",
        ],
        ["row 2: row_broken"],
    ),
    "shifted-row.csv": (
        SourceKind.CSV,
        ["1 | Piring | 15000 IDR | - | unknown", "3 | Sendok | 5000 IDR | - | unknown"],
        ["row 3: row_shifted"],
    ),
    "wix-export.csv": (SourceKind.CSV, [], ["row 1: wix_export"]),
    "umkm-list.csv": (SourceKind.UNKNOWN, [], ["file: unknown_text"]),
    "shopify-export.csv": (
        SourceKind.CSV,
        [
            "batik-kawung | Batik Kawung | 250000.00 - | - | unknown",
            "tas-lurik | Tas Lurik | 125000.00 - | - | unknown",
        ],
        ["file: currency_missing", "file: link_missing", "row 2: price_from"],
    ),
    "rupiah.rss.xml": (
        SourceKind.RSS,
        ["b-1 | Buket Mawar | 300000 IDR | 250000 | in_stock", "b-2 | Kaktus & Pot | - - | - | preorder"],
        ["item 2: price_missing"],
    ),
    "other-prefix.atom.xml": (SourceKind.ATOM, ["1 | Gula Aren | 18000 XOF | - | unknown"], []),
    "raw-ampersand.rss.xml": (
        SourceKind.RSS,
        ["1 | Sarung Merah & Emas | - INR | 2499 | unknown", "2 | Kain < 2 m | 999 INR | - | unknown"],
        ["line 1: xml_repaired", "item 1: price_duplicate"],
    ),
    "broken-item.rss.xml": (
        SourceKind.RSS,
        ["1 | Satu | 1 USD | - | unknown", "3 | Tiga | 3 USD | - | unknown"],
        ["line 3: xml_repaired", "item 2: xml_broken", "item 4: xml_broken"],
    ),
    "entities.rss.xml": (SourceKind.RSS, ["- | Kopi &b;&c; | 5 USD | - | unknown"], ["file: xml_doctype"]),
    "inventory.rss.xml": (SourceKind.RSS, [], ["file: no_titles"]),
    "own-schema.xml": (SourceKind.UNKNOWN, [], ["file: unknown_xml"]),
    "news.rss.xml": (SourceKind.RSS, [], ["file: no_products"]),
    "woocommerce-store.json": (
        SourceKind.WOOCOMMERCE,
        [
            "1 | Teh – Poci | 5.00 GBP | 3.50 | in_stock",
            "2 | Teh Celup | 15000 IDR | - | out_of_stock",
            "3 | Teh Kuwait | 12.500 KWD | - | preorder",
            "4 | Teh Aneh | - GBP | - | unknown",
        ],
        ["item 2: price_from", "item 4: price_ambiguous", "item 4: sale_price_dropped"],
    ),
    "woocommerce-rest.json": (
        SourceKind.WOOCOMMERCE_REST,
        ["7 | Filamen | 12.5 - | 10.5 | preorder"],
        ["file: wrong_api", "item 1: currency_missing"],
    ),
    "shopify.json": (
        SourceKind.SHOPIFY,
        [
            "10 | Kebaya | 410000.00 - | 360000.00 | in_stock",
            "11 | Contoh Gratis | - - | - | in_stock",
            "12 | Sen? | - - | - | in_stock",
        ],
        [
            "file: link_missing",
            "item 1: price_from",
            "item 1: currency_missing",
            "item 2: price_zero",
            "item 3: price_ambiguous",
        ],
    ),
    "shopify-cut.json": (
        SourceKind.SHOPIFY,
        ["1 | Satu | 1.00 - | - | unknown", "2 | Dua | 2.00 - | - | unknown"],
        ["file: currency_missing", "file: link_missing", "file: json_broken"],
    ),
    "produk.json": (
        SourceKind.JSON,
        ["1 | Kopi Bawen | 25000 IDR | - | unknown", "2 | Aneka Kue | 10000 IDR | - | unknown"],
        ["file: image_relative", "file: link_missing", "item 2: price_from"],
    ),
    "booths.json": (SourceKind.UNKNOWN, [], ["file: unknown_json"]),
    "graph-relative.html": (SourceKind.JSONLD, ["KP-1 | Kamera Pintu | 8213000 IDR | - | in_stock"], []),
    "catalogue.html": (
        SourceKind.JSONLD,
        [
            "- | Joran | 85000 IDR | - | unknown",
            "- | Cetakan Tahu | 150000 IDR | - | unknown",
            "- | Layangan | 25000 IDR | - | out_of_stock",
        ],
        ["JSON-LD block 2, product 1: price_from"],
    ),
    "conflict.html": (
        SourceKind.JSONLD,
        ["- | Lampu Dinding | 150.00 USD | - | unknown"],
        ["Open Graph: price_conflict"],
    ),
    "bad-blocks.html": (
        SourceKind.JSONLD,
        ["- | Ubin | 84 INR | - | in_stock"],
        ["JSON-LD block 1: jsonld_repaired", "JSON-LD block 2: jsonld_broken", "JSON-LD block 3: price_from"],
    ),
    "open-graph.html": (
        SourceKind.OPENGRAPH,
        ["- | Wastafel & Keran | 23 SAR | 19 | in_stock"],
        ["Open Graph: image_refused"],
    ),
    "open-graph-twice.html": (
        SourceKind.OPENGRAPH,
        ["- | Ponsel | - AED | - | unknown"],
        ["Open Graph: price_duplicate"],
    ),
    "about-us.html": (SourceKind.UNKNOWN, [], ["file: no_products"]),
}


def test_every_file_is_expected():
    assert {path.name for path in FILES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_file_is_read_as_its_shop_meant_it(name):
    assert listed(name) == EXPECTED[name]


def test_relative_addresses_are_completed_from_graph_base_and_address():
    camera = read((FILES / "graph-relative.html").read_bytes()).listings[0]
    assert camera.link == "https://kamera.example/produk/kamera"
    assert camera.image == "https://kamera.example/gambar/kamera.jpg"
    lamp = read((FILES / "conflict.html").read_bytes()).listings[0]
    assert (lamp.link, lamp.image) == ("https://lampu.example/toko/lampu", "https://lampu.example/toko/lampu.jpg")
    coffee = read((FILES / "produk.json").read_bytes(), address="https://desa.example/data/produk.json").listings[0]
    assert coffee.image == "https://desa.example/data/img/kopi.jpg"


def test_shop_without_a_currency_takes_the_one_its_owner_states_but_named_ones_stay():
    assert [one.currency for one in read((FILES / "shopify.json").read_bytes(), currency="IDR").listings] == ["IDR"] * 3
    assert read((FILES / "open-graph.html").read_bytes(), currency="IDR").listings[0].currency == "SAR"
    assert read((FILES / "comment-row.csv").read_bytes(), currency="IDR").listings[1].currency == "EUR"


def test_shopify_links_are_built_from_the_shop_address():
    reading = read((FILES / "shopify.json").read_bytes(), address="https://kebaya.example/products.json?page=1")
    assert reading.listings[0].link == "https://kebaya.example/products/kebaya"


def test_descriptions_hold_no_markup():
    assert read((FILES / "woocommerce-store.json").read_bytes()).listings[0].description == "Harum & pekat"
    assert read((FILES / "shopify.json").read_bytes()).listings[0].description == "Kutu & baru"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_table_is_read_in_every_encoding(encoding):
    text = "Nama Produk;Harga;Tautan\nKopi “Gunung” é;Rp15.000;https://kopi.example/\n"
    reading = read(text.encode(encoding))
    assert [(one.title, one.price) for one in reading.listings] == [("Kopi “Gunung” é", 15000)]
    assert reading.problems == ()


def test_odd_bytes_in_utf8_are_read_as_windows_1252_and_reported():
    content = (
        "id,title,price,link\n1,Kopi é,5 USD,https://k.example/\n".encode()
        + b"2,gado\xb2 \x93x\x94,5 USD,https://k.example/2\n"
    )
    reading = read(content)
    assert [one.title for one in reading.listings] == ["Kopi é", "gado² “x”"]
    assert [problem.code for problem in reading.problems] == ["encoding_guessed"]


def test_declared_encoding_is_believed_where_utf8_fails():
    feed = (
        '<?xml version="1.0" encoding="windows-1251"?><rss><channel><item><title>Чай</title><price>5 RUB</price>'
        "<link>https://chai.example/</link></item></channel></rss>"
    )
    reading = read(feed.encode("windows-1251"))
    assert (reading.listings[0].title, reading.problems) == ("Чай", ())


def test_more_products_than_the_limit_are_left_out_and_counted():
    rows = "".join(f"{n},Produk {n},{n} USD,https://x.example/{n}\n" for n in range(1, 521))
    reading = read(f"id,title,price,link\n{rows}".encode())
    assert len(reading.listings) == 500
    assert reading.problems[0].message.endswith("500 kept, 20 left out")


def test_same_product_twice_is_one_listing_and_same_id_twice_is_reported():
    row = "1,Piring,5 USD,https://x.example/1\n"
    reading = read(f"id,title,price,link\n{row}{row}1,Gelas,5 USD,https://x.example/2\n".encode())
    assert [one.title for one in reading.listings] == ["Piring", "Gelas"]
    assert [(problem.where, problem.code) for problem in reading.problems] == [
        ("row 3", "id_duplicate"),
        ("row 4", "id_duplicate"),
    ]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf \n", b"\xff\xfe"])
def test_nothing_is_called_empty(content):
    assert [problem.code for problem in read(content).problems] == ["empty"]


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", b"PK\x03\x04", b"\x00\x01\x02" * 50]
)
def test_other_kinds_of_files_are_refused(content):
    reading = read(content)
    assert (reading.listings, [problem.code for problem in reading.problems]) == ((), ["unreadable"])


def test_page_of_a_platform_that_cannot_be_read_keeps_its_link():
    reading = read((FILES / "about-us.html").read_bytes(), address="https://www.tokopedia.com/bu-tini")
    assert (reading.kind, [problem.code for problem in reading.problems]) == (SourceKind.LINK, ["link_only"])
    assert "Tokopedia" in reading.problems[0].message
    unrelated = read((FILES / "about-us.html").read_bytes(), address="https://nottokopedia.com/")
    assert unrelated.kind is SourceKind.UNKNOWN
