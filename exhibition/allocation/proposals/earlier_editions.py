"""Exhibitors who took part in earlier editions."""

from sqlalchemy import select

from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation
from exhibition.core.db import db
from exhibition.venue.models import Exhibition


def took_part(exhibition: Exhibition) -> set[int]:
    """The ids of the exhibitors who had a booth in an edition before this one."""
    statement = (
        select(Allocation.exhibitor_id)
        .join(Exhibition, Exhibition.id == Allocation.exhibition_id)
        .where(confirmed_in(Exhibition.id), Exhibition.starts_on < exhibition.starts_on)
    )
    return set(db.session.scalars(statement))
