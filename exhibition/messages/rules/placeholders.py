"""What the text of a message can name, for each group of readers (``venue.rules.placeholders`` fills it in)."""

import enum
from collections.abc import Mapping


class Placeholder(enum.StrEnum):
    """What a text can name; the values are the same in both languages."""

    NAME = "name"
    FAIR = "fair"
    VENUE = "venue"
    DAY = "day"
    TIME = "time"
    PEOPLE = "people"
    EXHIBITOR = "exhibitor"
    BOOTH = "booth"
    LINK = "link"


class ReaderGroup(enum.StrEnum):
    VISITORS = "visitors"
    EXHIBITORS = "exhibitors"


_P = Placeholder
ALLOWED: Mapping[ReaderGroup, tuple[Placeholder, ...]] = {
    ReaderGroup.VISITORS: (_P.NAME, _P.FAIR, _P.VENUE, _P.DAY, _P.TIME, _P.PEOPLE, _P.LINK),
    ReaderGroup.EXHIBITORS: (_P.NAME, _P.EXHIBITOR, _P.FAIR, _P.VENUE, _P.DAY, _P.TIME, _P.BOOTH, _P.LINK),
}
"""``day`` and ``time`` are the session's for visitors, and the first day of the fair for exhibitors."""
