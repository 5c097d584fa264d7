"""JSON documents that contain a list of objects, as tables: the members' names are the headings."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from exhibition.core.tables.table import (
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Format,
    JsonValue,
    TableFault,
    UnreadableTable,
    UploadedTable,
    filled,
    text_of,
    tidy,
)

LONGEST_HEADING = 80
LONGEST_FACT = 200
DEEPEST_LIST = 4


def read_document(text: str, *, guessed: bool = False) -> UploadedTable:
    """The longest list of objects in a JSON document. Raises UnreadableTable."""
    try:
        value: JsonValue = json.loads(text, parse_float=Decimal, parse_constant=lambda _name: None)
    except (ValueError, RecursionError) as error:
        raise UnreadableTable(TableFault.UNREADABLE) from error
    objects = max(_lists(value), key=len, default=())
    return read_objects(objects, guessed=guessed, facts=dict(_facts(value, 0)))


def read_objects(
    objects: Sequence[Mapping[str, Cell]], *, guessed: bool = False, facts: dict[str, str] | None = None
) -> UploadedTable:
    """A list of objects as a table, one object a row."""
    read = objects[:MOST_ROWS]
    names = list(dict.fromkeys(name for one in read for name in one))[:MOST_COLUMNS]
    rows = [[one.get(name) for name in names] for one in read]
    numbers = [number for number, row in enumerate(rows) if filled(row) or any(row)]
    return UploadedTable(
        headings=[tidy(name)[:LONGEST_HEADING] for name in names],
        values=[rows[number] for number in numbers],
        places=[f"[{number}]" for number in numbers],
        format=Format.JSON,
        guessed=guessed,
        cut=len(objects) > MOST_ROWS,
        facts=facts or {},
    )


def _lists(value: JsonValue, depth: int = 0) -> Iterator[list[dict[str, JsonValue]]]:
    """Every list of objects."""
    if isinstance(value, list):
        objects = [item for item in value if isinstance(item, dict)]
        if objects and len(objects) == len(value):
            yield objects
    elif isinstance(value, dict) and depth < DEEPEST_LIST:
        for inner in value.values():
            yield from _lists(inner, depth + 1)


def _facts(value: JsonValue, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth <= DEEPEST_LIST:
        for name, inner in value.items():
            if isinstance(inner, str | int | Decimal):
                yield name.lower(), tidy(text_of(inner))[:LONGEST_FACT]
            else:
                yield from _facts(inner, depth + 1)
