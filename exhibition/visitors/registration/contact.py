"""Names, e-mail addresses and phone numbers as people type them, normalised for storing.

Used by both the HTML form and the JSON call. Each function raises BadContact with a sentence for the person.
"""

import phonenumbers
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from exhibition.core.contacts import email_address
from exhibition.visitors import rules

REGION = "ID"
LONGEST_EMAIL = 254
LONGEST_PHONE = 40
"""As typed, with spaces and brackets; E.164 has at most 16 characters."""

NAME_FAULTS = {
    rules.NameFault.EMPTY: _l("Please write your name."),
    rules.NameFault.TOO_LONG: _l("Please shorten the name to 120 characters."),
    rules.NameFault.CHARACTERS: _l("The name holds characters that cannot be shown. Please type it again."),
    rules.NameFault.NO_LETTER: _l("A name needs at least one letter."),
}


class BadContact(ValueError):
    """The typed text cannot be used; ``message`` says why and what to do."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message)
        self.message = message


def clean_name(text: str) -> str:
    name = rules.tidy(text)
    if fault := rules.name_fault(name):
        raise BadContact(NAME_FAULTS[fault])
    return name


def clean_email(text: str) -> str | None:
    """The address in its normal form, None for an empty one. Whether it receives mail is not checked."""
    text = text.strip(" ")
    if not text:
        return None
    address = email_address(text)
    if address is None:
        raise BadContact(_l("This is not an e-mail address. Write it like name@example.com."))
    return address


def clean_phone(text: str) -> str | None:
    """The number in E.164, None for an empty one. Without a country code it is an Indonesian number."""
    text = text.strip(" ")
    if not text:
        return None
    message = _l("This is not a phone number. Write it like 0812-3456-7890, or with +62 in front.")
    if len(text) > LONGEST_PHONE:
        raise BadContact(message)
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise BadContact(message) from error
    if not phonenumbers.is_valid_number(number):
        raise BadContact(message)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
