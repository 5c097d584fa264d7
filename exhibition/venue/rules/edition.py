"""What an edition may be set to: what supervisors may overrule, how long personal data stays, how many people fit."""

import enum


class Overridable(enum.StrEnum):
    """Reasons of a refused entry that an edition may let supervisors overrule.

    Overruling any other would break a counter, or let in on something forged. ``gate.rules.admission.overrule`` says
    how each is set aside.
    """

    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    SLOT_CLOSED = "slot_closed"
    VENUE_FULL = "venue_full"
    PROTOCOL_REFUSED = "protocol_refused"


RETENTION_DAYS = 30
"""How long after an edition's last day names and addresses are kept unless the edition says otherwise."""


LARGEST_STAFF = 20
"""More badges than this no edition gives to a booth."""


def suggested_cap(usable_m2: float, each_m2: float) -> int:
    """How many people fit when each is to have so many square metres; rounded down."""
    return int(usable_m2 / each_m2 + 1e-9)  # 4.2 / 0.6 is a hair below 7
