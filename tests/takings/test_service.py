"""Takings: each day once, corrected by the latest entry, whatever the order in which phones send."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.allocation.planned import Claim
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.exhibitors import privacy
from exhibition.exhibitors import service as exhibitors
from exhibition.takings import overview, service
from exhibition.takings.models import Takings, TakingsEntry
from exhibition.takings.rules.telling import MOST, Amounts, TakingsSource
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from tests.badges.places import release
from tests.takings.begun import SELLER, kept, sellers, since_yesterday, tell

FIRST, SECOND = Amounts(cash=100_000), Amounts(cash=150_000, qris=50_000, pieces=7)


@pytest.fixture
def day(exhibition: Exhibition) -> date:
    return since_yesterday(exhibition)


@pytest.fixture
def seller(exhibition: Exhibition, day: date) -> Claim:
    return sellers(exhibition)[0]


def test_a_correction_replaces_and_an_entry_sent_again_changes_nothing(exhibition: Exhibition, seller: Claim) -> None:
    assert tell(exhibition, seller, FIRST, "first-key")
    assert tell(exhibition, seller, SECOND, "second-key")
    assert tell(exhibition, seller, FIRST, "first-key")
    assert kept(exhibition, seller) == SECOND
    assert len(db.session.scalars(select(Takings)).all()) == 1


def test_an_entry_made_before_the_one_that_counts_does_not(exhibition: Exhibition, seller: Claim) -> None:
    tell(exhibition, seller, SECOND, "later-key")
    assert not tell(exhibition, seller, FIRST, "early-key", seconds_ago=3600)
    assert kept(exhibition, seller) == SECOND


def test_a_badge_does_not_replace_what_the_exhibitor_told(exhibition: Exhibition, seller: Claim) -> None:
    tell(exhibition, seller, FIRST, "badge-key-1", source=TakingsSource.BADGE)
    tell(exhibition, seller, SECOND, "badge-key-2", source=TakingsSource.BADGE)
    tell(exhibition, seller, SECOND, "owner-key", source=TakingsSource.EXHIBITOR)
    with pytest.raises(Refused, match="takings_told"):
        tell(exhibition, seller, FIRST, "badge-key-3", source=TakingsSource.BADGE)
    assert kept(exhibition, seller) == SECOND


def test_only_days_that_have_begun_and_of_a_fair_that_takes_place(exhibition: Exhibition, seller: Claim) -> None:
    for other in (exhibition.ends_on, exhibition.starts_on - timedelta(days=1)):
        with pytest.raises(Refused, match="takings_day"):
            tell(exhibition, seller, FIRST, "other-day", day=other)
    transaction(lambda: setattr(exhibition, "state", EditionState.CALLED_OFF))()
    with pytest.raises(Refused, match="takings_closed"):
        tell(exhibition, seller, FIRST, "called-off")
    assert kept(exhibition, seller) is None


def test_nobody_tells_without_a_confirmed_booth_that_day(exhibition: Exhibition, seller: Claim) -> None:
    release(exhibition, seller)
    with pytest.raises(Refused, match="takings_day"):
        tell(exhibition, seller, FIRST, "no-booth-key")
    with pytest.raises(Refused, match="takings_key"):
        tell(exhibition, seller, FIRST, "short")


@pytest.mark.parametrize(
    ("typed", "code", "field"),
    [
        ({}, "takings_empty", "cash"),
        ({"cash": "-5"}, "takings_negative", "cash"),
        ({"qris": "1.5"}, "takings_unreadable", "qris"),
        ({"orders": "1000000000"}, "takings_too_high", "orders"),
        ({"cash": "5000", "pieces": "lima"}, "pieces_unreadable", "pieces"),
    ],
)
def test_amounts_that_cannot_be_name_their_field(typed: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        service.read_amounts(typed)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_amounts_are_read_as_people_write_them() -> None:
    typed = {"cash": "Rp1.250.000", "qris": "75rb", "orders": "", "pieces": "1.200"}
    assert service.read_amounts(typed) == Amounts(1_250_000, 75_000, 0, 1200)
    assert service.read_amounts({"cash": "0"}) == Amounts()


def test_the_database_holds_one_row_a_day_and_bounds(exhibition: Exhibition, seller: Claim) -> None:
    tell(exhibition, seller, FIRST, "first-key")

    fair, who, first, last = exhibition.id, seller.exhibitor_id, exhibition.starts_on, exhibition.ends_on
    for day, cash in ((first, 1), (last, -1), (last, MOST + 1)):
        own = {"exhibition_id": fair, "exhibitor_id": who, "day": day, "source": TakingsSource.DESK}
        wrong = Takings(**own, cash=cash, qris=0, orders=0, entered_at=clock.now())
        db.session.add(wrong)
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_the_desk_corrects_with_a_note_in_the_audit_trail(exhibition: Exhibition, seller: Claim) -> None:
    tell(exhibition, seller, FIRST, "first-key")
    exhibitor = exhibitors.by_id(seller.exhibitor_id)
    with pytest.raises(Refused, match="note_missing"):
        service.correct(COMMAND_LINE, exhibition, exhibitor, exhibition.starts_on, SECOND, "  ")
    service.correct(COMMAND_LINE, exhibition, exhibitor, exhibition.starts_on, SECOND, "Nol kurang satu")
    assert kept(exhibition, seller) == SECOND
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "takings.correct")).one()
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["cash"], entry.after["cash"], entry.after["note"]) == (100_000, 150_000, "Nol kurang satu")


def test_sums_say_what_they_cover_and_the_middle_needs_five(exhibition: Exhibition, day: date) -> None:
    people = sellers(exhibition)
    for number, claim in enumerate(people[:4]):
        tell(exhibition, claim, Amounts(cash=1_234_000 + number, orders=1000), f"seller-{number}")
    found = overview.overview(exhibition, day)
    assert (found.total.cash, found.total.orders) == (4_936_006, 4000)
    assert (found.total.booths_told, found.total.booths) == (4, len(people))
    assert sum(part.booths for part in found.groups) == sum(part.booths for part in found.districts) == len(people)
    assert (found.middle, overview.median_of(exhibition, day)) == (None, None)
    tell(exhibition, people[4], Amounts(qris=1_999_000), "seller-4")
    assert overview.median_of(exhibition, day) == overview.overview(exhibition, day).middle == 1_200_000
    missing = overview.missing_days(exhibition)
    assert {one.exhibitor_id for one in people[5:]} == {who for who, days in missing.items() if day in days}


def test_takings_are_erased_two_years_after_the_fair(exhibition: Exhibition, seller: Claim) -> None:
    tell(exhibition, seller, FIRST, "first-key")
    privacy.purge(COMMAND_LINE)
    assert kept(exhibition, seller) == FIRST
    long_ago = privacy.KEPT_AFTER_LAST_FAIR + timedelta(days=7)
    exhibition.starts_on, exhibition.ends_on = exhibition.starts_on - long_ago, exhibition.ends_on - long_ago
    db.session.commit()
    privacy.purge(COMMAND_LINE)
    assert not db.session.scalars(select(Takings)).all()
    assert not db.session.scalars(select(TakingsEntry)).all()


def test_the_actor_of_an_entry_stands_beside_it(exhibition: Exhibition, seller: Claim) -> None:
    tell(exhibition, seller, FIRST, "first-key")
    assert db.session.scalars(select(Takings)).one().told_by == SELLER.name
