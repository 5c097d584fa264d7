"""What a code in an export is called in the reader's language; the codes are for the database and the API."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from exhibition.allocation.rules import AllocationState, BoothState, StepKind
from exhibition.allocation.texts import BOOTH_STATES
from exhibition.core.files.spreadsheets import Row
from exhibition.exhibitors.rules.application_steps import ExhibitorKind
from exhibition.exhibitors.texts import KINDS
from exhibition.gate.rules.admission import ConflictKind, Direction, ScanCode, Verdict
from exhibition.gate.web.sentences import CONFLICTS
from exhibition.reports.texts import REFUSALS
from exhibition.storefront.models import Review
from exhibition.storefront.rules.states import Availability, ListingSource
from exhibition.storefront.web.forms import AVAILABILITIES
from exhibition.visitors.models import PassState, SlotState

WORDS: Mapping[type[StrEnum], Mapping[Any, object]] = {
    AllocationState: {
        AllocationState.HELD: _l("Held"),
        AllocationState.OFFERED: _l("Offered"),
        AllocationState.CONFIRMED: _l("Confirmed"),
        AllocationState.RELEASED: _l("Released"),
    },
    Availability: AVAILABILITIES,
    BoothState: BOOTH_STATES,
    ConflictKind: CONFLICTS,
    Direction: {Direction.ENTRY: _l("Entry"), Direction.EXIT: _l("Exit")},
    ExhibitorKind: KINDS,
    ListingSource: {ListingSource.MANUAL: _l("Typed in"), ListingSource.IMPORT: _l("Read from the shop")},
    PassState: {
        PassState.VALID: _l("Valid"),
        PassState.CANCELLED: _l("Cancelled"),
        PassState.REVOKED: _l("Withdrawn by the organizer"),
    },
    Review: {
        Review.APPROVED: _l("Approved"),
        Review.WAITING: _l("Waits for approval"),
        Review.REFUSED: _l("Not approved"),
    },
    ScanCode: {ScanCode.ACCEPTED: "", **REFUSALS},
    SlotState: {SlotState.OPEN: _l("Open"), SlotState.CLOSED: _l("Closed")},
    StepKind: {
        StepKind.HOLD: _l("Held"),
        StepKind.OFFER: _l("Offered"),
        StepKind.CONFIRM: _l("Confirmed"),
        StepKind.RELEASE: _l("Taken back"),
        StepKind.MOVE: _l("Moved"),
        StepKind.SWAP: _l("Swapped"),
        StepKind.ACCEPT: _l("Accepted"),
        StepKind.DECLINE: _l("Declined"),
        StepKind.UNDO: _l("Undone"),
        StepKind.REDO: _l("Done again"),
        StepKind.ARRANGE: _l("Several placed at once"),
        StepKind.PUBLISH: _l("Proposal published"),
    },
    Verdict: {Verdict.ACCEPTED: _l("Accepted"), Verdict.REFUSED: _l("Refused")},
}


def in_words(row: Row) -> Row:
    """The row with a word wherever it holds a code."""
    return [str(WORDS[type(cell)][cell]) if isinstance(cell, StrEnum) else cell for cell in row]
