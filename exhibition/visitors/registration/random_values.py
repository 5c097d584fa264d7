"""The values of new rows, with random secrets and codes."""

import secrets
from datetime import datetime
from typing import Any

from exhibition.venue.rules import privacy_notices
from exhibition.visitors import rules
from exhibition.visitors.models import PassState

MANAGE_KEY_BYTES = 24
PASS_ID_BITS = 63
GROUP_CODE_LENGTH = 12
"""With 24 characters to choose from, nobody finds one by trying."""


def _random_text(alphabet: str, length: int) -> str:
    number, characters = secrets.randbelow(len(alphabet) ** length), []
    for _position in range(length):
        number, digit = divmod(number, len(alphabet))
        characters.append(alphabet[digit])
    return "".join(characters)


def short_code() -> str:
    """A new code for typing."""
    return _random_text(rules.CODE_ALPHABET, rules.CODE_LENGTH)


def group_code() -> str:
    """A new code of a group, for typing."""
    return "G" + _random_text(rules.CODE_ALPHABET, GROUP_CODE_LENGTH - 1)


def registration(locale: str, now: datetime) -> dict[str, Any]:
    """The values of a new registration except its edition, with a random reference and manage key."""
    return {
        "reference": rules.REFERENCE_PREFIX + _random_text(rules.REFERENCE_ALPHABET, rules.REFERENCE_LENGTH),
        "manage_key": secrets.token_urlsafe(MANAGE_KEY_BYTES),
        "locale": locale,
        "consent_at": now,
        "consent_notice": privacy_notices.shown(locale),
        "created_at": now,
    }


def visitor_pass(party_size: int, now: datetime) -> dict[str, Any]:
    """The values of a new pass except its foreign keys, with a random id and short code."""
    return {
        "id": secrets.randbits(PASS_ID_BITS),
        "code": short_code(),
        "party_size": party_size,
        "inside": 0,
        "admitted": 0,
        "released": 0,
        "generation": 0,
        "state": PassState.VALID,
        "updated_at": now,
    }
