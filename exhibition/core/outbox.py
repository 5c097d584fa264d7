"""The outbox: every mail is a row, written in the transaction of the change it reports; one sender sends them all.

A mail is either posted complete, or only as its kind and the id of its subject; then the composer of its kind makes it
when it is sent. A mail that cannot be sent is tried again. A sender first claims a row by a guarded UPDATE, so that two
never send the same mail; if a sender dies, its claim runs out.
"""

import enum
import logging
import re
import smtplib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    Index,
    Select,
    String,
    Text,
    bindparam,
    delete,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock, mail
from exhibition.core.db import Base, Moment, after_commit, choice, db, transaction
from exhibition.core.jobs import every, job
from exhibition.core.sql.statements import NoRow, Statement, given, table_of

log = logging.getLogger(__name__)

BATCH = 200
HURRY_S = 1.0
PAUSES = (
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
"""How long after each attempt a mail is tried again; the first is also longer than the longest wait for a server."""
ADDRESSES_KEPT = timedelta(days=30)
"""How long after posting the recipient of a mail can still be looked up."""
LONGEST_ERROR = 500
READER = "(address)"
"""Stands for the reader's address in the mail server's answer."""
LOWEST_PERMANENT = 500
"""With this reply code or a higher one another try would not help (RFC 5321, 4.2.1)."""
NOT_TRUE = "there is no address any more, or what it would tell is not true any more"
TOO_LATE = "it was not sent before the time it speaks of was over"


class MailState(enum.StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    """Given up after the last attempt, or refused for good."""
    DROPPED = "dropped"
    """Out of date before it could be sent."""


class OutboxMail(Base):
    """A mail of any package. Once it need not be sent any more, its text is erased, as it may hold a secret link."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index("ix_outbox_mail_due", "state", "next_try_at"),
        Index(
            "uq_outbox_mail_dedupe_key",
            "dedupe_key",
            unique=True,
            sqlite_where=text("dedupe_key IS NOT NULL"),
            postgresql_where=text("dedupe_key IS NOT NULL"),
        ),
        Index(
            "ix_outbox_mail_refused_address",
            "refused_address",
            sqlite_where=text("refused_address IS NOT NULL"),
            postgresql_where=text("refused_address IS NOT NULL"),
        ),
        CheckConstraint("state = 'queued' OR (text IS NULL AND html IS NULL)", name="erased"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    """``visitor.pass`` and the like; by it packages find their own mails."""
    about_id: Mapped[int] = mapped_column(index=True)
    """The id of the subject of a mail of this kind: a registration, an allocation, a user …"""
    dedupe_key: Mapped[str | None] = mapped_column(String(120))
    """Unique: a second mail with the same key is not added."""
    recipient: Mapped[str | None] = mapped_column(String(254))
    """None: the kind's composer makes the mail when it is sent."""
    subject: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    state: Mapped[MailState] = mapped_column(choice(MailState), default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    next_try_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """Not sent before this moment. A sender first moves it forward, so that no other sends the same mail meanwhile."""
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    """From this moment on it is not sent."""
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    refused_address: Mapped[str | None] = mapped_column(String(254))
    """The address, in small letters, that the receiving server refused for good; None once a mail reached it."""


@dataclass(frozen=True)
class Letter:
    """A mail that is posted complete. From ``expires_at`` on it must not be sent."""

    kind: str
    about_id: int
    recipient: str
    subject: str
    text: str
    html: str
    expires_at: datetime | None = None
    reply_to: str = ""
    """Where answers go; empty: nobody reads them."""
    held_until: datetime | None = None
    """Until then nobody sends it; None: it goes at once."""
    dedupe_key: str | None = None


Composer = Callable[[str, int], EmailMessage | None]
"""Makes the mail of a kind about the subject with this id; None when nobody should get it any more."""

composers: dict[str, Composer] = {}
"""The composer of each kind that is not posted complete."""

MAIL = table_of(OutboxMail)
QUEUED: dict[str, Any] = given(MAIL, "kind") | {
    "state": literal(MailState.QUEUED, MAIL.c.state.type),
    "attempts": literal(0),
    "last_error": literal(""),
    "reply_to": literal(""),
    "created_at": bindparam("now", type_=Moment),
    "next_try_at": bindparam("now", type_=Moment),
}
"""For statements that insert mails themselves: the values of a row except ``about_id``, from ``kind`` and ``now``."""
_WRITE = Statement(insert(MAIL).values(given(MAIL, "about_id") | QUEUED).inline(), NoRow)


def post(letter: Letter) -> None:
    """Add a mail to the open transaction; it goes out after commit, or not at all if the transaction fails."""
    now = clock.now()
    db.session.add(
        OutboxMail(
            kind=letter.kind,
            about_id=letter.about_id,
            recipient=letter.recipient,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            expires_at=letter.expires_at,
            reply_to=letter.reply_to,
            dedupe_key=letter.dedupe_key,
            created_at=now,
            next_try_at=letter.held_until or now,
        )
    )
    send_after_commit()


def post_to_compose(connection: Connection, kind: str, about_id: int, now: datetime) -> None:
    """Add a mail that its kind's composer makes when it is sent."""
    _WRITE.first(connection, {"kind": kind, "about_id": about_id, "now": now})
    send_after_commit()


def post_later(kind: str, about_id: int, expires_at: datetime) -> None:
    """Add a mail to the open transaction that its kind's composer makes when it is sent, if that is soon enough."""
    db.session.add(OutboxMail(kind=kind, about_id=about_id, expires_at=expires_at))
    send_after_commit()


def erase(kinds: Iterable[str], about: Select[int] | Iterable[int]) -> None:
    """Delete these mails, sent or not, in the open transaction: their subject is deleted, or they hold secrets."""
    db.session.execute(delete(OutboxMail).where(OutboxMail.kind.in_(list(kinds)), OutboxMail.about_id.in_(about)))


def requeue(mail_id: int) -> None:
    """Send a mail that was given up once more, in the open transaction; its kind's composer makes it anew.

    A mail that was posted complete has no words any more; a second one must be posted.
    """
    given_up = OutboxMail.id == mail_id, OutboxMail.state == MailState.FAILED, OutboxMail.recipient.is_(None)
    values = {"state": MailState.QUEUED, "attempts": 0, "last_error": "", "refused_address": None}
    db.session.execute(update(OutboxMail).where(*given_up).values(values | {"next_try_at": clock.now()}))
    send_after_commit()


def send_after_commit() -> None:
    """Have the mails that the open transaction writes sent soon after its commit."""
    after_commit(_hurry)


class _Hurry:
    """When this process last put the sending job into the queue; once a second is enough for any number of mails."""

    lock = threading.Lock()
    at = float("-inf")


def _hurry() -> None:
    with _Hurry.lock:
        if time.monotonic() - _Hurry.at < HURRY_S:
            return
        _Hurry.at = time.monotonic()
    send_soon.schedule(delay=HURRY_S)


@job()
def send_soon() -> None:
    """Send the mails that were written in the last second."""
    send_due()


@every(minutes=1)
def send_again() -> None:
    """Send the mails that are left over because a job was lost or the mail server was down."""
    send_due()


@every(minutes=60)
def forget_addresses() -> None:
    """Delete old mails that hold an address; those without one are erased together with their subject."""
    forget_mails(clock.now() - ADDRESSES_KEPT)


@transaction
def forget_mails(before: datetime) -> None:
    """Delete mails with an address that were written before this moment and need not be sent any more."""
    old = OutboxMail.recipient.is_not(None), OutboxMail.created_at < before, OutboxMail.state != MailState.QUEUED
    db.session.execute(delete(OutboxMail).where(*old))


def send_due() -> int:
    """Send the mails that are due, at most ``BATCH``, the first to expire first; return how many were sent."""
    due = select(OutboxMail.id).where(OutboxMail.state == MailState.QUEUED, OutboxMail.next_try_at <= clock.now())
    due = due.order_by(OutboxMail.expires_at.nulls_last(), OutboxMail.next_try_at, OutboxMail.id)
    sent = 0
    for mail_id in db.session.scalars(due.limit(BATCH)).all():
        claim = _claim(mail_id)
        if claim is not None:
            sent += _send(claim)
    return sent


@dataclass(frozen=True)
class _Claim:
    mail_id: int
    attempts: int
    kind: str
    about_id: int
    letter: Letter | None
    """None: the kind's composer makes the mail."""


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after the given number of attempts (1 is the first); None when it was the last."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


@transaction
def _claim(mail_id: int) -> _Claim | None:
    """Claim the mail for as long as sending can take; None when another sender was faster, or the mail has expired."""
    now = clock.now()
    found = db.session.get(OutboxMail, mail_id)
    if found is None:  # erased meanwhile
        return None
    unclaimed = update(OutboxMail).where(
        OutboxMail.id == mail_id,
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.attempts == found.attempts,
        OutboxMail.next_try_at <= now,
    )
    if found.expires_at is not None and found.expires_at <= now:
        db.session.execute(unclaimed.values(ended(MailState.DROPPED, TOO_LATE)))
        return None
    attempts = found.attempts + 1
    next_try_at = now + (pause_after(attempts) or PAUSES[-1])
    if found.expires_at is not None:
        next_try_at = min(next_try_at, found.expires_at)  # at that moment its text is erased
    claimed = unclaimed.values(attempts=attempts, next_try_at=next_try_at).returning(OutboxMail.id)
    claim = _Claim(mail_id, attempts, found.kind, found.about_id, _letter(found))
    return claim if db.session.execute(claimed).one_or_none() is not None else None


def _letter(row: OutboxMail) -> Letter | None:
    if row.recipient is None:
        return None
    texts = row.subject or "", row.text or "", row.html or ""
    return Letter(row.kind, row.about_id, row.recipient, *texts, reply_to=row.reply_to)


def ended(state: MailState, error: str = "") -> dict[str, Any]:
    """The column values of a mail that no longer needs to be sent."""
    return {"state": state, "last_error": error[:LONGEST_ERROR], "text": None, "html": None}


@transaction
def _record_sent(claim: _Claim, address: str) -> None:
    values = ended(MailState.SENT) | {"sent_at": clock.now()}
    db.session.execute(update(OutboxMail).where(OutboxMail.id == claim.mail_id).values(values))
    reached = update(OutboxMail).where(OutboxMail.refused_address == address.lower())
    db.session.execute(reached.values(refused_address=None))


@transaction
def _record_failure(claim: _Claim, error: str, state: MailState | None, refused_address: str | None = None) -> None:
    """Record why it was not sent; without ``state`` it is tried again. After the claim has run out, do nothing."""
    still_ours = (
        OutboxMail.id == claim.mail_id,
        OutboxMail.state == MailState.QUEUED,
        OutboxMail.attempts == claim.attempts,
    )
    values: dict[str, Any] = {"last_error": error[:LONGEST_ERROR]} if state is None else ended(state, error)
    values["refused_address"] = refused_address
    db.session.execute(update(OutboxMail).where(*still_ours).values(values))


def _compose(claim: _Claim) -> EmailMessage | None:
    if claim.letter is None:
        return composers[claim.kind](claim.kind, claim.about_id)
    letter = claim.letter
    return mail.compose(letter.recipient, letter.subject, letter.text, letter.html, reply_to=letter.reply_to)


def _send(claim: _Claim) -> bool:
    address = ""
    try:
        message = _compose(claim)
        if message is None:
            _record_failure(claim, NOT_TRUE, MailState.DROPPED)
            return False
        address = str(message["To"])
        db.session.rollback()  # no transaction stays open while the mail server answers
        mail.deliver(message)
    except Exception as error:
        expected = isinstance(error, OSError)  # smtplib's errors and the network's; all else is a fault of ours
        # The server's answer may name the reader, so it is kept in the row, which is erased, and not in the log.
        said = type(error).__name__
        log.warning("mail %s (%s) not sent: %s", claim.mail_id, claim.kind, said, exc_info=None if expected else error)
        db.session.rollback()
        answer = _without(address, _refusal_for_good(error))
        if answer:
            _record_failure(claim, answer, MailState.FAILED, address.lower())
        else:
            last = pause_after(claim.attempts) is None
            _record_failure(claim, _without(address, f"{said}: {error}"), MailState.FAILED if last else None)
        return False
    _record_sent(claim, address)
    return True


def _without(address: str, words: str) -> str:
    """The words without the reader's address: it stands where it is erased, and nowhere else."""
    return re.sub(re.escape(address), READER, words, flags=re.IGNORECASE) if address else words


def _refusal_for_good(error: Exception) -> str:
    """The receiving server's answer if it said no to this recipient or this text, else nothing.

    A wrong sign-in of ours is not that.
    """
    answers: list[tuple[int, bytes | str]] = []
    if isinstance(error, smtplib.SMTPDataError):
        answers = [(error.smtp_code, error.smtp_error)]
    elif isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = list(error.recipients.values())
    if not answers or any(code < LOWEST_PERMANENT for code, _reply in answers):
        return ""
    code, reply = answers[0]
    words = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(words.split())}"
