"""Which booths several exhibitors get who are put down on one."""

from exhibition.allocation.arranging.places import Spot, gathered, shifted

ROW = {f"A{n}": Spot(f"A{n}", 3.0 * n, 0.0) for n in range(1, 7)} | {
    f"B{n}": Spot(f"B{n}", 3.0 * n, 5.0) for n in range(1, 7)
}


def test_those_who_move_together_keep_their_distances() -> None:
    assert shifted(ROW, {"B3", "B4", "B5"}, ["A2", "A3"], "B3") == ["B3", "B4"]


def test_a_booth_that_one_of_them_leaves_is_free_for_another() -> None:
    assert shifted(ROW, {"A1", "A2", "A3"}, ["A1", "A2"], "A2") == ["A2", "A3"]


def test_nobody_moves_by_the_same_shift_where_a_booth_is_taken() -> None:
    assert shifted(ROW, {"B3", "B5"}, ["A2", "A3"], "B3") is None


def test_others_gather_in_the_free_booths_nearest_to_the_target() -> None:
    assert gathered(ROW, {"A1", "A3", "A4", "A6"}, 3, "A4") == ["A4", "A3", "A6"]


def test_too_few_free_booths_are_none() -> None:
    assert gathered(ROW, {"A1"}, 3, "A1") is None
