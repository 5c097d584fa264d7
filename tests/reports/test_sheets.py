"""Dividing the plan into sheets on which names can be read."""

import pytest

from exhibition.reports.sheets import NAME_MM, Extent, divided

A4, A3 = (190.0, 170.0), (295.0, 255.0)


def stands(columns: int, rows: int) -> tuple[Extent, list[Extent]]:
    booths = [Extent(1 + n % columns * 3.0, 1 + n // columns * 4.0, 2.5, 2.5) for n in range(columns * rows)]
    return Extent(0, 0, columns * 3.0 + 1, rows * 4.0 + 1), booths


@pytest.mark.parametrize("paper", [A4, A3])
@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (5, 4), (10, 4), (20, 19)])
def test_names_can_be_read_up_to_380_booths(columns: int, rows: int, paper: tuple[float, float]) -> None:
    hall, booths = stands(columns, rows)
    sheets = divided(hall, booths, *paper)
    assert all(sheet.metre_mm * 2.5 >= NAME_MM for sheet in sheets)


def test_each_booth_is_whole_on_the_one_sheet_it_belongs_to() -> None:
    hall, booths = stands(20, 19)
    sheets = divided(hall, booths, *A4)
    assert sorted(number for sheet in sheets for number in sheet.booths) == list(range(380))
    for sheet in sheets:
        for number in sheet.booths:
            around = sheet.area.around(booths[number])
            assert (around.x, around.y) == (sheet.area.x, sheet.area.y)
            assert (around.width, around.depth) == pytest.approx((sheet.area.width, sheet.area.depth))


def test_a_small_hall_is_one_sheet_and_a_larger_paper_takes_fewer() -> None:
    assert len(divided(*stands(4, 3), *A4)) == 1
    hall, booths = stands(20, 19)
    assert len(divided(hall, booths, *A3)) < len(divided(hall, booths, *A4))


def test_a_hall_without_booths_is_one_sheet() -> None:
    assert len(divided(Extent(0, 0, 30, 30), [], *A4)) == 1
