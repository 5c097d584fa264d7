"""Moments counted in steps of so many minutes, by the database: a day's scans become a few hundred rows."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import BigInteger


class _EpochSeconds(FunctionElement[int]):
    """A moment in whole seconds since 1970."""

    type = BigInteger()
    inherit_cache = True


@compiles(_EpochSeconds, "postgresql")
def _on_postgresql(element: _EpochSeconds, compiler: SQLCompiler, **options: Any) -> str:
    return f"floor(extract(epoch FROM {compiler.process(element.clauses, **options)}))::bigint"


@compiles(_EpochSeconds, "sqlite")
def _on_sqlite(element: _EpochSeconds, compiler: SQLCompiler, **options: Any) -> str:
    # Without the fraction, which strftime would round up into the next second.
    return f"CAST(strftime('%s', substr({compiler.process(element.clauses, **options)}, 1, 19)) AS INTEGER)"


def step_of(moment: QueryableAttribute[Any], seconds: int) -> ColumnElement[int]:
    """When the step begins in which the moment lies, in epoch seconds; for moments after 1970."""
    passed = _EpochSeconds(moment)
    return passed - passed % literal(seconds, Integer)
