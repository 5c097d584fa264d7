"""Following a step of an application: on the waiting list, and by releasing a hold.

The opposite direction, applications following a change of booths, is in ``consequences``.
"""

from exhibition.accounts.audit import Actor
from exhibition.allocation import service, waiting
from exhibition.allocation.rules import AllocationState, StepKind
from exhibition.core.db import db
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.service import TakenStep
from exhibition.exhibitors.rules.application_steps import Step
from exhibition.venue.models import Exhibition


def follow(taken: TakenStep, *, actor: Actor) -> None:
    """Give the applicant a place on the waiting list, or take it away; no hold for who is out."""
    application, exhibitor_id = taken.application, taken.application.exhibitor_id
    exhibition = db.session.get_one(Exhibition, application.exhibition_id)
    if exhibitor_id is None or applications.of_exhibitor(exhibition, exhibitor_id) is not application:
        return  # another of their applications counts
    waiting.follow(actor, exhibition, exhibitor_id, taken.before, taken.passage.after)
    if taken.passage.step in (Step.REJECT, Step.WITHDRAW):
        _give_up_hold(actor, exhibition, exhibitor_id)


def _give_up_hold(actor: Actor, exhibition: Exhibition, exhibitor_id: int) -> None:
    for claim in service.claims(exhibition):
        if claim.exhibitor_id == exhibitor_id and claim.state is AllocationState.HELD:
            service.act(actor, exhibition, StepKind.RELEASE, claim.mark)


applications.stepped.connect(follow)
