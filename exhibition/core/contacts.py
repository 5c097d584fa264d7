"""Telephone numbers and e-mail addresses: from the way people write them to the way they are stored."""

from urllib.parse import quote

import phonenumbers
from email_validator import EmailNotValidError, validate_email

REGION = "ID"


def phone_e164(text: str) -> str | None:
    """``0812 3456 7890`` as ``+6281234567890`` (Indonesian unless a country is given); None if it is no number."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_address(text: str) -> str | None:
    """The address in its normal form, its name in the letters it was written in; None if it is none.

    Refused, although the standard allows some of it: quotes, comments, and encoded words (``=?utf-8?q?…?=``, RFC 2047),
    by which mail programs and servers read another address than the one that was checked.
    """
    if "=?" in text or "?=" in text or not text.isprintable():
        return None
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        return None


def whatsapp_link(number: str, words: str) -> str:
    """Opens a chat with a number in E.164, empty: with whom the person chooses; the words are typed already."""
    return f"https://wa.me/{number.removeprefix('+')}?text={quote(words, safe='')}"


def email_hint(address: str) -> str:
    """Enough of an e-mail address to tell people of one name apart, not enough to write to them."""
    person, at, host = address.partition("@")
    return f"{person[:2]}…{at}{host}" if address else ""


def phone_hint(number: str) -> str:
    """The last digits of a phone number."""
    return f"…{number[-4:]}" if number else ""
