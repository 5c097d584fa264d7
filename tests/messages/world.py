"""Readers and messages for tests: registered people, and drafts that are confirmed with the present count."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock, jobs
from exhibition.core.db import db, transaction
from exhibition.core.outbox import OutboxMail
from exhibition.messages import message_log, readers, sending, writing
from exhibition.messages.letters import MessageWords
from exhibition.messages.message_log import RecipientCounts
from exhibition.messages.models import Message, MessageRecipient
from exhibition.messages.rules.audiences import Audience
from exhibition.messages.rules.placeholders import ReaderGroup
from exhibition.messages.writing import MessageDraft
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors import service, slots
from exhibition.visitors.models import TimeSlot
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rules import SlotStatus

VISITORS, EXHIBITORS = Audience(ReaderGroup.VISITORS), Audience(ReaderGroup.EXHIBITORS)
INDONESIAN = MessageWords("Kabar {fair}", "Halo {name},\n\nSampai jumpa {day} pukul {time}.\nTiket: {link}")
ENGLISH = MessageWords("News of {fair}", "Hello {name},\n\nsee you {day} at {time}.\nPass: {link}")
NOTHING = MessageWords("", "")


@transaction
def forget_mails() -> None:
    """Delete every mail of the outbox and every waiting job, so that a test sees its own alone."""
    db.session.execute(delete(OutboxMail))
    jobs.huey.flush()


def coming(exhibition: Exhibition, position: int = 0) -> TimeSlot:
    """An open session of a later day."""
    now = clock.now()
    found = [
        slot.id
        for slot in slots.of_edition(exhibition.id)
        if slot.starts_at > now + timedelta(days=1) and slot.status(now) is SlotStatus.OPEN
    ]
    return db.session.get_one(TimeSlot, found[position])


def register(
    exhibition: Exhibition,
    name: str,
    email: str | None = "",
    *,
    phone: str | None = None,
    locale: str = "id",
    position: int = 0,
    knows: Issued | None = None,
) -> Issued:
    """A registration; without an e-mail given, one is made of the name. ``knows`` is one that they have already."""
    address = f"{name.split(maxsplit=1)[0].lower()}@example.com" if email == "" else email
    party = Party(coming(exhibition, position).id, name, address, phone, 2, locale)
    return service.register(party, knows=None if knows is None else knows.manage_key)


def written(
    exhibition: Exhibition,
    audience: Audience = VISITORS,
    indonesian: MessageWords = INDONESIAN,
    english: MessageWords = ENGLISH,
) -> Message:
    """A draft."""
    return writing.create(COMMAND_LINE, exhibition, MessageDraft(audience, {"id": indonesian, "en": english}))


def confirm(exhibition: Exhibition, message: Message, at: datetime | None = None) -> None:
    """Confirm with the count of this moment."""
    seen = str(readers.count(exhibition, Audience.from_json(message.audience)))
    sending.confirm(COMMAND_LINE, exhibition, message.id, seen, at)


def counts(message: Message) -> RecipientCounts:
    db.session.rollback()
    return message_log.counts_of([message])[message.id]


def recipients(message: Message) -> list[MessageRecipient]:
    db.session.rollback()
    statement = select(MessageRecipient).where(MessageRecipient.message_id == message.id).order_by(MessageRecipient.id)
    return list(db.session.scalars(statement))


def another_fair(exhibition: Exhibition) -> Exhibition:
    """A second published edition on the same days, with one session."""
    other = Exhibition(
        slug="kopi",
        name="Kopi",
        venue_name="Alun-alun",
        starts_on=exhibition.starts_on,
        ends_on=exhibition.ends_on,
        hall_width=1,
        hall_depth=1,
        state=EditionState.PUBLISHED,
    )
    db.session.add(other)
    db.session.flush()
    session = coming(exhibition)
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    db.session.add(TimeSlot(exhibition_id=other.id, number=1, capacity=50, **times))
    db.session.commit()
    return other
