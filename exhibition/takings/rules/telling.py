"""When takings can be told, by whom, and how large they may be."""

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exhibition.storefront.rules.seller_input import MAX_PRICE
from exhibition.venue.rules.fair_hours import FairHours

MOST = MAX_PRICE
"""Rupiah of one kind on one day."""
MOST_PIECES = 99_999
TOLD_WITHIN = timedelta(days=7)
"""So long after the fair has closed for the last time sellers can tell and correct; organizers can longer."""
LONGEST_ON_THE_PHONE = timedelta(days=14)
"""An entry that says that it is older is taken to be as old as this."""


class TakingsSource(enum.StrEnum):
    """Who told the takings of a day."""

    EXHIBITOR = "exhibitor"
    """By the link of the application, or an account."""
    BADGE = "badge"
    """One of the staff, by the badge. Anyone who sees the badge can open its page."""
    DESK = "desk"


@dataclass(frozen=True)
class Amounts:
    """The takings of one day, in whole rupiah."""

    cash: int = 0
    qris: int = 0
    orders: int = 0
    """Orders taken that are still to be paid."""
    pieces: int | None = None
    """Pieces sold; None: not counted."""

    @property
    def total(self) -> int:
        return self.cash + self.qris + self.orders


def opened_days(hours: FairHours, now: datetime) -> tuple[date, ...]:
    """The days of the fair whose gates have opened by now, in their order."""
    return tuple(
        day for day in sorted(hours.days) if datetime.combine(day, hours.days[day][0], tzinfo=hours.zone) <= now
    )


def sellers_may_tell(hours: FairHours, now: datetime) -> bool:
    """Whether sellers can tell their takings: from the first opening until a week after the last closing."""
    return bool(opened_days(hours, now)) and now <= hours.ends_at + TOLD_WITHIN


def yields(told_by: TakingsSource, teller: TakingsSource) -> bool:
    """Whether what one has told gives way to what the other tells.

    Whoever only has a badge replaces what was told by a badge: a stranger may have photographed it.
    """
    return teller is not TakingsSource.BADGE or told_by is TakingsSource.BADGE


def entered_at(now: datetime, seconds_ago: int) -> datetime:
    """When an entry was made on the phone, by its age alone: the phone's clock is not trusted."""
    return now - min(timedelta(seconds=max(seconds_ago, 0)), LONGEST_ON_THE_PHONE)
