"""Recipients who can only be reached by phone: a prepared text for each, ticked off by whoever sent it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from exhibition.accounts.audit import Actor
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.paging import Page, paginate
from exhibition.messages import letters, readers
from exhibition.messages.models import Message, MessageRecipient
from exhibition.messages.rules.audiences import Audience, WayToReach
from exhibition.messages.rules.states import RecipientState
from exhibition.messages.writing import find
from exhibition.venue.models import Exhibition


@dataclass(frozen=True)
class PhoneRecipient:
    """Somebody to write to by WhatsApp."""

    id: int
    name: str
    phone: str
    address: str
    """Opens a chat with the text in it; empty when the message does not concern them any more."""
    ticked_by: str
    ticked_at: datetime | None


def page_of(exhibition: Exhibition, message: Message, number: int) -> Page[PhoneRecipient]:
    """Those who are to be written to first, then those who are ticked off."""
    listed = MessageRecipient.state.in_((RecipientState.OPEN, RecipientState.TICKED))
    statement = select(MessageRecipient).where(
        MessageRecipient.message_id == message.id, MessageRecipient.way == WayToReach.PHONE, listed
    )
    statement = statement.order_by(MessageRecipient.ticked_at.is_not(None), MessageRecipient.id)
    page = paginate(statement, number)
    references = {one.id: letters.reference_of(one) for one in page.items}
    audience = Audience.from_json(message.audience)
    found = readers.by_reference(exhibition, audience, [reference for reference in references.values() if reference])
    shown = []
    for recipient in page.items:
        reference = references[recipient.id]
        reader = found.get(reference) if reference else None
        ready = reader is not None and reader.phone
        address = letters.whatsapp(reader, letters.write(exhibition, message, reader)) if reader and ready else ""
        shown.append(
            PhoneRecipient(
                recipient.id,
                reader.name if reader else "",
                reader.phone if reader else "",
                address,
                recipient.ticked_by,
                recipient.ticked_at,
            )
        )
    return Page(shown, page.number, page.has_next)


@transaction
def tick(actor: Actor, exhibition: Exhibition, message_id: int, recipient_id: int, *, done: bool) -> None:
    """Tick a recipient off as written to, or take the tick back; a second time changes nothing. Raises NotFound."""
    message = find(exhibition, message_id)
    if recipient_id > LARGEST_ID:
        raise NotFound
    before, after = RecipientState.OPEN, RecipientState.TICKED
    if not done:
        before, after = after, before
    of_message = MessageRecipient.id == recipient_id, MessageRecipient.message_id == message.id
    changed = update(MessageRecipient).where(*of_message, MessageRecipient.state == before)
    values = {"ticked_by": actor.name, "ticked_at": clock.now()} if done else {"ticked_by": "", "ticked_at": None}
    if db.session.execute(changed.values(state=after, **values).returning(MessageRecipient.id)).first() is not None:
        return
    if db.session.scalar(select(MessageRecipient.id).where(*of_message, MessageRecipient.state == after)) is None:
        raise NotFound
