"""Prices: their meaning, and that they are never off by a factor of 100 or 1,000."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exhibition.storefront.reading.currencies import ISO_4217, THREE_DECIMALS, ZERO_DECIMALS, decimals_of
from exhibition.storefront.reading.listing import Code
from exhibition.storefront.reading.price import SMALLEST, amount_text, from_number, lowest, parse

READ = [
    ("Rp15.000", "15000", "IDR"),
    ("Rp 15.000", "15000", "IDR"),
    ("Rp. 15.000,-", "15000", "IDR"),
    ("rp15.000,00", "15000.00", "IDR"),
    ("15000 IDR", "15000", "IDR"),
    ("IDR 15,000", "15000", "IDR"),
    ("15.000,00", "15000.00", None),
    ("150000.00 IDR", "150000.00", "IDR"),
    ("Rp 2.450K", "2450000", "IDR"),
    ("Rp 15rb", "15000", "IDR"),
    ("Rp 2,5 juta", "2500000", "IDR"),
    ("Rp1.500.000", "1500000", "IDR"),
    ("Harga: Rp15.000/pcs", "15000", "IDR"),
    ("49,00 TND", "49.00", "TND"),
    ("1,234.56 USD", "1234.56", "USD"),
    ("1.234,56 €", "1234.56", "EUR"),
    ("US$ 1,234", "1234", "USD"),
    ("1'234.50 CHF", "1234.50", "CHF"),
    ("₹1,23,456.00", "123456.00", "INR"),
    ("18 000 XOF", "18000", "XOF"),
    ("120.000 VND", "120000", "VND"),
    ("0.500 KWD", "0.500", "KWD"),
    ("1,250.500 KWD", "1250.500", "KWD"),
    ("٢٣٫٥٠ ر.س", "23.50", "SAR"),
    ("84.0000 INR", "84.0000", "INR"),
    ("23.990000000000002 USD", "23.99", "USD"),
    ("1234.567 USD", "1234.567", "USD"),
]


@pytest.mark.parametrize(("text", "amount", "currency"), READ)
def test_price_is_read_as_its_writer_meant_it(text, amount, currency):
    price = parse(text)
    assert (price.amount, price.currency) == (Decimal(amount), currency)
    assert price.amount is not None
    assert amount_text(price.amount) == amount


UNCLEAR = [
    ("1.234", Code.PRICE_AMBIGUOUS),
    ("1,234", Code.PRICE_AMBIGUOUS),
    ("12.500 KWD", Code.PRICE_AMBIGUOUS),
    ("49,000 TND", Code.PRICE_AMBIGUOUS),
    ("Rp 1.250 juta", Code.PRICE_AMBIGUOUS),
    ("15.5 IDR", Code.PRICE_AMBIGUOUS),
    ("Rp10.000 - Rp20.000", Code.PRICE_RANGE),
    ("10-15.000", Code.PRICE_RANGE),
    ("Hubungi kami", Code.PRICE_UNREADABLE),
    ("-5.00 USD", Code.PRICE_UNREADABLE),
    (".50 USD", Code.PRICE_UNREADABLE),
    ("$.50", Code.PRICE_UNREADABLE),
    ("1.23.456", Code.PRICE_UNREADABLE),
    ("9" * 40, Code.PRICE_UNREADABLE),
    ("15000 USD EUR", Code.CURRENCY_CONFLICT),
    ("", Code.PRICE_MISSING),
]


@pytest.mark.parametrize(("text", "code"), UNCLEAR)
def test_unclear_price_is_left_empty_with_its_reason(text, code):
    price = parse(text)
    assert price.amount is None
    assert price.problems == (code,)


def test_machine_formats_settle_three_decimals_but_never_thousands():
    assert parse("12.500 KWD", decimal_mark=".").amount == Decimal("12.500")
    assert parse("19.995 USD", decimal_mark=".").problems == (Code.PRICE_AMBIGUOUS,)
    assert parse("1,299 USD", decimal_mark=".").amount == 1299


def test_indonesian_headings_settle_thousands():
    assert parse("15.000", decimal_mark=",").amount == 15000
    assert parse("15,000", decimal_mark=",").problems == (Code.PRICE_AMBIGUOUS,)


def test_shared_symbol_names_no_currency_and_no_default_is_put_on_it():
    price = parse("$15.00", default="IDR")
    assert (price.amount, price.currency, price.problems) == (Decimal("15.00"), None, (Code.CURRENCY_UNKNOWN,))
    assert parse("$15.00", currency="SGD").currency == "SGD"
    assert parse("$15.00", currency="IDR").problems == (Code.CURRENCY_CONFLICT,)


def test_other_currency_is_never_relabelled():
    assert parse("15.00 USD", default="IDR").currency == "USD"
    assert parse("15.00 USD", currency="IDR").problems == (Code.CURRENCY_CONFLICT,)
    assert parse("15000", default="IDR").currency == "IDR"


def test_starting_price_is_kept_and_remarked():
    price = parse("Mulai Rp10.000")
    assert (price.amount, price.problems) == (10000, (Code.PRICE_FROM,))


def test_json_number_with_three_decimals_is_ambiguous_unless_the_currency_has_three():
    assert from_number(Decimal("15.000"), currency="IDR").problems == (Code.PRICE_AMBIGUOUS,)
    assert from_number(Decimal("12.500"), currency="KWD").amount == Decimal("12.500")
    assert from_number(Decimal(2450000), currency="IDR").amount == 2450000
    assert from_number(Decimal("1E+400"), currency="USD").problems == (Code.PRICE_UNREADABLE,)


def test_lowest_of_several_prices_is_remarked_only_when_they_differ():
    cheap, dear = parse("12.88 USD"), parse("99.26 USD")
    assert lowest([dear, cheap]).amount == Decimal("12.88")
    assert lowest([dear, cheap]).problems == (Code.PRICE_FROM,)
    assert lowest([cheap, cheap]).problems == ()
    assert lowest([cheap, parse("1.234")]).amount is None
    assert lowest([cheap, parse("9.00 EUR")]).problems == (Code.CURRENCY_CONFLICT,)


amounts = st.integers(1, 10**9)
currencies = st.sampled_from(sorted(ISO_4217))


def grouped(number, mark):
    return f"{number:,}".replace(",", mark)


@given(amounts, currencies, st.sampled_from([".", ","]), st.data())
def test_what_a_person_writes_is_read_back_or_left_empty(whole, currency, mark, data):
    """Never off by a factor of 100 or 1,000: the amount is the one that was written, or None."""
    decimals = decimals_of(currency) or 0
    other = "," if mark == "." else "."
    part = data.draw(st.integers(0, 10**decimals - 1)) if decimals and data.draw(st.booleans()) else None
    written = grouped(whole, mark) if data.draw(st.booleans()) else str(whole)
    meant = Decimal(whole)
    if part is not None:
        written += f"{other}{part:0{decimals}}"
        meant = Decimal(f"{whole}.{part:0{decimals}}")
    text = data.draw(
        st.sampled_from([f"{written} {currency}", f"{currency} {written}", f"{currency.lower()}{written}"])
    )
    price = parse(text)
    assert price.currency == currency
    doubts = Code.PRICE_IMPLAUSIBLE if meant < SMALLEST.get(currency, Decimal(0)) else Code.PRICE_AMBIGUOUS
    assert price.amount == meant or (price.amount is None and price.problems == (doubts,))


@given(amounts, st.sampled_from(sorted(ZERO_DECIMALS)), st.sampled_from([".", ",", " ", ""]))
def test_currencies_without_decimals_are_never_left_empty(whole, currency, mark):
    assume(whole >= SMALLEST.get(currency, Decimal(0)))
    assert parse(f"{currency} {grouped(whole, mark)}").amount == whole


@pytest.mark.parametrize("said", ["162.00 IDR", "Rp85", "Rp 162", "999 IDR"])
def test_rupiah_that_may_have_lost_their_thousands_are_doubtful(said):
    price = parse(said, decimal_mark=".")
    assert (price.amount, price.currency, price.problems) == (None, "IDR", (Code.PRICE_IMPLAUSIBLE,))
    number = from_number(Decimal(162), currency="IDR")
    assert (number.amount, number.problems) == (None, (Code.PRICE_IMPLAUSIBLE,))


@given(amounts, st.sampled_from(["Rp{}", "Rp {}", "Rp. {},-", "{} IDR", "Rp{},00", "Rp{}/pcs"]))
def test_rupiah_in_all_its_spellings(whole, spelling):
    assume(whole >= SMALLEST["IDR"])
    assert parse(spelling.format(grouped(whole, "."))).amount == whole


@given(st.decimals(0, 10**9, places=2), currencies)
def test_canonical_text_is_read_back_the_same(amount, currency):
    assume(currency not in ZERO_DECIMALS or amount >= 1000 or amount == amount.to_integral_value())
    assume(not 0 < amount < SMALLEST.get(currency, Decimal(0)))
    price = parse(f"{amount_text(amount)} {currency}", decimal_mark=".")
    assert price.amount is not None
    assert amount_text(price.amount) == amount_text(amount)


@given(st.decimals(0, 999, places=3), st.sampled_from(sorted(THREE_DECIMALS)))
def test_three_decimals_in_machine_formats_are_read_back(amount, currency):
    assert parse(f"{amount_text(amount)} {currency}", decimal_mark=".").amount == amount


@given(st.text(max_size=60), st.one_of(st.none(), currencies), st.sampled_from([None, ".", ","]))
def test_no_text_makes_the_parser_fail_or_invent(text, currency, mark):
    price = parse(text, currency=currency, decimal_mark=mark)
    assert price.amount is None or (price.amount >= 0 and "E" not in amount_text(price.amount))
    assert price.amount is not None or price.problems
