"""For any input, reading returns listings and problems, and never raises."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibition.storefront.reading import ShopReading, SourceKind, read
from exhibition.storefront.reading.text import line, plain

FILES = sorted(Path(__file__).with_name("files").iterdir())
STARTS = (
    b"",
    b"<",
    b"<?xml ",
    b"<rss><channel><item>",
    b"<html>",
    b"[{",
    b'{"products":[',
    b"id,title,price,link\n",
    b"PK\x03\x04",
)
BITS = (
    b'"',
    b"<",
    b">",
    b"&",
    b",",
    b";",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\\",
    b"\n",
    b"\0",
    b"\xff",
    b"]]>",
    b"<!--",
    b"1.234",
    b"e9",
)


def consistent(reading):
    assert isinstance(reading, ShopReading)
    assert reading.listings or reading.problems
    for listing in reading.listings:
        assert listing.title
        assert listing.price is None or listing.price >= 0
        assert listing.sale_price is None or listing.price is None or listing.sale_price < listing.price
        for address in (listing.link, listing.image):
            assert address is None or address.lower().startswith(("http://", "https://"))
    assert all(problem.where and problem.message for problem in reading.problems)


@settings(max_examples=150)
@given(st.sampled_from(STARTS), st.binary(max_size=300), st.sampled_from(["", "text/html", "text/csv; charset=utf-7"]))
def test_arbitrary_bytes(start, rest, content_type):
    consistent(read(start + rest, content_type=content_type, address="https://x.example/"))


@settings(max_examples=300)
@given(st.data())
def test_damaged_files(data):
    content = bytearray(data.draw(st.sampled_from(FILES)).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content)))
        match data.draw(st.integers(0, 3)):
            case 0:
                content[place:place] = data.draw(st.sampled_from(BITS))
            case 1:
                del content[place : place + data.draw(st.integers(1, 80))]
            case 2:
                content[place : place + 1] = data.draw(st.binary(min_size=1, max_size=3))
            case _:
                content[place:place] = content[: data.draw(st.integers(0, 200))]
    consistent(read(bytes(content), address=data.draw(st.sampled_from([None, "https://x.example/a/", "http://["]))))


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "&lt;b&gt;",
                "&amp;lt;i&amp;gt;",
                "<script>x</script>",
                "<!-- ",
                "-->",
                "a",
                " < 5",
                "<img alt='",
                '">',
                "<",
                ">",
            ]
        )
    )
)
def test_plain_text_holds_no_markup(pieces):
    text = plain("".join(pieces))
    assert not any(tag in text for tag in ("<p>", "</p>", "<b>", "<i>", "<script", "&lt;", "&amp;"))
    assert "\n" not in line("".join(pieces))


def test_deep_and_endless_content_is_answered_quickly():
    for content in (
        b"[" * 100_000,
        b"<html>" + b"<div>" * 200_000,
        b"<rss>" + b"<a>" * 50_000,
        b"<!--" * 200_000,
        b"<![CDATA[" * 100_000,
    ):
        assert read(content).listings == ()
    assert read(b"<p>&lt;" * 50_000).kind is SourceKind.UNKNOWN


@pytest.mark.parametrize(
    "content",
    [
        b'[{"title":"Batik","price":1e99999999999999999999}]',
        b'{"products":[{"title":"Batik","handle":"\\ud800","variants":[{"price":"1.00"}]}]}',
        b'{"products":' + b"[" * 400 + b"]" * 400 + b"}",
        b'<script type="application/ld+json">' + b'{"a":' * 400 + b"1" + b"}" * 400 + b"</script>",
        b'<rss><!DOCTYPE x [<!ENTITY y "z">]><channel><item><title>Batik</title></item></channel></rss>',
    ],
    ids=["huge exponent", "half a character", "deep", "deep in a page", "entity inside"],
)
@pytest.mark.parametrize("address", ["https://x.example/", "http://["])
def test_odd_content_of_a_shop_is_no_fault_of_ours(content, address):
    consistent(read(content, address=address, currency="IDR"))
