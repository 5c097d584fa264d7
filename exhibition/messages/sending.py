"""From a confirmed message to mails in the outbox: in pieces, each recipient once, paused, resumed and stopped.

Sending begins by writing all recipients in one transaction. Then a job posts their mails piece by piece; a piece is one
transaction under the lock of its message, so a job that was killed is continued where it stopped, and two jobs never
post the same mail. A mail is made when it is sent (``messages.letters``), and only if it still concerns its reader.
"""

import functools
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock, outbox
from exhibition.core.db import after_commit, db, transaction
from exhibition.core.errors import Refused
from exhibition.core.jobs import by_name
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.messages import letters, readers
from exhibition.messages.models import MAIL_KIND, Message, MessageRecipient
from exhibition.messages.rules.audiences import Audience, MessageReader, WayToReach
from exhibition.messages.rules.states import STEPS, MessageState, RecipientState
from exhibition.messages.writing import draft_of, find
from exhibition.venue.models import Exhibition

PIECE = 100
"""Mails posted in one transaction."""
MOST_QUEUED = 2 * PIECE
"""Nothing more is posted while so many mails of the message are unsent, so that other mails need not wait behind."""
LEFT_AFTER = timedelta(minutes=3)
"""When no job has worked on a message for so long, its job was lost, or it only waits for mails to be tried again."""
FIRST_STATES = {
    WayToReach.MAIL: RecipientState.WAITING,
    WayToReach.PHONE: RecipientState.OPEN,
    WayToReach.NOTHING: RecipientState.UNREACHABLE,
}
carry_on = by_name("messages.send")


@transaction
def confirm(actor: Actor, exhibition: Exhibition, message_id: int, seen: str, at: datetime | None = None) -> Message:
    """Send the draft now, or at a moment; ``seen`` is the count that the organizer saw (``Reach`` as a text).

    Raises NotFound, and Refused ``message_confirmed``, ``audience_changed``, ``audience_empty`` (409) and
    ``schedule_in_past`` (422).
    """
    message = draft_of(exhibition, message_id)
    now = clock.now()
    if at is not None and at <= now:
        raise Refused("schedule_in_past", _l("Choose a moment that is still to come."), status=422, field="at")
    count = readers.count(exhibition, Audience.from_json(message.audience))
    if not count.total:
        raise Refused("audience_empty", _l("At present this message concerns nobody. Choose other readers."))
    if str(count) != seen:
        raise Refused("audience_changed", _l("The number of readers has changed. Look at it again, then confirm."))
    message.confirmed_by, message.confirmed_at, message.scheduled_at = actor.name, now, at or now
    message.state = MessageState.SCHEDULED
    after = {"mail": count.mail, "phone": count.phone, "at": at.isoformat() if at else None}
    record(actor, "message.confirm", "message", message.id, name=_name(message), after=after)
    if at is None:
        _begin(exhibition, message)
    return message


def _begin(exhibition: Exhibition, message: Message) -> None:
    """Write whom it goes to, in the open transaction, and have a job send it."""
    message.state, message.beat_at = MessageState.SENDING, clock.now()
    rows = [_row(message, reader) for reader in readers.of_audience(exhibition, Audience.from_json(message.audience))]
    if rows:
        db.session.execute(insert(MessageRecipient), rows)
    after_commit(lambda: carry_on(message.id))


def _row(message: Message, reader: MessageReader) -> dict[str, object]:
    kind, number = reader.reference
    references = (readers.REGISTRATION, readers.EXHIBITOR, readers.APPLICATION)
    return {
        "message_id": message.id,
        **{f"{one}_id": number if one == kind else None for one in references},
        "way": reader.way,
        "state": FIRST_STATES[reader.way],
    }


def work(message_id: int) -> None:
    """The job: begin a message whose moment has come, post one piece, send what is due, and go on or end."""
    begin_due(message_id)
    post_piece(message_id)
    outbox.send_due()
    if not end(message_id) and _can_post(message_id):
        carry_on(message_id)


@transaction
def work_on_all() -> None:
    """Put into the queue what is due, and what no job has worked on for a while."""
    now = clock.now()
    due = (Message.state == MessageState.SCHEDULED) & (Message.scheduled_at <= now)
    left = (Message.state == MessageState.SENDING) & (Message.beat_at < now - LEFT_AFTER)
    for message in db.session.scalars(select(Message).where(due | left).with_for_update()).all():
        message.beat_at = now
        after_commit(functools.partial(carry_on, message.id))


@transaction
def begin_due(message_id: int) -> None:
    """Begin a scheduled message whose moment has come."""
    message = _locked(message_id)
    if message is None or message.state is not MessageState.SCHEDULED or message.scheduled_at is None:
        return
    if message.scheduled_at <= clock.now():
        _begin(db.session.get_one(Exhibition, message.exhibition_id), message)


@transaction
def post_piece(message_id: int) -> int:
    """Post the mails of the next recipients; returns how many recipients were dealt with."""
    message = _locked(message_id)
    if message is None or message.state is not MessageState.SENDING or _queued(message_id) >= MOST_QUEUED:
        return 0
    message.beat_at = clock.now()
    waiting = MessageRecipient.message_id == message_id, MessageRecipient.state == RecipientState.WAITING
    piece = db.session.scalars(
        select(MessageRecipient).where(*waiting).order_by(MessageRecipient.id).limit(PIECE)
    ).all()
    exhibition = db.session.get_one(Exhibition, message.exhibition_id)
    references = {one.id: letters.reference_of(one) for one in piece}
    found = readers.by_reference(
        exhibition, Audience.from_json(message.audience), [reference for reference in references.values() if reference]
    )
    to_post: dict[int, str] = {}
    for recipient in piece:
        reference = references[recipient.id]
        reader = found.get(reference) if reference else None
        if reader is None or not reader.email:
            recipient.state = RecipientState.DROPPED
        else:
            to_post[recipient.id] = letters.sameness(message, reader, letters.write(exhibition, message, reader))
    _post(piece, to_post)
    return len(piece)


def _post(piece: Iterable[MessageRecipient], to_post: dict[int, str]) -> None:
    """Post a mail for each recipient in ``to_post``, except where the same words go to the same address already."""
    taken = set(db.session.scalars(select(OutboxMail.dedupe_key).where(OutboxMail.dedupe_key.in_(to_post.values()))))
    for recipient in piece:
        key = to_post.get(recipient.id)
        if key is None:
            continue
        if key in taken:
            recipient.state = RecipientState.SAME
            continue
        taken.add(key)
        recipient.state = RecipientState.POSTED
        db.session.add(OutboxMail(kind=MAIL_KIND, about_id=recipient.id, dedupe_key=key))
    if taken:
        outbox.send_after_commit()


def _can_post(message_id: int) -> bool:
    """Whether there is a recipient left, and room in the outbox for their mail."""
    waiting = MessageRecipient.message_id == message_id, MessageRecipient.state == RecipientState.WAITING
    return bool(db.session.scalar(select(exists().where(*waiting)))) and _queued(message_id) < MOST_QUEUED


def _queued(message_id: int) -> int:
    recipients = select(MessageRecipient.id).where(MessageRecipient.message_id == message_id)
    unsent = OutboxMail.kind == MAIL_KIND, OutboxMail.state == MailState.QUEUED, OutboxMail.about_id.in_(recipients)
    return db.session.scalar(select(func.count()).select_from(OutboxMail).where(*unsent)) or 0


@transaction
def end(message_id: int) -> bool:
    """Settle what the outbox knows; once every mail is sent or given up, the message is sent. Returns whether it is."""
    message = _locked(message_id)
    if message is None or message.state is not MessageState.SENDING:
        return True
    settle(MessageRecipient.message_id == message_id)
    unsettled = MessageRecipient.state.in_((RecipientState.WAITING, RecipientState.POSTED))
    if db.session.scalar(select(exists().where(MessageRecipient.message_id == message_id, unsettled))):
        return False
    message.state, message.ended_at = MessageState.SENT, clock.now()
    return True


def settle(*recipients: ColumnElement[bool]) -> None:
    """Keep with the recipients that meet the conditions what became of their mails, in the open transaction."""
    outcomes = {
        MailState.SENT: RecipientState.SENT,
        MailState.FAILED: RecipientState.FAILED,
        MailState.DROPPED: RecipientState.DROPPED,
    }
    for state, outcome in outcomes.items():
        mails = select(OutboxMail.about_id).where(OutboxMail.kind == MAIL_KIND, OutboxMail.state == state)
        posted = MessageRecipient.state == RecipientState.POSTED, MessageRecipient.id.in_(mails)
        settled = update(MessageRecipient).where(*recipients, *posted).values(state=outcome)
        db.session.execute(settled, execution_options={"synchronize_session": False})


@transaction
def pause(actor: Actor, exhibition: Exhibition, message_id: int) -> None:
    """Send nothing more for now; mails that nobody has begun to send are taken back out of the outbox.

    Raises NotFound and Refused ``message_step`` (409).
    """
    message = _step(actor, exhibition, message_id, MessageState.PAUSED, "message.pause")
    _take_back(message, RecipientState.WAITING)


@transaction
def resume(actor: Actor, exhibition: Exhibition, message_id: int) -> None:
    """Go on with a paused message. Raises NotFound and Refused ``message_step`` (409)."""
    message = _step(actor, exhibition, message_id, MessageState.SENDING, "message.resume", before=MessageState.PAUSED)
    message.beat_at = clock.now()
    after_commit(lambda: carry_on(message_id))


@transaction
def stop(actor: Actor, exhibition: Exhibition, message_id: int) -> None:
    """End a message for good; whoever has not got it does not get it. Raises NotFound and Refused ``message_step``."""
    message = _step(actor, exhibition, message_id, MessageState.STOPPED, "message.stop")
    message.ended_at = clock.now()
    settle(MessageRecipient.message_id == message_id)
    _take_back(message, RecipientState.WITHHELD)
    left = MessageRecipient.state.in_((RecipientState.WAITING, RecipientState.OPEN))
    withheld = update(MessageRecipient).where(MessageRecipient.message_id == message_id, left)
    db.session.execute(withheld.values(state=RecipientState.WITHHELD))


def _step(
    actor: Actor,
    exhibition: Exhibition,
    message_id: int,
    target: MessageState,
    action: str,
    before: MessageState | None = None,
) -> Message:
    message = find(exhibition, message_id, lock=True)
    if target not in STEPS[message.state] or before not in (None, message.state):
        raise Refused("message_step", _l("The message is in another state now. Look at it again."))
    message.state = target
    record(actor, action, "message", message.id, name=_name(message))
    return message


def _take_back(message: Message, state: RecipientState) -> None:
    """Take the mails that nobody has begun to send out of the outbox; their recipients get ``state``."""
    recipients = select(MessageRecipient.id).where(MessageRecipient.message_id == message.id)
    untouched = OutboxMail.kind == MAIL_KIND, OutboxMail.state == MailState.QUEUED, OutboxMail.attempts == 0
    taken = delete(OutboxMail).where(*untouched, OutboxMail.about_id.in_(recipients)).returning(OutboxMail.about_id)
    ids = db.session.scalars(taken, execution_options={"synchronize_session": False}).all()
    if ids:
        db.session.execute(update(MessageRecipient).where(MessageRecipient.id.in_(ids)).values(state=state))


def _locked(message_id: int) -> Message | None:
    statement = select(Message).where(Message.id == message_id).with_for_update()
    return db.session.scalar(statement.execution_options(populate_existing=True))


def _name(message: Message) -> str:
    return message.subject_indonesian or message.subject_english
