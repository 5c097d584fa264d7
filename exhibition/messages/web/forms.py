"""Forms of messages: shape and syntax; the use cases decide the rest."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue] newer than its stubs
from wtforms.validators import Length, StopValidation

from exhibition.core.i18n import long_date, short_date
from exhibition.core.web.forms import ListedField, area_field, listed, text_field
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.messages.letters import MessageWords, words_of
from exhibition.messages.models import Message
from exhibition.messages.rules.audiences import Audience, Lacking, standing_of
from exhibition.messages.rules.placeholders import ReaderGroup
from exhibition.messages.web.texts import LACKINGS, STANDINGS, AudienceWords, hours, standing
from exhibition.messages.writing import LANGUAGE_FIELDS, MessageDraft
from exhibition.venue.edition.mail_texts import MailWords
from exhibition.venue.models import LONGEST_SUBJECT, LONGEST_TEXT
from exhibition.visitors import slots

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

WHEN = re.compile(r"(day):(\d{4}-\d{2}-\d{2})|(session):(\d{1,9})", re.ASCII)
GREETINGS = {"id": "Halo {name},\n\n", "en": "Hello {name},\n\n"}
"""How a new text begins; a greeting alone is no text."""
REMINDERS = {
    "id": (
        "Omzet hari ini",
        (
            "Halo {name},\n\nmohon isi omzet {exhibitor} (stan {booth}) lewat tautan ini, kurang dari satu menit:\n"
            "{link}\n\nJika tidak ada penjualan, isi 0. Terima kasih!"
        ),
    ),
    "en": (
        "Today's takings",
        (
            "Hello {name},\n\nplease tell the takings of {exhibitor} (booth {booth}) at this link, it takes less than "
            "a minute:\n{link}\n\nIf nothing was sold, write 0. Thank you!"
        ),
    ),
}
"""Subject and text with which a reminder of takings begins."""
TAKINGS_OF = f"{Lacking.TAKINGS}:"
"""Begins the value of the choice that takings of a day are lacking."""


class WordsForm(FlaskForm):
    """Subject and text in both languages."""

    subject_indonesian = text_field(_l("Subject in Indonesian"), LONGEST_SUBJECT, optional=True)
    text_indonesian = area_field(_l("Text in Indonesian"), LONGEST_TEXT, rows=9)
    subject_english = text_field(_l("Subject in English"), LONGEST_SUBJECT, optional=True)
    text_english = area_field(_l("Text in English"), LONGEST_TEXT, rows=9)

    def written(self, ending: str) -> tuple[str, str]:
        """Subject and text of the language whose fields end so."""
        return self[f"subject_{ending}"].data or "", (self[f"text_{ending}"].data or "").replace("\r\n", "\n")


class MailTextForm(WordsForm):
    """The words of a mail that is sent by itself."""

    def words(self) -> dict[str, MailWords]:
        """What the valid form says, by language."""
        return {language: MailWords(*self.written(ending)) for language, ending in LANGUAGE_FIELDS.items()}


class MessageForm(WordsForm):
    """The words of a message; the form of each group of readers adds whom among them."""

    group: ReaderGroup
    form_key = HiddenField(validators=[Length(max=64)])

    def audience(self) -> Audience:
        raise NotImplementedError

    def draft(self) -> MessageDraft:
        """What the valid form says."""
        words = {language: self._words(language, ending) for language, ending in LANGUAGE_FIELDS.items()}
        return MessageDraft(self.audience(), words)

    def _words(self, language: str, ending: str) -> MessageWords:
        subject, text = self.written(ending)
        return MessageWords(subject, text if subject or text != GREETINGS[language].strip() else "")


class VisitorMessageForm(MessageForm):
    group = ReaderGroup.VISITORS
    when = ListedField(_l("Whose visit is"))
    not_arrived = BooleanField(_l("Only those who have not arrived yet"))

    def offer(self, names: AudienceWords, timezone: str) -> None:
        choices: list[Any] = [SelectChoice("", _("on any day"))]
        for day in slots.by_day(list(names.sessions), timezone):
            heading = long_date(day.date)
            choices.append(SelectChoice(f"day:{day.date}", _("the whole day"), {}, heading))
            choices += [SelectChoice(f"session:{one.id}", hours(one), {}, heading) for one in day.slots]
        self.when.choices = choices

    def audience(self) -> Audience:
        found = WHEN.fullmatch(self.when.data or "")
        day = date.fromisoformat(found[2]) if found and found[1] else None
        session_id = int(found[4]) if found and found[3] else None
        return Audience(self.group, session_id=session_id, day=day, not_arrived=bool(self.not_arrived.data))


class ExhibitorMessageForm(MessageForm):
    group = ReaderGroup.EXHIBITORS
    standing = ListedField(_l("Whose state is"))
    cluster_id = ListedField(_l("Cluster"))
    zone_id = ListedField(_l("Zone"))
    lacking = ListedField(_l("Who lack"))

    def offer(self, names: AudienceWords, _timezone: str) -> None:
        standings = [*STANDINGS, *ApplicationState]
        self.standing.choices = listed(
            [("", _("booth, offer or open application")), *((one.value, standing(one)) for one in standings)]
        )
        self.cluster_id.choices = listed([("", _("any")), *((one.id, one.name) for one in names.clusters)])
        self.zone_id.choices = listed([("", _("any")), *((one.id, one.name) for one in names.zones)])
        kinds = [(kind.value, said) for kind, said in LACKINGS.items() if kind is not Lacking.TAKINGS]
        days = [(f"{TAKINGS_OF}{day}", _("Takings of %(day)s not told", day=short_date(day))) for day in names.days]
        self.lacking.choices = listed([("", _("nothing in particular")), *kinds, *days])

    def audience(self) -> Audience:
        lacking, _colon, day = (self.lacking.data or "").partition(":")
        return Audience(
            self.group,
            day=date.fromisoformat(day) if day else None,
            standing=standing_of(self.standing.data) if self.standing.data else None,
            cluster_id=int(self.cluster_id.data) if self.cluster_id.data else None,
            zone_id=int(self.zone_id.data) if self.zone_id.data else None,
            lacking=Lacking(lacking) if lacking else None,
        )


FORMS: dict[ReaderGroup, type[VisitorMessageForm] | type[ExhibitorMessageForm]] = {
    ReaderGroup.VISITORS: VisitorMessageForm,
    ReaderGroup.EXHIBITORS: ExhibitorMessageForm,
}


def _lacking(audience: Audience) -> str:
    if audience.lacking is Lacking.TAKINGS:
        return f"{TAKINGS_OF}{audience.day}"
    return audience.lacking.value if audience.lacking else ""


def first_values(lacking: str) -> dict[str, Any]:
    """The values of a new form; ``lacking`` is a choice that is made already."""
    values: dict[str, Any] = {"lacking": lacking}
    for language, ending in LANGUAGE_FIELDS.items():
        values[f"text_{ending}"] = GREETINGS[language]
        if lacking.startswith(TAKINGS_OF):
            values[f"subject_{ending}"], values[f"text_{ending}"] = REMINDERS[language]
    return values


def values_of(message: Message) -> dict[str, Any]:
    """The form's values for a message that is to be changed."""
    audience = Audience.from_json(message.audience)
    when = f"session:{audience.session_id}" if audience.session_id is not None else ""
    values: dict[str, Any] = {
        "when": f"day:{audience.day}" if audience.day is not None else when,
        "not_arrived": audience.not_arrived,
        "standing": audience.standing.value if audience.standing else "",
        "cluster_id": str(audience.cluster_id or ""),
        "zone_id": str(audience.zone_id or ""),
        "lacking": _lacking(audience),
    }
    for language, words in words_of(message).items():
        values[f"subject_{LANGUAGE_FIELDS[language]}"] = words.subject
        values[f"text_{LANGUAGE_FIELDS[language]}"] = words.text
    return values


def _needed_later(form: FlaskForm, field: DateTimeLocalField) -> None:
    """A moment is needed only when the message is not sent at once."""
    if form["moment"].data != "later":
        field.errors = []
        raise StopValidation
    if not any(field.raw_data or ()):
        field.errors = []
        raise StopValidation(_("Please write the day and time."))


class SendMessageForm(FlaskForm):
    """Send now or later; ``seen`` is the count of readers that the page showed."""

    seen = HiddenField()
    moment = RadioField(_l("When"), default="now")
    at = DateTimeLocalField(_l("Day and time"), validators=[_needed_later])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moment.choices = listed([("now", _("At once")), ("later", _("Later"))])
