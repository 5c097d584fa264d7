"""Which passwords and PINs are acceptable, as plain functions."""

import enum
import functools
import math
import re
import unicodedata
from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import Any

PIN_MINIMUM, PIN_MAXIMUM = 6, 12
FEWEST_DIFFERENT_DIGITS = 3
DIGITS = "0123456789012345678901234567890"
PASSWORD_MINIMUM = 10
PASSWORD_MAXIMUM = 200
JUDGED = 72
"""How many characters of a password are judged: the time for it grows with the square of the length."""
FEWEST_GUESSES = 10**9
"""zxcvbn's scores 0 to 2 end at 10^8. Three parts that everybody knows, such as two words and a year, come to twice
that, because it never counts less than 50 guesses for a part."""
SHORTEST_WORD = 4
"""Of what is known of the person and the fairs; shorter ones are in too many other words."""
MOST_READINGS = 16
SYMBOLS_READ_AS_LETTERS, OTHER_SYMBOLS = "@({[<!|$+%", "*)}]>?/=&^"
WORD_LIST = Path(__file__).with_name("common_words.txt")
PATTERNS = frozenset({"repeat", "sequence", "spatial", "date", "regex"})


class PasswordFault(enum.StrEnum):
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    PERSONAL = "personal"
    FAIR = "fair"
    COMMON = "common"
    PATTERN = "pattern"
    EASY = "easy"


def password_fault(password: str, personal: Collection[str] = (), fair: Collection[str] = ()) -> PasswordFault | None:
    """What is wrong with a new password, or None. Length and being hard to guess count; kinds of characters do not.

    ``personal`` are texts about the person (name, e-mail address), ``fair`` those about the fairs (name, place).

    Source: NIST SP 800-63B, 5.1.1.2 (no composition rules; refuse common, expected or personal values).
    """
    if len(password) < PASSWORD_MINIMUM:
        return PasswordFault.TOO_SHORT
    if len(password) > PASSWORD_MAXIMUM:
        return PasswordFault.TOO_LONG
    plain = _plain(password)
    known = {
        PasswordFault.PERSONAL.value: _words(personal),
        PasswordFault.FAIR.value: _words(fair),
        PasswordFault.COMMON.value: _common_words(),
    }
    for written in {plain: None, re.sub(r"[\s\-_.]+", "", plain): None}:  # words are as well known with spaces between
        guesses, parts = _guessed(written[:JUDGED], known)
        if guesses < FEWEST_GUESSES:
            return _reason(parts)
    return None


def _plain(text: str) -> str:
    """The text in small letters without marks above or below them."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


def _words(texts: Collection[str]) -> dict[str, int]:
    """The words of the texts, and each text as one word, all of them among what is tried first."""
    words: set[str] = set()
    for text in map(_plain, texts):
        parts: list[str] = re.findall(r"[^\W\d_]+", text)
        words |= {text, re.sub(r"[\W_]+", "", text), "".join(parts), *parts}
    return {word: 1 for word in words if len(word) >= SHORTEST_WORD}


@functools.cache
def _common_words() -> dict[str, int]:
    lines = WORD_LIST.read_text("utf-8").splitlines()
    return {line: 1 for line in lines if line and not line.startswith("#")}


def _guessed(password: str, known: dict[str, dict[str, int]]) -> tuple[float, list[dict[str, Any]]]:
    """How many guesses find the password, by zxcvbn, and the parts it consists of.

    zxcvbn's own entrance keeps the words of one call in a table that all threads share, so its parts are called.
    """
    matching: Any = import_module("zxcvbn.matching")  # its lists take time and memory, and are rarely needed
    scoring: Any = import_module("zxcvbn.scoring")
    table: dict[str, list[str]] = matching.relevant_l33t_subtable(password, matching.L33T_TABLE)
    if math.prod(map(len, table.values())) > MOST_READINGS:  # every reading of "@" as "a" and the like takes its time
        password = password.translate(str.maketrans(SYMBOLS_READ_AS_LETTERS, OTHER_SYMBOLS))
    matches = matching.omnimatch(password, known | matching.RANKED_DICTIONARIES)
    found: dict[str, Any] = scoring.most_guessable_match_sequence(password, matches)
    return found["guesses"], found["sequence"]


def _reason(parts: list[dict[str, Any]]) -> PasswordFault:
    """What to tell the person about a password of these parts: what is theirs or the fair's, else the longest part."""
    dictionaries = {part.get("dictionary_name") for part in parts}
    for fault in (PasswordFault.PERSONAL, PasswordFault.FAIR):
        if fault.value in dictionaries:
            return fault
    known = [part for part in parts if part["pattern"] != "bruteforce"]
    if not known:
        return PasswordFault.EASY
    longest = max(known, key=lambda part: len(part["token"]))
    return PasswordFault.PATTERN if longest["pattern"] in PATTERNS else PasswordFault.COMMON


class PinFault(enum.StrEnum):
    NO_PIN = "no_pin"
    EASY = "easy"


def pin_fault(pin: str) -> PinFault | None:
    """What is wrong with a new PIN, or None: it needs six to twelve digits and must not be an obvious guess."""
    if not (PIN_MINIMUM <= len(pin) <= PIN_MAXIMUM and pin.isascii() and pin.isdigit()):
        return PinFault.NO_PIN
    repeated = any(pin == pin[:size] * (len(pin) // size) for size in range(1, len(pin) // 2 + 1))
    if len(set(pin)) < FEWEST_DIFFERENT_DIGITS or repeated or pin in DIGITS or pin in DIGITS[::-1]:
        return PinFault.EASY
    return None
