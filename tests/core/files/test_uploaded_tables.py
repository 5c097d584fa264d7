"""Uploaded tables: read in any encoding and format, or refused with the reason."""

import io
import json
import zipfile
from collections.abc import Sequence

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from exhibition.core import tables
from exhibition.core.errors import Refused
from exhibition.core.files import uploaded_tables
from exhibition.core.tables import Column, Columns, UploadedTable
from exhibition.core.tables.objects import LONGEST_HEADING
from exhibition.core.tables.workbook import LARGEST_UNPACKED

COLUMNS = Columns(*(Column(name, (name,)) for name in ("nama", "kota", "hp", "nib")))


def read_table(content: bytes) -> UploadedTable:
    return tables.read(content, COLUMNS.known)


def read(content: bytes) -> UploadedTable:
    return uploaded_tables.read(content, read_table)


def _workbook(rows: Sequence[Sequence[object]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("nama;kota\nKopi Café;Bawen\n".encode("cp1252"), "Kopi Café"),
        ("nama;kota\nKopi Café;Bawen\n".encode("utf-16"), "Kopi Café"),
        ("nama;kota\nKopi Café;Bawen\n".encode("utf-8-sig"), "Kopi Café"),
        (b"nama\tkota\r\nSate \xc3\xa9nak \xb2\tBawen\r\n", "Sate énak ²"),
        (b'nama,kota\n"Kopi\nLereng",Bawen\n', "Kopi Lereng"),
        (b"nama,kota\nKo\x00pi,Bawen\n", "Kopi"),
        ("nama,kota\nKopi\u202egnunuG,Bawen\n".encode(), "Kopi gnunuG"),
        ('[{"nama": "Kopi  Café", "kota": "Bawen"}]'.encode("utf-8-sig"), "Kopi Café"),
        ('[{"nama": "Kopi Café", "kota": "Bawen"}]'.encode("cp1252"), "Kopi Café"),
    ],
)
def test_encodings_separators_and_hidden_characters_are_handled(content: bytes, name: str) -> None:
    table = read(content)
    assert (table.headings, table.rows) == (["nama", "kota"], [[name, "Bawen"]])


@pytest.mark.parametrize("content", ["nama;kota\nCafé;Bawen\n", '[{"nama": "Café"}]'])
def test_letters_count_as_guessed_only_where_the_file_mixes_encodings(content: str) -> None:
    assert read(content.encode("cp1252")).guessed
    assert not read(content.encode()).guessed


def test_headings_are_found_below_a_title_and_blank_rows_are_no_rows() -> None:
    table = read(b"Daftar UMKM;;\n;;\nNama;HP;Kota\nKopi;1;Bawen\n;;\nTeh;2;Jambu\n")
    assert table.headings == ["Nama", "HP", "Kota"]
    assert (table.rows, table.places) == ([["Kopi", "1", "Bawen"], ["Teh", "2", "Jambu"]], ["4", "6"])
    assert [table.cell(0, 0), table.cell(1, 2)] == ["A4", "C6"]


def test_a_workbook_keeps_numbers_as_people_wrote_them() -> None:
    table = read(_workbook([["Nama", "HP", "NIB"], ["Kopi", 81234567890, 1234567890123]]))
    assert table.rows == [["Kopi", "81234567890", "1234567890123"]]


def test_a_list_of_objects_is_read_wherever_it_is_in_a_json_document() -> None:
    makers = [
        {"nama": "Kopi", "hp": 81234567890.0, "kota": "Bawen"},
        {},
        {"nama": "Teh", "two  blanks": None, "stan": ["C03", "C05", {"not": "text"}], "air": True},
    ]
    table = read(json.dumps({"fair": {"Unit": "ft", "makers": makers}, "other": [{"a": 1}]}).encode())
    assert table.headings == ["nama", "hp", "kota", "two blanks", "stan", "air"]
    assert table.rows == [["Kopi", "81234567890", "Bawen", "", "", ""], ["Teh", "", "", "", "C03, C05", "true"]]
    assert (table.places, table.cell(1, 0)) == (["[0]", "[2]"], "[2].nama")
    assert table.facts == {"unit": "ft"}


def test_values_are_found_under_names_that_had_to_be_tidied() -> None:
    name = "nama \u202e usaha " + "x" * 5000
    table = read(json.dumps([{name: "Kopi"}]).encode())
    assert (table.rows, len(table.headings[0])) == ([["Kopi"]], LONGEST_HEADING)


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (LARGEST_UNPACKED + 1))
    return file.getvalue()


def _one_cell_far_away() -> bytes:
    """A small file whose sheet is 17 thousand million cells large."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write(1_048_575, 16_383, "nama")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table_empty"),
        (b"\xff\xfe", "table_empty"),
        (b"nama\n", "table_empty"),
        (b"nama,hp\n,\n", "table_empty"),
        (b"PK\x03\x04broken", "table_unreadable"),
        (b"nama\n" + b"x\n" * 5001, "table_too_large"),
        (b"x" * (uploaded_tables.MAX_BYTES + 1), "table_too_large"),
        (_bomb(), "table_too_large"),
        (_one_cell_far_away(), "table_too_large"),
        (b'{"makers": [', "table_unreadable"),
        (b"[" * 200_000, "table_unreadable"),
        (b'{"makers": []}', "table_empty"),
        (b"[{}, {}]", "table_empty"),
        (b'["Kopi", "Teh"]', "table_empty"),
        (b"[" + b",".join([b'{"nama":1}'] * 5001) + b"]", "table_too_large"),
    ],
    ids=[
        *("nothing", "mark", "headings", "blank", "zip", "rows", "bytes", "bomb", "far"),
        *("json-broken", "json-deep", "json-empty", "json-blank", "json-texts", "json-rows"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(content)
    assert (refused.value.code, refused.value.status, refused.value.field) == (code, 422, "file")


def _answers(content: bytes) -> None:
    try:
        table = read(content)
    except Refused:
        return
    assert table.rows
    assert len(table.rows) == len(table.places)
    assert table.cell(len(table.rows) - 1, len(table.headings) - 1)


@given(st.binary(max_size=400))
def test_reading_refuses_or_answers_whatever_comes(content: bytes) -> None:
    _answers(content)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


@given(st.lists(st.dictionaries(st.text(max_size=4), DOCUMENTS, max_size=3), max_size=4) | DOCUMENTS)
def test_reading_refuses_or_answers_whatever_json_comes(document: object) -> None:
    _answers(json.dumps(document).encode())


def test_cells_are_named_as_spreadsheets_do() -> None:
    table = UploadedTable([], [[]], ["1"])
    assert [table.cell(0, column) for column in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]
