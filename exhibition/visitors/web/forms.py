"""The visitors' forms: shape and syntax only; the services decide the rest."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    TelField,
)
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue] newer than its stubs
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from exhibition.core import clock
from exhibition.core.i18n import clock_time, current_locale, long_date, short_date
from exhibition.core.ids import LARGEST_ID
from exhibition.core.web.narrow_form import NarrowForm
from exhibition.core.web.security import HONEYPOT_FIELD
from exhibition.core.web.senders import origin
from exhibition.visitors import rules, slots
from exhibition.visitors.listing.sought import RegistrationNarrowing
from exhibition.visitors.models import LARGEST_PARTY
from exhibition.visitors.registration import contact
from exhibition.visitors.registration.party import Party

_l: Any = lazy_gettext  # WTForms accepts lazy texts, but its types do not say so

ID_DIGITS = len(str(LARGEST_ID))
PARTY_SIZES = [str(number) for number in range(1, LARGEST_PARTY + 1)]


def words(slot: slots.Slot, status: rules.SlotStatus) -> str:
    """The remaining places of the slot, in words."""
    match status:
        case rules.SlotStatus.OPEN:
            return ngettext("%(num)s place left", "%(num)s places left", slot.remaining)
        case rules.SlotStatus.FULL:
            return _("Full")
        case rules.SlotStatus.CLOSED:
            return _("Closed for disinfection") if slot.is_closed_by_round(clock.now()) else _("Closed")
        case rules.SlotStatus.PAST:
            return _("Over")


def hours(slot: slots.Slot) -> str:
    """The slot's start and end, in the edition's time zone."""
    return f"{clock_time(slot.starts_at)}\N{EN DASH}{clock_time(slot.ends_at)}"


def slot_choices(
    days: Iterable[slots.DaySlots], status: Callable[[slots.Slot], rules.SlotStatus], people: int = 1
) -> list[SelectChoice]:
    """The slots that are not over, grouped by day; those without room for the party cannot be chosen."""
    choices = [SelectChoice("", _("Choose a session …"))]
    for day in days:
        for slot in day.slots:
            state = status(slot)
            if state is rules.SlotStatus.PAST:
                continue
            bookable = state is rules.SlotStatus.OPEN and slot.remaining >= people
            label = f"{short_date(day.date)}, {hours(slot)} · {words(slot, state)}"
            choices.append(
                SelectChoice(str(slot.id), label, {} if bookable else {"disabled": True}, long_date(day.date))
            )
    return choices


def cleaned(clean: Callable[[str], str | None]) -> Callable[[FlaskForm, Field], None]:
    """A validator that puts the normal form of what was typed in its place."""

    def validate(_form: FlaskForm, field: Field) -> None:
        try:
            field.data = clean(field.data or "")
        except contact.BadContact as error:
            raise ValidationError(str(error.message)) from error

    return validate


def whole_number(_form: FlaskForm, field: Field) -> None:
    text = str(field.data or "")
    if not (text.isascii() and text.isdigit() and len(text) <= ID_DIGITS and int(text) <= LARGEST_ID):
        raise ValidationError(_("There is no such session. Choose one from the list."))


cleaned_phone = cleaned(contact.clean_phone)
"""Puts a phone number into its normal form."""


class PlacesForm(FlaskForm):
    """A session and how many people. Field names are those of the JSON contract."""

    slot_id = SelectField(
        _l("Session"),
        validators=[InputRequired(_l("Please choose a session.")), whole_number],
        validate_choice=False,
    )
    party_size = SelectField(
        _l("How many people, you included?"),
        choices=[SelectChoice(size) for size in PARTY_SIZES],
        validate_choice=False,
    )

    def validate_party_size(self, field: Field) -> None:
        if field.data not in PARTY_SIZES:
            raise ValidationError(_("A party has 1 to %(most)s people.", most=LARGEST_PARTY))

    def party(self, name: str, email: str | None, phone: str | None) -> Party:
        """The party of the valid form, under this name and contact."""
        return Party(
            slot_id=int(self.slot_id.data),
            name=name,
            email=email,
            phone=phone,
            party_size=int(self.party_size.data),
            locale=current_locale(),
            origin=origin(),
        )


class RegistrationForm(PlacesForm):
    """Who comes, and how to reach them."""

    name = StringField(
        _l("Your name"),
        validators=[InputRequired(_l("Please write your name.")), cleaned(contact.clean_name)],
        render_kw={"autocomplete": "name", "maxlength": rules.LONGEST_NAME},
    )
    email = EmailField(
        _l("E-mail (optional)"),
        validators=[cleaned(contact.clean_email)],
        render_kw={"autocomplete": "email", "maxlength": contact.LONGEST_EMAIL, "inputmode": "email"},
    )
    phone = TelField(
        _l("Mobile number (optional)"),
        validators=[cleaned(contact.clean_phone)],
        render_kw={"autocomplete": "tel", "maxlength": contact.LONGEST_PHONE, "inputmode": "tel"},
    )
    consent = BooleanField(
        _l("I agree that the fair keeps these details for the visit."),
        validators=[InputRequired(_l("Without your agreement we cannot keep a place for you."))],
    )

    def registered(self) -> Party:
        """The party of the valid form."""
        return self.party(self.name.data or "", self.email.data or None, self.phone.data or None)


setattr(RegistrationForm, HONEYPOT_FIELD, StringField(validators=[Length(max=0)]))


class MovePassForm(FlaskForm):
    slot_id = SelectField(
        _l("New session"),
        validators=[InputRequired(_l("Please choose a session.")), whole_number],
        validate_choice=False,
    )


class MailForm(FlaskForm):
    email = EmailField(
        _l("E-mail"),
        validators=[InputRequired(_l("Please write your e-mail address.")), cleaned(contact.clean_email)],
        render_kw={"autocomplete": "email", "maxlength": contact.LONGEST_EMAIL, "inputmode": "email"},
    )


class RegistrationNarrowForm(NarrowForm):
    """What the list of registrations is narrowed to; read from the address of the page."""

    group = HiddenField(validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    def narrowing(self, timezone: str) -> RegistrationNarrowing:
        sender = super().narrowing(timezone)
        group = int(self.group.data or 0) if self.validate() else 0
        return RegistrationNarrowing(sender.origin, sender.since, sender.until, sender.contact, group)
