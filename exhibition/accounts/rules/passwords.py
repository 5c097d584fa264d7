"""Which passwords and PINs are acceptable, as plain functions."""

import enum
import re

PIN_MINIMUM, PIN_MAXIMUM = 6, 12
FEWEST_DIFFERENT_DIGITS = 3
PASSWORD_MINIMUM = 10
PASSWORD_MAXIMUM = 200
FEWEST_DIFFERENT = 5
# fmt: off
COMMON_WORDS = frozenset(
    {
        "admin", "administrator", "akusayangkamu", "anjing", "asdfgh", "bandung", "bismillah", "cinta",
        "doraemon", "exhibition", "football", "gerbang", "indonesia", "iloveyou", "jakarta", "jawatengah",
        "kabupaten", "kucing", "letmein", "merdeka", "monkey", "organizer", "pameran", "pancasila", "panitia",
        "passw0rd", "password", "pengunjung", "princess", "qazwsx", "qwerty", "qwertyuiop", "rahasia", "sayang",
        "sayangku", "semarang", "sukses", "sunshine", "superman", "terserah", "umkm", "ungaran", "welcome",
        "zxcvbn",
    }
)
# fmt: on
"""Words that people here choose first; even with digits and symbols around them they are the first to be guessed."""
RUNS = ("0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


class PasswordFault(enum.StrEnum):
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    PERSONAL = "personal"


def password_fault(password: str, email: str = "") -> PasswordFault | None:
    """What is wrong with a new password, or None. Length and being hard to guess count; kinds of characters do not.

    Source: NIST SP 800-63B, 5.1.1.2 (no composition rules; refuse common, expected or personal values).
    """
    if len(password) < PASSWORD_MINIMUM:
        return PasswordFault.TOO_SHORT
    if len(password) > PASSWORD_MAXIMUM:
        return PasswordFault.TOO_LONG
    plain = password.casefold()
    letters = re.sub(r"[\W\d_]+", "", plain)
    if len(set(plain)) < FEWEST_DIFFERENT or letters in COMMON_WORDS or plain.strip("!?.") in COMMON_WORDS:
        return PasswordFault.COMMON
    if any(plain in run or plain in run[::-1] for run in RUNS):
        return PasswordFault.COMMON
    name = email.casefold().partition("@")[0]
    if name and (letters == re.sub(r"[\W\d_]+", "", name) != "" or plain == email.casefold()):
        return PasswordFault.PERSONAL
    return None


class PinFault(enum.StrEnum):
    NO_PIN = "no_pin"
    EASY = "easy"


def pin_fault(pin: str) -> PinFault | None:
    """What is wrong with a new PIN, or None: it needs six to twelve digits and must not be an obvious guess."""
    if not (PIN_MINIMUM <= len(pin) <= PIN_MAXIMUM and pin.isascii() and pin.isdigit()):
        return PinFault.NO_PIN
    run = RUNS[0]
    repeated = any(pin == pin[:size] * (len(pin) // size) for size in range(1, len(pin) // 2 + 1))
    if len(set(pin)) < FEWEST_DIFFERENT_DIGITS or repeated or pin in run or pin in run[::-1]:
        return PinFault.EASY
    return None
