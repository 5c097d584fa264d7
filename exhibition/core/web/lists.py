"""Long lists at the desk: one description of the columns, from which the page's table, CSV and workbook are made.

Which columns somebody wants to see stands in the address, ``?column=name&column=state``, and is remembered in the
browser. What rows there are, and in which order, is the business of the use case behind the list.
"""

import enum
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from flask import Response, after_this_request, current_app, request, url_for

from exhibition.core.config import cookie_name
from exhibition.core.files.spreadsheets import Cell, Table
from exhibition.core.i18n import YEAR
from exhibition.core.sql.paging import PAGE_SIZE, Page, page_number
from exhibition.core.web.sorting import SortedHeading, Sorting, sorting

Item = TypeVar("Item")

WANTED = "column"
"""The part of an address that names the columns; given once and empty, it asks for those that are shown at first."""
ALL = "all"
"""Instead of a column's key: every column there is."""


class ColumnKind(enum.StrEnum):
    """How the values of a column are written on the page; files have the values themselves."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    """The day, with the hour on demand."""
    INSTANT = "instant"
    """The day with its hour, where the hour is the point."""
    DAY = "day"
    MONEY = "money"
    """Rupiah."""
    STATE = "state"
    """A word as a chip, in the tone that the column's ``chips`` give."""


@dataclass(frozen=True)
class Chip:
    """A word on a coloured ground: ``good``, ``warn``, ``bad``, ``accent``, or none."""

    text: Any
    tone: str = ""


@dataclass(frozen=True)
class ListColumn(Generic[Item]):
    """One column of a list, for page and files alike."""

    key: str
    """In addresses; never changes."""
    heading: Any
    value: Callable[[Item], Cell]
    """What files hold, and what the page writes unless ``shown`` says otherwise; words, never codes."""
    kind: ColumnKind = ColumnKind.TEXT
    order: str = ""
    """The order of the list that the heading asks for; empty when one cannot sort by it."""
    at_first: bool = True
    """Whether it is shown to somebody who has chosen nothing."""
    shown: Callable[[Item], str] | None = None
    """What the page writes where that is more than the value."""
    chips: Callable[[Item], Sequence[Chip]] | None = None
    """Chips after the value; with the kind ``STATE`` instead of it."""
    link: Callable[[Item], str] | None = None
    """The page that the value leads to; empty for none."""
    names: bool = False
    """It names the row: always shown, the heading of the row, and where Enter leads."""
    personal: bool = False
    """It names or reaches a visitor, so a file with it is handed out for a reason only."""


def state_column(
    key: str, heading: Any, chips: Callable[[Item], Sequence[Chip]], *, order: str = "", at_first: bool = True
) -> ListColumn[Item]:
    """A column of chips, with their words as its value."""

    def words(item: Item) -> Cell:
        return ", ".join(str(chip.text) for chip in chips(item))

    return ListColumn(key, heading, words, ColumnKind.STATE, order=order, at_first=at_first, chips=chips)


def _nothing(_item: Any) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class ListDescription(Generic[Item]):
    """A list with all columns that it can have, in their order."""

    name: str
    """Part of the name of the cookie that remembers the columns."""
    columns: tuple[ListColumn[Item], ...]
    id_of: Callable[[Item], int] | None = None
    """What a tick in a row stands for; None when rows cannot be ticked."""
    attributes: Callable[[Item], Mapping[str, str]] = _nothing
    """Attributes of a row on the page."""


@dataclass(frozen=True)
class ListView(Generic[Item]):
    """A list as one request wants it."""

    description: ListDescription[Item]
    columns: tuple[ListColumn[Item], ...]
    """Those that are shown."""
    endpoint: str
    asked: Mapping[str, Any]
    """Filters and order, as they stand in the address."""
    sorting: Sorting | None = None
    in_address: tuple[str, ...] = field(default=())
    """The columns, where the address names them."""
    orders: Collection[str] | None = None
    """The orders that can be had; None for those of all columns."""

    @property
    def naming(self) -> ListColumn[Item]:
        return next(column for column in self.description.columns if column.names)

    @property
    def everything(self) -> dict[str, Any]:
        """The whole address of the list, without its page."""
        return {**self.asked, **({WANTED: list(self.in_address)} if self.in_address else {})}

    @property
    def personal(self) -> bool:
        return any(column.personal for column in self.columns)

    def address(self, number: int) -> str:
        """Of one page."""
        return url_for(self.endpoint, page=number, **self.everything)

    def with_columns(self, wanted: str) -> str:
        """The list with other columns: ``ALL``, or empty for those at first."""
        return url_for(self.endpoint, **{**self.asked, WANTED: wanted})

    def file(self, kind: str) -> str:
        """Of what is shown as a file: ``csv`` or ``xlsx``."""
        return url_for(self.endpoint, file=kind, **self.everything)

    def heading(self, column: ListColumn[Item]) -> SortedHeading | str:
        """The heading of a column, which sorts the list where that is possible."""
        offered = column.order and (self.orders is None or column.order in self.orders)
        if self.sorting is None or not offered:
            return str(column.heading)

        def address(order: str) -> str:
            return url_for(self.endpoint, **{**self.everything, "order": order})

        return self.sorting.heading(column.order, str(column.heading), address)

    def table(self, title: str, items: Iterable[Item], timezone: str) -> Table:
        """The same columns as a table for a file; the items are read once."""
        values = [column.value for column in self.columns]
        rows = ([value(item) for value in values] for item in items)
        headings = [column.heading for column in self.columns]
        return Table(title, headings, rows, timezone, frozen=self.columns.index(self.naming) + 1)


def list_view(
    description: ListDescription[Item],
    endpoint: str,
    asked: Mapping[str, Any],
    sorting: Sorting | None = None,
    orders: Collection[str] | None = None,
) -> ListView[Item]:
    """The list with the columns that the address names, else those remembered in the browser, else those at first.

    What an address names is remembered for a year. ``orders`` are those that can be had, where not all can.
    """
    cookie = cookie_name(f"columns_{description.name}", tls=current_app.config["TLS"])
    named = request.args.getlist(WANTED)
    if named:
        _remember(cookie, _known(description, named))
    kept = () if named else _known(description, request.cookies.get(cookie, "").split("."))
    keys = _known(description, named) or kept
    columns = tuple(
        column for column in description.columns if column.names or (column.key in keys if keys else column.at_first)
    )
    return ListView(description, columns, endpoint, asked, sorting, _known(description, named), orders)


def _known(description: ListDescription[Any], keys: Collection[str]) -> tuple[str, ...]:
    """Those of the keys that the list has, in its order."""
    return tuple(column.key for column in description.columns if column.key in keys or ALL in keys)


def _remember(cookie: str, keys: Sequence[str]) -> None:
    secure = current_app.config["TLS"]

    @after_this_request
    def write(response: Response) -> Response:
        if keys:
            value = ".".join(keys)
            response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
        else:
            response.delete_cookie(cookie, samesite="Lax", httponly=True, secure=secure)
        return response


@dataclass(frozen=True)
class WholeList(Generic[Item]):
    """A list of so few rows that it is read whole, and sorted and paged here."""

    view: ListView[Item]
    rows: list[Item]
    """All that match, in the order that is asked for."""
    page: Page[Item]


def whole_list(
    description: ListDescription[Item],
    endpoint: str,
    rows: Iterable[Item],
    filters: Collection[str] = (),
    order: str = "",
) -> WholeList[Item]:
    """The rows as this request wants them: ``?order=`` sorts by the column with this order, ``?page=`` is a page.

    ``filters`` are the names that the page filters by; ``order`` is the first one, empty for that of the rows.
    """
    asked = {name: request.args[name] for name in (*filters, "order") if request.args.get(name)}
    by_order = {column.order: column for column in description.columns if column.order}
    by = sorting(request.args.get("order", order), by_order, order.removeprefix("-"))
    view = list_view(description, endpoint, asked, by)
    found = list(rows)
    if by.column in by_order:
        found = _in_order(found, by_order[by.column].value, backwards=by.backwards)
    number = page_number(request.args.get("page"))
    first, end = (number - 1) * PAGE_SIZE, number * PAGE_SIZE
    return WholeList(view, found, Page(found[first:end], number, has_next=len(found) > end))


def _in_order(rows: list[Item], value: Callable[[Item], Cell], *, backwards: bool) -> list[Item]:
    """By the value of a column, words as people sort them; those without one at the end."""

    def key(row: Item) -> Any:
        found = value(row)
        return str(found).casefold() if isinstance(found, str) else found

    there = [row for row in rows if value(row) not in (None, "")]
    return sorted(there, key=key, reverse=backwards) + [row for row in rows if value(row) in (None, "")]
