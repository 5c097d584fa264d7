"""Lists of booths made by others: columns, units, numbers as people write them, and faults by cell."""

import io

import pytest
import xlsxwriter

from exhibition.core.errors import Refused
from exhibition.venue.plan.plan_files import PlanReading, ReadingOptions, read
from exhibition.venue.plan.reading.booth_lists import booth_code, length
from exhibition.venue.plan.reading.plan_problems import problems
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth

EMPTY = FloorPlan(34.0, 36.0)


def faults(reading: PlanReading) -> list[tuple[str, str, str]]:
    return [(fault.cell, fault.code.value, fault.said) for fault in reading.faults]


@pytest.mark.parametrize(
    ("text", "unit", "metres"),
    [
        ("3", "m", 3.0),
        ("3,5", "m", 3.5),
        ("10", "ft", 3.048),
        ("10 ft", "m", 3.048),
        ("10'", "m", 3.048),
        ("10' 6\"", "m", 3.2),
        ("250 cm", "ft", 2.5),
        ("2 meter", "ft", 2.0),
        ("12 inci", "m", 0.305),
        ("-1.5", "m", -1.5),
        ("", "m", None),
        ("tiga", "m", None),
        ("3 parsec", "m", None),
        ("1e5", "m", None),
        ("3;4", "m", None),
    ],
)
def test_lengths_are_read_as_people_write_them(text: str, unit: str, metres: float | None) -> None:
    assert length(text, unit) == metres


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A1", "A1"),
        (" a 12 ", "A-12"),
        ("Hall 17, Stand F60", "17-F60"),
        ("Hall 26, Stand E98, (26)", "26-E98"),
        ("Hall 17, Stand B30/1", "17-B30-1"),
        ("Stan No. 7", "7"),
        ("VIP", "VIP"),
        ("Digital Only", None),
        ("Exhibitor pre-registered 2026 without a stand", None),
        ("(26)", None),
        ("Stand", None),
        ("☃", None),
    ],
)
def test_booth_numbers_are_told_from_the_words_around_them(text: str, code: str | None) -> None:
    assert booth_code(text) == code


def test_a_list_with_commas_and_centimetres_becomes_booths() -> None:
    content = (
        "Daftar stan pameran;;;;;;\n"
        "Nomor stan;X (cm);Y (cm);Ukuran;Zona;Listrik;Air\n"
        "a-01;250;400;200 x 150;Kuliner;1.300 VA;ya\n"
        "A-02;512,5;400;2 x 1,5 m;Kuliner;450;tidak\n"
    ).encode("cp1252")
    reading = read(content, ReadingOptions(), EMPTY)
    assert reading.wish.unit == "cm"
    assert reading.wanted.booths == (
        PlanBooth("A-01", 2.5, 4.0, 2.0, 1.5, zone="KULINER", power_va=1300, water=True),
        PlanBooth("A-02", 5.125, 4.0, 2.0, 1.5, zone="KULINER", power_va=450),
    )
    assert [(zone.code, zone.name) for zone in reading.wanted.zones] == [("KULINER", "Kuliner")]


def test_each_wrong_cell_is_named_and_costs_only_its_row() -> None:
    content = b"stan,x,y,lebar,tinggi\nA1,1,1,2,2\n,1,1,2,2\nA2,kiri,1,2,2\nA1,1,1,2,2\nA3,5,1,0,2\n,,,,\nA4,1,5,2,2\n"
    reading = read(content, ReadingOptions(), EMPTY)
    assert [(booth.code, booth.width, booth.depth) for booth in reading.wanted.booths] == [("A1", 2, 2), ("A4", 2, 2)]
    assert faults(reading) == [
        ("A3", "code_missing", ""),
        ("B4", "length_invalid", "kiri"),
        ("D6", "length_invalid", "0"),
        ("A5", "code_repeated", "A1"),
    ]


def test_the_same_number_at_another_place_is_another_booth_with_a_suffix() -> None:
    reading = read(b"stan,x,y\nA1,1,1\nA1,5,1\nA1-2,9,1\nA1,1,1\n", ReadingOptions(), EMPTY)
    assert [(booth.code, booth.x) for booth in reading.wanted.booths] == [("A1", 1), ("A1-3", 5), ("A1-2", 9)]
    assert reading.renamed == [("3", "A1", "A1-3")]
    assert faults(reading) == [("A5", "code_repeated", "A1")]


def test_columns_can_be_matched_by_hand() -> None:
    content = b"p,q,r\n7,1,2\n8,5,2\n"
    assert faults(read(content, ReadingOptions(), EMPTY)) == [("2", "code_missing", ""), ("3", "code_missing", "")]
    reading = read(content, ReadingOptions(columns={"code": 0, "x": 1, "y": 2}, booth_width_m=2.5), EMPTY)
    assert [(booth.code, booth.x, booth.y, booth.width) for booth in reading.wanted.booths] == [
        ("7", 1, 2, 2.5),
        ("8", 5, 2, 2.5),
    ]


def test_a_workbook_reads_like_the_same_csv() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([["Booth", "x", "y", "w", "h"], ["A1", 1.5, 2, 3, 3], ["A2", 4.5, 2, "oops", 3]]):
            sheet.write_row(number, 0, row)
    reading = read(file.getvalue(), ReadingOptions(), EMPTY)
    assert reading.wanted.booths == (PlanBooth("A1", 1.5, 2.0, 3.0, 3.0),)
    assert faults(reading) == [("D3", "length_invalid", "oops")]


def test_shifted_and_broken_rows_are_reported_and_left_out() -> None:
    content = b'stan,x,y,zona\nA1,1,1,Kuliner\nA2,1,5,5,Kuliner\n"A3,9,9,Kuliner\n'
    reading = read(content, ReadingOptions(), EMPTY)
    assert [booth.code for booth in reading.wanted.booths] == ["A1"]
    assert [(cell, code) for cell, code, _said in faults(reading)] == [("A3", "row_shifted"), ("A4", "row_broken")]


def test_an_old_workbook_is_refused_with_what_to_do() -> None:
    with pytest.raises(Refused) as refused:
        read(b"\xd0\xcf\x11\xe0" + b"\0" * 600, ReadingOptions(), EMPTY)
    assert (refused.value.code, refused.value.status) == ("table_other_workbook", 422)


def test_a_centre_is_turned_into_a_corner() -> None:
    reading = read(b"stan,x,y,w,h\nA1,5,5,2,4\n", ReadingOptions(centred=True), EMPTY)
    assert reading.wanted.booths == (PlanBooth("A1", 4.0, 3.0, 2.0, 4.0),)


def test_booths_without_a_place_are_laid_out_in_rows_that_do_not_overlap() -> None:
    content = "stan\n" + "\n".join(f"B{n}" for n in range(40))
    reading = read(content.encode(), ReadingOptions(), FloorPlan(34.0, 80.0, (PlanBooth("A1", 1, 1, 3, 3),)))
    assert reading.laid_out == 40
    assert problems(reading.wanted) == []


def test_added_booths_leave_the_others_and_change_only_what_the_list_says() -> None:
    present = FloorPlan(34.0, 36.0, (PlanBooth("A1", 1, 1, 3, 3, water=True, id=7), PlanBooth("A2", 5, 1, 3, 3, id=8)))
    reading = read(b"stan,listrik\nA1,900\n", ReadingOptions(), present)
    assert set(reading.wanted.booths) == {
        PlanBooth("A1", 1, 1, 3, 3, water=True, power_va=900, id=7),
        PlanBooth("A2", 5, 1, 3, 3, id=8),
    }
    replaced = read(b"stan,listrik\nA1,900\n", ReadingOptions(replace=True), present)
    assert [booth.code for booth in replaced.wanted.booths] == ["A1"]


def test_the_hall_grows_only_on_request() -> None:
    content = b"stan,x,y,w,h\nA1,50,60,3,3\n"
    assert read(content, ReadingOptions(), EMPTY).wanted.width == 34.0
    grown = read(content, ReadingOptions(fit=True), EMPTY).wanted
    assert (grown.width, grown.depth) == (54.0, 64.0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"stan,x,y\n", "table_empty"),
        (b"PK\x03\x04 no zip", "table_unreadable"),
        (b"x" * (5 * 1024 * 1024 + 1), "table_too_large"),
    ],
)
def test_hopeless_files_are_refused_with_the_reason(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(content, ReadingOptions(), EMPTY)
    assert (refused.value.code, refused.value.field, refused.value.status) == (code, "file", 422)


DRAWING = b"""<svg viewBox="0 0 600 400">
  <g transform="translate(100 50)"><rect width="30" height="20"/><text x="5" y="12">B 1</text></g>
  <rect id="B-2" x="200" y="50" width="30" height="20"/>
  <rect id="hall-outline-without-a-number-and-too-long" width="600" height="400"/>
  <rect x="300" y="50" width="30" height="20"/>
</svg>"""


def test_a_drawing_becomes_booths_at_the_scale_of_its_width() -> None:
    reading = read(DRAWING, ReadingOptions(drawing_width_m=60.0), EMPTY)
    assert reading.wanted.booths == (
        PlanBooth("B-1", 10.0, 5.0, 3.0, 2.0),
        PlanBooth("B-2", 20.0, 5.0, 3.0, 2.0),
    )
    assert (reading.kind, reading.unnamed, reading.taken) == ("drawing", 1, 2)
    assert [code for _cell, code, _said in faults(reading)] == ["code_invalid"]


def test_a_drawing_without_a_width_is_read_in_the_unit_that_is_chosen() -> None:
    reading = read(DRAWING, ReadingOptions(unit="cm"), EMPTY)
    assert [(booth.x, booth.width) for booth in reading.wanted.booths] == [(1.0, 0.3), (2.0, 0.3)]
