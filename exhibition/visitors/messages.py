"""Mails to visitors: a row written with the change it tells of, sent by a job after commit, tried until it goes.

Whoever sends a mail first claims its row by a guarded UPDATE, so two senders never send the same one; a sender
that dies leaves its claim to run out.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from flask import current_app, g, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Connection, bindparam, insert, select, update

from exhibition.core import clock, mail, qr
from exhibition.core.db import Moment, after_commit, db, transaction
from exhibition.core.jobs import every, job
from exhibition.core.sql.statements import Statement, given, table_of
from exhibition.visitors import rules
from exhibition.visitors.models import MessageKind, MessageState, PassState, VisitorMessage
from exhibition.visitors.registration.party import Issued

log = logging.getLogger(__name__)

BATCH = 200
HURRY_S = 1.0
QR_CID = "pass-qr@exhibition.invalid"
LONGEST_ERROR = 500
UNDELIVERABLE = "there is no address any more, or what it would tell is not true any more"


MESSAGE = table_of(VisitorMessage)
WAITING = given(MESSAGE, "kind") | {
    "state": MessageState.WAITING,
    "attempts": 0,
    "last_error": "",
    "created_at": bindparam("now", type_=Moment),
    "next_attempt_at": bindparam("now", type_=Moment),
}
WRITE = Statement(insert(MESSAGE).values(given(MESSAGE, "registration_id") | WAITING).inline())


def pass_address(manage_key: str) -> str:
    """The pass page's address as it goes into answers and mails."""
    return f"{current_app.config['PUBLIC_URL']}/p/{manage_key}"


def write(connection: Connection, registration_id: int, kind: MessageKind, now: datetime) -> None:
    """Add a mail to the open transaction; it goes out after commit."""
    WRITE.first(connection, {"registration_id": registration_id, "kind": kind, "now": now})
    send_after_commit()


def send_after_commit() -> None:
    """See to it that mails which the open transaction writes go out soon after it."""
    after_commit(_hurry)


class _Hurry:
    """When this process last put the sending job into the queue: once a second is enough for any number of mails."""

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
    """Send what was written in the last second."""
    send_due()


@every(minutes=1)
def send_again() -> None:
    """Send what a lost job or a server that was down left behind."""
    send_due()


def send_due() -> int:
    """Send every mail whose time has come; return how many went."""
    due = select(VisitorMessage.id).where(
        VisitorMessage.state == MessageState.WAITING, VisitorMessage.next_attempt_at <= clock.now()
    )
    sent = 0
    for message_id in db.session.scalars(due.order_by(VisitorMessage.next_attempt_at).limit(BATCH)).all():
        claim = _claim(message_id)
        if claim is not None:
            sent += _send(claim)
    return sent


@dataclass(frozen=True)
class _Claim:
    message_id: int
    registration_id: int
    kind: MessageKind
    attempts: int


@transaction
def _claim(message_id: int) -> _Claim | None:
    """Make the mail ours for as long as sending can take; None when another sender was faster."""
    now = clock.now()
    message = db.session.get_one(VisitorMessage, message_id)
    attempts = message.attempts + 1
    statement = (
        update(VisitorMessage)
        .where(
            VisitorMessage.id == message_id,
            VisitorMessage.state == MessageState.WAITING,
            VisitorMessage.attempts == message.attempts,
            VisitorMessage.next_attempt_at <= now,
        )
        .values(attempts=attempts, next_attempt_at=now + (rules.pause_after(attempts) or rules.MAIL_PAUSES[-1]))
        .returning(VisitorMessage.id)
    )
    if db.session.execute(statement).one_or_none() is None:
        return None
    return _Claim(message_id, message.registration_id, message.kind, attempts)


@transaction
def _record(claim: _Claim, state: MessageState, error: str = "") -> None:
    sent_at = clock.now() if state is MessageState.SENT else None
    values = {"state": state, "last_error": error[:LONGEST_ERROR], "sent_at": sent_at}
    db.session.execute(update(VisitorMessage).where(VisitorMessage.id == claim.message_id).values(values))


def _send(claim: _Claim) -> bool:
    try:
        message = compose(claim.registration_id, claim.kind)
        if message is None:
            _record(claim, MessageState.FAILED, UNDELIVERABLE)
            return False
        db.session.rollback()  # no transaction stays open while the mail server takes its time
        mail.deliver(message)
    except Exception as error:  # noqa: BLE001 one mail that cannot be made or sent must not keep the others waiting
        log.warning("mail %s not sent: %s", claim.message_id, error)
        db.session.rollback()
        last = rules.pause_after(claim.attempts) is None
        _record(claim, MessageState.FAILED if last else MessageState.WAITING, f"{type(error).__name__}: {error}")
        return False
    _record(claim, MessageState.SENT)
    return True


def compose(registration_id: int, kind: MessageKind) -> EmailMessage | None:
    """The mail in the registration's language; None when nobody is to get it any more."""
    from exhibition.visitors import ical, service  # the service writes messages and so imports this module

    issued, contact = service.get(registration_id), service.contact(registration_id)
    cancelled = kind is MessageKind.CANCELLED
    if contact is None or contact.email is None or (issued.state is PassState.VALID) == cancelled:
        return None
    closed = kind is MessageKind.CLOSED
    if closed and not _is_to_move(issued, clock.now()):
        return None
    exhibition = service.exhibition(issued)
    address = pass_address(issued.manage_key)
    with force_locale(issued.locale):
        g.timezone = exhibition.timezone
        match kind:
            case MessageKind.PASS:
                subject = _("Your pass for %(name)s", name=exhibition.name)
            case MessageKind.MOVED:
                subject = _("Moved: your pass for %(name)s", name=exhibition.name)
            case MessageKind.CANCELLED:
                subject = _("Cancelled: your visit to %(name)s", name=exhibition.name)
            case MessageKind.CLOSED:
                subject = _("Closed: your session at %(name)s", name=exhibition.name)
        template = kind.value if cancelled or closed else "pass"
        values = {
            "issued": issued,
            "contact": contact,
            "exhibition": exhibition,
            "address": address,
            "moved": kind is MessageKind.MOVED,
            "qr_cid": QR_CID,
        }
        message = mail.compose(
            contact.email,
            subject,
            render_template(f"visitors/mail/{template}.txt", **values),
            render_template(f"visitors/mail/{template}.html", **values),
        )
        if closed:
            return message
        if not cancelled:
            html = message.get_body(("html",))
            assert html is not None
            html.add_related(
                qr.png(issued.token), "image", "png", cid=f"<{QR_CID}>", filename="qr.png", disposition="inline"
            )
        entry = ical.entry(issued, exhibition, address).decode()
        message.add_attachment(entry, subtype="calendar", filename=f"{issued.reference}.ics")
    return message


def _is_to_move(issued: Issued, now: datetime) -> bool:
    """Whether the session is still closed by a round, and somebody of the party still comes."""
    slot = issued.slot
    return slot.is_sprayed(now) and slot.ends_at > now and issued.admitted < issued.party_size
