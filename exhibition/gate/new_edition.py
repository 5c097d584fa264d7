"""The hall's counter of a new edition, and the gates and caps that it takes over. Steps of making an edition."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.core.db import db
from exhibition.core.sql.copies import copied
from exhibition.gate.models import Gate, HallOccupancy
from exhibition.gate.occupancy.caps import before_all, changes
from exhibition.venue.edition.cloning import move
from exhibition.venue.models import Exhibition


def begin(exhibition: Exhibition, capacity: int) -> None:
    """Nobody is inside yet, and ``capacity`` people may be."""
    db.session.add(HallOccupancy(exhibition_id=exhibition.id, capacity=capacity))


def copy_gates(source: Exhibition, target: Exhibition) -> None:
    """The source's gates, without their devices."""
    gates = db.session.scalars(select(Gate).where(Gate.exhibition_id == source.id).order_by(Gate.code))
    db.session.add_all([copied(gate, exhibition_id=target.id) for gate in gates])


def copy_caps(actor: Actor, source: Exhibition, target: Exhibition) -> None:
    """The hall's counter with the cap the source began with, and its changes as many days later as the target begins.

    What was set while the source was prepared, before its first day, is what it began with.
    """
    midnight = datetime.combine(source.starts_on, time(), ZoneInfo(source.timezone))
    prepared = [cap.capacity for cap in changes(source.id) if cap.starts_at < midnight]
    begin(target, prepared[-1] if prepared else before_all(source.id))
    db.session.add_all(
        copied(
            cap,
            exhibition_id=target.id,
            starts_at=starts_at,
            set_by=actor.name[:120],
        )
        for cap in changes(source.id)
        if (starts_at := move(source, target, cap.starts_at))
    )
