"""The gates of an edition, named to visitors on their passes."""

from collections.abc import Sequence

from sqlalchemy import select

from exhibition.core.db import db
from exhibition.gate.models import Gate
from exhibition.venue.models import Exhibition
from exhibition.visitors.passes import viewing


def names(exhibition: Exhibition) -> Sequence[str]:
    """The gates' names, in the order of their codes."""
    statement = select(Gate.name).where(Gate.exhibition_id == exhibition.id).order_by(Gate.code)
    return db.session.scalars(statement).all()


viewing.entrances.append(names)
