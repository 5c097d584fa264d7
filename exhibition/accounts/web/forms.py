"""Forms for signing in: shape and syntax. Flask-Security's forms get our labels."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext
from flask_security import forms as security_forms
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.utils import validate_redirect_url
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field, Form, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue] newer than its types
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, Optional, Regexp

from exhibition.accounts import trail_sentences
from exhibition.accounts.editions import edition_names
from exhibition.accounts.models import RoleName
from exhibition.accounts.rules.passwords import PASSWORD_MAXIMUM, PIN_MAXIMUM
from exhibition.accounts.sign_in import new_passwords
from exhibition.core.errors import Refused
from exhibition.core.i18n import current_locale

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

ROLE_LABELS = {
    RoleName.ORGANIZER: _l("Organizer"),
    RoleName.GATE: _l("Gate staff"),
    RoleName.EXHIBITOR: _l("Exhibitor"),
}

NAME_LENGTH, EMAIL_LENGTH = 120, 254
PRINTABLE = Regexp(r"^[^\x00-\x1f\x7f]*$", message=_l("Leave out line breaks and control characters."))
SHORT_ENOUGH = Length(max=PASSWORD_MAXIMUM, message=_l("Use at most %(max)d characters."))


def show_refusal(form: Form, refused: Refused) -> None:
    """Show a refusal beside the field it names; if the form does not have that field, the refusal is raised again."""
    if refused.field is None or refused.field not in form:
        raise refused
    form[refused.field].errors = [str(refused.message)]


def _email() -> EmailField:
    return EmailField(
        _l("E-mail address"),
        [security_forms.email_required, security_forms.EmailValidation(verify=False)],
        render_kw={"autocomplete": "username", "autofocus": True, "maxlength": EMAIL_LENGTH},
    )


def _password(label: Any, autocomplete: str, *validators: Any) -> PasswordField:
    required = [security_forms.password_required, SHORT_ENOUGH, *validators]
    return PasswordField(label, required, render_kw={"autocomplete": autocomplete, "maxlength": PASSWORD_MAXIMUM})


def _code(label: Any, **attributes: Any) -> StringField:
    validators = [
        DataRequired(message=_l("Enter the code.")),
        Length(max=32, message=_l("This is not one of our codes. Look at it once more.")),
    ]
    return StringField(label, validators, render_kw={"autofocus": True, **attributes})


def _same_as(name: str) -> security_forms.EqualToLocalize:
    return security_forms.EqualToLocalize(name, message="RETYPE_PASSWORD_MISMATCH")


class SignInForm(security_forms.LoginForm):
    email = _email()
    password = _password(_l("Password"), "current-password")
    remember = BooleanField(_l("Stay signed in on this device"))

    def validate_next(self, field: Field) -> None:
        """Drop an address on another site; the person is then taken to their own desk."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""


class VerifyForm(security_forms.VerifyForm):
    password = _password(_l("Password"), "current-password")


class ForgotPasswordForm(security_forms.ForgotPasswordForm):
    email = EmailField(
        _l("E-mail address"),
        [
            security_forms.email_required,
            security_forms.EmailValidation(verify=False),
        ],
        render_kw={"autocomplete": "username", "autofocus": True, "maxlength": EMAIL_LENGTH},
    )

    def validate(self, **values: Any) -> bool:
        """Have the link mailed, and look wrong in any case: Flask-Security then gives everybody the same answer.

        For a right address it would do work that others could see in the time of the answer.
        """
        if FlaskForm.validate(self, **values):
            new_passwords.ask((self.email.data or "").strip().casefold(), current_locale())
        return False


class ResetPasswordForm(security_forms.ResetPasswordForm):
    password = _password(_l("New password"), "new-password")
    password_confirm = _password(_l("The new password once more"), "new-password", _same_as("password"))


class ChangePasswordForm(security_forms.ChangePasswordForm):
    password = _password(_l("Current password"), "current-password")
    new_password = _password(_l("New password"), "new-password")
    new_password_confirm = _password(_l("The new password once more"), "new-password", _same_as("new_password"))


class SecondStepSetupForm(security_forms.TwoFactorSetupForm):
    setup = RadioField(choices=[SelectChoice("disable"), SelectChoice("authenticator")], validate_choice=False)


class NoRescueForm(security_forms.TwoFactorRescueForm):
    """Closes Flask-Security's rescue by mail; recovery codes and other organizers take its place."""

    help_setup = RadioField(choices=[])


class SecondStepForm(security_forms.TwoFactorVerifyCodeForm):
    code = _code(_l("Six-digit code"), inputmode="numeric", autocomplete="one-time-code", maxlength=8)


class RecoveryForm(MfRecoveryForm):
    code = _code(_l("Recovery code"), autocomplete="off", maxlength=32)


class AcceptForm(FlaskForm):
    """An invited person gives their name and chooses a password."""

    name = StringField(
        _l("Your name"),
        [
            InputRequired(_l("Enter your name.")),
            Length(max=NAME_LENGTH, message=_l("Use at most %(max)d characters.")),
            PRINTABLE,
        ],
        render_kw={"autocomplete": "name"},
    )
    password = _password(_l("Password"), "new-password")
    password_confirm = _password(_l("The password once more"), "new-password", _same_as("password"))


class SetupForm(FlaskForm):
    """The first administrator of an installation."""

    code = StringField(
        _l("Code from the console"),
        [
            InputRequired(_l("Enter the code.")),
            Length(max=32, message=_l("This is not one of our codes. Look at it once more.")),
            PRINTABLE,
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 32},
    )
    email = EmailField(
        _l("E-mail address"),
        [
            InputRequired(_l("Enter an e-mail address.")),
            Length(max=EMAIL_LENGTH, message=_l("Use at most %(max)d characters.")),
            PRINTABLE,
        ],
        render_kw={"autocomplete": "username", "maxlength": EMAIL_LENGTH},
    )
    name = StringField(
        _l("Your name"),
        [
            InputRequired(_l("Enter your name.")),
            Length(max=NAME_LENGTH, message=_l("Use at most %(max)d characters.")),
            PRINTABLE,
        ],
        render_kw={"autocomplete": "name", "maxlength": NAME_LENGTH},
    )
    password = _password(_l("Password"), "new-password")
    password_confirm = _password(_l("The password once more"), "new-password", _same_as("password"))


class SupervisorPinForm(FlaskForm):
    """The PIN for overruling a refusal at a gate; typed twice, because it is not shown."""

    pin = PasswordField(
        _l("New PIN"),
        [InputRequired(_l("Enter a PIN."))],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": PIN_MAXIMUM},
    )
    pin_confirm = PasswordField(
        _l("The PIN once more"),
        [EqualTo("pin", message=_l("The two PINs differ."))],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": PIN_MAXIMUM},
    )


def _id(value: Any) -> int | None:
    return int(value) if value else None


class _WhomForm(FlaskForm):
    email = EmailField(
        _l("E-mail address"),
        [
            InputRequired(_l("Enter an e-mail address.")),
            Length(max=EMAIL_LENGTH, message=_l("Use at most %(max)d characters.")),
            PRINTABLE,
        ],
        render_kw={"autocomplete": "off"},
    )
    name = StringField(
        _l("Name"),
        [Optional(), Length(max=NAME_LENGTH, message=_l("Use at most %(max)d characters.")), PRINTABLE],
        render_kw={"autocomplete": "off"},
    )


class TeamForm(_WhomForm):
    """Whom to invite to work at one edition."""

    role = SelectField(
        _l("Works as"),
        choices=[SelectChoice(role.value, ROLE_LABELS[role]) for role in (RoleName.GATE, RoleName.ORGANIZER)],
        coerce=RoleName,
    )


class InvitationForm(_WhomForm):
    """Whom to invite. The exhibitors package supplies the list of exhibitors: see ``offer_exhibitors``."""

    role = SelectField(
        _l("Works as"),
        choices=[SelectChoice(role.value, label) for role, label in ROLE_LABELS.items()],
        coerce=RoleName,
    )
    exhibition_id = SelectField(_l("For which fair"), coerce=_id, default=None)
    exhibitor_id = SelectField(_l("For which exhibitor"), coerce=_id, default=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [SelectChoice(str(number), name) for number, name in _exhibitors()]
        self.exhibitor_id.choices = [SelectChoice("", _l("None")), *offered]
        fairs = [SelectChoice(str(number), name) for number, name in edition_names().items()]
        self.exhibition_id.choices = [SelectChoice("", _l("All fairs, also those to come")), *fairs]


class AuditFilterForm(Form):
    """Sent by GET, so it carries no token. ``actions`` and ``object_types`` are those that occur in the trail; they
    are listed in words.
    """

    words = StringField(
        _l("Person or object"),
        [PRINTABLE, Length(max=NAME_LENGTH, message=_l("Use at most %(max)d characters."))],
    )
    action = SelectField(_l("What was done"), validate_choice=True)
    object_type = SelectField(_l("Kind of object"), validate_choice=True)

    def __init__(self, formdata: Any, actions: Sequence[str], object_types: Sequence[str]) -> None:
        super().__init__(formdata)
        for field, known, word in (
            (self.action, actions, trail_sentences.outline),
            (self.object_type, object_types, trail_sentences.object_name),
        ):
            words = sorted(((word(name), name) for name in known), key=lambda pair: pair[0].casefold())
            field.choices = [SelectChoice("", _l("Anything")), *(SelectChoice(name, text) for text, name in words)]
            field.data = field.data or ""


def _nobody() -> Sequence[tuple[int, str]]:
    return ()


_exhibitors: Callable[[], Sequence[tuple[int, str]]] = _nobody


def offer_exhibitors(choices: Callable[[], Sequence[tuple[int, str]]]) -> None:
    """Register the function that lists ``(id, name)`` of every exhibitor a person may be invited for."""
    global _exhibitors  # noqa: PLW0603 wired once, by the factory
    _exhibitors = choices
