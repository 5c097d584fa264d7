"""Products of a reading that a person looks at first, and the prices that are proposed for them. Plain functions."""

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from exhibition.storefront.reading import Code, ReadingProblem, ShopListing
from exhibition.storefront.rules import seller_input

DOUBTFUL = frozenset(
    {
        *(Code.PRICE_MISSING, Code.PRICE_UNREADABLE, Code.PRICE_AMBIGUOUS, Code.PRICE_RANGE, Code.PRICE_DUPLICATE),
        *(Code.PRICE_CONFLICT, Code.PRICE_ZERO, Code.PRICE_IMPLAUSIBLE, Code.SALE_PRICE_DROPPED),
        *(Code.CURRENCY_MISSING, Code.CURRENCY_UNKNOWN, Code.CURRENCY_CONFLICT),
        *(Code.ID_DUPLICATE, Code.LINK_IS_IMAGE, Code.ROW_BROKEN),
    }
)
"""Problems that make a product doubtful, unless all products have them."""
LEAST_RUPIAH = 1000
"""A price below it is doubtful."""
MOST_PROPOSED = 3
_SHORT = re.compile(r"(\d{1,3})(?:[.,](\d{1,3}))?")
_BETWEEN = re.compile(r"\s*(?:[-\u2013\u2014~/;]|s\.?/?d\.?|sampai|to|,\s)\s*")


def doubtful(product: ShopListing, all_problems: Collection[ReadingProblem]) -> list[ReadingProblem]:
    """What makes the product doubtful; a problem that the whole file has makes none of its products so."""
    common = {one.code for one in all_problems if one.where == "file"}
    return [one for one in product.problems if one.code in DOUBTFUL and one.code not in common]


def proposals(doubts: Sequence[Mapping[str, str]], stated: str | None) -> list[int]:
    """Prices in rupiah that a doubtful one may mean, the likeliest first; a person chooses, nothing does so by itself.

    ``stated`` is an amount that names no currency.
    """
    found: dict[int, None] = {}
    for doubt in doubts:
        if doubt["code"] == Code.PRICE_IMPLAUSIBLE:
            found |= dict.fromkeys(_thousands(doubt["said"]))
        elif doubt["code"] in (Code.PRICE_RANGE, Code.PRICE_DUPLICATE, Code.CURRENCY_UNKNOWN):
            found |= dict.fromkeys(amount for part in _BETWEEN.split(doubt["said"]) if (amount := _rupiah(part)))
    if stated and (amount := _rupiah(stated)):
        found[amount] = None
    return list(found)[:MOST_PROPOSED]


def _thousands(said: str) -> list[int]:
    """``162.00 IDR`` as 162 thousand and as 162: the point of the thousands may have been lost, or not."""
    number = _SHORT.search(said)
    if number is None:
        return []
    whole, part = number[1], (number[2] or "").rstrip("0")
    amounts = [int(whole + part.ljust(3, "0")), *([] if part else [int(whole)])]
    return [amount for amount in amounts if amount]


def whole_rupiah(stated: str | None) -> int | None:
    """A stated amount as rupiah; None below a thousand, or where it is no whole number."""
    amount = Decimal(stated) if stated else None
    fits = amount is not None and amount == int(amount) and LEAST_RUPIAH <= amount <= seller_input.MAX_PRICE
    return int(amount) if amount is not None and fits else None


def _rupiah(text: str) -> int | None:
    try:
        return seller_input.rupiah(text)
    except seller_input.Unreadable:
        return None
