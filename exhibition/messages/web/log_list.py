"""The list of messages at the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from exhibition.core.i18n import lazy as _l
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription
from exhibition.messages import letters, message_log
from exhibition.messages.message_log import RecipientCounts
from exhibition.messages.models import Message
from exhibition.messages.rules.audiences import Audience
from exhibition.messages.rules.states import MessageState
from exhibition.messages.web import texts
from exhibition.venue.models import Exhibition

UNSENT = (MessageState.DRAFT, MessageState.SCHEDULED)


@dataclass
class LoggedMessage:
    """A message as the list shows it."""

    message: Message
    title: str
    audience: str
    counts: RecipientCounts | None = None
    """Only of those that are shown, for counting reads all recipients; None also before it is sent."""

    @property
    def at(self) -> datetime:
        one = self.message
        scheduled = one.scheduled_at if one.state is MessageState.SCHEDULED else None
        return one.ended_at or scheduled or one.confirmed_at or one.created_at


def _counted(key: str, heading: Any) -> ListColumn[LoggedMessage]:
    def value(line: LoggedMessage) -> int | None:
        return getattr(line.counts, key) if line.counts else None

    return ListColumn(key, heading, value, ColumnKind.NUMBER)


MESSAGES = ListDescription[LoggedMessage](
    "messages",
    (
        ListColumn(
            "subject",
            _l("Subject"),
            lambda line: line.title,
            order="subject",
            link=lambda line: url_for("messages.message", message_id=line.message.id),
            names=True,
        ),
        ListColumn("audience", _l("To"), lambda line: line.audience, order="audience"),
        ListColumn(
            "state",
            _l("State"),
            lambda line: str(texts.MESSAGE_STATES[line.message.state]),
            ColumnKind.STATE,
            order="state",
            chips=lambda line: [
                Chip(texts.MESSAGE_STATES[line.message.state], texts.MESSAGE_TAGS.get(line.message.state, ""))
            ],
        ),
        ListColumn("at", _l("When"), lambda line: line.at, ColumnKind.MOMENT, order="at"),
        _counted("sent", _l("Sent")),
        _counted("waiting", _l("Waiting")),
        _counted("failed", _l("Refused")),
        _counted("open", _l("By phone, to do")),
        _counted("ticked", _l("By phone, done")),
        _counted("unreachable", _l("Cannot be reached")),
    ),
)


def lines(exhibition: Exhibition) -> list[LoggedMessage]:
    """All messages of the edition, the newest first, not counted yet."""
    names = texts.AudienceWords(exhibition)
    return [
        LoggedMessage(one, letters.title(exhibition, one), names.of(Audience.from_json(one.audience)))
        for one in message_log.of_edition(exhibition)
    ]


def count(shown: Iterable[LoggedMessage]) -> None:
    """Count the recipients of those that are shown."""
    sent = [line for line in shown if line.message.state not in UNSENT]
    counts = message_log.counts_of([line.message for line in sent])
    for line in sent:
        line.counts = counts[line.message.id]
