"""Workbooks that would fill the memory are refused before the reader sees them, however they are written."""

import io
import re
import zipfile
from datetime import datetime

import pytest
import xlsxwriter

from exhibition.core.tables import UnreadableTable, workbook
from exhibition.core.tables.table import MOST_ROWS
from tests.core.tables.workbooks import SHEET, changed, with_rows

NAMESPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FAR = [
    b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    b'<row r = "9"><c r  =\t"XFD1048576"><v>1</v></c></row>',
    b'<row r="9"><c\tr="XFD1048576"><v>1</v></c></row>',
    b'<row r="9"><c r="xfd1048576"><v>1</v></c></row>',
    b'<row r="9"><c r="XFD&#49;048576"><v>1</v></c></row>',
    b'<x:row xmlns:x="' + NAMESPACE + b'" r="9"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    b'<row r="1048576"><c><v>1</v></c></row><row r="1">' + b"<c><v>1</v></c>" * 3000 + b"</row>",
    b'<row r="4294967295"><c><v>1</v></c></row>',
]


def refused(content: bytes) -> str:
    with pytest.raises(UnreadableTable) as unreadable:
        workbook.sheets(content)
    return unreadable.value.reason.value


@pytest.mark.parametrize("part", [SHEET, "xl/worksheets/sheet2.xml"])
@pytest.mark.parametrize("xml", FAR)
def test_a_cell_far_away_is_refused_however_its_reference_is_written(xml: bytes, part: str) -> None:
    assert refused(with_rows(xml, part)) == "table_too_large"


def test_a_cell_far_away_is_refused_in_a_sheet_that_lies_elsewhere() -> None:
    content = changed(
        with_rows(FAR[0]),
        lambda name, part: (name.replace(SHEET, "xl/a/b.xml"), part.replace(b"worksheets/sheet1.xml", b"a/b.xml")),
    )
    assert refused(content) == "table_too_large"


@pytest.mark.parametrize(
    "xml",
    [
        b'<row r="1">' * 100_000 + b"</row>" * 100_000 + b'<row><c><v>1</v></c></row><row r="1"><c r="XFD1"/></row>',
        b'<row r="1"><c><v>1</v></c>' * 16_000 + b"</row>" * 16_000 + b'<row r="4000"><c r="A4000"/></row>',
        b'<row r="9">' + b"<c><v>1</v>" * 900 + b"</c>" * 900 + b"</row>",
        b'<row r="9"><c r="B9"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
    ],
)
def test_rows_inside_rows_are_read_where_they_were_measured(xml: bytes) -> None:
    assert len(workbook.sheets(with_rows(xml))[0].rows) < 100


def test_cells_in_a_part_that_is_no_sheet_are_refused() -> None:
    cell = b'<row r="1"><c r="B1"><v>1</v></c></row></sst>'
    content = changed(with_rows(b""), lambda name, part: (name, part.replace(b"</sst>", cell)))
    assert refused(content) == "table_unreadable"


def test_texts_in_cells_keep_their_spaces_and_lose_only_their_reading_aids() -> None:
    text = b'<r><t> Kopi </t></r><rPh sb="0" eb="1"><t>ko</t></rPh><r><t>&amp;</t></r>'
    cell = b'<c r="A9" t="inlineStr"><is>' + text + b"</is></c>"
    rows = workbook.sheets(with_rows(b'<row r="9">' + cell + b"</row>"))[0].rows
    assert rows[8] == [" Kopi &", ""]


def test_of_more_rows_than_are_read_one_is_kept() -> None:
    xml = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (number, number) for number in range(3, 20_000, 7))
    assert len(workbook.sheets(with_rows(xml))[0].rows) == MOST_ROWS + 1


@pytest.mark.parametrize("reference", [b" XFD1048576 ", b"A0x", b"XFDD1", b"1", b""])
def test_a_reference_that_is_none_is_refused(reference: bytes) -> None:
    assert refused(with_rows(b'<row r="9"><c r="' + reference + b'"><v>1</v></c></row>')) == "table_unreadable"


def test_a_claim_of_a_huge_number_of_texts_is_refused() -> None:
    content = changed(
        with_rows(b""), lambda name, part: (name, re.sub(rb'uniqueCount="\d+"', b'uniqueCount="4294967295"', part))
    )
    assert refused(content) == "table_too_large"


def test_a_long_text_that_many_cells_share_is_refused() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(3, 1000))
    content = changed(with_rows(rows), lambda name, part: (name, part.replace(b"nama", b"n" * 100_000)))
    assert refused(content) == "table_too_large"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<worksheet", b'<!DOCTYPE x [<!ENTITY e "x">]><worksheet'),
        (b"</worksheet>", b"</worksheet"),
        (b'encoding="UTF-8"', b'encoding="UTF-8"\0'),
    ],
)
def test_a_sheet_that_another_parser_would_read_otherwise_is_refused(before: bytes, after: bytes) -> None:
    content = changed(with_rows(b""), lambda name, part: (name, part.replace(before, after) if name == SHEET else part))
    assert refused(content) == "table_unreadable"


def test_a_sheet_in_another_encoding_is_refused() -> None:
    content = changed(
        with_rows(b""), lambda name, part: (name, part.decode().encode("utf-16") if name == SHEET else part)
    )
    assert refused(content) == "table_unreadable"


def test_a_part_that_is_larger_than_it_says_is_refused() -> None:
    content = with_rows(b" " * 300_000_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    assert refused(content.replace(size.to_bytes(4, "little"), (500).to_bytes(4, "little"))) == "table_unreadable"


def _other(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (workbook.COMPOUND + b"\0" * 600, "table_other_workbook"),
        (workbook.COMPOUND + "EncryptedPackage".encode("utf-16-le"), "table_locked"),
        (_other("content.xml"), "table_other_workbook"),
        (_other("xl/workbook.bin"), "table_other_workbook"),
        (_other("word/document.xml"), "table_unreadable"),
    ],
)
def test_other_kinds_of_workbooks_are_told_apart(content: bytes, reason: str) -> None:
    assert refused(content) == reason


def test_ordinary_workbooks_pass_whatever_they_say_of_their_size() -> None:
    content = changed(
        with_rows(b""),
        lambda name, part: (name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', part)),
    )
    assert [sheet.rows for sheet in workbook.sheets(content)] == [[["nama", "kota"], ["Kopi", "Bawen"]], [["catatan"]]]


def test_numbers_keep_the_leading_zeros_that_the_spreadsheet_shows() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("A & B")
        sheet.write(0, 0, 7, book.add_format({"num_format": "000"}))
        sheet.write(0, 1, 81234567890, book.add_format({"num_format": '"0"#'}))
        sheet.write(0, 2, 7)
        sheet.write(0, 3, "007")
    assert workbook.sheets(file.getvalue())[0].rows == [["007", "081234567890", 7, "007"]]


def test_dates_and_moments_are_written_as_iso_8601() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_datetime(0, 0, datetime(2026, 11, 6), day)  # noqa: DTZ001 spreadsheets know no time zones
        sheet.write_datetime(0, 1, datetime(2026, 11, 6, 9, 30), day)  # noqa: DTZ001
    assert workbook.sheets(file.getvalue())[0].rows == [["2026-11-06", "2026-11-06 09:30"]]


def test_hidden_sheets_come_last() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet().hide()
        book.add_worksheet().write(0, 0, "terlihat")
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
    assert [sheet.hidden for sheet in workbook.sheets(file.getvalue())] == [False, True]
