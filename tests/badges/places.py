"""Claims of the demo's exhibitors, for tests of badges."""

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation import service
from exhibition.allocation.models import AllocationStep
from exhibition.allocation.service import Claim
from exhibition.venue.models import Exhibition


def _claim(exhibition: Exhibition, state: str, nth: int) -> Claim:
    claims = [booth.claim for booth in service.plan(exhibition) if booth.claim and booth.claim.state == state]
    return claims[nth]


def confirmed(exhibition: Exhibition, nth: int = 0) -> Claim:
    return _claim(exhibition, "confirmed", nth)


def offered(exhibition: Exhibition) -> Claim:
    return _claim(exhibition, "offered", 0)


def release(exhibition: Exhibition, claim: Claim) -> AllocationStep:
    """The booth is taken from the exhibitor, as an organizer does it at the desk."""
    return service.release(COMMAND_LINE, exhibition, claim.mark)
