"""Claims of the demo's exhibitors, for tests of badges."""

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation import service
from exhibition.allocation.models import AllocationStep
from exhibition.allocation.planned import Claim
from exhibition.badges import service as badges
from exhibition.venue.models import Exhibition
from tests.gate.world import IssuedPass


def _claim(exhibition: Exhibition, state: str, nth: int) -> Claim:
    claims = [booth.claim for booth in service.plan(exhibition) if booth.claim and booth.claim.state == state]
    return claims[nth]


def confirmed(exhibition: Exhibition, nth: int = 0) -> Claim:
    return _claim(exhibition, "confirmed", nth)


def offered(exhibition: Exhibition) -> Claim:
    return _claim(exhibition, "offered", 0)


def release(exhibition: Exhibition, claim: Claim) -> AllocationStep:
    """Take the booth from the exhibitor, as an organizer does at the desk."""
    return service.release(COMMAND_LINE, exhibition, claim.mark)


def badge_of(exhibition: Exhibition, claim: Claim, name: str = "Siti Aminah") -> IssuedPass:
    """Issue a badge to the exhibitor, in the form that a scanner sees."""
    made = badges.issue(COMMAND_LINE, exhibition, claim.exhibitor_id, name)
    return as_shown(exhibition, made.id)


def as_shown(exhibition: Exhibition, badge_id: int) -> IssuedPass:
    """The badge with its present QR."""
    held = [holder for holder in badges.holders(exhibition) if holder.id == badge_id]
    ((holder, token),) = badges.signed(exhibition, held)
    return IssuedPass(holder.id, holder.code, token)
