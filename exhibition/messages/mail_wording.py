"""The organizers' own words for the mails that are sent by themselves: shown as they will be read, kept, and taken back
to the built-in ones. When each mail is sent is up to the package that declares it (``venue.edition.mail_texts``).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy import delete, select

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.core.i18n import LOCALES, show_times_in
from exhibition.messages.writing import LANGUAGE_FIELDS, check_placeholders
from exhibition.venue.edition import mail_texts
from exhibition.venue.edition.mail_texts import AutomaticMail, MadeMail, MailReaders, MailWords
from exhibition.venue.models import Exhibition, MailText


@dataclass(frozen=True)
class ListedMail:
    """A mail with the languages in which the organizers have their own words."""

    mail: AutomaticMail
    changed: Collection[str]


@dataclass(frozen=True)
class ShownMail:
    """A mail within its frame, with invented values."""

    language: str
    made: MadeMail


def listed(exhibition: Exhibition) -> dict[MailReaders, list[ListedMail]]:
    """All mails by their readers."""
    changed = mail_texts.changed_languages(exhibition)
    return {
        readers: [
            ListedMail(one, changed.get(one.kind, set())) for one in mail_texts.mails.values() if one.readers is readers
        ]
        for readers in MailReaders
    }


def find(kind: str) -> AutomaticMail:
    """The mail that is called so. Raises NotFound."""
    found = mail_texts.mails.get(kind)
    if found is None:
        raise NotFound
    return found


def built_in(mail: AutomaticMail) -> dict[str, MailWords]:
    """Its built-in words by language."""
    words: dict[str, MailWords] = {}
    for language in LOCALES:
        with force_locale(language):
            words[language] = mail.built_in()
    return words


def completed(mail: AutomaticMail, words: Mapping[str, MailWords]) -> dict[str, MailWords]:
    """The words as they count: in place of a subject or text that is left empty stands the built-in one."""
    return {
        language: MailWords(
            " ".join(words[language].subject.split()) or own.subject, _tidy(words[language].text) or own.text
        )
        for language, own in built_in(mail).items()
    }


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()


def check(mail: AutomaticMail, words: Mapping[str, MailWords]) -> None:
    """Raises Refused (422) ``placeholder_unknown`` or ``placeholder_unbalanced``, naming the field."""
    for language, ending in LANGUAGE_FIELDS.items():
        check_placeholders(words[language].subject, f"subject_{ending}", mail.placeholders)
        check_placeholders(words[language].text, f"text_{ending}", mail.placeholders)


def shown(exhibition: Exhibition, mail: AutomaticMail, words: Mapping[str, MailWords]) -> list[ShownMail]:
    """The mail in these words as a reader would get it, in each language. Raises what ``check`` raises."""
    check(mail, words)
    mails: list[ShownMail] = []
    show_times_in(exhibition.timezone)
    for language, chosen in completed(mail, words).items():
        with force_locale(language):
            made = mail_texts.make_in(exhibition, mail, chosen, mail.sample(exhibition), bare=True)
        mails.append(ShownMail(language, made))
    return mails


@transaction
def keep(actor: Actor, exhibition: Exhibition, kind: str, words: Mapping[str, MailWords]) -> bool:
    """Keep these words for the edition's mails of a kind; a language whose words are the built-in ones is not stored.

    Returns whether anything has changed. Raises NotFound, and what ``check`` raises.
    """
    mail = find(kind)
    check(mail, words)
    complete = completed(mail, words)
    wanted = {language: complete[language] for language, own in built_in(mail).items() if complete[language] != own}
    return _replace(actor, "mail_text.change", exhibition, mail, wanted)


@transaction
def restore(actor: Actor, exhibition: Exhibition, kind: str, language: str) -> bool:
    """Go back to the built-in words in one language. Returns whether there were others. Raises NotFound."""
    mail = find(kind)
    if language not in LOCALES:
        raise NotFound
    own = mail_texts.own_words(exhibition, kind)
    rest = {one: words for one, words in own.items() if one != language}
    return _replace(actor, "mail_text.restore", exhibition, mail, rest)


def _replace(
    actor: Actor, action: str, exhibition: Exhibition, mail: AutomaticMail, wanted: Mapping[str, MailWords]
) -> bool:
    # One after another, so that two organizers who save at once do not both insert.
    db.session.execute(select(Exhibition.id).where(Exhibition.id == exhibition.id).with_for_update(key_share=True))
    before = mail_texts.own_words(exhibition, mail.kind)
    changed = [language for language in LOCALES if before.get(language) != wanted.get(language)]
    if not changed:
        return False
    of_kind = MailText.exhibition_id == exhibition.id, MailText.kind == mail.kind
    db.session.execute(delete(MailText).where(*of_kind, MailText.language.in_(changed)))
    db.session.add_all(
        MailText(exhibition_id=exhibition.id, kind=mail.kind, language=language, **vars(wanted[language]))
        for language in changed
        if language in wanted
    )
    record(
        actor,
        action,
        "mail_text",
        mail.kind,
        name=exhibition.name,
        before=_told(before, changed),
        after=_told(wanted, changed),
    )
    return True


def _told(words: Mapping[str, MailWords], languages: Collection[str]) -> dict[str, str]:
    """For the audit trail; without own words: that they are the built-in ones."""
    return {
        language: f"{words[language].subject}\n\n{words[language].text}" if language in words else "built-in"
        for language in languages
    }
