"""Product lists as sellers really write them, each with a typical fault and the right answer."""

from collections import Counter
from pathlib import Path

import pytest

from exhibition.storefront.reading import read

CASES = Path(__file__).with_name("cases")

EXPECTED = {
    "m02-shopify-status.csv": (["Teh Jual | 25000 | None"], {"not_for_sale": 2, "link_missing": 1}),
    "m04-woo-rest-status.json": (["Madu Tayang | 25000 | None"], {"not_for_sale": 4}),
    "m05-status-tidak-dijual.csv": (["Kipas A | 150000 | None"], {"not_for_sale": 2, "link_missing": 1}),
    "m06-rupiah-small.csv": (["Sepatu Kain | None | None", "Sandal Kulit | None | None"], {"price_implausible": 2}),
    "m08-woo-legacy.json": (["Tas Anyam | 45000 | None"], {"not_for_sale": 1}),
    "m09-shopify-variants.csv": (["Kaos Lurik | 80000 | None"], {"price_from": 1, "link_missing": 1}),
    "m18-two-prefixes.xml": (["Teh Melati | 25000 | None"], {}),
    "m07-shifted-row-empty-end.csv": (["Tiket A | 50.00 | None"], {"row_shifted": 1}),
    "m10-sale-only.csv": (["Keripik Talas | 15000 | None"], {}),
    "m11-pictures-as-list.json": (["Sambal Bawang | 25000 | None", "Sambal Teri | 28000 | None"], {}),
    "m12-same-title-no-id.csv": (
        ["Papan Kecil 4GB | 1520000 | None", "Papan Kecil 4GB | 1495000 | None"],
        {"link_missing": 1},
    ),
    "m13-shopee-template.xlsx": (
        [
            "Keripik Pisang Cokelat Lumer 200 gram | 18000 | None",
            "Keripik Singkong Balado Pedas 250 gram | 16000 | None",
        ],
        {"row_explains": 2, "link_missing": 1},
    ),
    "m20-price-zero.csv": (["Sewa Tenda | None | None"], {"price_zero": 1}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_list_with_a_fault_gives_its_products_and_says_what_is_wrong(name):
    reading = read((CASES / name).read_bytes(), currency="IDR")
    listed = [f"{one.title} | {one.price} | {one.sale_price}" for one in reading.listings]
    assert (listed, Counter(problem.code for problem in reading.problems)) == EXPECTED[name]


def test_pictures_in_a_list_give_the_first():
    reading = read((CASES / "m11-pictures-as-list.json").read_bytes())
    assert [one.image for one in reading.listings] == ["https://toko.example/s1.jpg", "https://toko.example/t1.jpg"]


def test_the_same_problem_of_every_row_is_said_once_and_costs_no_product():
    reading = read((CASES / "m01-400-products.csv").read_bytes())
    assert len(reading.listings) == 400
    assert sorted((problem.where, problem.code) for problem in reading.problems) == [
        ("file", "currency_missing"),
        ("file", "image_relative"),
        ("file", "link_missing"),
    ]


def test_an_empty_preferred_column_gives_way_to_a_filled_one():
    reading = read(b"title,price,harga jual,link,permalink\nKopi,,15000,,https://k.example/1\n", currency="IDR")
    assert [(one.price, one.link) for one in reading.listings] == [(15000, "https://k.example/1")]


def test_a_lone_product_is_kept_however_odd_its_values_are():
    reading = read(b"nama,harga,stok\nKeripik,gratis,banyak\nSambal,15000,3\n", currency="IDR")
    assert [one.title for one in reading.listings][-1] == "Sambal"
    only = read(b"nama,harga,stok\nKeripik,gratis,banyak\n", currency="IDR")
    assert [one.title for one in only.listings] == ["Keripik"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "workbook_unknown"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "workbook_locked"),
    ],
)
def test_old_and_locked_workbooks_are_told_apart(content, code):
    assert [problem.code for problem in read(content).problems] == [code]


def listed(content: str) -> list[tuple[object, ...]]:
    reading = read(content.encode(), currency="IDR")
    return [(one.title, one.price, one.sale_price, one.availability) for one in reading.listings]


@pytest.mark.parametrize(
    ("heading", "no", "yes"),
    [
        ("published", "0", "1"),
        ("Published", "-1", "1"),
        ("is_active", "false", "true"),
        ("Aktif", "tidak", "ya"),
        ("Dijual", "Tidak", "Ya"),
        ("Status Produk", "Non-aktif", "Aktif"),
        ("status", "draft", ""),
        ("status", "Arsip", "tayang"),
        ("Visibility in catalog", "hidden", "search"),
    ],
)
def test_what_the_shop_does_not_offer_is_left_out_and_named(heading, no, yes):
    reading = read(f"title,price,{heading}\nKopi,15000,{no}\nTeh,12000,{yes}\n".encode(), currency="IDR")
    assert [one.title for one in reading.listings] == ["Teh"]
    (said,) = [problem for problem in reading.problems if problem.code == "not_for_sale"]
    assert (said.where, "Kopi" in said.message, no in said.message) == ("row 2", True, True)


def test_json_lists_and_shops_leave_out_what_is_not_offered():
    plain = '[{"nama": "Kopi", "harga": 15000, "aktif": false}, {"nama": "Teh", "harga": 12000, "aktif": true}]'
    assert [title for title, *_ in listed(plain)] == ["Teh"]
    one = '{"title": "%s", "handle": "h", "status": "%s", "published_at": %s, "variants": [{"price": "12000"}]}'
    states = [("A", "active", '"2026-01-01"'), ("B", "draft", "null"), ("C", "archived", '"2026-01-01"')]
    states.append(("D", "active", "null"))
    shop = '{"products": [' + ", ".join(one % state for state in states) + "]}"
    assert [title for title, *_ in listed(shop)] == ["A"]


def test_products_that_are_not_offered_use_up_no_place_of_the_limit():
    rows = [f"Draf {n},15000,draft\n" for n in range(600)] + ["Kopi,15000,active\n"]
    assert [title for title, *_ in listed("title,price,status\n" + "".join(rows))] == ["Kopi"]


def test_children_of_a_product_are_its_variants():
    content = (
        "ID,Type,Name,Published,Regular price,Stock,Parent\n"
        "7,variable,Kaos,1,,,\n"
        "8,variation,Kaos - L,1,95000,0,id:7\n"
        "9,variation,Kaos - M,1,85000,2,id:7\n"
        "11,variation,Kaos - S,0,70000,5,id:7\n"
        "10,simple,Topi,1,45000,1,\n"
    )
    assert listed(content) == [("Kaos", 85000, None, "in_stock"), ("Topi", 45000, None, "in_stock")]


def test_rows_under_a_merged_title_are_its_variants():
    content = "Nama,Varian,Harga,Stok\nKaos,L,95000,0\n,M,85000,0\nTopi,Merah,45000,3\n"
    assert listed(content) == [("Kaos", 85000, None, "out_of_stock"), ("Topi", 45000, None, "in_stock")]


def test_a_price_before_the_sale_is_the_regular_one():
    content = "title,Variant Price,Variant Compare At Price\nKopi,80000,100000\nTeh,12000,\nSirup,9000,9000\n"
    assert [one[:3] for one in listed(content)] == [
        ("Kopi", 100000, 80000),
        ("Teh", 12000, None),
        ("Sirup", 9000, None),
    ]


def test_google_names_count_under_every_prefix_that_is_bound_to_them():
    item = "<item><{0}:title>{1}</{0}:title><{0}:price>12000 IDR</{0}:price></item>"
    names = 'xmlns:g="http://base.google.com/ns/1.0" xmlns:x="http://base.google.com/ns/1.0"'
    content = f"<rss {names}><channel>{item.format('g', 'Kopi')}{item.format('x', 'Teh')}</channel></rss>"
    assert [title for title, *_ in listed(content)] == ["Kopi", "Teh"]


BROTHERS = {
    "words for not for sale": (
        "nama,harga,status\nKopi,25000,Aktif\nRoti,9000,belum tayang\nSusu,9000,Sudah tidak dijual\n",
        ["Kopi | 25000 | None"],
    ),
    "two columns that may say no": (
        '[{"title": "A", "price": "25000", "published": true}, {"title": "B", "price": "20000", "is_active": 0}]',
        ["A | 25000 | None"],
    ),
    "a sale price of zero is none": (
        "nama,harga,harga promo\nCelana,250000,0\nKaos,75.000,60.000\n",
        ["Celana | 250000 | None", "Kaos | 75000 | 60000"],
    ),
    "an example below the instructions": (
        (
            "Nama Produk*,Harga*,Stok*,Gambar Utama\n(Wajib),(Wajib),(Wajib),(Opsional)\n"
            "Contoh: Baju,50000,10,https://...\nKeripik,18000,5,https://x.example/a.jpg\n"
        ),
        ["Keripik | 18000 | None"],
    ),
}


@pytest.mark.parametrize("kind", BROTHERS)
def test_lists_of_the_same_kinds_are_understood_too(kind):
    content, expected = BROTHERS[kind]
    reading = read(content.encode(), currency="IDR")
    assert [f"{one.title} | {one.price} | {one.sale_price}" for one in reading.listings] == expected


def test_the_next_picture_stands_for_one_that_is_missing():
    content = b"nama,harga,gambar 1,gambar 2\nA,15000,,https://x.example/2.jpg\nB,20000,https://x.example/3.jpg,\n"
    assert [one.image for one in read(content).listings] == ["https://x.example/2.jpg", "https://x.example/3.jpg"]
