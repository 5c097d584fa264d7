"""From a shop's address to its listings."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from exhibition.storefront.fetching.fetcher import Fetcher
from exhibition.storefront.importing.discovery import ShopVisit, read_address, visit
from exhibition.storefront.reading import SourceKind
from exhibition.storefront.rules.fetching import FetchFailed
from tests.storefront.importing.shop_server import shop

PAGE = b"<!DOCTYPE html><html><head><title>Toko</title></head><body>Selamat datang</body></html>"
PRODUCT_PAGE = (
    b'<html><head><script type="application/ld+json">{"@type":"Product","name":"Topi",'
    b'"offers":{"price":"75000","priceCurrency":"IDR"}}</script></head></html>'
)
HTML = {"Content-Type": "text/html"}


def shopify(count, size=250):
    products = [
        {"id": n, "title": f"Kain {n}", "handle": f"kain-{n}", "variants": [{"price": f"{n}000.00"}]}
        for n in range(1, count + 1)
    ]

    def answers(path, _):
        parts = urlsplit(path)
        if parts.path == "/products.json":
            page = int(parse_qs(parts.query).get("page", ["1"])[0])
            return 200, {}, json.dumps({"products": products[(page - 1) * size : page * size]}).encode()
        return (200, HTML, PAGE) if parts.path == "/" else None

    return answers


def woocommerce(count):
    products = [
        {
            "id": n,
            "name": f"Teh {n}",
            "permalink": f"https://teh.example/{n}",
            "prices": {"price": "15000", "regular_price": "15000", "currency_code": "IDR", "currency_minor_unit": 0},
        }
        for n in range(1, count + 1)
    ]

    def answers(path, _):
        parts = urlsplit(path)
        if parts.path == "/wp-json/wc/store/v1/products":
            page = int(parse_qs(parts.query).get("page", ["1"])[0])
            return 200, {}, json.dumps(products[(page - 1) * 100 : page * 100]).encode()
        return (200, HTML, PAGE) if parts.path == "/" else None

    return answers


def test_shopify_is_found_from_the_front_page_and_read_page_by_page():
    with shop(shopify(300)) as served:
        reading = read_address(f"{served.address}/", served.fetcher, currency="IDR")
    assert (reading.kind, len(reading.listings), reading.listings[-1].title) == (SourceKind.SHOPIFY, 300, "Kain 300")
    assert reading.listings[0].link == f"{served.address}/products/kain-1"
    assert reading.problems == ()


def test_woocommerce_is_found_from_the_front_page_and_read_page_by_page():
    with shop(woocommerce(130)) as served:
        reading = read_address(f"{served.address}/", served.fetcher)
    assert (reading.kind, len(reading.listings), reading.listings[-1].title) == (SourceKind.WOOCOMMERCE, 130, "Teh 130")


def test_reading_stops_at_the_limit():
    with shop(shopify(700)) as served:
        reading = read_address(f"{served.address}/products.json", served.fetcher, currency="IDR")
    assert len(reading.listings) == 500
    assert [problem.code for problem in reading.problems] == ["too_many"]


def test_server_that_ignores_page_numbers_is_asked_twice_and_no_more():
    page = json.dumps(
        {"products": [{"id": 1, "title": "Kain", "handle": "k", "variants": [{"price": "1000.00"}]}]}
    ).encode()
    with shop(lambda *_: (200, {}, page)) as served:
        reading = read_address(f"{served.address}/products.json", served.fetcher)
    assert len(reading.listings) == 1
    assert len(served.asked) == 2


def test_later_page_that_fails_keeps_the_first():
    def answers(path, headers):
        return None if "page=2" in path else shopify(250)(path, headers)

    with shop(answers) as served:
        reading = read_address(f"{served.address}/products.json", served.fetcher, currency="IDR")
    assert len(reading.listings) == 250
    assert [(problem.where, problem.code) for problem in reading.problems] == [("page 2", "json_broken")]


def test_product_page_is_read_without_asking_for_more():
    with shop(lambda *_: (200, HTML, PRODUCT_PAGE)) as served:
        reading = read_address(f"{served.address}/topi", served.fetcher)
    assert (reading.kind, reading.listings[0].link) == (SourceKind.JSONLD, f"{served.address}/topi")
    assert served.asked == ["/topi"]


def test_shop_without_anything_to_read_says_so():
    with shop(lambda path, _: (200, HTML, PAGE) if path == "/" else None) as served:
        reading = read_address(f"{served.address}/", served.fetcher)
    assert [problem.code for problem in reading.problems] == ["no_products"]


def test_platform_is_recognised_without_asking_it():
    reading = read_address("https://shopee.co.id/toko", Fetcher())
    assert (reading.kind, [problem.code for problem in reading.problems]) == (SourceKind.LINK, ["link_only"])


def test_address_that_cannot_be_fetched_is_a_failure():
    with shop(lambda *_: None) as served, pytest.raises(FetchFailed):
        read_address(f"{served.address}/", served.fetcher)


def test_unchanged_file_is_not_read_again():
    def answers(_, headers):
        if headers.get("If-None-Match") == '"1"':
            return 304, {}, b""
        return 200, {"ETag": '"1"'}, b"id,title,price,link\n1,Topi,75000 IDR,https://topi.example/\n"

    with shop(answers) as served:
        first = visit(f"{served.address}/a.csv", served.fetcher)
        again = visit(f"{served.address}/a.csv", served.fetcher, etag=first.etag)
    assert first.reading is not None
    assert len(first.reading.listings) == 1
    assert again == ShopVisit(None, '"1"')


def test_shop_in_several_answers_is_read_again_each_time():
    with shop(shopify(3)) as served:
        found = visit(f"{served.address}/", served.fetcher)
    assert (found.etag, found.last_modified) == (None, None)


def test_server_that_says_unchanged_without_being_asked_fails():
    with shop(lambda *_: (304, {}, b"")) as served, pytest.raises(FetchFailed) as failed:
        read_address(f"{served.address}/a.csv", served.fetcher)
    assert failed.value.status == 304
