"""What the fair offers at a moment: every phase that the front page and the form know."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.visitors.advice.fair_now import FairNow, OfferedSession, Room, fair_now
from exhibition.visitors.models import TimeSlot
from exhibition.visitors.rules import SlotStatus
from tests.fairs import the_fair

NOW = datetime(2026, 11, 6, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def session(status: str, hours: float, remaining: int = 5) -> OfferedSession:
    starts_at = NOW + timedelta(hours=hours)
    return OfferedSession(SlotStatus(status), starts_at, starts_at + HOUR, remaining)


PAST, FULL_NOW, CLOSED_NEXT = session("past", -2), session("full", -0.5), session("closed", 1)
RUNS, NEXT = session("open", -0.5), session("open", 2)


@pytest.mark.parametrize(
    ("sessions", "found"),
    [
        ([], FairNow(Room.NOT_ANNOUNCED)),
        ([PAST], FairNow(Room.NO_MORE)),
        ([PAST, RUNS, NEXT], FairNow(Room.NOW, RUNS)),
        ([PAST, FULL_NOW, NEXT], FairNow(Room.LATER, NEXT)),
        ([PAST, FULL_NOW, CLOSED_NEXT], FairNow(Room.FULL)),
        ([PAST, CLOSED_NEXT], FairNow(Room.CLOSED)),
    ],
    ids=["not announced", "over", "now", "later", "full", "closed"],
)
def test_where_there_is_room(sessions: list[OfferedSession], found: FairNow) -> None:
    assert fair_now(sessions, [], NOW) == found


def test_a_round_that_runs_is_told_until_its_end() -> None:
    earlier, running = (NOW - 3 * HOUR, NOW - 2 * HOUR), (NOW, NOW + HOUR)
    assert fair_now([NEXT], [earlier, running], NOW).sprayed_until == NOW + HOUR
    assert fair_now([NEXT], [earlier, running], NOW + HOUR).sprayed_until is None


@pytest.fixture
def english(client: FlaskClient, exhibition: Exhibition) -> FlaskClient:
    client.set_cookie("locale", "en")
    return client


@transaction
def change_slots(**values: object) -> None:
    for slot in db.session.query(TimeSlot):
        for name, value in values.items():
            setattr(slot, name, value)


def test_the_pages_say_when_all_is_full_and_what_then(english: FlaskClient) -> None:
    change_slots(capacity=0)
    for address in ("/", "/daftar"):
        page = english.get(address).text
        assert 'data-room="full"' in page
        assert "Places come back whenever somebody cancels" in page
        assert "The shops are open online all the time." in page
    assert not [
        one for one in english.get("/daftar").text.split("<input") if 'type="radio"' in one and "disabled" not in one
    ]


def test_the_pages_say_that_the_hall_is_being_sprayed(english: FlaskClient) -> None:
    @transaction
    def spray() -> None:
        now = clock.now()
        row = DisinfectionRound(exhibition_id=the_fair().id, starts_at=now, ends_at=now + timedelta(minutes=9))
        db.session.add(row)

    spray()
    for address in ("/", "/daftar"):
        assert "The hall is being sprayed until" in english.get(address).text


def test_what_is_over_is_folded_away(english: FlaskClient) -> None:
    @transaction
    def age() -> None:
        now = clock.now()
        for number, slot in enumerate(db.session.query(TimeSlot).order_by(TimeSlot.starts_at)):
            if slot.ends_at < now + 12 * HOUR and number % 2:
                slot.starts_at, slot.ends_at = now - timedelta(days=4, minutes=number), now - timedelta(days=4)

    age()
    page = english.get("/").text
    past = page.index('id="past-days"')
    assert 'data-state="past"' not in page[:past] or 'class="past" id="past-2' in page
    assert 'data-state="past"' in page[past:]
    assert "day is over" in page or "days are over" in page


def test_every_session_to_choose_says_its_day(english: FlaskClient) -> None:
    page = english.get("/daftar").text
    labels = page.split('<label class="session')[1:]
    assert len(labels) > 3
    days = {f"{day.day:%a} {day.day.day} {day.day:%b}" for day in the_fair().days}
    assert all(any(day in label for day in days) for label in labels)
