"""Acts upon all that match: asked for with their filter, carried out piece by piece, taken back.

Each piece is one transaction that also keeps how far the act is, so a job that dies goes on where it stopped and
nothing happens twice. What can be done with which list is declared by the package of the list.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import after_commit, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.jobs import by_name, in_time
from exhibition.core.sql.constraints import violates
from exhibition.venue.bulk.models import BulkAct, BulkActItem, BulkActState
from exhibition.venue.models import Exhibition

go_on = by_name("venue.go_on")
PIECE = 50
"""Rows of one piece, so that nobody waits long for what it locks."""
LONGEST_PIECE = timedelta(seconds=30)
UNDO = "undo"


@dataclass(frozen=True)
class Survey:
    """Those that match at this moment."""

    count: int
    newest: int
    """The largest id among them."""
    wanted: dict[str, Any]
    """What ``BulkKind.piece`` finds them by."""
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the audit trail keeps of the filter: nothing that names somebody, for it is never erased."""


@dataclass(frozen=True)
class BulkKind:
    """What a list can do with all that match."""

    undone: Collection[str]
    """The acts that can be taken back."""
    piece: Callable[[Exhibition, Mapping[str, Any], int, int, int], list[int]]
    """So many of those surveyed after an id, up to another: ``(edition, wanted, after, until, number)``, ascending."""
    do: Callable[[Actor, Exhibition, BulkAct, Sequence[int]], dict[int, str]]
    """Act upon a few, in the open transaction; returns the states that those had with whom it was possible."""
    take_back: Callable[[Actor, Exhibition, BulkAct, Mapping[int, str]], int]
    """Give a few the state back that they had before this act; with how many that was possible."""


KINDS: dict[str, BulkKind] = {}
"""By the name of their list; filled by the packages of the lists."""


@transaction
def begin(actor: Actor, exhibition: Exhibition, subject: str, act: str, survey: Survey, seen: int) -> BulkAct:
    """Ask for an act upon all that match; a job carries it out.

    ``seen`` is the number that was shown. Raises Refused ``count_changed`` (409) if it is another by now.
    """
    if survey.count != seen or not seen:
        message = _l("There are %(count)s by now. Look at them again, and write that number.", count=survey.count)
        raise Refused("count_changed", message, field="seen", count=survey.count)
    return _start(actor, exhibition, subject, act, survey)


@transaction
def undo(actor: Actor, exhibition: Exhibition, number: int) -> BulkAct:
    """Give all that an act has changed the state back that they had, unless they have moved on.

    Raises NotFound, and Refused ``not_undoable`` (409) while it runs, when there is no way back, or it was undone.
    """
    act = get(exhibition, number)
    message = _l("This cannot be undone any more.")
    if not undoable(act):
        raise Refused("not_undoable", message)
    last = db.session.scalar(select(func.max(BulkActItem.item_id)).where(BulkActItem.bulk_act_id == act.id)) or 0
    try:
        with db.session.begin_nested():
            return _start(actor, exhibition, act.subject, UNDO, Survey(act.done, last, {}), undoes_id=act.id)
    except IntegrityError as error:
        if not violates(error, "uq_bulk_act_undoes_id"):
            raise
        raise Refused("not_undoable", message) from error


def _start(
    actor: Actor, exhibition: Exhibition, subject: str, act: str, survey: Survey, undoes_id: int | None = None
) -> BulkAct:
    run = BulkAct(
        exhibition_id=exhibition.id,
        subject=subject,
        act=act,
        wanted=survey.wanted,
        undoes_id=undoes_id,
        total=survey.count,
        until_id=survey.newest,
        actor_id=actor.id,
        created_by=actor.name,
    )
    db.session.add(run)
    db.session.flush()
    after = {"act": f"{subject}.{act}", "total": survey.count, **survey.told}
    record(actor, "bulk_act.begin", "exhibition", exhibition.id, name=exhibition.name, after=after)
    number = run.id
    after_commit(lambda: go_on(number))
    return run


def get(exhibition: Exhibition, number: int) -> BulkAct:
    """Raises NotFound."""
    run = db.session.get(BulkAct, number) if number <= LARGEST_ID else None
    if run is None or run.exhibition_id != exhibition.id:
        raise NotFound
    return run


def undoable(act: BulkAct) -> bool:
    """Whether an act can be taken back."""
    if act.state is BulkActState.RUNNING or not act.done or act.act not in KINDS[act.subject].undone:
        return False
    return not db.session.scalar(select(exists().where(BulkAct.undoes_id == act.id)))


def carry_out(number: int) -> None:
    """Do what is left of an act: the work of the job. Two at once share the pieces."""
    try:
        while _piece(number):
            pass
    except Exception:
        _fail(number)
        raise


@transaction
def _fail(number: int) -> None:
    failed = {"state": BulkActState.FAILED, "wanted": {}}
    db.session.execute(update(BulkAct).where(BulkAct.id == number).values(failed))


@transaction
def _piece(number: int) -> bool:
    """Act upon the next few; whether there may be more."""
    run = db.session.get(BulkAct, number, with_for_update=True, populate_existing=True)
    if run is None or run.state is not BulkActState.RUNNING:
        return False
    exhibition = db.session.get_one(Exhibition, run.exhibition_id)
    actor, kind = Actor(run.actor_id, run.created_by), KINDS[run.subject]
    undone = db.session.get(BulkAct, run.undoes_id) if run.undoes_id else None
    before = _changed(undone.id, run.last_id) if undone else {}
    ids = [*before] if undone else kind.piece(exhibition, run.wanted, run.last_id, run.until_id, PIECE)
    if undone and ids:
        done = kind.take_back(actor, exhibition, undone, before)
    else:
        changed = kind.do(actor, exhibition, run, ids) if ids else {}
        items = [BulkActItem(bulk_act_id=run.id, item_id=id_, before=was) for id_, was in changed.items()]
        db.session.add_all(items)
        done = len(items)
    run.done += done
    run.refused += len(ids) - done
    run.beat_at = clock.now()
    if ids:
        run.last_id = ids[-1]
    else:
        run.state, run.wanted = BulkActState.DONE, {}
    return bool(ids)


def _changed(number: int, after: int) -> dict[int, str]:
    """The next few that an act has changed, with the states that they had."""
    statement = select(BulkActItem.item_id, BulkActItem.before).where(
        BulkActItem.bulk_act_id == number, BulkActItem.item_id > after
    )
    rows = db.session.execute(statement.order_by(BulkActItem.item_id).limit(PIECE))
    return {row.item_id: row.before for row in rows}


@transaction
def revive() -> int:
    """Go on with acts whose job was killed or lost; returns how many."""
    running = db.session.scalars(select(BulkAct).where(BulkAct.state == BulkActState.RUNNING))
    silent = [run for run in running if not in_time(run.beat_at, LONGEST_PIECE)]
    for run in silent:
        run.beat_at = clock.now()
        after_commit(lambda number=run.id: go_on(number))
    return len(silent)
