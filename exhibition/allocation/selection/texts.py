"""Words for the result of a selection."""

from exhibition.allocation.selection.rules import SelectionOutcome
from exhibition.core.i18n import lazy as _l

OUTCOMES = {
    SelectionOutcome.BOOTH: _l("Has a booth"),
    SelectionOutcome.GIVEN_BACK: _l("Gave the booth back"),
    SelectionOutcome.WAITING: _l("On the waiting list"),
    SelectionOutcome.REJECTED: _l("Rejected"),
    SelectionOutcome.WITHDRAWN: _l("Withdrawn"),
    SelectionOutcome.NONE: _l("No booth"),
}
TAGS = {SelectionOutcome.BOOTH: "good", SelectionOutcome.WAITING: "warn", SelectionOutcome.REJECTED: "bad"}
REASONS = {
    "quota_full": _l("The booths for exhibitors of this kind are given: a quota limits how many there may be."),
    "full": _l("All booths that suit you went to others."),
    "needs_unmet": _l("No booth offers what you need."),
    "kept_apart": _l("The booths that were left are too close to somebody who is to be avoided."),
    "all_pinned": _l("The organizers have decided on every booth that suits you."),
    "no_booths": _l("There were no booths to give."),
}
"""What an applicant is told of the proposal's reasons; the codes are those of docs/allocation.md."""
