"""Admission: one pure function from what was shown to a verdict (DESIGN §6)."""

import enum


class Direction(enum.StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


class Verdict(enum.StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ScanCode(enum.StrEnum):
    """Stable reasons of an answer; the sentences for stewards are in ``gate/sentences.py``."""

    ACCEPTED = "accepted"
    ALREADY_USED = "already_used"
    REPEAT_SCAN = "repeat_scan"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    SLOT_CLOSED = "slot_closed"
    WRONG_EXHIBITION = "wrong_exhibition"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    BAD_SIGNATURE = "bad_signature"
    VENUE_FULL = "venue_full"
    NOT_INSIDE = "not_inside"
    PARTY_EXCEEDED = "party_exceeded"
    PROTOCOL_REFUSED = "protocol_refused"
