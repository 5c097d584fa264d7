"""Text, addresses, availability and platforms."""

import pytest

from exhibition.storefront.reading import StatedAvailability, availability
from exhibition.storefront.reading.address import Dropped, complete
from exhibition.storefront.reading.platform import recognise
from exhibition.storefront.reading.text import line, plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Kain <b>halus</b></p><p>Dua</p>", "Kain halus\n\nDua"),
        ("<p>&lt;p&gt;Kain&lt;/p&gt;</p>", "Kain"),
        ("a<br>b<script>alert(1)</script>", "a\nb"),
        ("ukuran < 5 &amp; > 2", "ukuran < 5 & > 2"),
        ('<img alt="a > b">gambar', "gambar"),
        ("<img src=x onerror=alert(1)", ""),
        ("&nbsp;&#8211; kopi\u200b", "– kopi"),
        (None, ""),
    ],
)
def test_html_becomes_plain_text(html, text):
    assert plain(html) == text


def test_long_descriptions_and_titles_are_cut():
    assert len(plain("kata " * 2000)) == 5000
    assert len(line("kata " * 2000)) <= 500


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("in stock", "in_stock"),
        ("in_stock", "in_stock"),
        ("https://schema.org/InStock", "in_stock"),
        ("http://schema.org/LimitedAvailability", "in_stock"),
        ("Tersedia", "in_stock"),
        ("Ready Stock", "in_stock"),
        ("12", "in_stock"),
        ("0", "out_of_stock"),
        ("Habis", "out_of_stock"),
        ("SoldOut", "out_of_stock"),
        ("Pre-order", "preorder"),
        ("onbackorder", "preorder"),
        ("", "unknown"),
        ("-", "unknown"),
    ],
)
def test_availability_words(words, meaning):
    assert availability.parse(words) == StatedAvailability(meaning)


def test_unknown_availability_is_not_guessed():
    assert availability.parse("besok mungkin") is None


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (" https://x.example/a b ", "https://x.example/a%20b"),
        ("/foto/1.jpg", "https://toko.example/foto/1.jpg"),
        ("//cdn.example/1.jpg", "https://cdn.example/1.jpg"),
        ("www.toko.example", "https://www.toko.example"),
        ("https://x.example/1.jpg, https://x.example/2.jpg", "https://x.example/1.jpg"),
        ("#", None),
        ("", None),
    ],
)
def test_addresses_are_completed(value, address):
    assert complete(value, "https://toko.example/katalog/") == address


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "mailto:a@x.example",
        "https://u:p@x.example/",
        "http://[",
        "https://x.example:0/",
        "http:///x",
    ],
)
def test_other_schemes_credentials_and_nonsense_are_dropped(value):
    with pytest.raises(Dropped) as dropped:
        complete(value, "https://toko.example/")
    assert not dropped.value.relative


def test_a_relative_address_without_a_base_is_reported_as_such():
    with pytest.raises(Dropped) as dropped:
        complete("/foto/1.jpg")
    assert dropped.value.relative


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://www.tokopedia.com/toko", "tokopedia"),
        ("https://shopee.co.id/toko", "shopee"),
        ("https://wa.me/62812", "whatsapp"),
        ("https://api.whatsapp.com/send?phone=1", "whatsapp"),
        ("https://www.instagram.com/toko/", "instagram"),
        ("https://notshopee.co.id/", None),
        ("https://toko.example/?u=tokopedia.com", None),
        ("http://[", None),
        (None, None),
    ],
)
def test_platforms_are_recognised_by_host(address, key):
    found = recognise(address)
    assert (found.key if found else None) == key
