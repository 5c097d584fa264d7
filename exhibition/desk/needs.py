"""How much waits for somebody at the desk, in one statement: every page shows it."""

from sqlalchemy import func, select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.desk.places import DeskNeed
from exhibition.gate.models import ScanConflict
from exhibition.messages import undeliverable
from exhibition.storefront import moderation
from exhibition.venue import rounds
from exhibition.venue.models import Exhibition


def numbers(exhibition: Exhibition) -> dict[DeskNeed, int]:
    """Open conflicts, overdue rounds and addresses that don't work of the edition; listings of all editions."""
    conflicts = (
        select(func.count(ScanConflict.id))
        .where(ScanConflict.exhibition_id == exhibition.id, ScanConflict.closed_at.is_(None))
        .scalar_subquery()
    )
    parts = {
        DeskNeed.CONFLICTS: conflicts,
        DeskNeed.ROUNDS: rounds.how_many_overdue(exhibition, clock.now()),
        DeskNeed.LISTINGS: moderation.how_many_wait(),
        DeskNeed.ADDRESSES: undeliverable.how_many(exhibition),
    }
    row = db.session.execute(select(*parts.values())).one()
    return dict(zip(parts, row, strict=True))
