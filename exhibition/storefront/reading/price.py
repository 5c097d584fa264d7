"""Prices as people and machines write them, into exact decimals.

A price is never guessed. Where a text can mean two amounts (``1.234`` is 1234 in Jakarta and 1.234 in Kuwait), the
currency's own number of decimals decides; where that does not settle it, the amount is None with a problem.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from exhibition.storefront.reading.currencies import ISO_4217, SHARED_SYMBOLS, SYMBOLS, ZERO_DECIMALS, decimals_of
from exhibition.storefront.reading.listing import Code

MOST_DIGITS = 15
LONGEST = 200
"""In characters; a longer text is not a price but a description."""
SMALLEST = {"IDR": Decimal(1000), "VND": Decimal(1000)}
"""Below this a price in the currency is more likely one whose thousands point was read as a decimal point."""
FLOAT_NOISE = 6
"""More decimals than this come from binary fractions (23.990000000000002)."""

_NUMBER = re.compile(r"\d(?:[\d.,' ]*\d)?")
_FROM = re.compile(r"^(?:mulai(?: dari)?|dari|from|starting (?:at|from)|ab|desde|à partir de)\b[ :]*")
_LABEL = re.compile(r"^(?:(?:harga|price)\b[ :]*|@ *)")
_PER_UNIT = re.compile(r"(?: *[/@] *| +per +)\d* *[^\W\d]+\.?$")
_THOUSANDS = re.compile(r"^ ?(?:k|rb|ribu)\b\.?")
_MILLIONS = re.compile(r"^ ?(?:jt|juta)\b\.?")
_DASH_FOR_CENTS = re.compile(r"^[.,](?:[-\u2013\u2014]{1,2}|(?= |$))")
_APART = re.compile(r"\d{1,3}(?:([ '])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_BOTH = re.compile(
    r"(?P<whole>\d{1,3}(?:,\d{2,3})*,\d{3})\.(?P<part>\d+)|(?P<dotted>\d{1,3}(?:\.\d{3})+),(?P<cents>\d+)"
)
_REPEATED = re.compile(r"\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,}|\d{1,2}(?:,\d{2})+,\d{3}")
_SINGLE = re.compile(r"(?P<whole>\d+)(?P<mark>[.,])(?P<part>\d+)")


@dataclass(frozen=True)
class Price:
    """``amount`` in the currency's major unit. If None, the problems are the reason; else they are remarks."""

    amount: Decimal | None = None
    currency: str | None = None
    problems: tuple[Code, ...] = ()
    said: str = ""


def amount_text(amount: Decimal) -> str:
    """The canonical form: digits and at most one point, decimals as in the source, no exponent."""
    return format(amount, "f")


def _settled(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace("\u066b", ".").replace("\u066c", ",").replace("\u2019", "'")
    text = "".join(str(unicodedata.digit(character)) if character.isdigit() else character for character in text)
    return " ".join(text.split()).casefold()


def currency_of(text: str) -> tuple[str | None, Code | None]:
    """The currency that a code, a symbol or a word like ``Rp`` names; None with a problem if it is not one only."""
    words = _settled(text).strip(" .:*()")
    if not words:
        return None, None
    codes: set[str] = set()
    shared: list[frozenset[str]] = []
    for word in [words.replace(" ", "")] if words.replace(" ", "") in SYMBOLS else words.split():
        bare = word.strip(".")
        if bare.upper() in ISO_4217:
            codes.add(bare.upper())
        elif bare in SYMBOLS:
            codes.add(SYMBOLS[bare])
        elif bare in SHARED_SYMBOLS:
            shared.append(SHARED_SYMBOLS[bare])
        else:
            return None, Code.PRICE_UNREADABLE
    if len(codes) > 1 or any(not codes <= several for several in shared):
        return None, Code.CURRENCY_CONFLICT
    return (codes.pop(), None) if codes else (None, Code.CURRENCY_UNKNOWN)


def _single(whole: str, mark: str, part: str, decimals: int | None, decimal_mark: str | None) -> Decimal | Code:
    """The amount of a text with a single separator: ``15.000``, ``19,99``. Three digits after it may be thousands or
    decimals.
    """
    as_decimal = Decimal(f"{whole}.{part}")
    if len(part) != 3 or len(whole) > 3 or whole.startswith("0"):  # noqa: PLR2004 — a group of thousands
        return as_decimal
    as_thousands = Decimal(whole + part)
    stated_group = decimal_mark is not None and mark != decimal_mark
    match decimals:
        case 0:
            return as_thousands
        case 3:
            return as_decimal if mark == decimal_mark else Code.PRICE_AMBIGUOUS
        case 2:
            return Code.PRICE_AMBIGUOUS if mark == decimal_mark else as_thousands
        case _:
            return as_thousands if stated_group and mark == "." else Code.PRICE_AMBIGUOUS


def _amount(token: str, decimals: int | None, decimal_mark: str | None) -> Decimal | Code:  # noqa: PLR0911 — one way of writing each
    if len(token) > 2 * MOST_DIGITS or sum(map(str.isdigit, token)) > MOST_DIGITS:
        whole = token.split(".", maxsplit=1)[0]
        if not re.fullmatch(r"\d+\.\d+", token) or len(whole) > MOST_DIGITS:
            return Code.PRICE_UNREADABLE
        return Decimal(token[: len(whole) + 18])
    if token.isdigit():
        return Decimal(token)
    if _APART.fullmatch(token):
        return Decimal(token.replace(" ", "").replace("'", "").replace(",", "."))
    if found := _BOTH.fullmatch(token):
        if found["whole"]:
            return Decimal(f"{found['whole'].replace(',', '')}.{found['part']}")
        return Decimal(f"{found['dotted'].replace('.', '')}.{found['cents']}")
    if _REPEATED.fullmatch(token):
        return Decimal(token.replace(".", "").replace(",", ""))
    if found := _SINGLE.fullmatch(token):
        return _single(found["whole"], found["mark"], found["part"], decimals, decimal_mark)
    return Code.PRICE_RANGE if " " in token else Code.PRICE_UNREADABLE


def _plausible(amount: Decimal, currency: str | None) -> Decimal | Code:
    """The amount without binary noise. ``15.5`` rupiah may be 15.500 that a program took for a fraction: ambiguous."""
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or amount.adjusted() >= MOST_DIGITS or amount < 0:
        return Code.PRICE_UNREADABLE
    if exponent < -FLOAT_NOISE:
        amount = amount.quantize(Decimal(1).scaleb(-FLOAT_NOISE)).normalize()
        amount = amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount
    if currency in ZERO_DECIMALS and amount < 1000 and amount != amount.to_integral_value():  # noqa: PLR2004
        return Code.PRICE_AMBIGUOUS
    if 0 < amount < SMALLEST.get(currency or "", Decimal(0)):
        return Code.PRICE_IMPLAUSIBLE
    return amount


def _contradicts(words: str, currency: str | None) -> bool:
    """Whether a shared symbol in the text excludes the currency named elsewhere: ``$`` beside IDR."""
    symbols = {word.strip(".:*()") for word in re.split(r"[\s\d]+", words)}
    return currency is not None and any(
        currency not in SHARED_SYMBOLS[symbol] for symbol in symbols & SHARED_SYMBOLS.keys()
    )


def from_number(amount: Decimal, *, currency: str | None = None) -> Price:
    """A price that the file holds as a number, not as text (JSON, a spreadsheet's cell).

    ``15.000`` as a JSON number is 15 to a machine and 15 thousand to the person who typed it: ambiguous.
    """
    said = str(amount)
    typed_thousands = amount.as_tuple().exponent == -3 and 1 <= amount < 1000  # noqa: PLR2004
    if typed_thousands and decimals_of(currency) != 3:  # noqa: PLR2004
        return Price(None, currency, (Code.PRICE_AMBIGUOUS,), said)
    settled = _plausible(amount, currency)
    if isinstance(settled, Code):
        return Price(None, currency, (settled,), said)
    return Price(settled, currency, (), said)


def _scaled(text: str, after: str, currency: str | None, decimal_mark: str | None) -> Decimal | Code:
    """The amount with a multiplier that may follow it: ``2.450K``, ``15rb``, ``2,5 juta``."""
    if _THOUSANDS.match(after):
        factor = 1000
    elif _MILLIONS.match(after):
        factor = 1_000_000
        single = _SINGLE.fullmatch(text)
        if single and len(single["part"]) == 3:  # noqa: PLR2004 — 1.250 juta: 1.25 or 1250 million?
            return Code.PRICE_AMBIGUOUS
    else:
        return _amount(text, decimals_of(currency), decimal_mark)
    amount = _amount(text, decimals_of(currency), decimal_mark)
    if isinstance(amount, Code):
        return amount
    amount *= factor
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


def parse(
    text: str, *, currency: str | None = None, default: str | None = None, decimal_mark: str | None = None
) -> Price:
    """Read a price from text. ``currency`` comes from elsewhere in the file (its own column, its own tag). ``default``
    is the shop owner's choice for all prices; it is used only where the file names none. ``decimal_mark`` is the one
    that the *format* guarantees: ``.`` in machine formats, ``,`` under Indonesian headings.
    """
    said = text.strip()
    words = _settled(text[: LONGEST + 1])
    if not words:
        return Price(None, currency, (Code.PRICE_MISSING,), said)
    from_on = _FROM.match(words)
    parts = _parts(words[from_on.end() :] if from_on else words)
    if isinstance(parts, Code):
        return Price(None, currency, (parts,), said)
    before, number, after = parts
    settled, doubt = _currency(before, after, currency, default)
    if doubt and doubt is not Code.CURRENCY_UNKNOWN:
        return Price(None, settled, (doubt,), said)
    amount = _scaled(number, after, settled, decimal_mark)
    amount = amount if isinstance(amount, Code) else _plausible(amount, settled)
    if isinstance(amount, Code):
        return Price(None, settled, (amount,), said)
    remarks = [Code.PRICE_FROM] if from_on else []
    return Price(amount, settled, (*remarks, doubt) if doubt else tuple(remarks), said)


def _parts(words: str) -> tuple[str, str, str] | Code:
    """The text before the number, the number, and the text after it."""
    if len(words) > LONGEST:
        return Code.PRICE_UNREADABLE
    words = _PER_UNIT.sub("", _LABEL.sub("", words))
    numbers = list(_NUMBER.finditer(words))
    if len(numbers) != 1:
        return Code.PRICE_RANGE if numbers else Code.PRICE_UNREADABLE
    before, after = words[: numbers[0].start()], words[numbers[0].end() :]
    begins_with_mark = re.search(r"[.,] ?$", before) and not re.search(r"r[ps]\. ?$", before)
    if begins_with_mark or re.search(r"[-\u2212(]", before):
        return Code.PRICE_UNREADABLE
    return before, numbers[0].group(), after


def _currency(before: str, after: str, elsewhere: str | None, default: str | None) -> tuple[str | None, Code | None]:
    """The one currency that the text and the file name, and any problem with it."""
    rest = _THOUSANDS.sub("", _MILLIONS.sub("", _DASH_FOR_CENTS.sub("", after)))
    named = [currency_of(before), currency_of(rest)]
    doubts = {doubt for _, doubt in named if doubt}
    known = {code for code, _ in named if code} | ({elsewhere} if elsewhere else set[str]())
    if Code.PRICE_UNREADABLE in doubts:
        return elsewhere, Code.PRICE_UNREADABLE
    settled = next(iter(known)) if known else None if doubts else default
    if len(known) > 1 or Code.CURRENCY_CONFLICT in doubts or _contradicts(f"{before} {rest}", settled):
        return None, Code.CURRENCY_CONFLICT
    return settled, Code.CURRENCY_UNKNOWN if doubts and settled is None else None


def agreed(prices: Iterable[Price]) -> Price:
    """One price from several statements of it; without an amount if they disagree."""
    stated = [price for price in prices if price.said]
    if not stated:
        return Price(problems=(Code.PRICE_MISSING,))
    if len({(price.amount, price.currency) for price in stated}) == 1:
        return stated[0]
    currencies = {price.currency for price in stated}
    said = ", ".join(price.said for price in stated)
    return Price(None, currencies.pop() if len(currencies) == 1 else None, (Code.PRICE_DUPLICATE,), said)


def lowest(prices: Iterable[Price]) -> Price:
    """The lowest of several variants' prices, with a remark when they differ; none if any of them is unclear."""
    stated = [price for price in prices if price.said]
    if not stated:
        return Price(problems=(Code.PRICE_MISSING,))
    unclear = next((price for price in stated if price.amount is None), None)
    if unclear:
        return unclear
    if len({price.currency for price in stated}) > 1:
        return Price(None, None, (Code.CURRENCY_CONFLICT,), ", ".join(price.said for price in stated))
    least = min(stated, key=lambda price: price.amount or Decimal(0))
    if len({price.amount for price in stated}) == 1 or Code.PRICE_FROM in least.problems:
        return least
    return replace(least, problems=(*least.problems, Code.PRICE_FROM))


def of_variants(variants: Sequence[tuple[Price, Price]]) -> tuple[Price, Price]:
    """The regular and the sale price of a product, from each variant's present price and the one before the sale.

    The lowest present price counts. It is a sale price if every variant that costs as little has cost more before.
    """
    now = lowest(one for one, _before in variants)
    if now.amount is None:
        return now, Price()
    before = [earlier for one, earlier in variants if one.amount == now.amount]
    if not all(one.amount is not None and one.amount > now.amount for one in before):
        return now, Price()
    least = min(before, key=lambda one: one.amount or Decimal(0))
    return Price(least.amount, now.currency, now.problems, least.said), now
