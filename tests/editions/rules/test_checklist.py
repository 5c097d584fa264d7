"""The checklist of a fair, as a function of what is there."""

from dataclasses import replace

import pytest

from exhibition.editions.rules.checklist import Need, Readiness, missing, points

NOTHING = Readiness(
    named_place=False,
    reachable=False,
    booths=0,
    open_booths=0,
    sessions=0,
    places=0,
    inside_cap=0,
    largest_session=0,
    gates=0,
    gates_without_phone=(),
    team=1,
    takes_applications=False,
    exhibitors=0,
)
ALL = Readiness(
    named_place=True,
    reachable=True,
    booths=12,
    open_booths=6,
    sessions=4,
    places=200,
    inside_cap=50,
    largest_session=50,
    gates=2,
    gates_without_phone=(),
    team=2,
    takes_applications=False,
    exhibitors=1,
)


def lacking(**changes: object) -> list[Need]:
    return [point.need for point in missing(replace(ALL, **changes))]


def test_of_nothing_everything_is_missing() -> None:
    assert [point.need for point in missing(NOTHING)] == list(Need)


def test_nothing_is_missing_of_a_fair_that_is_ready() -> None:
    assert missing(ALL) == []
    assert [point.need for point in points(ALL)] == list(Need)


@pytest.mark.parametrize(
    ("changes", "need"),
    [
        ({"inside_cap": 0}, Need.CAP),
        ({"inside_cap": 49}, Need.CAP),
        ({"gates_without_phone": ("B",)}, Need.PHONES),
        ({"sessions": 0}, Need.SESSIONS),
        ({"team": 1}, Need.TEAM),
        ({"open_booths": 0}, Need.LAYOUT),
        ({"exhibitors": 0}, Need.EXHIBITORS),
    ],
)
def test_each_need_is_told_by_itself(changes: dict[str, object], need: Need) -> None:
    assert lacking(**changes) == [need]


def test_without_gates_there_are_no_phones_at_them_either() -> None:
    assert lacking(gates=0) == [Need.GATES, Need.PHONES]


def test_open_applications_are_enough_before_anybody_has_a_booth() -> None:
    assert lacking(exhibitors=0, takes_applications=True) == []


def test_what_keeps_visitors_out_is_essential() -> None:
    assert {point.need for point in points(NOTHING) if point.essential} == {
        Need.SESSIONS,
        Need.CAP,
        Need.GATES,
        Need.PHONES,
    }
