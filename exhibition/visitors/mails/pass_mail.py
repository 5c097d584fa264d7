"""The mails to visitors, composed at the moment of sending: each describes the pass as it is then, or is not sent."""

from datetime import datetime
from email.message import EmailMessage

from flask_babel import force_locale

from exhibition.core import clock, mail, outbox, qr
from exhibition.core.i18n import show_times_in
from exhibition.venue.edition import mail_texts
from exhibition.venue.rules.edition_states import TRUE_IN
from exhibition.visitors import service
from exhibition.visitors.mails import ical, messages, texts
from exhibition.visitors.models import MessageKind, PassState, SlotState
from exhibition.visitors.registration.party import Issued
from exhibition.visitors.rules import SlotStatus

OF_STATE = {MessageKind(f"visitor.{news}"): state for news, state in TRUE_IN.items()}
"""The state of the edition in which such a mail is true."""


def compose(kind: str, registration_id: int) -> EmailMessage | None:
    """The mail in the registration's language; None when it is no longer to be sent."""
    kind = MessageKind(kind)
    issued, contact = service.get(registration_id), service.contact(registration_id)
    if contact is None or contact.email is None or not _is_true(kind, issued, clock.now()):
        return None
    exhibition = service.exhibition(issued)
    told = exhibition.told_state
    if OF_STATE.get(kind, told) is not told:
        return None
    by_round = kind is MessageKind.CLOSED and issued.slot.is_closed_by_round(clock.now())
    with force_locale(issued.locale):
        show_times_in(exhibition.timezone)
        values = texts.values_of(exhibition, issued, contact.name)
        made = mail_texts.make(exhibition, texts.CLOSED_BY_ROUND if by_round else kind, values)
        message = mail.compose(contact.email, made.subject, made.text, made.html, reply_to=exhibition.contact_email)
        if kind is MessageKind.CLOSED:
            return message
        if kind is not MessageKind.CANCELLED and kind not in OF_STATE:
            _add_picture(message, issued)
        entry = ical.entry(issued, exhibition, messages.pass_address(issued.manage_key)).decode()
        message.add_attachment(entry, subtype="calendar", filename=f"{issued.reference}.ics")
    return message


def _is_true(kind: MessageKind, issued: Issued, now: datetime) -> bool:
    """Whether what the mail would tell is still so."""
    if (issued.state is PassState.VALID) == (kind is MessageKind.CANCELLED):
        return False
    match kind:
        case MessageKind.CLOSED:
            return _is_to_move(issued, now)
        case MessageKind.REOPENED:
            return issued.slot.status(now) is not SlotStatus.CLOSED
        case _:
            return True


def _add_picture(message: EmailMessage, issued: Issued) -> None:
    html = message.get_body(("html",))
    assert html is not None
    html.add_related(
        qr.png(issued.token), "image", "png", cid=f"<{texts.QR_CID}>", filename="qr.png", disposition="inline"
    )


def _is_to_move(issued: Issued, now: datetime) -> bool:
    """Whether the session is still closed, and somebody of the party still comes."""
    slot = issued.slot
    closed = slot.state is SlotState.CLOSED or slot.is_closed_by_round(now)
    return closed and slot.ends_at > now and issued.admitted < issued.party_size


outbox.composers.update(dict.fromkeys(MessageKind, compose))
