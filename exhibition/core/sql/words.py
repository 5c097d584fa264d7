"""Searching lists for what people type: words in any order, without regard to case, accents and blanks, on both
databases alike; and phone numbers by their last digits.
"""

import re
import sqlite3
import unicodedata
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Engine, and_, event, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

MOST_WORDS = 8
FEWEST_DIGITS = 4


def fold(text: str | None) -> str | None:
    """The text in small letters without accents: ``José`` becomes ``jose``."""
    if text is None or text.isascii():
        return text and text.lower()
    letters = (sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return "".join(letters).lower()


_ACCENTED = {
    sign: base
    for sign in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if sign.isalpha() and (base := fold(sign)) and len(base) == 1 and base != sign
}
"""The letters with accents of Latin scripts, which PostgreSQL is told one by one: no extension does it everywhere."""


class _Condition(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> Any:
        """As it is: SQLAlchemy's ``= 1`` would have SQLite compute all of it for each row."""
        return self


class HasPart(_Condition):
    """Whether what ``fold`` makes of a column is like a pattern, with / before a sign that stands for itself."""

    name = "has_part"
    inherit_cache = True


class HasPlainPart(_Condition):
    """The same of columns in ASCII alone where the database reads these ten times as fast; else of all."""

    name = "has_plain_part"
    inherit_cache = True


class IsBeyondAscii(_Condition):
    """Whether a row is one of those that ``HasPlainPart`` leaves out, because of letters beyond ASCII in a column."""

    name = "is_beyond_ascii"
    inherit_cache = True


def beyond_ascii_on_sqlite(column: str) -> str:
    """Whether a column has letters beyond ASCII, in the words of SQLite; an index of such rows is for exactly these."""
    return f"length({column}) <> length(CAST({column} AS BLOB))"


@compiles(HasPart, "sqlite")
def _on_sqlite(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    column, pattern = (compiler.process(one, **more) for one in element.clauses)
    folded = f"{beyond_ascii_on_sqlite(column)} AND fold({column}) LIKE {pattern} ESCAPE '/'"
    return f"({_plain_on_sqlite(element, compiler, **more)} OR ({folded}))"


@compiles(HasPlainPart, "sqlite")
def _plain_on_sqlite(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    column, pattern = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} LIKE {pattern} ESCAPE '/'"  # SQLite's own, a tenth of the price


@compiles(IsBeyondAscii, "sqlite")
def _is_beyond_ascii_on_sqlite(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    columns = [compiler.process(one, **more) for one in element.clauses]
    return "(" + " OR ".join(map(beyond_ascii_on_sqlite, columns)) + ")"


def folded_on_postgresql(column: str) -> str:
    """What ``fold`` makes of a column, in the words of PostgreSQL; an index of trigrams is for exactly these."""
    plain = f"octet_length({column}) = char_length({column})"  # ASCII: translating costs a hundred times as much
    folded = f"translate({column}, '{''.join(_ACCENTED)}', '{''.join(_ACCENTED.values())}')"
    return f"lower(CASE WHEN {plain} THEN {column} ELSE {folded} END)"


@compiles(HasPart, "postgresql")
@compiles(HasPlainPart, "postgresql")
def _on_postgresql(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    column, pattern = (compiler.process(one, **more) for one in element.clauses)
    return f"({folded_on_postgresql(column)} LIKE {pattern} ESCAPE '/')"


@compiles(IsBeyondAscii, "postgresql")
def _is_beyond_ascii_on_postgresql(_element: Any, _compiler: SQLCompiler, **_more: Any) -> str:
    return "false"  # HasPlainPart leaves nobody out


def _teach_sqlite(connection: Any, _entry: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("fold", 1, fold, deterministic=True)


event.listen(Engine, "connect", _teach_sqlite)


def has_words(
    words: str, *columns: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
) -> ColumnElement[bool]:
    """Whether each of the words is a part of one of the columns; more than ``MOST_WORDS`` are not looked at."""
    each = (fold(word) for word in words.split()[:MOST_WORDS])
    parts = (or_(*(HasPart(column, _pattern(word)) for column in columns)) for word in each if word)
    return and_(true(), *parts)


def has_words_in_two_ways(
    words: str, *columns: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """``has_words`` as two conditions, to be looked for apart: one that is quick for each row, and one for the few rows
    with letters beyond ASCII, which an index of the table holds.
    """
    each = [_pattern(part) for word in words.split()[:MOST_WORDS] if (part := fold(word))]
    plain = (or_(*(HasPlainPart(column, pattern) for column in columns)) for pattern in each)
    return and_(true(), *plain), and_(IsBeyondAscii(*columns), has_words(words, *columns))


def _pattern(word: str) -> str:
    return "%" + re.sub(r"[/%_]", r"/\g<0>", word) + "%"


def has_digits(
    words: str, column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
) -> list[ColumnElement[bool]]:
    """That a number in E.164 ends with the digits that were typed, in a list; empty for what is no end of a number."""
    digits = "".join(sign for sign in words if sign.isdigit())
    others = "".join(sign for sign in words if not sign.isdigit()).strip(" +-./()")
    if not digits.isascii() or len(digits) < FEWEST_DIGITS or others.strip():
        return []
    return [column.endswith(digits.lstrip("0") or digits)]
