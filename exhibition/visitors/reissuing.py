"""New tokens for passes, because their sessions are at another time than the old tokens say, or are other ones."""

from sqlalchemy import ColumnElement, case, func, select, update

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.visitors.models import PassState, TimeSlot, VisitorPass
from exhibition.visitors.rules import LAST_GENERATION


def lock(exhibition_id: int) -> None:
    """Keep passes and sessions of an edition from changing until the transaction ends (SQLite has one writer anyway).

    Passes in the order of their ids and then the sessions, as everybody who changes both does.
    """
    for entity in (VisitorPass, TimeSlot):
        rows = select(entity.id).where(entity.exhibition_id == exhibition_id).order_by(entity.id).with_for_update()
        db.session.execute(select(func.count()).select_from(rows.subquery()))


def reissue(who: ColumnElement[bool]) -> None:
    """Raise the generation of every such pass that is valid: gates refuse the old tokens as superseded.

    A pass that was moved so often that no generation is left keeps its token. It goes on opening the gates at the
    session's new time, for they know that time and do not believe the token's.
    """
    generation = VisitorPass.generation
    raised = case((generation < LAST_GENERATION, generation + 1), else_=generation)
    statement = update(VisitorPass).where(who, VisitorPass.state == PassState.VALID)
    now = clock.now()
    db.session.connection().execute(statement.values(generation=raised, moved_at=now, updated_at=now))
