"""The many ways in which shops write the same thing."""

import pytest

from exhibition.storefront.reading import SourceKind, read


def only(content, **told):
    reading = read(content.encode(), **told)
    assert len(reading.listings) == 1
    return reading.listings[0], [problem.code for problem in reading.problems]


@pytest.mark.parametrize(
    ("table", "price", "currency"),
    [
        ("Nama Barang;Harga;Keterangan\nKeripik;15.000;enak", "15000", None),
        ("Nama Produk*|Harga Jual (Rp)*|Foto 1\nKeripik|15.000|https://x.example/1.jpg", "15000", "IDR"),
        ('Nama,Harga Rp,Stok\nKeripik,"15,000",3', "15000", "IDR"),
        ("productName,price,priceCurrency\nKeripik,15000,idr", "15000", "IDR"),
        ("title,price_usd\nKeripik,15.00", "15.00", "USD"),
        ("sep=;\ntitle;price;currency\nKeripik;15000,50;EUR", "15000.50", "EUR"),
        ("Name;Regular price;Sale price;In stock?\nKeripik;15000;12000;1", "15000", None),
        ("g:title,g:price\nKeripik,15000 IDR", "15000", "IDR"),
        ("Nama Produk,Harga Modal,Harga Beli,Harga\nKeripik,7000,8000,15000", "15000", None),
    ],
)
def test_headings(table, price, currency):
    listing, _ = only(table)
    assert (listing.title, str(listing.price), listing.currency) == ("Keripik", price, currency)


def test_purchase_price_alone_is_no_price():
    reading = read(b"Nama Produk,Harga Modal,Harga Beli\nKeripik,7000,8000\n")
    assert [problem.code for problem in reading.problems] == ["unknown_text"]


PRODUCT = '{"@context":"https://schema.org","@type":"Product","name":"Topi","offers":%s}'


@pytest.mark.parametrize(
    ("offers", "price", "currency", "codes"),
    [
        ('{"price":"Rp150.000","priceCurrency":"IDR"}', "150000", "IDR", []),
        ('{"price":"150000.00","priceCurrency":"Rp"}', "150000.00", "IDR", []),
        ('{"price":150.000,"priceCurrency":"IDR"}', "None", "IDR", ["price_ambiguous"]),
        ('{"price":"$19.99","priceCurrency":"USD"}', "19.99", "USD", []),
        ('{"price":"19.99","priceCurrency":"?"}', "19.99", None, ["currency_unknown"]),
        ('[{"price":"20","priceCurrency":"EUR"},{"price":"18","priceCurrency":"EUR"}]', "18", "EUR", ["price_from"]),
        (
            '[{"price":"20","priceCurrency":"EUR"},{"price":"18","priceCurrency":"USD"}]',
            "None",
            None,
            ["currency_conflict"],
        ),
        (
            '{"@type":"AggregateOffer","priceCurrency":"EUR","offers":[{"price":"7","priceCurrency":"EUR"}]}',
            "7",
            "EUR",
            [],
        ),
        (
            """{"priceSpecification":[{"price":"90","priceCurrency":"EUR","priceType":"https://schema.org/ListPrice"},
            {"price":"80","priceCurrency":"EUR"},{"@type":"DeliveryChargeSpecification","price":"5"}]}""",
            "80",
            "EUR",
            [],
        ),
        ('{"price":{"@value":"12"},"priceCurrency":["EUR"]}', "12", "EUR", []),
        ('{"price":"","priceCurrency":"EUR"}', "None", None, ["price_missing"]),
        ('"tanya"', "None", None, ["price_missing"]),
        ("null", "None", None, ["price_missing"]),
    ],
)
def test_offers(offers, price, currency, codes):
    page = f'<html><script type="application/ld+json">{PRODUCT % offers}</script></html>'
    listing, found = only(page, address="https://topi.example/")
    assert (str(listing.price), listing.currency, found) == (price, currency, codes)


@pytest.mark.parametrize(
    "block",
    [
        "<!-- {} -->",
        "<!-- {} //-->",
        "//<![CDATA[\n{}\n//]]>",
        "{};",
        "[{}]",
        '{{"@graph":[{}]}}',
        '{{"@type":"WebPage","mainEntity":{}}}',
        '{{"a":[1,],"b":{}}}',
    ],
)
def test_wrappings_of_json_ld(block):
    product = PRODUCT % '{"price":"5","priceCurrency":"USD"}'
    listing, _ = only(f"<html><script type='application/ld+json'>{block.format(product)}</script></html>")
    assert (listing.title, listing.price) == ("Topi", 5)


def test_the_same_product_in_two_blocks_is_one_listing():
    first = PRODUCT % '{"price":"5","priceCurrency":"USD"}'
    second = '{"@type":"Product","name":"Topi","image":"https://topi.example/1.jpg","offers":{"price":"5.00","priceCurrency":"USD"}}'
    page = "".join(f'<script type="application/ld+json">{block}</script>' for block in (first, second))
    listing, codes = only(f"<html>{page}</html>", address="https://topi.example/")
    assert (listing.image, codes) == ("https://topi.example/1.jpg", [])
    listing, codes = only(f"<html>{page.replace('5.00', '6.00')}</html>", address="https://topi.example/")
    assert (listing.price, codes) == (None, ["price_duplicate"])


def test_json_ld_by_itself_is_read():
    listing, _ = only(PRODUCT % '{"price":"5","priceCurrency":"USD"}')
    assert listing.title == "Topi"


@pytest.mark.parametrize(
    ("tags", "price", "sale", "currency"),
    [
        ([("og:price:amount", "150.000"), ("og:price:currency", "IDR")], "150000", "None", "IDR"),
        ([("product:price:amount", "20"), ("product:price:currency", "USD")] * 2, "20", "None", "USD"),
        (
            [
                ("product:price:amount", "20"),
                ("product:price:currency", "USD"),
                ("product:price:amount", "20"),
                ("product:price:currency", "EUR"),
            ],
            "None",
            "None",
            None,
        ),
        (
            [
                ("product:original_price:amount", "30"),
                ("product:price:amount", "20"),
                ("product:price:currency", "USD"),
            ],
            "30",
            "20",
            "USD",
        ),
        ([("product:shipping_cost:amount", "5"), ("product:pretax_price:amount", "18")], "None", "None", None),
    ],
)
def test_open_graph_prices(tags, price, sale, currency):
    metas = "".join(
        f'<meta property="{name}" content="{value}">'
        for name, value in [("og:type", "product"), ("og:title", "Topi > Kain"), *tags]
    )
    listing, _ = only(f"<html><head>{metas}</head></html>", address="https://topi.example/")
    assert (listing.title, str(listing.price), str(listing.sale_price), listing.currency) == (
        "Topi > Kain",
        price,
        sale,
        currency,
    )


def test_commented_out_tags_are_not_read():
    page = '<html><!-- <meta property="og:type" content="product"><meta property="og:title" content="x"> --></html>'
    assert read(page.encode()).listings == ()


@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n", "<!-- dibuat 2020 -->\n", "Warning: something\n"])
def test_feed_with_something_before_it(before):
    item = "<item><g:title>Topi</g:title><g:price>1.000,00 IDR</g:price></item>"
    feed = f'{before}<?xml version="1.0"?><rss version="2.0"><channel>{item}</channel></rss>'
    listing, _ = only(feed)
    assert (listing.title, str(listing.price), listing.currency) == ("Topi", "1000.00", "IDR")


def test_shopify_number_with_a_point_is_major_and_without_one_ambiguous():
    product = '{"product":{"id":1,"title":"Topi","handle":"topi","variants":[{"price":%s}]}}'
    listing, _ = only(product % "20.0", address="https://topi.example/products/topi.json")
    assert (str(listing.price), listing.link) == ("20.0", "https://topi.example/products/topi")
    assert "price_ambiguous" in only(product % "2000")[1]


def test_list_of_products_that_breaks_off_is_found_behind_other_lists():
    products = '{"tags":["a"],"products":[{"id":1,"title":"Topi","handle":"topi","variants":[{"price":"5.00"}]},{"id":'
    listing, codes = only(products)
    assert listing.title == "Topi"
    assert "json_broken" in codes


def test_error_answer_of_a_shop_is_no_product_list():
    assert read(b'{"code":"rest_no_route","message":"x","data":{"status":404}}').kind is SourceKind.UNKNOWN
