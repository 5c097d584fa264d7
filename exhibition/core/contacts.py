"""Telephone numbers as people write them, and as they are kept."""

import phonenumbers

REGION = "ID"


def phone_e164(text: str) -> str | None:
    """``0812 3456 7890`` as ``+6281234567890`` (Indonesian unless a country is given); None when it is no number."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
