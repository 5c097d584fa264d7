"""Workbooks (.xlsx), made here cell by cell."""

import io
import zipfile

import xlsxwriter

from exhibition.storefront.reading import SourceKind, read


def workbook(*rows, before=0):
    """A workbook whose second sheet holds the rows, below some title lines."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("Petunjuk").write(0, 0, "Isi lembar berikutnya")
        sheet = book.add_worksheet("Produk")
        sheet.write(0, 0, "Ekspor Daftar Produk")
        for number, row in enumerate(rows, before):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def test_till_export_is_read_below_its_title_rows():
    content = workbook(
        ["Nama Produk", "Harga Modal", "Harga Jual Satuan #1", "SKU Satuan #1", "Deskripsi Produk"],
        ["Americano", 7320, 16000, "MNM02", "-"],
        ["Kopi Aren", 8170.0, 18000.5, 12, "Manis"],
        before=3,
    )
    reading = read(content)
    assert reading.kind is SourceKind.XLSX
    assert [(one.id, one.title, str(one.price)) for one in reading.listings] == [
        ("MNM02", "Americano", "16000"),
        ("12", "Kopi Aren", "18000.5"),
    ]
    assert [(problem.where, problem.code) for problem in reading.problems] == [
        ("file", "currency_missing"),
        ("file", "link_missing"),
    ]


def test_number_with_three_decimals_in_a_cell_is_not_guessed():
    reading = read(workbook(["Nama", "Harga", "Link"], ["Madu", 12.345, "https://m.example/"], before=1))
    assert [(problem.where, problem.code) for problem in reading.problems] == [("row 3", "price_ambiguous")]


def test_cell_far_away_is_refused_before_it_fills_the_memory():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["title", "price"])
        sheet.write(1_048_575, 16_383, "x")
    assert [problem.code for problem in read(stream.getvalue()).problems] == ["too_large"]


def test_packed_bomb_is_refused_before_it_is_opened():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (60 * 1024 * 1024))
    assert [problem.code for problem in read(stream.getvalue()).problems] == ["too_large"]
