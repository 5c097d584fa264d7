"""What the outbox knows of a message's recipients is erased together with the visitors' contacts."""

from typing import Any

from sqlalchemy import select, update

from exhibition.core import outbox
from exhibition.core.db import db
from exhibition.messages.models import MAIL_KIND, Message, MessageRecipient
from exhibition.messages.rules.states import RecipientState
from exhibition.messages.sending import settle
from exhibition.visitors import privacy


def erase(exhibition_id: int, *, dry_run: bool) -> int:
    """Keep what became of each mail, and delete the mails with the server's answers, which may name addresses.

    Recipients are references, so no names are erased here and none are counted.
    """
    if dry_run:
        return 0
    of_edition = MessageRecipient.message_id.in_(select(Message.id).where(Message.exhibition_id == exhibition_id))
    settle(of_edition)
    unsent = update(MessageRecipient).where(of_edition, MessageRecipient.state == RecipientState.POSTED)
    db.session.execute(unsent.values(state=RecipientState.DROPPED), execution_options={"synchronize_session": False})
    outbox.erase([MAIL_KIND], select(MessageRecipient.id).where(of_edition))
    return 0


def erase_person(registration_id: int) -> None:
    """The same for one visitor."""
    theirs = MessageRecipient.registration_id == registration_id
    settle(theirs)
    unsent = update(MessageRecipient).where(theirs, MessageRecipient.state == RecipientState.POSTED)
    db.session.execute(unsent.values(state=RecipientState.DROPPED), execution_options={"synchronize_session": False})
    outbox.erase([MAIL_KIND], select(MessageRecipient.id).where(theirs))


def copy(registration_id: int) -> dict[str, Any]:
    """The messages that went to one visitor."""
    statement = (
        select(Message, MessageRecipient.way, MessageRecipient.state)
        .join(MessageRecipient, MessageRecipient.message_id == Message.id)
        .where(MessageRecipient.registration_id == registration_id)
        .order_by(Message.id)
    )
    told = [
        {
            "subject": message.subject_indonesian or message.subject_english,
            "by": way.value,
            "state": state.value,
        }
        for message, way, state in db.session.execute(statement)
    ]
    return {"messages": told}


privacy.erasers.append(erase)
privacy.person_erasers.append(erase_person)
privacy.copiers.append(copy)
