"""Steps with all applications that match a filter, and the way back (``venue.bulk``)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from exhibition.accounts.audit import Actor
from exhibition.core.errors import NotFound, Refused
from exhibition.exhibitors.applications import desk
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.desk import Filter
from exhibition.exhibitors.rules.application_steps import ApplicationState, Step, StepTaker, passage, step_to
from exhibition.venue.bulk import acts
from exhibition.venue.models import Exhibition

SUBJECT = "applications"
STEPS = (Step.SHORTLIST, Step.WAITLIST, Step.REJECT, Step.CONFIRM)
UNDONE = (Step.SHORTLIST, Step.WAITLIST, Step.REJECT)


def survey(exhibition: Exhibition, wanted: Filter) -> acts.Survey:
    """Those that match now. Their ids are kept, because a step can change who matches: of two that look alike and are
    both rejected, the second looks like nobody any more.
    """
    ids = sorted(desk.matching(exhibition, wanted))
    return acts.Survey(len(ids), ids[-1] if ids else 0, {"ids": ids})


def _piece(_exhibition: Exhibition, wanted: Mapping[str, Any], after: int, until: int, number: int) -> list[int]:
    return [id_ for id_ in wanted["ids"] if after < id_ <= until][:number]


def _do(actor: Actor, exhibition: Exhibition, act: str, application_id: int) -> str:
    applications.get(exhibition, application_id)
    return applications.take(actor, StepTaker.ORGANIZER, application_id, Step(act)).before


def _take_back(actor: Actor, exhibition: Exhibition, act: str, application_id: int, before: str) -> None:
    """Only one that nobody has moved on since."""
    moved_on = Refused("application_step", _l("It has moved on meanwhile."))
    try:
        application = applications.get(exhibition, application_id)
    except NotFound:  # erased meanwhile
        raise moved_on from None
    line = passage(ApplicationState(before), Step(act), StepTaker.ORGANIZER)
    back = step_to(application.state, ApplicationState(before), StepTaker.ORGANIZER)
    if line is None or line.after is not application.state or back is None:
        raise moved_on
    applications.take(actor, StepTaker.ORGANIZER, application_id, back)


acts.KINDS[SUBJECT] = acts.BulkKind(UNDONE, _piece, _do, _take_back)
