"""Telephone numbers: from the way people write them to the way they are stored."""

import phonenumbers

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
