"""The mail merge: one row for each exhibitor, ready for letters and messages in Indonesian or English."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.allocation import service as allocation
from exhibition.allocation import waiting
from exhibition.badges import service as badges
from exhibition.core.config import public_address, public_url
from exhibition.core.db import db
from exhibition.core.files.spreadsheets import Row
from exhibition.core.i18n import moment_text
from exhibition.exhibitors import participants
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.models import Storefront
from exhibition.venue.models import Exhibition

COLUMNS = (
    _l("E-mail"),
    _l("Salutation"),
    _l("Contact person"),
    _l("Exhibitor"),
    _l("Phone"),
    _l("Booth"),
    _l("Zone"),
    _l("State"),
    _l("Answer until"),
    _l("Place on the waiting list"),
    _l("Badges given out"),
    _l("Badges allowed"),
    _l("Shop"),
    _l("Page at the fair"),
    _l("Exhibitor's desk"),
)


def salutation(contact_name: str, exhibitor: str) -> str:
    """The salutation of a letter. Titles are unknown, so Indonesian letters use both."""
    if contact_name:
        return _("Dear %(name)s,", name=contact_name)
    return _("Dear people of %(exhibitor)s,", exhibitor=exhibitor)


def rows(exhibition: Exhibition) -> Iterator[Row]:
    """Exhibitors by name. The deadline is that of an offer, written out in the letter's language. Who has no account is
    led to the link of their application, which opens the same pages.
    """
    places = allocation.places(exhibition)
    line = {one.exhibitor_id: one.place for one in waiting.waiting(exhibition)}
    given: dict[int, int] = {}
    for badge in badges.holders(exhibition):
        given[badge.exhibitor_id] = given.get(badge.exhibitor_id, 0) + 1
    desk, own_pages = public_address("allocation.own_desk", edition=exhibition.slug), applications.own_pages(exhibition)
    statement = (
        select(Exhibitor, Storefront.url)
        .outerjoin(Storefront, Storefront.exhibitor_id == Exhibitor.id)
        .where(Exhibitor.id.in_(participants.ids_of(exhibition.id)))
        .order_by(func.lower(Exhibitor.name))
    )
    for one, shop in db.session.execute(statement):
        place = places.get(one.id)
        deadline = place.expires_at if place and place.state == "offered" else None
        yield (
            one.email,
            salutation(one.contact_name, one.name),
            one.contact_name,
            one.name,
            one.phone,
            place.code if place else "",
            place.zone if place else "",
            place.state if place else _("Waiting list") if one.id in line else "",
            moment_text(deadline, exhibition.timezone) if deadline else "",
            line.get(one.id),
            given.get(one.id, 0),
            exhibition.badges_per_booth if place and place.state == "allocated" else 0,
            shop or "",
            f"{public_url()}/b/{one.slug}",
            own_pages.get(one.id, desk),
        )
