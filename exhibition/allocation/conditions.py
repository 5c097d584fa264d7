"""Which allocations count, as conditions for queries; ``rules`` decides the same for values, and a test compares."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import EXPIRING, AllocationState


def over_at(now: datetime) -> ColumnElement[bool]:
    """A hold or offer whose time has run out (``rules.is_over``)."""
    return Allocation.state.in_(EXPIRING) & (Allocation.expires_at <= now)


def live_at(now: datetime) -> ColumnElement[bool]:
    """An allocation that counts: not released, and its time has not run out."""
    return (Allocation.state != AllocationState.RELEASED) & ~over_at(now)


def confirmed_in(exhibition_id: int | ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """A confirmed booth of the edition: it is shown to visitors, with shops and badges."""
    return (Allocation.exhibition_id == exhibition_id) & (Allocation.state == AllocationState.CONFIRMED)
