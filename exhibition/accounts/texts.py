"""Flask-Security's messages in our words: it has no Indonesian, so every text goes through our catalogue."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.accounts.models import Invitation
from exhibition.accounts.rules.passwords import PASSWORD_MAXIMUM, PASSWORD_MINIMUM, PasswordFault


def N_(text: str) -> str:  # noqa: N802 the name by which extraction finds texts that are translated later
    """Mark a text for the catalogue; Flask-Security translates it when it is shown."""
    return text


MESSAGES = {
    "GENERIC_AUTHN_FAILED": (N_("E-mail address or password is wrong. Please try again."), "bad"),
    "PASSWORD_RESET_REQUEST": (
        N_("If %(email)s may sign in here, a mail with a link to a new password is on its way."),
        "good",
    ),
    "PASSWORD_RESET_EXPIRED": (N_("This link has expired. Ask for a new one."), "bad"),
    "INVALID_RESET_PASSWORD_TOKEN": (N_("This link is not valid or was used already. Ask for a new one."), "bad"),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your password is changed. Sign in with the new one."), "good"),
    "PASSWORD_CHANGE": (N_("Your password is changed; other devices are signed out."), "good"),
    "PASSWORD_IS_THE_SAME": (N_("Choose a password that differs from the old one."), "bad"),
    "PASSWORD_NOT_PROVIDED": (N_("Enter your password."), "bad"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords differ. Type the new one again."), "bad"),
    "INVALID_PASSWORD": (N_("This password is wrong."), "bad"),
    "EMAIL_NOT_PROVIDED": (N_("Enter your e-mail address."), "bad"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not an e-mail address. Write it like name@example.com."), "bad"),
    "USER_DOES_NOT_EXIST": (N_("E-mail address or password is wrong. Please try again."), "bad"),
    "DISABLED_ACCOUNT": (N_("This account is switched off. Ask an organizer."), "bad"),
    "API_ERROR": (N_("The request could not be read. Check what you entered and send it again."), "bad"),
    "UNAUTHENTICATED": (N_("Please sign in first."), "warn"),
    "LOGIN": (N_("Please sign in first."), "warn"),
    "UNAUTHORIZED": (N_("You are not allowed to open this page. Sign in with an account that may."), "bad"),
    "REAUTHENTICATION_REQUIRED": (N_("Type your password once more before you change this."), "warn"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you, go on."), "good"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are signed in already."), "warn"),
    "INVALID_REDIRECT": (N_("That address leads elsewhere, so we do not go there."), "bad"),
    "TWO_FACTOR_INVALID_TOKEN": (N_("This code is wrong or too old. Type the one the app shows now."), "bad"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("You are signed in."), "good"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (N_("From now on, signing in asks for a code from your app."), "good"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Begin with your e-mail address and password."), "warn"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("Choose one of the ways shown."), "bad"),
    "TWO_FACTOR_DISABLED": (N_("Signing in asks for the password only."), "good"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("That took too long. Please begin again."), "bad"),
    "INVALID_RECOVERY_CODE": (N_("This recovery code is wrong or was used already."), "bad"),
    "NO_RECOVERY_CODES_SETUP": (N_("There are no recovery codes yet."), "warn"),
}

MAIL_SUBJECTS = {
    "PASSWORD_RESET": N_("A new password for the fair"),
    "PASSWORD_NOTICE": N_("Your password was changed"),
    "PASSWORD_CHANGE_NOTICE": N_("Your password was changed"),
}

CHOICES = (N_("authenticator"), N_("none"))
"""Flask-Security's own texts that reach a page through its forms."""

PASSWORD_FAULTS = {
    PasswordFault.TOO_SHORT: _l(
        "Use at least %(count)s characters; a few words in a row are easy to remember.", count=PASSWORD_MINIMUM
    ),
    PasswordFault.TOO_LONG: _l("Use at most %(count)s characters.", count=PASSWORD_MAXIMUM),
    PasswordFault.PERSONAL: _l("Your name or e-mail address is in it, so it is guessed first. Choose something else."),
    PasswordFault.FAIR: _l(
        "The fair's own name, place or address is in it, so it is guessed first. Choose something else."
    ),
    PasswordFault.COMMON: _l("Many people use this one, so it is guessed first. Choose something of your own."),
    PasswordFault.PATTERN: _l(
        "Repetitions, rows of keys, sequences and dates are guessed first. Take some words that do not belong together."
    ),
    PasswordFault.EASY: _l("This is too easy to guess. Add a word or two that do not belong together."),
}


def invited(invitation: Invitation) -> str:
    """What follows from an invitation, for the organizer who has just sent it."""
    if invitation.accepted_at is None:
        return _("The invitation to %(email)s is on its way.", email=invitation.email)
    return _(
        "%(email)s signs in here already and has this role from now on. No mail goes out; please tell them.",
        email=invitation.email,
    )
