"""Form fields that every package uses: tidy text, bounded numbers; and showing a refusal beside its field."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue] newer than its types
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exhibition.core.contacts import email_address
from exhibition.core.errors import Refused

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]")
"""Control characters and marks that change the writing direction; they can make one name look like another."""
CONTROL_BUT_LINES = re.compile(CONTROL.pattern.replace(r"\x00-\x1f", r"\x00-\x08\x0b\x0c\x0e-\x1f"))


def required() -> InputRequired:
    return InputRequired(message=_l("Please fill this in."))


class IsEmail:
    """An address as ``core.contacts`` takes them."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data and email_address(field.data) is None:
            raise ValidationError(self.message)


def _tidy(value: str | None) -> str:
    return (value or "").strip()


class _Printable:
    def __init__(self, forbidden: re.Pattern[str]) -> None:
        self.forbidden = forbidden

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data and self.forbidden.search(field.data):
            raise ValidationError(_l("Leave out invisible characters."))
        if field.flags.required and not (field.data or "").strip():
            raise ValidationError(_l("Please fill this in."))


def text_field(label: Any, length: int, *validators: Any, optional: bool = False, **attributes: Any) -> StringField:
    """One line of at most ``length`` characters."""
    first: list[Any] = [] if optional else [required()]
    bounds = [Length(max=length, message=_l("Use at most %(max)d characters.")), _Printable(CONTROL)]
    return StringField(
        label, [*first, *bounds, *validators], filters=[_tidy], render_kw=attributes | {"maxlength": length}
    )


def area_field(label: Any, length: int, **attributes: Any) -> TextAreaField:
    """Optional text of several lines."""
    bounds = [Length(max=length, message=_l("Use at most %(max)d characters.")), _Printable(CONTROL_BUT_LINES)]
    return TextAreaField(label, bounds, filters=[_tidy], render_kw=attributes | {"maxlength": length})


def number_field(
    label: Any, lowest: int, highest: int, *, optional: bool = False, default: int | None = None
) -> IntegerField:
    """A whole number between two bounds."""
    message = _l("Write a number from %(min)s to %(max)s.")
    first = Optional() if optional else required()
    attributes = {"inputmode": "numeric", "min": lowest, "max": highest}
    bounds = NumberRange(lowest, highest, message=message)
    return IntegerField(label, [first, bounds], default=default, render_kw=attributes)


def listed(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    """Values and labels as the choices of a select."""
    return [SelectChoice(str(value), label) for value, label in pairs]


class ListedField(SelectField):
    """A select with our own message for a value that is not in its list."""

    message = _l("Choose one from the list.")

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(self.message)) from error

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(self.message) from error


def show_refusal(form: FlaskForm, refused: Refused) -> None:
    """Show a refusal beside the field it names; if the form does not have that field, the refusal is raised again."""
    if refused.field is None or refused.field not in form:
        raise refused
    field = form[refused.field]
    field.errors = [*field.errors, str(refused.message)]


def require_valid(form: FlaskForm) -> None:
    """Raise Refused ``invalid`` (422), naming the first invalid field, if the form is not valid."""
    if form.validate_on_submit():
        return
    name, messages = next(iter(form.errors.items()))
    label = form[name].label.text if name in form else name
    message = _l("%(field)s: %(reason)s", field=label, reason=next(iter(messages)))
    raise Refused("invalid", message, status=422, field=name)
