"""Sellers' input and its meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibition.storefront.rules.seller_input import (
    MAX_ADDRESS,
    MAX_PRICE,
    ListingFault,
    Unreadable,
    is_robot,
    plain_text,
    platform_of,
    rupiah,
    web_address,
    whatsapp_number,
)


def grouped(amount: int, sign: str) -> str:
    return f"{amount:,}".replace(",", sign)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("15000", 15_000),
        ("15.000", 15_000),
        ("15,000", 15_000),
        ("Rp15.000", 15_000),
        ("rp 15.000", 15_000),
        ("Rp. 15.000", 15_000),
        ("Rp15.000,00", 15_000),
        ("15,000.00", 15_000),
        ("15.000,-", 15_000),
        ("15000 IDR", 15_000),
        ("15rb", 15_000),
        ("15,5 ribu", 15_500),
        ("1,5jt", 1_500_000),
        ("12.500.000", 12_500_000),
        ("500", 500),
        ("0", 0),
        ("", None),
        ("  ", None),
    ],
)
def test_a_price_is_read_as_sellers_write_it(text: str, amount: int | None) -> None:
    assert rupiah(text) == amount


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("-5000", ListingFault.PRICE_NEGATIVE),
        ("15.5", ListingFault.PRICE_UNREADABLE),
        ("15.00", ListingFault.PRICE_UNREADABLE),
        ("1.500.00", ListingFault.PRICE_UNREADABLE),
        ("1.5000", ListingFault.PRICE_UNREADABLE),
        ("murah", ListingFault.PRICE_UNREADABLE),
        ("15000; DROP TABLE listing", ListingFault.PRICE_UNREADABLE),
        ("$15", ListingFault.PRICE_UNREADABLE),
        ("١٥٠٠٠", ListingFault.PRICE_UNREADABLE),
        ("1000000000", ListingFault.PRICE_TOO_HIGH),
        ("9" * 40, ListingFault.PRICE_TOO_HIGH),
        ("1e9", ListingFault.PRICE_UNREADABLE),
        ("15\0000", ListingFault.PRICE_UNREADABLE),
    ],
)
def test_a_price_that_is_not_clear_is_refused(text: str, fault: ListingFault) -> None:
    with pytest.raises(Unreadable) as refusal:
        rupiah(text)
    assert refusal.value.fault is fault


@given(st.integers(0, MAX_PRICE), st.sampled_from(["", "Rp", "Rp ", "IDR "]), st.sampled_from(["", ",00", ",-"]))
def test_a_price_written_the_indonesian_way_is_never_off_by_a_factor(amount: int, before: str, after: str) -> None:
    written = grouped(amount, ".")
    cents = after if amount >= 1_000 else ""
    assert rupiah(f"{before}{written}{cents}") == amount
    assert rupiah(f"{before}{amount}") == amount


@given(st.text(max_size=30))
def test_any_text_is_a_price_in_range_or_refused(text: str) -> None:
    try:
        amount = rupiah(text)
    except Unreadable:
        return
    assert amount is None or 0 <= amount <= MAX_PRICE


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://www.tokopedia.com/bu-tini", "https://www.tokopedia.com/bu-tini"),
        ("tokopedia.com/bu-tini", "https://tokopedia.com/bu-tini"),
        ("  HTTP://Shop.ID/A  ", "http://shop.id/A"),
        ("@bu_tini", "https://www.instagram.com/bu_tini/"),
        ("https://toko.id:8443/a?b=c#d", "https://toko.id:8443/a?b=c#d"),
        ("https://toko.id/keripik pedas".replace(" ", "%20"), "https://toko.id/keripik%20pedas"),
        ("https://café.id/", "https://xn--caf-dma.id/"),
        ("", ""),
    ],
)
def test_a_shop_address_is_made_normal(text: str, address: str) -> None:
    assert web_address(text) == address


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("javascript:alert(1)", ListingFault.ADDRESS_SCHEME),
        ("javascript://tokopedia.com/%0aalert(1)", ListingFault.ADDRESS_SCHEME),
        ("JaVaScRiPt:alert(1)", ListingFault.ADDRESS_SCHEME),
        ("data:text/html,<script>", ListingFault.ADDRESS_UNREADABLE),
        ("ftp://toko.id/", ListingFault.ADDRESS_SCHEME),
        ("file:///etc/passwd", ListingFault.ADDRESS_SCHEME),
        ("https://", ListingFault.ADDRESS_UNREADABLE),
        ("https:///path", ListingFault.ADDRESS_UNREADABLE),
        ("//toko.id", ListingFault.ADDRESS_UNREADABLE),
        ("https://user:secret@toko.id/", ListingFault.ADDRESS_CREDENTIALS),
        ("https://tokopedia.com@evil.id/", ListingFault.ADDRESS_CREDENTIALS),
        ("https://toko.id:99999/", ListingFault.ADDRESS_UNREADABLE),
        ("https://toko.id\\@evil.id/", ListingFault.ADDRESS_UNREADABLE),
        ("https://toko.id/a b", ListingFault.ADDRESS_UNREADABLE),
        ("https://toko.id/\r\nSet-Cookie: a=b", ListingFault.ADDRESS_UNREADABLE),
        ("https://toko.id/\0", ListingFault.ADDRESS_UNREADABLE),
        ("https://toko.id/\u202egnp", ListingFault.ADDRESS_UNREADABLE),
        ("https://" + "a" * MAX_ADDRESS + ".id", ListingFault.TOO_LONG),
        ("https://toko.id/" + "é" * 400, ListingFault.TOO_LONG),
        ("toko saya", ListingFault.ADDRESS_UNREADABLE),
        ("<script>alert(1)</script>", ListingFault.ADDRESS_UNREADABLE),
    ],
)
def test_an_address_that_leads_elsewhere_is_refused(text: str, fault: ListingFault) -> None:
    with pytest.raises(Unreadable) as refusal:
        web_address(text)
    assert refusal.value.fault is fault


@pytest.mark.parametrize(
    ("address", "platform"),
    [
        ("https://www.tokopedia.com/a", "tokopedia"),
        ("https://shopee.co.id/a", "shopee"),
        ("https://www.bukalapak.com/u/a", "bukalapak"),
        ("https://www.instagram.com/a/", "instagram"),
        ("https://m.facebook.com/a", "facebook"),
        ("https://www.tiktok.com/@a", "tiktok_shop"),
        ("https://wa.me/62812", "whatsapp"),
        ("https://api.whatsapp.com/send?phone=62", "whatsapp"),
        ("https://warung-serasi.example/toko/a", "warung_serasi"),
        ("https://tokoserasi.id/", "website"),
        ("https://nottokopedia.com/", "website"),
        ("https://tokopedia.com.evil.id/", "website"),
        ("https://evil.id/tokopedia.com", "website"),
    ],
)
def test_the_platform_is_known_by_its_host(address: str, platform: str) -> None:
    assert platform_of(address) == platform


@pytest.mark.parametrize("text", ["0812-3456-7890", "+62 812 3456 7890", "6281234567890", "(0812) 3456 7890"])
def test_a_whatsapp_number_becomes_e164(text: str) -> None:
    assert whatsapp_number(text) == "+6281234567890"


@pytest.mark.parametrize("text", ["12", "abc", "0812", "+1", "0812\0", "<b>0812</b>", "٠٨١٢٣٤٥٦٧٨٩٠", "0" * 600])
def test_text_that_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        whatsapp_number(text)


@pytest.mark.parametrize("text", ["a\0b", "a\x07b", "a\u202eb", "\ud800"])
def test_characters_that_cannot_be_shown_are_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        plain_text(text, 100)
    assert refusal.value.fault is ListingFault.UNPRINTABLE


def test_plain_text_keeps_emoji_and_right_to_left_letters_and_joins_lines() -> None:
    assert plain_text(" Keripik 👩‍🍳\n كرسبي ", 100) == "Keripik 👩‍🍳 كرسبي"
    assert plain_text("a\r\nb", 100, lines=True) == "a\nb"


@pytest.mark.parametrize(
    ("user_agent", "robot"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("facebookexternalhit/1.1", True),
        ("WhatsApp/2.23.20", True),
        ("curl/8.5.0", True),
        ("python-requests/2.32", True),
        ("", True),
        ("Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) Instagram 300.0", False),
    ],
)
def test_robots_are_told_from_people(user_agent: str, robot: bool) -> None:
    assert is_robot(user_agent) is robot
