"""Sums of what was told. Every sum says how many booths it covers; nothing is ever estimated for the others."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from exhibition.takings.rules.telling import Amounts

MEDIAN_FROM = 5
"""So many sellers must have told before any of them sees the median."""
MEDIAN_DIGITS = 2
"""The median is rounded to so many digits, as with an odd number of sellers it is the figure of one of them."""


@dataclass(frozen=True)
class SellerDay:
    """An exhibitor on one day of the fair."""

    exhibitor_id: int
    day: date
    group: str
    district: str
    booth: str
    """The code of the booth it has that day; empty for one who told, but has no confirmed booth any more."""
    amounts: Amounts | None
    """None: not told."""


@dataclass(frozen=True)
class TakingsSum:
    """What several sellers told, in rupiah. Booths are counted for each day."""

    name: str
    cash: int
    qris: int
    orders: int
    pieces: int
    booths_told: int
    """Booths all of whose exhibitors have told."""
    booths: int

    @property
    def total(self) -> int:
        return self.cash + self.qris + self.orders


def summed(lines: Sequence[SellerDay], name: str = "") -> TakingsSum:
    """The sum of the lines that were told."""
    told = [line.amounts for line in lines if line.amounts is not None]
    booths = {(line.day, line.booth) for line in lines if line.booth}
    missing = {(line.day, line.booth) for line in lines if line.booth and line.amounts is None}
    return TakingsSum(
        name,
        sum(one.cash for one in told),
        sum(one.qris for one in told),
        sum(one.orders for one in told),
        sum(one.pieces or 0 for one in told),
        len(booths - missing),
        len(booths),
    )


def parts(lines: Iterable[SellerDay], name_of: Callable[[SellerDay], str]) -> list[TakingsSum]:
    """The lines summed by a name, the largest sum first and those without a name last."""
    found: dict[str, list[SellerDay]] = defaultdict(list)
    for line in lines:
        found[name_of(line)].append(line)
    sums = [summed(own, name) for name, own in found.items()]
    return sorted(sums, key=lambda part: (not part.name, -part.total, part.name))


def shown_median(totals: Sequence[int]) -> int | None:
    """The median of the sellers' totals of a day in rounded rupiah; None while so few have told that it would tell of
    one of them.
    """
    if len(totals) < MEDIAN_FROM:
        return None
    middle = int(median(totals))
    unit = 10 ** max(len(str(middle)) - MEDIAN_DIGITS, 0)
    return (middle + unit // 2) // unit * unit
