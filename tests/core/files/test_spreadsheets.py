"""Exported tables: texts stay texts, and the tables of a report stand below each other."""

import io
from datetime import UTC, datetime
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
