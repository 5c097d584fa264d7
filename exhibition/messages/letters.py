"""A message as one reader gets it: words in their language, values in place of placeholders, the frame of a mail."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

from flask_babel import force_locale

from exhibition.core import mail, outbox
from exhibition.core.contacts import whatsapp_link
from exhibition.core.db import db
from exhibition.core.i18n import LOCALES, current_locale, hours_text, long_date, show_times_in, zone_name
from exhibition.messages import readers
from exhibition.messages.models import MAIL_KIND, Message, MessageRecipient
from exhibition.messages.rules.audiences import Audience, ExhibitorReader, MessageReader, Reference, VisitorReader
from exhibition.messages.rules.placeholders import Placeholder
from exhibition.messages.rules.states import MessageState
from exhibition.venue.edition.mail_texts import values_of_fair, without_links
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.placeholders import fill, paragraphs


@dataclass(frozen=True)
class MessageWords:
    """Subject and text in one language; both empty when nothing is written in it."""

    subject: str
    text: str


@dataclass(frozen=True)
class WrittenLetter:
    """What a reader gets, in ``language``, before the frame of the mail is put around it."""

    language: str
    subject: str
    text: str


def words_of(message: Message) -> dict[str, MessageWords]:
    """The words by language."""
    return {
        "id": MessageWords(message.subject_indonesian, message.text_indonesian),
        "en": MessageWords(message.subject_english, message.text_english),
    }


def _chosen(words: Mapping[str, MessageWords], locale: str) -> str:
    """The reader's language, or the other when nothing is written in it."""
    written = [language for language in LOCALES if words[language].text]
    return locale if locale in written else written[0]


def _values(exhibition: Exhibition, reader: MessageReader) -> dict[str, str]:
    """What the placeholders stand for, in the current language."""
    zone = exhibition.timezone
    values = values_of_fair(exhibition) | {Placeholder.NAME: reader.name, Placeholder.LINK: reader.link}
    if isinstance(reader, VisitorReader):
        values |= {
            Placeholder.DAY: long_date(reader.starts_at, zone),
            Placeholder.TIME: hours_text(reader.starts_at, reader.ends_at, zone),
            Placeholder.PEOPLE: str(reader.people),
        }
    if isinstance(reader, ExhibitorReader):
        point = "%H:%M" if current_locale() == "en" else "%H.%M"
        first = exhibition.days[0] if exhibition.days else None
        opening = f"{first.opens_at:{point}}\N{EN DASH}{first.closes_at:{point}} {zone_name(zone)}" if first else ""
        values |= {
            Placeholder.EXHIBITOR: reader.exhibitor,
            Placeholder.BOOTH: ", ".join(reader.booths),
            Placeholder.TIME: opening,
        }
    return without_links(values)


def write(exhibition: Exhibition, message: Message, reader: MessageReader, locale: str | None = None) -> WrittenLetter:
    """The message for one reader, in ``locale`` or their own language; in the other where that has no words."""
    words = words_of(message)
    language = _chosen(words, locale or reader.locale)
    with force_locale(language):
        values = _values(exhibition, reader)
    chosen = words[language]
    return WrittenLetter(language, " ".join(fill(chosen.subject, values).split()), fill(chosen.text, values))


def title(exhibition: Exhibition, message: Message) -> str:
    """The subject as lists of the desk show it: only what is the same for every reader is filled in."""
    subject = message.subject_indonesian or message.subject_english
    return fill(subject, {Placeholder.FAIR: exhibition.name, Placeholder.VENUE: exhibition.venue_name})


def sameness(message: Message, reader: MessageReader, letter: WrittenLetter) -> str:
    """The same for the same words to the same address: of several such mails of one message one is sent."""
    content = f"{reader.email.lower()}\n{letter.subject}\n{letter.text}"
    return f"message {message.id}: {hashlib.sha256(content.encode()).hexdigest()}"


def frame(exhibition: Exhibition, reader: MessageReader, letter: WrittenLetter) -> dict[str, object]:
    """The values of the templates ``messages/mail/message`` and of the preview."""
    return {
        "exhibition": exhibition,
        "reader": reader,
        "visitor": isinstance(reader, VisitorReader),
        "letter": letter,
        "paragraphs": paragraphs(letter.text),
    }


def whatsapp(reader: MessageReader, letter: WrittenLetter) -> str:
    """An address that opens a chat with the reader, the text already in it."""
    return whatsapp_link(reader.phone, letter.text)


def reference_of(recipient: MessageRecipient) -> Reference | None:
    """What the recipient is; None once it was erased."""
    for kind, number in (
        (readers.REGISTRATION, recipient.registration_id),
        (readers.EXHIBITOR, recipient.exhibitor_id),
        (readers.APPLICATION, recipient.application_id),
    ):
        if number is not None:
            return kind, number
    return None


def compose(_kind: str, recipient_id: int) -> EmailMessage | None:
    """The mail as it is true now; None when the recipient need not get it any more."""
    recipient = db.session.get(MessageRecipient, recipient_id)
    reference = reference_of(recipient) if recipient else None
    if recipient is None or reference is None:
        return None
    message = db.session.get_one(Message, recipient.message_id)
    if message.state is MessageState.STOPPED:
        return None
    exhibition = db.session.get_one(Exhibition, message.exhibition_id)
    reader = readers.by_reference(exhibition, Audience.from_json(message.audience), [reference]).get(reference)
    if reader is None or not reader.email:
        return None
    letter = write(exhibition, message, reader)
    with force_locale(letter.language):
        show_times_in(exhibition.timezone)
        text, html = mail.bodies("messages/mail/message", **frame(exhibition, reader, letter))
    composed = mail.compose(reader.email, letter.subject, text, html)
    if exhibition.contact_email and "Reply-To" not in composed:
        composed["Reply-To"] = exhibition.contact_email
    return composed


outbox.composers[MAIL_KIND] = compose
