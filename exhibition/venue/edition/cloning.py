"""What a new edition takes over of an earlier one's own data and rules: all but its name in addresses and its days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.core.db import db
from exhibition.core.sql.copies import copied
from exhibition.venue.models import DisinfectionRound, Exhibition, MailText

OWN = frozenset({"created_at", "rescheduled_from", "sample", "state", "was_called_off"})
"""What a new edition has of its own."""
NOT_YET = frozenset({"done_at", "done_by", "planned_at"})
"""What a round of a new edition has not seen."""


NAMED = (
    "name",
    "venue_name",
    "address",
    "timezone",
    "organizer_name",
    "contact_email",
    "contact_phone",
    "contact_whatsapp",
    "colour",
    "logo_digest",
    "hall_width",
    "hall_depth",
)
"""What comes along even where the source's texts and rules do not."""


def move(source: Exhibition, target: Exhibition, moment: datetime) -> datetime | None:
    """The same time of day, each in its own time zone, as many days later as the target begins.

    None: the target has no such day.
    """
    local = moment.astimezone(ZoneInfo(source.timezone))
    day = local.date() + (target.starts_on - source.starts_on)
    if not target.starts_on <= day <= target.ends_on:
        return None
    return datetime.combine(day, local.time(), ZoneInfo(target.timezone))


def draft_of(source: Exhibition, slug: str, starts_on: date, *, rules: bool = True) -> Exhibition:
    """A draft of the same length with the source's hours, not yet in the session; ``rules``: its texts and rules."""
    moved = starts_on - source.starts_on
    own = {
        "slug": slug,
        "starts_on": starts_on,
        "ends_on": source.ends_on + moved,
        "days": [copied(day, without=frozenset({"exhibition_id"}), day=day.day + moved) for day in source.days],
    }
    if rules:
        return copied(source, without=OWN, **own)
    return Exhibition(**own, **{name: getattr(source, name) for name in NAMED})


def copy_rounds(actor: Actor, source: Exhibition, target: Exhibition) -> None:
    """Plan the source's disinfection rounds on the target's days. A step of making an edition."""
    rounds = select(DisinfectionRound).where(DisinfectionRound.exhibition_id == source.id)
    db.session.add_all(
        copied(
            one,
            without=NOT_YET,
            exhibition_id=target.id,
            starts_at=starts_at,
            ends_at=starts_at + (one.ends_at - one.starts_at),
            planned_by=actor.name[:120],
        )
        for one in db.session.scalars(rounds)
        if (starts_at := move(source, target, one.starts_at))
    )


def copy_mail_texts(source: Exhibition, target: Exhibition) -> None:
    """Take over the words that the source has for automatic mails. A step of making an edition."""
    texts = select(MailText).where(MailText.exhibition_id == source.id)
    db.session.add_all(copied(one, exhibition_id=target.id) for one in db.session.scalars(texts))
