"""Which allocations count, as conditions for queries: the same as ``rules`` say of values; a test compares."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import EXPIRING, AllocationState


def over_at(now: datetime) -> ColumnElement[bool]:
    """A hold or offer whose time is over (``rules.is_over``)."""
    return Allocation.state.in_(EXPIRING) & (Allocation.expires_at <= now)


def live_at(now: datetime) -> ColumnElement[bool]:
    """An allocation that counts: not released, and its time not over."""
    return (Allocation.state != AllocationState.RELEASED) & ~over_at(now)


def confirmed_in(exhibition_id: int | ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """A booth of the edition that its exhibitor has for good: shown to visitors, with shops and badges."""
    return (Allocation.exhibition_id == exhibition_id) & (Allocation.state == AllocationState.CONFIRMED)
