"""Paging through a long list without counting all its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select

from exhibition.core.db import db

T = TypeVar("T")

PAGE_SIZE = 50
LAST_PAGE = 10_000
READ_AT_ONCE = 1000
"""Rows that are read together where a list is streamed whole."""
MOST_COUNTED = 10_000
"""So many rows are counted; of more it is only known that there are more."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; ``number`` begins at 1."""

    items: Sequence[T]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1


def page_number(text: str | None) -> int:
    """The page number in an address; 1 for anything that is not one."""
    return min(max(int(text), 1), LAST_PAGE) if text and text.isascii() and text.isdigit() else 1


def paginate(statement: Select[T], number: int, size: int = PAGE_SIZE) -> Page[T]:
    """Read one page of an ordered statement of one entity, and one row more to know whether another page follows."""
    rows = list(db.session.scalars(statement.limit(size + 1).offset((number - 1) * size)))
    return Page(rows[:size], number, len(rows) > size)


@dataclass(frozen=True)
class BoundedCount:
    """How many rows match; with ``more``, more than ``number``."""

    number: int
    more: bool = False


def count_matches(statement: Select[T]) -> BoundedCount:
    """Count the rows of a statement, at most ``MOST_COUNTED``, so that a count never reads a whole large table."""
    few = statement.order_by(None).limit(MOST_COUNTED + 1).subquery()
    found = db.session.scalar(select(func.count()).select_from(few)) or 0
    return BoundedCount(min(found, MOST_COUNTED), found > MOST_COUNTED)
