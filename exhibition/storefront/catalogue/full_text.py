"""Asking the database's full text (revision 0017) for listings: FTS5 on SQLite, tsvector on PostgreSQL.

Everything about the two databases' own languages is here; callers hand over folded words (``words.wanted``), which
hold letters and digits only, so nothing a visitor types is ever syntax.
"""

from collections.abc import Sequence

from sqlalchemy import Boolean, ColumnElement, Integer, cast, column, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from exhibition.core.db import db
from exhibition.storefront.models import Listing

_INDEX = table("listing_search")


def shown_by(exhibitor_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """Published listings of these exhibitors, written so that no database begins with them: the words narrow more."""
    published = Listing.published if _postgresql() else literal_column("+listing.published", Boolean)
    return [published.is_(True), literal_column("+listing.exhibitor_id", Integer).in_(exhibitor_ids)]


def holds(word: str) -> ColumnElement[bool]:
    """Whether a word of the listing begins with this one, in its title or its description."""
    return _matches([word], "words")


def title_holds(wanted: Sequence[str]) -> ColumnElement[bool]:
    """Whether the title alone holds all the words."""
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
