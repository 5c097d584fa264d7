"""Steps with the applications that match a filter, those ticked, or a flood, and the way back (``venue.bulk``)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.narrowing import Narrowing
from exhibition.exhibitors.applications import desk, floods, held_news
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.desk import Filter
from exhibition.exhibitors.applications.held_news import HeldNews
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState, Step, StepTaker, passage, step_to
from exhibition.venue.bulk import acts
from exhibition.venue.bulk.models import BulkAct
from exhibition.venue.models import Exhibition

SUBJECT = "applications"
STEPS = (Step.SHORTLIST, Step.WAITLIST, Step.REJECT, Step.CONFIRM)
TOLD = (Step.SHORTLIST, Step.WAITLIST, Step.REJECT)
"""Steps that can be undone and that applicants get news of."""
UNDONE = (*TOLD, Step.WITHDRAW)
MOST_TICKED = 500
HELD_FOR = timedelta(minutes=10)
"""After the act is asked for; until then nobody hears of a step that can be undone."""


def survey(exhibition: Exhibition, wanted: Filter) -> acts.Survey:
    """Those that match now. Their ids are kept, because a step can change who matches: of two that look alike and are
    both rejected, the second looks like nobody any more.
    """
    return _survey(sorted(desk.matching(exhibition, wanted)))


def survey_of(exhibition: Exhibition, application_ids: Collection[int]) -> acts.Survey:
    """Those ticked, at most ``MOST_TICKED``; ids of other editions are passed over.

    Raises Refused ``nothing_ticked`` (422).
    """
    ticked = sorted(set(application_ids))[:MOST_TICKED]
    of_edition = Application.exhibition_id == exhibition.id, Application.id.in_(ticked)
    ids = list(db.session.scalars(select(Application.id).where(*of_edition).order_by(Application.id)))
    if not ids:
        raise Refused("nothing_ticked", _l("Tick at least one application."), status=422, field="application")
    return _survey(ids)


def survey_of_flood(exhibition: Exhibition, narrowing: Narrowing) -> acts.Survey:
    """Those that one sender has made and nobody has decided on.

    Raises Refused ``nothing_chosen`` (422) without a narrowing.
    """
    if not narrowing:
        raise Refused("nothing_chosen", _l("Choose whose applications are to be withdrawn."), status=422)
    return _survey(floods.ids(exhibition, narrowing), narrowing.as_json())


def _survey(ids: list[int], told: Mapping[str, Any] | None = None) -> acts.Survey:
    return acts.Survey(len(ids), ids[-1] if ids else 0, {"ids": ids}, told or {})


def _piece(_exhibition: Exhibition, wanted: Mapping[str, Any], after: int, until: int, number: int) -> list[int]:
    return [id_ for id_ in wanted["ids"] if after < id_ <= until][:number]


def _news(run: BulkAct, application_id: int) -> HeldNews | None:
    """News of a step that can be undone wait, so that who takes it back at once has told nobody."""
    if run.act not in TOLD:
        return None
    return HeldNews(run.created_at + HELD_FOR, f"bulk act {run.id}: application {application_id}")


def _do(actor: Actor, exhibition: Exhibition, run: BulkAct, application_ids: Sequence[int]) -> dict[int, str]:
    before: dict[int, str] = {}
    for id_ in application_ids:
        try:
            applications.get(exhibition, id_)
            taken = applications.take(actor, StepTaker.ORGANIZER, id_, Step(run.act), held=_news(run, id_))
        except Refused:
            continue
        before[id_] = taken.before
    return before


def _take_back(actor: Actor, exhibition: Exhibition, run: BulkAct, before: Mapping[int, str]) -> int:
    """Only those that nobody has moved on since. Who has not been written to yet hears of neither."""
    return sum(_give_back(actor, exhibition, run, id_, ApplicationState(state)) for id_, state in before.items())


def _give_back(
    actor: Actor, exhibition: Exhibition, run: BulkAct, application_id: int, state: ApplicationState
) -> bool:
    try:
        application = applications.get(exhibition, application_id)
    except NotFound:  # erased meanwhile
        return False
    line = passage(state, Step(run.act), StepTaker.ORGANIZER)
    back = step_to(application.state, state, StepTaker.ORGANIZER)
    if line is None or line.after is not application.state or back is None:
        return False
    held = _news(run, application_id)
    quietly = held is None or held_news.withhold(application_id, held.key)
    try:
        applications.take(actor, StepTaker.ORGANIZER, application_id, back, quietly=quietly)
    except Refused:
        return False
    return True


acts.KINDS[SUBJECT] = acts.BulkKind(UNDONE, _piece, _do, _take_back)
