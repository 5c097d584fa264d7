"""What needs somebody, counted for the navigation."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.core import clock, outbox
from exhibition.core.db import db, transaction
from exhibition.desk import needs
from exhibition.desk.places import DeskNeed
from exhibition.messages import undeliverable
from exhibition.storefront import moderation
from exhibition.storefront.models import Listing, Review
from exhibition.venue import rounds
from exhibition.venue.models import DisinfectionRound, Exhibition
from tests.mailbox import Mailbox
from tests.messages.world import forget_mails, register


def test_listings_that_wait_are_counted(exhibition: Exhibition) -> None:
    before = len(moderation.waiting())
    assert needs.numbers(exhibition)[DeskNeed.LISTINGS] == before
    some = db.session.scalars(
        select(Listing.id).where(Listing.review == Review.APPROVED, Listing.gone_at.is_(None)).limit(3)
    ).all()
    changed = update(Listing).where(Listing.id.in_(some)).values(review=Review.WAITING, published=False)
    transaction(lambda: db.session.execute(changed))()
    assert needs.numbers(exhibition)[DeskNeed.LISTINGS] == before + 3 == len(moderation.waiting())


def test_a_round_is_counted_from_when_it_is_overdue_until_it_is_ticked_off(exhibition: Exhibition) -> None:
    begins = clock.now() - timedelta(minutes=11)
    before = needs.numbers(exhibition)[DeskNeed.ROUNDS]
    late = DisinfectionRound(exhibition_id=exhibition.id, starts_at=begins, ends_at=begins + timedelta(minutes=5))
    transaction(db.session.add)(late)
    assert needs.numbers(exhibition)[DeskNeed.ROUNDS] == before + 1 == len(rounds.overdue(exhibition, clock.now()))
    late.done_at = clock.now()
    db.session.commit()
    assert needs.numbers(exhibition)[DeskNeed.ROUNDS] == before


def test_addresses_that_do_not_work_are_counted_as_they_are_listed(exhibition: Exhibition, mailbox: Mailbox) -> None:
    forget_mails()
    issued = register(exhibition, "Siti")
    mailbox.refusal = "550 5.1.1 No such user"
    outbox.send_due()
    db.session.rollback()
    assert issued.reference
    assert needs.numbers(exhibition)[DeskNeed.ADDRESSES] == 1 == len(undeliverable.of_edition(exhibition))
    forget_mails()


def test_one_statement_counts_everything(exhibition: Exhibition, statements: list[str]) -> None:
    needs.numbers(exhibition)
    assert len(statements) == 1


def test_the_navigation_shows_what_waits(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    waiting = len(moderation.waiting())
    assert waiting
    page = organizer_client.get("/desk?lang=en").text
    assert f'<span class="waiting-count">{waiting}<span' in page
