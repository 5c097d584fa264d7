"""What an act would do, found out by doing it and taking it back: one engine, no second rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.allocation import history
from exhibition.allocation.arranging import worth
from exhibition.allocation.arranging.acts import arrange
from exhibition.allocation.history import StepPart
from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.proposals.problem_builder import BuiltProblem
from exhibition.allocation.rules import AllocationState, Change, StepKind, news
from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition


@dataclass(frozen=True)
class Trial:
    """What an act would do: the step it would make, who would get a mail, and what it would be worth."""

    kind: StepKind
    parts: list[StepPart]
    mailed: list[str]
    worth: worth.Worth


class _TakenBack(Exception):
    """The way out of a transaction that must not be committed."""

    def __init__(self, found: Trial) -> None:
        super().__init__()
        self.found = found


def attempt(actor: Actor, exhibition: Exhibition, taken: Sequence[str], code: str) -> Trial:
    """What ``acts.arrange`` would do; nothing of it stays. Raises what that raises."""
    built = worth.asked(exhibition)
    try:
        _do_and_take_back(actor, exhibition, taken, code, built)
    except _TakenBack as way_out:
        return way_out.found
    raise AssertionError("a trial always takes itself back")


@transaction
def _do_and_take_back(
    actor: Actor, exhibition: Exhibition, taken: Sequence[str], code: str, built: BuiltProblem
) -> None:
    step = arrange(actor, exhibition, taken, code)
    raise _TakenBack(_found(step, built))


def _found(step: AllocationStep, built: BuiltProblem) -> Trial:
    statement = (
        select(Allocation.id, Exhibitor.id, Exhibitor.name, Exhibitor.email)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(Allocation.id.in_([change["allocation_id"] for change in step.changes]))
    )
    people = {row[0]: row[1:] for row in db.session.execute(statement)}
    changes = [Change.from_json(one, people[one["allocation_id"]][0]) for one in step.changes]
    booths = {change.after.booth_id for change in changes}
    codes = {row.id: row.code for row in db.session.execute(select(Booth.id, Booth.code).where(Booth.id.in_(booths)))}
    moved = {
        change.exhibitor_id: None if change.after.state is AllocationState.RELEASED else codes[change.after.booth_id]
        for change in changes
    }
    mailed = [people[change.allocation_id] for change in changes if news(change, step.kind)]
    return Trial(
        step.kind,
        history.parts(step),
        [name for _id, name, email in mailed if email],
        worth.worth(built, moved),
    )
