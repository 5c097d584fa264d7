"""What lies outside after a change of days or hours, and what each way makes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from exhibition.editions.rules.consequences import (
    CLOSED,
    OPEN,
    ChangedTable,
    Counts,
    Fault,
    Planned,
    RowChange,
    Session,
    Standing,
    consequences,
    days_of_claims,
    fault,
    outside,
    touched,
)
from exhibition.venue.rules.fair_hours import FairHours, Way

NOW = datetime(2020, 10, 1, tzinfo=UTC)
FRIDAY, SATURDAY, SUNDAY = date(2020, 11, 6), date(2020, 11, 7), date(2020, 11, 8)
HOURS = time(9), time(17)
FAIR = FairHours("Asia/Jakarta", dict.fromkeys((FRIDAY, SATURDAY, SUNDAY), HOURS))
SHORTER = FairHours("Asia/Jakarta", dict.fromkeys((FRIDAY, SATURDAY), HOURS))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), FAIR.zone)


def session(id_: int, day: date, hour: int, **values: Any) -> Session:
    plain = Session(
        id_, at(day, hour), at(day, hour) + timedelta(hours=1), OPEN, reserved=False, people=10, begun=False
    )
    return replace(plain, **values)


def test_hours_hold_a_window_within_one_day_only() -> None:
    assert FAIR.hold(at(FRIDAY, 9), at(FRIDAY, 17))
    assert not FAIR.hold(at(FRIDAY, 8, 59), at(FRIDAY, 10))
    assert not FAIR.hold(at(FRIDAY, 16), at(FRIDAY, 17, 1))
    assert not FAIR.hold(at(FRIDAY, 16), at(SATURDAY, 10))
    assert not FAIR.hold(at(FRIDAY, 10) - timedelta(days=1), at(FRIDAY, 11) - timedelta(days=1))


def test_a_moment_follows_the_fair_to_the_same_hour_by_the_clock_of_another_zone() -> None:
    east = FairHours("Asia/Makassar", FAIR.moved(7).days)
    assert FAIR.follow(at(FRIDAY, 10), east) == datetime(2020, 11, 13, 2, tzinfo=UTC)


def test_hours_come_back_from_json_as_they_were() -> None:
    assert FairHours.from_json(FAIR.as_json()) == FAIR


def test_only_what_is_still_to_come_and_lay_within_lies_outside() -> None:
    there = [
        session(1, SUNDAY, 9),
        session(2, SATURDAY, 9),
        session(3, SUNDAY, 18),
        session(4, SATURDAY, 18),
        session(5, SUNDAY + timedelta(days=1), 9),
    ]
    left = outside(FAIR, SHORTER, Standing(there), NOW)
    assert [one.id for one in left.sessions] == [1, 3]
    assert left.counts == Counts(sessions=2, people=20)
    assert not outside(FAIR, SHORTER, Standing(there), at(SUNDAY, 20))


def test_closing_closes_what_lies_outside_once() -> None:
    there = [session(1, SUNDAY, 9), session(2, SUNDAY, 10, state=CLOSED), session(3, FRIDAY, 9)]
    rows = consequences(Way.CLOSE, FAIR, SHORTER, Standing(there), NOW).rows
    assert touched(rows).closed == [1]


def test_leaving_reserves_what_lies_outside() -> None:
    rows = consequences(Way.LEAVE, FAIR, SHORTER, Standing([session(1, SUNDAY, 9)]), NOW).rows
    assert [(row.id, row.after and row.after["reserved"]) for row in rows] == [(1, True)]
    assert touched(rows).closed == []


def test_moving_takes_along_what_has_not_taken_place_and_closes_what_finds_no_room() -> None:
    there = [session(1, FRIDAY, 9), session(2, FRIDAY, 16), session(3, FRIDAY, 18), session(4, FRIDAY, 10, begun=True)]
    earlier = FairHours(FAIR.timezone, {day: (time(9), time(16)) for day in FAIR.moved(7).days})
    follows = consequences(Way.MOVE, FAIR, earlier, Standing(there), NOW)
    sessions = touched(follows.rows)
    assert (sessions.retimed, sessions.moved, sessions.closed) == ([1, 2, 3], [1, 3], [2, 4])
    assert (follows.counts.sessions, follows.counts.people) == (3, 30)


def test_rounds_caps_and_deadlines_move_along_but_no_deadline_into_the_past() -> None:
    standing = Standing(
        rounds=[Planned(1, {"id": 1, "starts_at": at(FRIDAY, 12), "ends_at": at(FRIDAY, 13)})],
        caps=[Planned(2, {"id": 2, "starts_at": at(SUNDAY, 9), "capacity": 9})],
        deadlines={3: NOW + timedelta(days=2), 4: NOW + timedelta(days=9)},
        badges=5,
    )
    follows = consequences(Way.MOVE, FAIR, FAIR.moved(-7), standing, NOW)
    assert follows.counts == Counts(rounds=1, caps=1, offers=1, badges=5)
    assert follows.rows == [
        RowChange(
            ChangedTable.ROUND,
            1,
            {"starts_at": at(FRIDAY, 12), "ends_at": at(FRIDAY, 13)},
            {"starts_at": at(date(2020, 10, 30), 12), "ends_at": at(date(2020, 10, 30), 13)},
        ),
        RowChange(ChangedTable.CAP, 2, {"starts_at": at(SUNDAY, 9)}, {"starts_at": at(date(2020, 11, 1), 9)}),
        RowChange(
            ChangedTable.CLAIM,
            4,
            {"expires_at": NOW + timedelta(days=9)},
            {"expires_at": NOW + timedelta(days=2)},
        ),
    ]


@pytest.mark.parametrize(
    ("days", "now", "inside", "expected"),
    [
        (7, NOW, 0, None),
        (7, NOW, 1, Fault.PEOPLE_INSIDE),
        (-60, NOW, 0, Fault.INTO_PAST),
        (-7, NOW, 0, None),
        (-7, at(FRIDAY, 9), 0, None),
    ],
)
def test_nothing_moves_while_people_are_inside_or_into_the_past(
    days: int, now: datetime, inside: int, expected: Fault | None
) -> None:
    there = Standing([session(1, FRIDAY, 9)])
    assert fault(consequences(Way.MOVE, FAIR, FAIR.moved(days), there, now).rows, inside, now) is expected


def test_taking_a_move_back_lets_begin_again_only_what_had_begun_when_it_was_made() -> None:
    rows = [
        row.exchanged()
        for row in consequences(Way.MOVE, FAIR, FAIR.moved(7), Standing([session(1, FRIDAY, 9)]), NOW).rows
    ]
    assert fault(rows, 0, at(FRIDAY, 9, 30), moved_at=at(FRIDAY, 9, 10)) is None
    assert fault(rows, 0, at(FRIDAY, 9, 30), moved_at=at(FRIDAY, 8)) is Fault.INTO_PAST


def test_a_claim_on_the_whole_fair_stays_one_and_others_keep_what_they_can() -> None:
    whole, one_day = frozenset(FAIR.days), frozenset({SUNDAY})
    claimed = {1: whole, 2: one_day, 3: frozenset({FRIDAY})}
    assert days_of_claims(FAIR, SHORTER, claimed, moves=False) == {1: frozenset(SHORTER.days), 2: frozenset()}
    assert days_of_claims(FAIR, FAIR.moved(1), claimed, moves=True) == {
        1: frozenset(FAIR.moved(1).days),
        2: frozenset({SUNDAY + timedelta(days=1)}),
        3: frozenset({SATURDAY}),
    }
