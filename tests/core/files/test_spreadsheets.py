"""Exported tables: texts stay texts, and the tables of a report stand below each other."""

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

from python_calamine import CalamineWorkbook

from exhibition.core.files.spreadsheets import Report, Table, as_csv, as_xlsx


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: list(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names}


def test_what_would_be_a_formula_is_a_text_in_both_kinds() -> None:
    table = Table("Uji", ["a", "=b"], [("=1+1", "\uff1dcmd"), ("-2", -2)])
    assert as_csv(table).decode("utf-8-sig") == "a,'=b\r\n'=1+1,'\uff1dcmd\r\n'-2,-2\r\n"
    assert sheets(as_xlsx(table)) == {"Uji": [["a", "=b"], ["=1+1", "\uff1dcmd"], ["-2", -2.0]]}


def test_titles_that_no_sheet_may_have_are_mended_and_kept_apart() -> None:
    tables = [Table(title, ["a"], [("x",)]) for title in ("A/B: [2026]?" + "x" * 40, "Sama", "sama", "")]
    assert list(sheets(as_xlsx(*tables))) == ["A B   2026  xxxxxxxxxxxxxxxxxxx", "Sama", "sama 2", "Sheet"]


def test_a_report_has_its_tables_below_each_other_under_their_titles() -> None:
    moment = datetime(2020, 11, 6, 3, 5, tzinfo=UTC)
    first = Table("Satu", ["a", "b"], [("x", 1)])
    second = Table("Dua", ["c"], [(moment,)], "Asia/Jakarta")
    rows = sheets(as_xlsx(Report("Laporan", ["Judul", "=tempat"], [first, second])))["Laporan"]
    told = [[str(cell) for cell in row if cell != ""] for row in rows]
    assert told == [
        ["Judul"],
        ["=tempat"],
        [],
        ["Satu"],
        ["a", "b"],
        ["x", "1.0"],
        [],
        ["Dua"],
        ["c"],
        ["2020-11-06 10:05:00"],
    ]


def _xml(content: bytes, name: str = "worksheets/sheet1") -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read(f"xl/{name}.xml").decode()


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    moment = datetime(2020, 11, 6, 3, 5, tzinfo=UTC)
    heading = "A heading longer than its cells"
    rows = [("x", "Batik Serasi Bawen", moment, moment.date(), "y", "z" * 200)]
    content = as_xlsx(Table("Uji", ["n", "a", "b", "c", heading, "d"], rows))
    found = re.findall(r'<col [^>]*width="([0-9.]+)"', _xml(content))
    short, name, at, day, headed, long = (float(width) for width in found)
    assert short < 9
    assert name > len("Batik Serasi Bawen")
    assert at > len("2020-11-06 10:05:00")
    assert day > len("2020-11-06")
    assert headed > len(heading)
    assert long < 50


def test_a_sheet_filters_and_keeps_its_headings_in_sight() -> None:
    sheet = _xml(as_xlsx(Table("Uji", ["a", "b"], [("x", 1), ("y", 2)])))
    assert '<autoFilter ref="A1:B3"/>' in sheet
    assert 'ySplit="1"' in sheet
    assert 'state="frozen"' in sheet


def test_dates_are_numbers_with_the_format_of_a_date() -> None:
    rows = [(datetime(2020, 11, 6, 3, 5, tzinfo=UTC),), (date(2020, 11, 6),)]
    content = as_xlsx(Table("Uji", ["a"], rows, "Asia/Jakarta"))
    styles = _xml(content, "styles")
    assert 'formatCode="yyyy-mm-dd hh:mm:ss"' in styles
    assert 'formatCode="yyyy-mm-dd"' in styles
    assert 't="s"' not in _xml(content).split('r="2"')[1]
