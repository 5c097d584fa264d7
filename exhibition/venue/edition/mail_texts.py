"""The words of the mails that are sent by themselves about an edition: built in, or the organizers' own.

Words are a subject and a text with placeholders. Each package declares its mails here, and gets them made here. What
must not be lost (day, place, QR code, booth, links) stands in the mail's template, so no words can leave it out.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from exhibition.core import mail
from exhibition.core.db import db
from exhibition.core.i18n import current_locale, long_date
from exhibition.core.i18n import lazy as _l
from exhibition.venue.models import Exhibition, MailText
from exhibition.venue.rules.placeholders import fill, paragraphs


class MailReaders(enum.StrEnum):
    """To whom a mail goes."""

    VISITORS = "visitors"
    EXHIBITORS = "exhibitors"
    APPLICANTS = "applicants"


@dataclass(frozen=True)
class MailWords:
    """Subject and text in one language, with placeholders."""

    subject: str
    text: str


@dataclass(frozen=True)
class FilledWords:
    """Words for one reader."""

    subject: str
    text: str

    @property
    def paragraphs(self) -> list[list[str]]:
        """The lines of each paragraph."""
        return paragraphs(self.text)


@dataclass(frozen=True)
class MailValues:
    """What a mail says to one reader, in the current language."""

    placeholders: Mapping[str, str]
    facts: Mapping[str, object]
    """The values of the mail's template."""


@dataclass(frozen=True)
class AutomaticMail:
    """A mail that is sent by itself, with its built-in words."""

    kind: str
    readers: MailReaders
    name: str
    """For lists of the desk: when it is sent."""
    subject: str
    paragraphs: tuple[str, ...]
    placeholders: Mapping[str, str]
    """What its words can name, and what each stands for."""
    template: str
    """The name of its templates, without ``.txt`` and ``.html``."""
    sample: Callable[[Exhibition], MailValues]
    """Invented values, for a preview."""

    def built_in(self) -> MailWords:
        """Its own words in the current language."""
        return MailWords(str(self.subject), "\n\n".join(str(one) for one in self.paragraphs))


@dataclass(frozen=True)
class MadeMail:
    """A mail that can be sent."""

    subject: str
    text: str
    html: str


mails: dict[str, AutomaticMail] = {}
"""Every declared mail by its kind, in the order of the desk's list."""

HELLO = _l("Hello {name},")
NEUTRAL: Mapping[str, str] = {"name": _l("Sir or Madam"), "exhibitor": _l("your business")}
"""Instead of a name with a link in it."""
OF_FAIR: Mapping[str, str] = {"fair": _l("the fair's name"), "venue": _l("the place")}
DAYS_OF_FAIR: Mapping[str, str] = {"day": _l("the first day of the fair"), "last_day": _l("the last day of the fair")}
OF_EXHIBITOR: Mapping[str, str] = {
    "name": _l("the person to contact, else the exhibitor"),
    "exhibitor": _l("the exhibitor's name"),
    **OF_FAIR,
    **DAYS_OF_FAIR,
}
"""What every mail to exhibitors and applicants can name."""


def declare(*declared: AutomaticMail) -> None:
    """Let the organizers change the words of these mails."""
    mails.update((one.kind, one) for one in declared)


def values_of_fair(exhibition: Exhibition) -> dict[str, str]:
    """The values of the placeholders ``OF_FAIR`` and ``DAYS_OF_FAIR`` in the current language."""
    return {
        "fair": exhibition.name,
        "venue": ", ".join(part for part in (exhibition.venue_name, exhibition.address) if part),
        "day": long_date(exhibition.starts_on),
        "last_day": long_date(exhibition.ends_on),
    }


def without_links(placeholders: Mapping[str, str]) -> dict[str, str]:
    """The values with neutral words for names that hold an address or a link: anybody can type a stranger's address
    with such a name, and the mail would advertise it as the fair's own word.
    """
    neutral = {name: str(word) for name, word in NEUTRAL.items() if mail.holds_link(placeholders.get(name, ""))}
    return {**placeholders, **neutral}


def make(exhibition: Exhibition, kind: str, values: MailValues) -> MadeMail:
    """A mail of this kind for one reader in the current language, in the words that the edition has for it now."""
    declared = mails[kind]
    statement = select(MailText.subject, MailText.text).where(
        MailText.exhibition_id == exhibition.id, MailText.kind == kind, MailText.language == current_locale()
    )
    own = db.session.execute(statement).one_or_none()
    return make_in(exhibition, declared, MailWords(*own) if own else declared.built_in(), values)


def make_in(
    exhibition: Exhibition, declared: AutomaticMail, words: MailWords, values: MailValues, *, bare: bool = False
) -> MadeMail:
    """The mail in these words; ``bare``: its HTML is a piece of a page, for a preview."""
    placeholders = without_links(values.placeholders)
    subject = " ".join(fill(words.subject, placeholders).split())
    filled = FilledWords(subject, fill(words.text, placeholders))
    text, html = mail.bodies(declared.template, **values.facts, exhibition=exhibition, words=filled, bare=bare)
    return MadeMail(subject, text, html)


def own_words(exhibition: Exhibition, kind: str) -> dict[str, MailWords]:
    """The organizers' own words for a mail by language."""
    statement = select(MailText).where(MailText.exhibition_id == exhibition.id, MailText.kind == kind)
    return {one.language: MailWords(one.subject, one.text) for one in db.session.scalars(statement)}


def changed_languages(exhibition: Exhibition) -> dict[str, set[str]]:
    """The languages in which the organizers have their own words, for each kind that has some."""
    statement = select(MailText.kind, MailText.language).where(MailText.exhibition_id == exhibition.id)
    found: dict[str, set[str]] = {}
    for kind, language in db.session.execute(statement):
        found.setdefault(kind, set()).add(language)
    return found
