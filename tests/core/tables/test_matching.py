"""Matching columns by their heading and the shape of their values; choosing the sheet and the heading row."""

import io

import pytest
import xlsxwriter

from exhibition.core import tables
from exhibition.core.tables import Column, Columns, UploadedTable

COLUMNS = Columns(
    Column("name", ("namausaha", "nama"), lambda text: any(map(str.isalpha, text))),
    Column("phone", ("nohp", "telepon"), lambda text: text.isdigit(), telling=True),
    Column("kind", ("jenis",), lambda text: text in ("umkm", "dinas")),
    Column("group", ("produk", "jenis")),
    Column("width", ("lebar",), lambda text: text.isdigit()),
    unit=lambda word: word in ("cm", "m"),
    beginnings=True,
)


def read(text: str) -> UploadedTable:
    return tables.read(text.encode(), COLUMNS.known)


def matched(text: str) -> dict[str, int]:
    table = read(text)
    return COLUMNS.match(table.headings, table)


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["Nama", "Nama Usaha"], {"name": 1}),
        (["No. HP (WA)", "NAMA"], {"name": 1, "phone": 0}),
        (["Lebar (cm)"], {"width": 0}),
        (["lebar_cm"], {"width": 0}),
        (["Lebar kira-kira"], {"width": 0}),
        (["Nama usaha / merek"], {"name": 0}),
        (["Produk", "Jenis"], {"kind": 1, "group": 0}),
        (["Ŋame", ""], {}),
    ],
)
def test_headings_are_known_however_they_are_written(headings: list[str], columns: dict[str, int]) -> None:
    assert COLUMNS.match(headings) == columns


def test_values_say_which_of_two_meanings_a_heading_has() -> None:
    assert matched("nama,jenis\nKopi,umkm\nDinas,dinas\n") == {"name": 0, "kind": 1}
    assert matched("nama,jenis\nKopi,Makanan\nBatik,Kerajinan\n") == {"name": 0, "group": 1}


def test_telling_values_need_no_heading() -> None:
    assert matched("nama,hubungi\nKopi,0812\nBatik,0813\n") == {"name": 0, "phone": 1}


def test_a_heading_is_believed_against_its_values_when_nothing_else_fits() -> None:
    assert matched("nama,nohp\nKopi,tidak tahu\nBatik,lupa\n") == {"name": 0, "phone": 1}


def test_an_empty_column_gives_way_to_a_filled_one() -> None:
    assert matched("nama,nohp,telepon\nKopi,,0812\nBatik,-,0813\n") == {"name": 0, "phone": 2}


def test_merged_headings_are_read_as_one_row() -> None:
    table = read("Daftar,,,\nNama,Kontak,,Jenis\n,HP,No HP,\nKopi,x,0812,umkm\n")
    assert table.headings == ["Nama", "HP", "No HP", "Jenis"]
    assert (table.rows, table.places) == ([["Kopi", "x", "0812", "umkm"]], ["4"])


def test_a_row_of_data_that_begins_like_a_heading_is_no_second_row_of_headings() -> None:
    table = read("Nama,Kontak,Jenis\nNama Kopi,No HP,umkm\n")
    assert (table.headings[0], len(table.rows)) == ("Nama", 1)


def test_the_sheet_with_known_headings_is_taken_and_a_hidden_one_only_if_it_is_better() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        hidden = book.add_worksheet("Lama")
        hidden.write_row(0, 0, ["Nama", "No HP"])
        hidden.write_row(1, 0, ["Lama", "0811"])
        hidden.hide()
        book.add_worksheet("Petunjuk").write_row(0, 0, ["Isi lembar", "berikutnya"])
        shown = book.add_worksheet("Data")
        shown.write_row(0, 0, ["Nama", "No HP"])
        shown.write_row(1, 0, ["Kopi", "0812"])
        shown.activate()
        shown.set_first_sheet()
    assert tables.read(file.getvalue(), COLUMNS.known).rows == [["Kopi", "0812"]]


def test_a_row_with_a_separator_too_many_is_known_by_its_values() -> None:
    table = read("nama,nohp,catatan\nKopi,0812,\nBatik, halus,0813,\nTeh,0814,\nMadu,0815,baik,\n")
    shifted = COLUMNS.shifted(table, COLUMNS.match(table.headings, table))
    assert [table.rows[number][0] for number in shifted] == ["Batik"]


def test_rows_that_all_end_in_a_separator_are_not_shifted() -> None:
    table = read("nama,nohp\nKopi,0812,\nBatik,0813,\n")
    assert not COLUMNS.shifted(table, {"name": 0, "phone": 1})


def test_a_quotation_mark_that_is_never_closed_costs_no_other_row() -> None:
    table = read('nama,nohp\n"Kopi,0812\nBatik,0813\nTeh,0814\n')
    assert (table.rows, table.broken) == ([["Kopi", "0812"], ["Batik", "0813"], ["Teh", "0814"]], {0})


def test_an_inch_mark_in_the_last_row_is_no_quotation_mark() -> None:
    table = read('nama,nohp\nPipa 5",0812\n')
    assert (table.rows, table.broken) == ([['Pipa 5"', "0812"]], set())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_makes_headings_appear(separator: str) -> None:
    lines = (["Harga, tunai; dan | kredit"], ["nama", "nohp"], ["Kopi, Teh", "0812"])
    text = "\n".join(separator.join(f'"{cell}"' for cell in cells) for cells in lines)
    assert read(text).rows == [["Kopi, Teh", "0812"]]


def test_a_first_line_may_name_the_separator() -> None:
    assert read("sep=|\nnama|nohp\nKopi, Teh, Madu|0812\n").rows == [["Kopi, Teh, Madu", "0812"]]


@pytest.mark.parametrize("text", ["-", "\u2014", "N/A", "Tidak ada", "belum ada", ""])
def test_what_people_write_for_nothing_is_nothing(text: str) -> None:
    assert tables.says_nothing(text)


@pytest.mark.parametrize("content", [b"%PDF-1.7\nx", b"\x89PNG\r\n", bytes(range(32)) * 20])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(tables.UnreadableTable):
        tables.read(content, COLUMNS.known)
