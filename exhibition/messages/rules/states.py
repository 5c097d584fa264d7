"""The states of a message and of its recipients, and the allowed steps."""

import enum


class MessageState(enum.StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    """Confirmed; sending begins at its moment."""
    SENDING = "sending"
    PAUSED = "paused"
    """Nothing new is handed to the mail server until it is resumed."""
    SENT = "sent"
    STOPPED = "stopped"


_S = MessageState
STEPS = {
    _S.DRAFT: frozenset({_S.SCHEDULED, _S.SENDING}),
    _S.SCHEDULED: frozenset({_S.SENDING, _S.STOPPED}),
    _S.SENDING: frozenset({_S.PAUSED, _S.SENT, _S.STOPPED}),
    _S.PAUSED: frozenset({_S.SENDING, _S.STOPPED}),
    _S.SENT: frozenset[MessageState](),
    _S.STOPPED: frozenset[MessageState](),
}
"""Which state may follow which; a draft can also be deleted."""


class RecipientState(enum.StrEnum):
    """What became of a message for one recipient."""

    WAITING = "waiting"
    """The mail is not in the outbox yet."""
    POSTED = "posted"
    """The mail is in the outbox, which knows the rest until it is settled."""
    SENT = "sent"
    FAILED = "failed"
    """Refused by the mail server for good, or given up."""
    DROPPED = "dropped"
    """It did not concern them any more when it was to be sent, or there was no address any more."""
    SAME = "same"
    """The same words went to the same address already."""
    OPEN = "open"
    """Only a phone number is known, and nobody has ticked the recipient off."""
    TICKED = "ticked"
    """Somebody sent it by WhatsApp and ticked it off."""
    UNREACHABLE = "unreachable"
    WITHHELD = "withheld"
    """The message was stopped before it was this recipient's turn."""


FINAL = frozenset(RecipientState) - {RecipientState.WAITING, RecipientState.POSTED, RecipientState.OPEN}
"""These recipients need nothing any more."""
