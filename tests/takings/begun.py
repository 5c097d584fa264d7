"""A fair that began yesterday, and its sellers, for tests of takings."""

from datetime import date, timedelta

from sqlalchemy import select, update

from exhibition.accounts.audit import Actor
from exhibition.allocation import service as allocation
from exhibition.allocation.models import AllocationDay
from exhibition.allocation.planned import Claim
from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Application
from exhibition.takings import service
from exhibition.takings.rules.telling import Amounts, TakingsSource
from exhibition.venue.models import Exhibition, ExhibitionDay

SELLER = Actor(None, "STN-SELLER")


@transaction
def since_yesterday(exhibition: Exhibition) -> date:
    """Move the fair's days so that its first was yesterday, and return that day."""
    back = exhibition.starts_on - (date.today() - timedelta(days=1))  # noqa: DTZ011 the fair begins on the server's day
    for table in (ExhibitionDay, AllocationDay):
        own = table.exhibition_id == exhibition.id
        for day in db.session.scalars(select(table.day).where(own).distinct().order_by(table.day)).all():
            db.session.execute(update(table).where(own, table.day == day).values(day=day - back))
    exhibition.starts_on -= back
    exhibition.ends_on -= back
    db.session.flush()
    db.session.expire_all()
    return exhibition.starts_on


def sellers(exhibition: Exhibition) -> list[Claim]:
    """Those with a confirmed booth, one for each booth."""
    return [claim for claim in allocation.claims(exhibition) if claim.confirmed]


def tell(
    exhibition: Exhibition,
    claim: Claim,
    amounts: Amounts,
    key: str,
    *,
    day: date | None = None,
    source: TakingsSource = TakingsSource.EXHIBITOR,
    seconds_ago: int = 0,
) -> bool:
    """Tell the takings of the first day."""
    on, who = day or exhibition.starts_on, claim.exhibitor_id
    return service.tell(SELLER, exhibition, who, on, amounts, key=key, source=source, seconds_ago=seconds_ago)


def kept(exhibition: Exhibition, claim: Claim) -> Amounts | None:
    """What counts for the first day."""
    db.session.rollback()
    found = service.told(exhibition, claim.exhibitor_id).get(exhibition.starts_on)
    return service.amounts_of(found) if found else None


def link_of(exhibition: Exhibition, claim: Claim) -> str:
    """The address of the page, by the link of the application."""
    own = Application.exhibition_id == exhibition.id, Application.exhibitor_id == claim.exhibitor_id
    application = db.session.scalars(select(Application).where(*own, Application.acting)).one()
    return f"/daftar-stan/{application.key}/omzet"
