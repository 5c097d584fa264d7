"""What became of messages, counted and for each recipient."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, and_, case, cast, func, select

from exhibition.core.db import db
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.core.sql.paging import PAGE_SIZE, Page
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.messages.models import MAIL_KIND, Message, MessageRecipient
from exhibition.messages.rules.audiences import WayToReach
from exhibition.messages.rules.states import RecipientState
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import Registration, VisitorContact

_MAIL = and_(OutboxMail.kind == MAIL_KIND, OutboxMail.about_id == MessageRecipient.id)
_KNOWN_TO_OUTBOX = and_(MessageRecipient.state == RecipientState.POSTED, OutboxMail.state != MailState.QUEUED)
_OUTCOME: Any = case(
    (_KNOWN_TO_OUTBOX, cast(OutboxMail.state, String)), else_=cast(MessageRecipient.state, String)
).label("outcome")
"""The recipient's state; for a mail in the outbox, what the outbox knows (the two use the same words)."""

_S = RecipientState


@dataclass(frozen=True)
class RecipientCounts:
    """How many recipients of one message are in which state."""

    by_state: Mapping[RecipientState, int]

    def of(self, *states: RecipientState) -> int:
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def waiting(self) -> int:
        """Mails that are still to be sent or tried again."""
        return self.of(_S.WAITING, _S.POSTED)

    @property
    def sent(self) -> int:
        return self.of(_S.SENT)

    @property
    def failed(self) -> int:
        return self.of(_S.FAILED)

    @property
    def open(self) -> int:
        """Only reachable by phone, and not ticked off."""
        return self.of(_S.OPEN)

    @property
    def ticked(self) -> int:
        return self.of(_S.TICKED)

    @property
    def unreachable(self) -> int:
        return self.of(_S.UNREACHABLE)

    @property
    def unsent(self) -> int:
        """Those who need no mail any more: the same words reached them, it did not concern them, or it was stopped."""
        return self.of(_S.SAME, _S.DROPPED, _S.WITHHELD)

    @property
    def to_do(self) -> int:
        """Recipients for whom there is or was something to do."""
        return self.total - self.unreachable

    @property
    def done(self) -> int:
        return self.to_do - self.waiting - self.open


def counts_of(messages: Iterable[Message]) -> dict[int, RecipientCounts]:
    """The counts of each message, by its id; one query."""
    ids = [message.id for message in messages]
    statement = (
        select(MessageRecipient.message_id, _OUTCOME, func.count())
        .outerjoin(OutboxMail, _MAIL)
        .where(MessageRecipient.message_id.in_(ids))
        .group_by(MessageRecipient.message_id, _OUTCOME)
    )
    found: defaultdict[int, Counter[RecipientState]] = defaultdict(Counter)
    for message_id, outcome, number in db.session.execute(statement):
        found[message_id][RecipientState(outcome)] += number
    return {number: RecipientCounts(found[number]) for number in ids}


def of_edition(exhibition: Exhibition) -> list[Message]:
    """The edition's messages, the newest first."""
    statement = select(Message).where(Message.exhibition_id == exhibition.id).order_by(Message.id.desc())
    return list(db.session.scalars(statement))


@dataclass(frozen=True)
class LoggedRecipient:
    """One recipient and what became of the message for them; without a name once that is erased."""

    id: int
    way: WayToReach
    name: str
    registration_id: int | None
    exhibitor_slug: str | None
    application_id: int | None
    outcome: RecipientState
    error: str
    """What the mail server answered last."""


def recipients(message: Message, outcome: RecipientState | None, number: int) -> Page[LoggedRecipient]:
    """One page of the recipients, those in one state or all."""
    name = func.coalesce(VisitorContact.name, Exhibitor.name, Application.name, "")
    statement = (
        select(
            MessageRecipient.id,
            MessageRecipient.way,
            name,
            MessageRecipient.registration_id,
            Exhibitor.slug,
            MessageRecipient.application_id,
            _OUTCOME,
            func.coalesce(OutboxMail.last_error, ""),
        )
        .outerjoin(OutboxMail, _MAIL)
        .outerjoin(Registration, Registration.id == MessageRecipient.registration_id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .outerjoin(Exhibitor, Exhibitor.id == MessageRecipient.exhibitor_id)
        .outerjoin(Application, Application.id == MessageRecipient.application_id)
        .where(MessageRecipient.message_id == message.id)
        .order_by(MessageRecipient.id)
    )
    if outcome is not None:
        statement = statement.where(_OUTCOME.in_([outcome.value]))
    rows = db.session.execute(statement.limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE)).all()
    found = [LoggedRecipient(*row[:6], RecipientState(row[6]), row[7]) for row in rows]
    return Page(found[:PAGE_SIZE], number, len(found) > PAGE_SIZE)
