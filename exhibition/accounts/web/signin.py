"""Signing in with Flask-Security: its settings, our limits on guessing, and the page each person is taken to."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import Security, current_user

from exhibition.accounts import texts
from exhibition.accounts.audit import Actor
from exhibition.accounts.messages import RESET_LINK_VALID_FOR
from exhibition.accounts.models import Role, RoleName, User
from exhibition.accounts.rights import rights_of
from exhibition.accounts.rules.passwords import PASSWORD_MINIMUM
from exhibition.accounts.rules.sign_ins import LONGEST_REMEMBERED
from exhibition.accounts.web import forms, known_devices, link_holders, reset_mail, sessions  # noqa: F401 makes its mail
from exhibition.accounts.web.datastore import Datastore, OneTimeTotp, PasswordRules, QueuedMail
from exhibition.core.config import cookie_name, secret_file
from exhibition.core.db import db
from exhibition.core.extensions import asking_group
from exhibition.core.i18n import TRANSLATIONS
from exhibition.core.limiting.tries import count_try

FRESH_FOR = timedelta(minutes=15)
"""How long after typing the password somebody may do what asks for it."""

PER_ADDRESS = "60 per minute; 600 per hour"
"""Everybody at the venue may share one public address, so this limit only stops machines."""
PER_PERSON = "5 per minute; 10 per 15 minutes; 20 per hour; 60 per day"
"""For one account from one place (``known_devices``), so that each further try waits longer, and only there."""
SECOND_STEPS_PER_PERSON = "60 per hour"
"""For one account from everywhere: whoever gets as far knows its password."""
MAILS_PER_ADDRESS = "20 per hour"
MAILS_PER_PERSON = "4 per hour"
"""For one account from one place."""
MAILS_FROM_STRANGERS = "8 per hour"
"""For one account from everywhere; what a browser asks in which its owner has signed in before counts apart."""

ARGON2 = {
    "argon2__type": "ID",
    "argon2__time_cost": 2,
    "argon2__memory_cost": 19 * 1024,
    "argon2__parallelism": 1,
}
"""KiB, as OWASP advises for argon2id. A sign-in must not hold up a gate on the same two cores."""

DESKS = {RoleName.ORGANIZER: "/desk", RoleName.GATE: "/gate", RoleName.EXHIBITOR: "/exhibitor"}
"""The page on which each role works; someone with several roles goes to the first."""

datastore = Datastore(db, User, Role)


def actor() -> Actor:
    """Whoever sends this request, for the audit trail: the signed-in user, else the holder of a link."""
    holder = None if current_user.is_authenticated else link_holders.present()
    return holder.actor if holder else Actor(current_user.id, current_user.name or current_user.email)


def desk_of(user: User) -> str:
    """The address of this user's desk."""
    names = rights_of(user).anywhere
    return next((address for role, address in DESKS.items() if role in names), "/")


def email_typed() -> str:
    """The address in the form that was sent, in the form in which accounts have it; empty for what can be none."""
    email = request.form.get("email", "").strip().casefold()[: forms.EMAIL_LENGTH]
    return email if email.isprintable() else ""


def _person_and_place() -> str:
    email = email_typed()
    return f"{email} {known_devices.place_of(email)}"


def _person_unless_known() -> str:
    """The account, for all places together; with the place, where its owner has signed in before."""
    email = email_typed()
    return _person_and_place() if known_devices.is_known(email) else email


def _place() -> str:
    return known_devices.place_of(email_typed())


def _second_step_and_place() -> str:
    return f"{_second_step_of()} {known_devices.network()}"


def _second_step_of() -> str:
    return str(session.get("tf_user_id", ""))


def _person() -> str:
    return str(current_user.id) if current_user.is_authenticated else ""


SECOND_STEP = [
    (PER_ADDRESS, asking_group),
    (PER_PERSON, _second_step_and_place),
    (SECOND_STEPS_PER_PERSON, _second_step_of),
]
LIMITS: dict[str, list[tuple[str, Callable[[], str]]]] = {
    "security.login": [(PER_ADDRESS, _place), (PER_PERSON, _person_and_place)],
    "security.forgot_password": [
        (MAILS_PER_ADDRESS, asking_group),
        (MAILS_PER_PERSON, _person_and_place),
        (MAILS_FROM_STRANGERS, _person_unless_known),
    ],
    "security.reset_password": [(PER_ADDRESS, asking_group)],
    "security.verify": [(PER_PERSON, _person)],
    "security.change_password": [(PER_PERSON, _person)],
    "security.two_factor_setup_validate": [(PER_PERSON, _person)],
    "security.two_factor_token_validation": SECOND_STEP,
    "security.mf_recovery": SECOND_STEP,
    "accounts.accept": [(PER_ADDRESS, asking_group)],
}
"""Limits for each form that takes a secret or sends a mail; Flask-Security itself has none."""


def _limit_guessing() -> None:
    if request.method == "POST":
        for rules, who in LIMITS.get(request.endpoint or "", ()):
            count_try(rules, request.endpoint or "", who.__name__, who())


def _leave_alone_who_is_signed_in() -> ResponseReturnValue | None:
    """Flask-Security's page for the second step signs out somebody who opens it again afterwards."""
    if request.endpoint == "security.two_factor_token_validation" and current_user.is_authenticated:
        return redirect(url_for("accounts.profile"))
    return None


def _settings(app: Flask) -> dict[str, Any]:
    instance = app.config["INSTANCE"]
    totp_secret = app.config["SETTINGS"]["TOTP_SECRET"] or secret_file(instance / "totp.key")
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2,
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},  # argon2 adds its own salt, so servers need not share a secret
        "SECURITY_PASSWORD_LENGTH_MIN": PASSWORD_MINIMUM,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": RESET_LINK_VALID_FOR,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_VALIDITY_COOKIE": {"httponly": True, "secure": app.config["TLS"], "samesite": "Strict"},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [_fernet_key(totp_secret)],
        "SECURITY_TOTP_SECRETS": {"1": totp_secret},
        "SECURITY_TOTP_ISSUER": "Exhibition",
        "SECURITY_FRESHNESS": FRESH_FOR,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=5),
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_POST_LOGIN_VIEW": "accounts.start",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_POST_CHANGE_VIEW": "accounts.profile",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "accounts.profile",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_I18N_DIRNAME": str(TRANSLATIONS),
        "SECURITY_I18N_DOMAIN": "messages",
        "REMEMBER_COOKIE_NAME": cookie_name("remember_token", tls=app.config["TLS"]),
        "REMEMBER_COOKIE_DURATION": LONGEST_REMEMBERED,
        "REMEMBER_COOKIE_SECURE": app.config["TLS"],
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
    } | {
        **{f"SECURITY_MSG_{key}": message for key, message in texts.MESSAGES.items()},
        **{f"SECURITY_EMAIL_SUBJECT_{key}": subject for key, subject in texts.MAIL_SUBJECTS.items()},
    }


def _fernet_key(secret: str) -> bytes:
    return urlsafe_b64encode(hashlib.sha256(b"recovery codes" + secret.encode()).digest())


def init_app(app: Flask) -> None:
    app.config |= _settings(app)
    security = Security(
        app,
        datastore,
        login_form=forms.SignInForm,
        verify_form=forms.VerifyForm,
        forgot_password_form=forms.ForgotPasswordForm,
        reset_password_form=forms.ResetPasswordForm,
        change_password_form=forms.ChangePasswordForm,
        two_factor_setup_form=forms.SecondStepSetupForm,
        two_factor_rescue_form=forms.NoRescueForm,
        two_factor_verify_code_form=forms.SecondStepForm,
        mf_recovery_form=forms.RecoveryForm,
        mail_util_cls=QueuedMail,
        password_util_cls=PasswordRules,
        totp_cls=OneTimeTotp,
    )
    sessions.init_app(app, security, datastore)
    security.want_json(lambda _request: False)  # the pages are for people; devices have their own tokens
    app.before_request(_limit_guessing)
    app.before_request(_leave_alone_who_is_signed_in)
    # Flask-Principal would load the user before every request, for nothing: access.py decides.
    app.before_request_funcs[None].remove(security.principal._on_before_request)  # noqa: SLF001 it has no other way out
