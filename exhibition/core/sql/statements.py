"""Statements of the hot paths: SQL written with SQLAlchemy, run by the driver alone (docs/adr/0010).

Executing a statement through SQLAlchemy costs more than the statement itself. So a statement is compiled once for each
database, and after that only the driver's cursor runs it. Values are converted as SQLAlchemy does, and each statement
declares the type of its rows. A ``Chain`` makes several changes together: as one statement on PostgreSQL, one after
another on SQLite.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar, cast

import psycopg
from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql.psycopg import dialect as postgresql_dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from exhibition.core.db import Base, on_driver

R = TypeVar("R")

NOT_NULL_VIOLATION = "23502"
"""PostgreSQL's."""
NUMBERED = postgresql_dialect(paramstyle="numeric_dollar")
"""PostgreSQL with parameters as the server itself reads them: $1, $2 and so on."""


def table_of(model: type[Base]) -> Table:
    """The table of an entity, for the hot paths, which load nothing into a session."""
    return cast("Table", model.__table__)


def given(table: Table, *names: str) -> dict[str, BindParameter[Any]]:
    """Values of an INSERT that are passed at each run, under the columns' own names."""
    return {name: bindparam(name, type_=table.c[name].type) for name in names}


class put(ColumnElement[Any]):  # noqa: N801 reads like SQLAlchemy's own functions
    """A JSON document with a new value at a path like ``occupancy.inside``; NULL when the value is NULL."""

    inherit_cache = False

    def __init__(self, document: ColumnElement[Any], path: str, value: ColumnElement[Any]) -> None:
        self.type = document.type
        self.document, self.path, self.value = document, path, value


@compiles(put, "postgresql")
def _put_on_postgresql(element: put, compiler: SQLCompiler, **options: Any) -> str:
    document, value = (compiler.process(part, **options) for part in (element.document, element.value))
    return f"jsonb_set({document}, '{{{element.path.replace('.', ',')}}}', to_jsonb({value}))"


@compiles(put, "sqlite")
def _put_on_sqlite(element: put, compiler: SQLCompiler, **options: Any) -> str:
    document, value = (compiler.process(part, **options) for part in (element.document, element.value))
    return f"json_set({document}, '$.{element.path}', {value})"


Convert = Callable[[Any], Any]
AnySelect = Select[*tuple[Any, ...]]


class Statement(Generic[R]):
    """One SELECT, INSERT or UPDATE with named parameters.

    ``row`` turns the columns' values into the answer. It is a NamedTuple or dataclass with a field for each column, in
    the same order, or a function; then ``fields`` names the columns that it takes. Defaults computed in Python are not
    filled in: a statement that needs one raises TypeError at its first run.
    """

    def __init__(
        self, statement: AnySelect | Insert | Update, row: Callable[..., R], fields: Sequence[str] | None = None
    ) -> None:
        _compare(row, fields, statement.exported_columns.keys())
        self._plain = _Plain(statement)
        self._row = row

    def first(self, connection: Connection, values: dict[str, Any]) -> R | None:
        """Run it in the open transaction and return the first row, or None.

        Raises what SQLAlchemy raises: ``IntegrityError``, ``OperationalError`` and the like.
        """
        found = self._plain.rows(connection, values)
        return self._row(*found[0]) if found else None

    def all(self, connection: Connection, values: dict[str, Any]) -> list[R]:
        """``first`` for a SELECT that finds any number of rows."""
        return [self._row(*found) for found in self._plain.rows(connection, values)]

    def one(self, connection: Connection, values: dict[str, Any]) -> R:
        """``first`` for a statement that always returns a row."""
        found = self.first(connection, values)
        if found is None:
            raise LookupError("the statement answered with no row")
        return found


class NoRow(NamedTuple):
    """The row type of a statement that returns nothing."""


class Rows(Generic[R]):
    """A SELECT or UPDATE that returns any number of rows of one type, executed by SQLAlchemy.

    ``row`` is a NamedTuple or a dataclass with a field for each column, in their order.
    """

    def __init__(self, statement: AnySelect | Update, row: Callable[..., R]) -> None:
        _compare(row, None, statement.exported_columns.keys())
        self._statement = statement
        self._row = row

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[R]:
        """The rows in the statement's order."""
        return [self._row(*found) for found in connection.execute(self._statement, values)]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> R | None:
        """The row of a statement that finds at most one, or None."""
        found = connection.execute(self._statement, values).one_or_none()
        return None if found is None else self._row(*found)

    def one(self, connection: Connection, values: Mapping[str, Any]) -> R:
        """The row of a statement that always finds one."""
        return self._row(*connection.execute(self._statement, values).one())


def _compare(row: Callable[..., object], fields: Sequence[str] | None, columns: Sequence[str | None]) -> None:
    expected = getattr(row, "__match_args__", ()) if fields is None else fields
    if list(expected) != list(columns):
        raise TypeError(f"the row's fields {list(expected)} are not the columns {list(columns)}")


class _Plain:
    """A statement that is compiled once for each database and returns its rows as lists of values."""

    def __init__(self, statement: AnySelect | Insert | Update) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[list[Any]]:
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = self._compiled[connection.dialect.name] = _Compiled(self._statement, connection.dialect)
        return compiled.rows(connection, values)

    def first(self, connection: Connection, values: dict[str, Any]) -> list[Any] | None:
        found = self.rows(connection, values)
        return found[0] if found else None


class _Compiled:
    """A statement for one database: its text, and how each value is converted on the way in and out."""

    def __init__(self, statement: AnySelect | Insert | Update, dialect: Dialect) -> None:
        if dialect.name == "postgresql":
            dialect = NUMBERED
        compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError(f"give a value for each of {compiled.insert_prefetch or compiled.update_prefetch}")
        types = {name: _inner(parameter.type, dialect) for name, parameter in compiled.binds.items()}
        self._order = list(compiled.positiontup or ())
        converts = {name: kind.bind_processor(dialect) for name, kind in types.items()}
        self._constants = {
            name: (converts[name] or _same)(parameter.value)
            for name, parameter in compiled.binds.items()
            if not parameter.required and parameter.value is not None
        }
        self._inward = {
            name: convert for name, convert in converts.items() if convert is not None and name not in self._constants
        }
        outward = [
            _inner(column.type, dialect).result_processor(dialect, None) for column in statement.exported_columns
        ]
        self._outward = [(index, convert) for index, convert in enumerate(outward) if convert is not None]
        self._text = str(compiled)

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[list[Any]]:
        given = (
            values | self._constants
        )  # SQLAlchemy names them after their columns, and a value may have such a name too
        for name, convert in self._inward.items():
            if name in given:
                given[name] = convert(given[name])
        rows = [list(row) for row in on_driver(connection, self._text, [given[name] for name in self._order])]
        for row in rows:
            for index, convert in self._outward:
                row[index] = convert(row[index])
        return rows


class EarlierAnswers(Protocol):
    """The answers of earlier steps of a chain, by the step's name and the column's."""

    def __call__(self, step: str, column: str) -> ColumnElement[Any]: ...


@dataclass(frozen=True)
class Adding:
    """The step of a chain that adds a row."""

    table: Table
    values: Callable[[EarlierAnswers], Mapping[str, Any]]
    answers: tuple[Column[Any], ...] = ()

    def alone(self, earlier: EarlierAnswers) -> Insert:
        """The INSERT as a statement of its own."""
        adding = insert(self.table).values(self._values(earlier))
        return adding.returning(*self.answers) if self.answers else adding.inline()

    def within(self, earlier: EarlierAnswers, answered: FromClause) -> Insert:
        """The INSERT as a part of one statement, after the parts that have ``answered``."""
        values = self._values(earlier)
        row = select(*values.values()).select_from(answered)
        return insert(self.table).from_select(list(values), row, include_defaults=False).returning(*self.answers)

    def _values(self, earlier: EarlierAnswers) -> dict[str, ColumnElement[Any]]:
        """Plain values as literals, because the name of a parameter could clash with another step's."""
        return {
            name: value if isinstance(value, ColumnElement) else literal(value, self.table.c[name].type)
            for name, value in self.values(earlier).items()
        }


@dataclass(frozen=True)
class Ascertaining:
    """The first step of a chain: an UPSERT that changes ``rows`` rows if and only if what was read before still holds.

    Only PostgreSQL runs it. On SQLite nobody else can have written since the transaction began.
    """

    statement: Insert
    rows: int


Step: TypeAlias = "Update | Adding | Ascertaining"


class Chain(Generic[R]):
    """Steps that are one change: all of them, or none.

    First come guarded UPDATEs, perhaps after a step that ascertains something, then new rows, which may use the answers
    of earlier steps. PostgreSQL runs them as one statement: one round trip, and rows that many wait for are locked no
    longer than it takes. SQLite has no such statement and no round trips; there the steps run one after another in the
    open transaction, and its owner must roll it back when a guard refuses.

    The first new row must store an unchanged answer of the last UPDATE in a NOT NULL column. When a guard refuses,
    there is no answer, so PostgreSQL refuses the NULL in this column and undoes the earlier steps. This column tells a
    guard's refusal apart from every other error.

    ``row`` is a NamedTuple with a field ``<step>_<column>`` for each answer, in their order.
    """

    def __init__(self, row: Callable[..., R], **steps: Step) -> None:
        _compare(row, None, [label for name, step in steps.items() for label in _answers(name, step)])
        self._row = row
        self._steps = steps
        self._null_when_refused = _null_when_refused(steps)

    @cached_property
    def _one(self) -> _Plain:
        return _Plain(_as_one(self._steps))

    @cached_property
    def _each(self) -> list[tuple[bool, list[str], _Plain]]:
        steps: dict[str, Update | Adding] = {
            name: step for name, step in self._steps.items() if not isinstance(step, Ascertaining)
        }
        statements = zip(steps.items(), _alone(steps), strict=True)
        return [(isinstance(step, Update), list(_answers(name, step)), alone) for (name, step), alone in statements]

    def run(self, connection: Connection, values: dict[str, Any]) -> R | None:
        """Run the steps and return all their answers.

        None when a guard refused; the transaction must then be rolled back. Raises ``IntegrityError`` for anything else
        that the database refuses.
        """
        if connection.dialect.name == "postgresql":
            try:
                return self._row(*(self._one.first(connection, values) or ()))
            except IntegrityError as error:
                if _null_in(error) == self._null_when_refused:
                    return None
                raise
        answered: dict[str, Any] = {}
        for guarded, labels, statement in self._each:
            row = statement.first(connection, values | answered)
            if row is not None:
                answered.update(zip(labels, row, strict=True))
            elif guarded:
                return None
        return self._row(*answered.values())


def _null_when_refused(steps: dict[str, Step]) -> tuple[str, str]:
    """The table and the column of the first new row that is NULL if and only if a guard refused."""
    guard = [name for name, step in steps.items() if isinstance(step, Update)][-1]
    adding = next(step for step in steps.values() if isinstance(step, Adding))
    answers: dict[tuple[str, str], ColumnElement[Any]] = {}

    def earlier(step: str, column: str) -> ColumnElement[Any]:
        return answers.setdefault((step, column), literal_column(f"{step}_{column}"))

    row = adding.values(earlier)
    of_guard = [answer for (step, _column), answer in answers.items() if step == guard]
    for name, value in row.items():
        if not adding.table.c[name].nullable and any(value is answer for answer in of_guard):
            return adding.table.name, name
    raise TypeError(f"no column of {adding.table.name} tells that {guard} said no")


def _null_in(error: IntegrityError) -> tuple[str | None, str | None] | None:
    """The table and the column in which PostgreSQL refused a NULL; None when it refused something else."""
    cause = error.orig
    if isinstance(cause, psycopg.Error) and cause.sqlstate == NOT_NULL_VIOLATION:
        return cause.diag.table_name, cause.diag.column_name
    return None


def _answers(name: str, step: Step) -> dict[str, ColumnElement[Any]]:
    if isinstance(step, Ascertaining):
        return {}
    columns = step.exported_columns.items() if isinstance(step, Update) else ((c.name, c) for c in step.answers)
    return {f"{name}_{key}": column for key, column in columns}


def _alone(steps: dict[str, Update | Adding]) -> Iterable[_Plain]:
    known: dict[str, ColumnElement[Any]] = {}

    def earlier(step: str, column: str) -> ColumnElement[Any]:
        label = f"{step}_{column}"
        return bindparam(label, type_=known[label].type)

    for name, step in steps.items():
        yield _Plain(step if isinstance(step, Update) else step.alone(earlier))
        known |= _answers(name, step)


def _as_one(steps: dict[str, Step]) -> AnySelect:
    parts: dict[str, Any] = {}
    answered: FromClause = select(literal_column("1").label("one")).subquery("one")
    labels: list[ColumnElement[Any]] = []
    part, ascertained = None, 0
    for name, step in steps.items():
        if isinstance(step, Adding):
            statement = step.within(lambda step, column: parts[step].c[column], answered)
        elif isinstance(step, Ascertaining):
            statement, ascertained = step.statement, step.rows
        elif part is None:
            statement = step
        elif ascertained:
            statement = step.where(select(func.count()).select_from(part).scalar_subquery() == literal(ascertained))
            ascertained = 0
        else:
            statement = step.where(exists(select(literal_column("1")).select_from(part)))
        part = parts[name] = statement.cte(name)
        answers = _answers(name, step)
        labels += [part.c[column.removeprefix(f"{name}_")].label(column) for column in answers]
        if answers:
            answered = answered.outerjoin(part, true())
    unread = [part for name, part in parts.items() if not _answers(name, steps[name])]
    return select(*labels).select_from(answered).add_cte(*unread)


def _same(value: Any) -> Any:
    return value


def _inner(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
