"""One description of columns makes the page's table, CSV and workbook; the columns shown are chosen and kept."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from flask import Flask, get_template_attribute

from exhibition.core.files.spreadsheets import as_csv
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription, list_view, whole_list
from exhibition.core.web.sorting import Sorting

PAGE = "core.healthz"


@dataclass(frozen=True)
class Jar:
    id: int
    name: str
    price: int
    sealed: bool
    at: datetime


JARS = ListDescription[Jar](
    "jars",
    (
        ListColumn("number", "No.", lambda jar: jar.id, ColumnKind.NUMBER, order="number"),
        ListColumn("name", "Jar", lambda jar: jar.name, names=True, link=lambda jar: f"/jars/{jar.id}"),
        ListColumn("price", "Price", lambda jar: jar.price, ColumnKind.MONEY),
        ListColumn("state", "State", lambda _jar: "Full", ColumnKind.STATE, chips=lambda _jar: [Chip("Full", "good")]),
        ListColumn("sealed", "Sealed", lambda jar: jar.sealed, at_first=False),
        ListColumn("at", "Filled", lambda jar: jar.at, ColumnKind.MOMENT, at_first=False),
    ),
    id_of=lambda jar: jar.id,
)
HONEY = Jar(7, "Madu <hutan>", 15_000, sealed=True, at=datetime(2026, 11, 6, 2, tzinfo=UTC))


def shown(app: Flask, address: str, cookie: str = "") -> list[str]:
    headers = {"Cookie": f"columns_jars={cookie}"} if cookie else {}
    with app.test_request_context(address, headers=headers):
        return [column.key for column in list_view(JARS, PAGE, {}).columns]


@pytest.mark.parametrize(
    ("address", "cookie", "columns"),
    [
        ("/", "", ["number", "name", "price", "state"]),
        ("/?column=at&column=price", "", ["name", "price", "at"]),
        ("/?column=at", "sealed", ["name", "at"]),
        ("/", "sealed.number", ["number", "name", "sealed"]),
        ("/?column=name", "sealed", ["name"]),
        ("/?column=", "sealed", ["number", "name", "price", "state"]),
        ("/?column=all", "", ["number", "name", "price", "state", "sealed", "at"]),
        ("/?column=evil", "%00..x", ["number", "name", "price", "state"]),
    ],
)
def test_the_address_names_the_columns_else_the_browser_remembers_them(
    app: Flask, address: str, cookie: str, columns: list[str]
) -> None:
    assert shown(app, address, cookie) == columns


def test_files_hold_the_columns_that_are_shown(app: Flask) -> None:
    with app.test_request_context("/?column=number&column=sealed&column=at&lang=en"):
        table = list_view(JARS, PAGE, {}).table("Jars", [HONEY], "Asia/Jakarta")
        text = as_csv(table).decode("utf-8-sig")
    assert text.splitlines() == ["No.,Jar,Sealed,Filled", "7,Madu <hutan>,yes,2026-11-06 09:00:00"]
    assert table.frozen == 2


def test_the_page_writes_each_kind_in_its_way_and_names_the_row(app: Flask) -> None:
    with app.test_request_context("/?column=all&lang=en"):
        view = list_view(JARS, PAGE, {"q": "madu"}, Sorting("number"))
        text = get_template_attribute("components/data_list.html", "data_list")(view, [HONEY], "Jars", ticked="jar")
    for part in (
        '<th scope="row" role="rowheader"><a href="/jars/7">Madu &lt;hutan&gt;</a></th>',
        'data-heading="Price">Rp15.000</td>',
        '<span class="tag good">Full</span></td>',
        'data-heading="Sealed">yes</td>',
        'title="6 Nov 2026 09:00">Fri 6 Nov</time></td>',
        'name="jar" value="7" aria-label="Madu &lt;hutan&gt;"',
        'aria-sort="ascending"><a class="sorts" href="/healthz?q=madu&amp;column=number&amp;column=name',
    ):
        assert part in text


@pytest.mark.parametrize(
    ("address", "ids"),
    [("/", [2, 10, 9, 1]), ("/?order=number", [1, 2, 9, 10]), ("/?order=-number", [10, 9, 2, 1])],
)
def test_a_list_that_is_read_whole_sorts_numbers_as_numbers(app: Flask, address: str, ids: list[int]) -> None:
    jars = [replace(HONEY, id=number) for number in (2, 10, 9, 1)]
    with app.test_request_context(address):
        assert [jar.id for jar in whole_list(JARS, PAGE, jars).rows] == ids


@pytest.mark.parametrize("order", ["name", "-name"])
def test_rows_without_a_value_are_last_either_way(app: Flask, order: str) -> None:
    by_name = replace(JARS, columns=tuple(replace(one, order=one.key) for one in JARS.columns))
    jars = [replace(HONEY, name=name) for name in ("", "zaitun", "Arumanis")]
    with app.test_request_context(f"/?order={order}"):
        assert whole_list(by_name, PAGE, jars).rows[-1].name == ""


def test_a_list_that_is_read_whole_has_pages_and_its_filters_in_its_address(app: Flask) -> None:
    jars = [replace(HONEY, id=number) for number in range(60)]
    with app.test_request_context("/?page=2&q=madu&other=x"):
        listed = whole_list(JARS, PAGE, jars, ("q",))
        assert ([jar.id for jar in listed.page.items], listed.page.has_next) == ([*range(50, 60)], False)
        assert listed.view.file("csv") == "/healthz?file=csv&q=madu"
