"""Passes withdrawn at once, as the desk does it."""

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.venue.bulk import acts
from exhibition.venue.bulk.models import BulkAct
from exhibition.venue.models import Exhibition
from exhibition.visitors.listing import withdrawing
from exhibition.visitors.listing.sought import RegistrationNarrowing, RegistrationSearch


def withdraw(exhibition: Exhibition, narrowing: RegistrationNarrowing, seen: int) -> BulkAct:
    """Withdraw all that match, ``seen`` of them."""
    survey = withdrawing.survey(exhibition, RegistrationSearch(narrowing=narrowing))
    run = acts.begin(COMMAND_LINE, exhibition, withdrawing.SUBJECT, withdrawing.WITHDRAW, survey, seen)
    acts.carry_out(run.id)
    return run
