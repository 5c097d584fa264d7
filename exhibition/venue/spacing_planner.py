"""The spacing planner at the desk: a job answers a question about the hall; the answer can become a draft layout."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import after_commit, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.jobs import IN_LINE, by_name, in_time
from exhibition.venue.models import Booth, Exhibition, SpacingRun, SpacingState

TIME_LIMIT_S = 20.0
work_out = by_name("venue.work_out")


@dataclass(frozen=True)
class Question:
    """How many booths, or how far apart in metres, or both; by which metric; ``fixed`` ones are always open."""

    count: int | None
    distance_m: float | None
    metric: str
    fixed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    time_limit_s: float = TIME_LIMIT_S


@transaction
def ask(actor: Actor, exhibition: Exhibition, question: Question) -> int:
    """Put a question to the planner; returns the run's id.

    Raises Refused ``invalid`` (422) with neither count nor distance, ``booth_unknown`` and ``booth_both_ways`` (422).
    """
    if question.count is None and question.distance_m is None:
        message = _l("Say how many booths, or how far apart, or both.")
        raise Refused("invalid", message, status=422, field="count")
    known = set(db.session.scalars(select(Booth.code).where(Booth.exhibition_id == exhibition.id)))
    for field, codes in (("fixed", question.fixed), ("forbidden", question.forbidden)):
        if unknown := set(codes) - known:
            message = _l("There is no booth %(code)s.", code=min(unknown)[:16])
            raise Refused("booth_unknown", message, status=422, field=field)
    if both := set(question.fixed) & set(question.forbidden):
        message = _l("Booth %(code)s cannot be both open in any case and never open.", code=min(both))
        raise Refused("booth_both_ways", message, status=422, field="forbidden")
    run_ = SpacingRun(exhibition_id=exhibition.id, question=asdict(question), created_by=actor.name)
    db.session.add(run_)
    db.session.flush()
    record(actor, "spacing.ask", "spacing_run", run_.id, after={"count": question.count, "m": question.distance_m})
    number = run_.id
    after_commit(lambda: work_out(number))
    return number


def latest(exhibition: Exhibition) -> SpacingRun | None:
    """The newest question of the edition."""
    statement = select(SpacingRun).where(SpacingRun.exhibition_id == exhibition.id)
    return db.session.scalar(statement.order_by(SpacingRun.id.desc()).limit(1))


def get(exhibition: Exhibition, number: int) -> SpacingRun:
    """Raises NotFound."""
    found = db.session.get(SpacingRun, number) if number <= LARGEST_ID else None
    if found is None or found.exhibition_id != exhibition.id:
        raise NotFound
    return found


def is_working(asked: SpacingRun) -> bool:
    """Whether an answer can still be expected."""
    if asked.state is SpacingState.WAITING:
        return in_time(asked.created_at, IN_LINE)
    limit = timedelta(seconds=asked.question["time_limit_s"])
    return asked.state is SpacingState.RUNNING and in_time(asked.started_at, limit)


def run(number: int) -> None:
    """Answer one question: the work of the job. A second run for the same question does nothing."""
    taken = _begin(number)
    if taken is None:
        return
    question, booths = taken
    try:
        _finish(number, SpacingState.DONE, _answer(question, booths))
    except Exception:
        _finish(number, SpacingState.FAILED, None)
        raise


def _answer(question: dict[str, Any], booths: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer; if the count and the distance cannot both be met, also the most possible of each alone."""
    from exhibition.core.files.json_documents import Fields
    from exhibition.venue.rules import spacing  # its libraries are large, and only jobs need them

    hall = spacing.read(Fields({name: question[name] for name in HALL} | {"booths": booths}))
    count, distance_m = question["count"], question["distance_m"]
    if distance_m is None:
        found = spacing.farthest(hall, count)
        return found.document() | {"possible": len(found.open) >= count, "most_count": None, "most_distance_m": None}
    most = spacing.most_at_distance(hall, distance_m)
    if count is None:
        return most.document() | {"possible": True, "most_count": None, "most_distance_m": None}
    if len(most.open) >= count:
        found = spacing.farthest(hall, count)
        return found.document() | {"possible": True, "most_count": None, "most_distance_m": None}
    apart = spacing.farthest(hall, count)
    return most.document() | {
        "possible": False,
        "most_count": len(most.open),
        "most_distance_m": apart.distance_m if len(apart.open) >= count else None,
    }


HALL = ("fixed", "forbidden", "time_limit_s", "metric")


@transaction
def _begin(number: int) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    taken = db.session.execute(
        update(SpacingRun)
        .where(SpacingRun.id == number, SpacingRun.state == SpacingState.WAITING)
        .values(state=SpacingState.RUNNING, started_at=clock.now())
    )
    if not taken.rowcount:  # pyright: ignore[reportAttributeAccessIssue] an UPDATE has it
        return None
    asked = db.session.get_one(SpacingRun, number)
    rows = db.session.scalars(
        select(Booth).where(Booth.exhibition_id == asked.exhibition_id, Booth.blocked_reason == "").order_by(Booth.code)
    )
    names = ("code", "x", "y", "width", "depth", "rotation")
    return asked.question, [{name: getattr(row, name) for name in names} for row in rows]


@transaction
def _finish(number: int, state: SpacingState, answer: dict[str, Any] | None) -> None:
    db.session.execute(update(SpacingRun).where(SpacingRun.id == number).values(state=state, answer=answer))
