"""Settings of an edition: coming back, refusals that supervisors may overrule, retention of personal data, the
suggested cap.
"""

import enum


class Reentry(enum.StrEnum):
    """Whether a party that has left may come in again; ``gate.rules.admission.may_return`` decides."""

    NEVER = "never"
    AFTER_ROUND = "after_round"
    """Once a disinfection round is over that was not over when the last of them left."""
    WITHIN_SESSION = "within_session"
    """As long as their session lasts."""


class Overridable(enum.StrEnum):
    """Reasons for refusing entry that an edition may let supervisors overrule.

    Overruling any other would break a counter, or let someone in on a forged pass. ``gate.rules.admission.overrule``
    says how each is overruled.
    """

    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    SLOT_CLOSED = "slot_closed"
    VENUE_FULL = "venue_full"
    PROTOCOL_REFUSED = "protocol_refused"
    ALREADY_USED = "already_used"
    """Only for those of a party who have left and may not come back by ``Reentry``; never for those inside."""


RETENTION_DAYS = 30
"""How long after an edition's last day names and addresses are kept unless the edition says otherwise."""


PEOPLE_EACH_CONTACT = 10
"""How many people one phone number or e-mail address may register for a day unless the edition says otherwise."""
MOST_EACH_CONTACT = 1000
"""The most that an edition may say."""


WAITING_MINUTES = 120
"""How long an offer to a party on a waiting list lasts unless the edition says otherwise."""
SHORTEST_WAITING_MINUTES, LONGEST_WAITING_MINUTES = 10, 2 * 24 * 60
"""The bounds of what an edition may say."""


LARGEST_STAFF = 20
"""The most badges that an edition may give to a booth."""


SPACIOUS_M2_EACH = 4.0
"""Floor for each person, in square metres, where the edition names no figure: two metres by two."""


def suggested_cap(usable_m2: float, each_m2: float) -> int:
    """How many people fit when each needs ``each_m2`` square metres; rounded down."""
    return int(usable_m2 / each_m2 + 1e-9)  # in floating point 4.2 / 0.6 is slightly below 7
