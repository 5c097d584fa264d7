"""Product lists as sellers really write them, each with a typical fault and the right answer."""

from collections import Counter
from pathlib import Path

import pytest

from exhibition.storefront.reading import read

CASES = Path(__file__).with_name("cases")

EXPECTED = {
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
