"""Searching listings by the database's full text (revision 0017): FTS5 on SQLite, tsvector on PostgreSQL.

All that differs between the two databases is here. Callers pass folded words (``search_words.wanted``), which hold only
letters and digits, so nothing a visitor types is ever syntax.
"""

from collections.abc import Sequence

from sqlalchemy import Boolean, ColumnElement, Integer, cast, column, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from exhibition.core.db import db
from exhibition.storefront.models import Listing

_INDEX = table("listing_search")


def shown_by(exhibitor_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """The condition for published listings of these exhibitors, written so that no database starts from it: the words
    narrow more.
    """
    published = Listing.published if _postgresql() else literal_column("+listing.published", Boolean)
    return [published.is_(True), literal_column("+listing.exhibitor_id", Integer).in_(exhibitor_ids)]


def holds(word: str) -> ColumnElement[bool]:
    """The condition that a word of the listing's title or description begins with this one."""
    return _matches([word], "words")


def title_holds(wanted: Sequence[str]) -> ColumnElement[bool]:
    """The condition that the title alone holds all the words."""
    return _matches(wanted, "title")


def _postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def _matches(wanted: Sequence[str], where: str) -> ColumnElement[bool]:
    if _postgresql():
        asked = " & ".join(f"'{word}':*" for word in wanted)
        return column(f"search_{where}").op("@@", is_comparison=True)(cast(literal(asked), TSQUERY))
    asked = " AND ".join(f'"{word}" *' for word in wanted)
    asked = f"title : ({asked})" if where == "title" else asked
    found = select(column("rowid")).select_from(_INDEX)
    return Listing.id.in_(found.where(column("listing_search").op("MATCH", is_comparison=True)(asked)))
