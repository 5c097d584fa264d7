"""Short names of refusal codes for tables; the sentences that stewards read out are in ``gate/web/sentences.py``."""

from flask_babel import lazy_gettext as _l

from exhibition.gate.rules.admission import ConflictKind, ScanCode
from exhibition.reports.protocol import RoundState

REFUSALS = {
    ScanCode.ALREADY_USED: _l("Already used"),
    ScanCode.REPEAT_SCAN: _l("Scanned twice"),
    ScanCode.TOO_EARLY: _l("Too early"),
    ScanCode.TOO_LATE: _l("Too late"),
    ScanCode.SLOT_CLOSED: _l("Closed for cleaning"),
    ScanCode.WRONG_EXHIBITION: _l("Pass of another fair"),
    ScanCode.CANCELLED: _l("Cancelled pass"),
    ScanCode.SUPERSEDED: _l("Old QR"),
    ScanCode.REVOKED: _l("Withdrawn pass"),
    ScanCode.UNKNOWN: _l("No pass of this fair"),
    ScanCode.BAD_SIGNATURE: _l("Damaged or forged QR"),
    ScanCode.VENUE_FULL: _l("Hall full"),
    ScanCode.NOT_INSIDE: _l("Nobody inside"),
    ScanCode.PARTY_EXCEEDED: _l("More people than on the pass"),
    ScanCode.PROTOCOL_REFUSED: _l("Mask or screening"),
}

ROUND_STATES = {
    RoundState.DONE: _l("Done"),
    RoundState.LATE: _l("Done late"),
    RoundState.MISSING: _l("Not ticked off"),
    RoundState.AHEAD: _l("Not yet"),
}

CONFLICTS = {
    ConflictKind.OVER_CAP: _l("Let in beyond the cap, offline"),
    ConflictKind.DURING_ROUND: _l("Let in during disinfection, offline"),
}
