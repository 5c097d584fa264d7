"""The states of listings, links and rows of an import."""

import enum


class Availability(enum.StrEnum):
    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PREORDER = "preorder"
    UNKNOWN = "unknown"


class ListingChange(enum.StrEnum):
    """The change that a row of an import run would make to the shop's page."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    KEPT = "kept"
    """The shop has new values, but a person has changed the listing here: their text stays unless they choose
    otherwise.
    """
    SAME = "same"


class LinkState(enum.StrEnum):
    UNKNOWN = "unknown"
    ALIVE = "alive"
    FAILING = "failing"
    """Failed, but not often enough or not long enough to count as broken."""
    BROKEN = "broken"


class ListingSource(enum.StrEnum):
    MANUAL = "manual"
    IMPORT = "import"
