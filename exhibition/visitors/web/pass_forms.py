"""The forms of whoever has a pass, or looks for one; shape and syntax only."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue] newer than its stubs
from wtforms.validators import InputRequired, Length, ValidationError

from exhibition.core.web.security import HONEYPOT_FIELD
from exhibition.visitors import rules
from exhibition.visitors.models import LARGEST_PARTY
from exhibition.visitors.passes.personal_data import PersonalData
from exhibition.visitors.registration import contact
from exhibition.visitors.web.forms import PARTY_SIZES, cleaned

_l: Any = lazy_gettext  # WTForms accepts lazy texts, but its types do not say so


class PartySizeForm(FlaskForm):
    party_size = SelectField(
        _l("How many of you come?"), choices=[SelectChoice(size) for size in PARTY_SIZES], validate_choice=False
    )

    def validate_party_size(self, field: Field) -> None:
        if field.data not in PARTY_SIZES:
            raise ValidationError(_("A party has 1 to %(most)s people.", most=LARGEST_PARTY))


class OwnContactForm(FlaskForm):
    """Name and ways to reach somebody; ``person`` is what they come to."""

    name = StringField(
        _l("Name"),
        id="own-name",
        validators=[InputRequired(_l("Please write your name.")), cleaned(contact.clean_name)],
        render_kw={"autocomplete": "name", "maxlength": rules.LONGEST_NAME},
    )
    phone = TelField(
        _l("Mobile number (optional)"),
        id="own-phone",
        validators=[cleaned(contact.clean_phone)],
        render_kw={"autocomplete": "tel", "maxlength": contact.LONGEST_PHONE, "inputmode": "tel"},
    )
    email = EmailField(
        _l("E-mail (optional)"),
        id="own-email",
        validators=[cleaned(contact.clean_email)],
        render_kw={"autocomplete": "email", "maxlength": contact.LONGEST_EMAIL, "inputmode": "email"},
    )

    @property
    def person(self) -> PersonalData:
        return PersonalData(self.name.data or "", self.email.data or None, self.phone.data or None)


class SplitForm(FlaskForm):
    """How many people get a pass of their own, and the name of one of them."""

    people = SelectField(_l("How many people get a pass of their own?"), validate_choice=False)
    name = StringField(
        _l("The name of one of them (optional)"),
        id="split-name",
        render_kw={"maxlength": rules.LONGEST_NAME, "autocomplete": "off"},
    )

    def offer(self, most: int) -> None:
        """Let 1 to ``most`` people be chosen."""
        self.people.choices = [SelectChoice(str(number)) for number in range(1, most + 1)]

    def validate_people(self, field: Field) -> None:
        if field.data not in PARTY_SIZES:
            raise ValidationError(_("Choose a number from the list."))

    def validate_name(self, field: Field) -> None:
        if rules.tidy(field.data or ""):
            cleaned(contact.clean_name)(self, field)


class LostLinkForm(FlaskForm):
    """The e-mail address or phone number that somebody registered with, in one field."""

    contact = StringField(
        _l("E-mail or mobile number"),
        validators=[InputRequired(_l("Write the e-mail address or the number that you registered with."))],
        render_kw={"maxlength": contact.LONGEST_EMAIL, "autocomplete": "email", "autocapitalize": "none"},
    )
    email: str | None = None
    phone: str | None = None

    def validate_contact(self, field: Field) -> None:
        text = (field.data or "").strip()
        try:
            if "@" in text:
                self.email = contact.clean_email(text)
            else:
                self.phone = contact.clean_phone(text)
        except contact.BadContact as error:
            raise ValidationError(str(error.message)) from error


setattr(LostLinkForm, HONEYPOT_FIELD, StringField(validators=[Length(max=0)]))
