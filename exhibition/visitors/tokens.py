"""The signed text in the QR of a pass or badge (DESIGN §5, docs/adr/0003-token.md). Pure: keys and values in, text out.

Body, 18 bytes, big-endian: kind/version 1 · key id 1 · pass id 8 · slot number 2 · party size 1 · generation 1 ·
not before in minutes since 2020-01-01T00:00Z 3 · duration in quarter hours 1. Then an Ed25519 signature of 64
bytes over ``exhibition-pass-v1``, a zero byte and the body. Text: ``EP1`` and upper-case Base32 without padding.
"""

import hmac
import math
import re
import struct
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PASS_KIND, BADGE_KIND = 1, 2
KINDS = frozenset({PASS_KIND, BADGE_KIND})
PREFIX = "EP1"
SIGNED_PREFIX = b"exhibition-pass-v1\x00"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
BODY = struct.Struct(">BBQHBB3sB")
SIGNATURE_LENGTH = 64
TEXT_LENGTH = 135
QUARTER = timedelta(minutes=15)
LONGEST_QUARTERS = 255
SLOT_NUMBERS = 2**16
SHAPE = re.compile(rf"{PREFIX}[A-Z2-7]{{{TEXT_LENGTH - len(PREFIX) - 1}}}[AQ]")
SPARE_BITS = 4
"""The bits of 132 Base32 characters beyond 82 bytes; zero in a token, so a pass has exactly one text."""
DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")
"""Base32 in Python's notation for numbers to the base 32; reading it that way is ten times faster than ``b32decode``.
"""

Key = Ed25519PublicKey | Ed25519PrivateKey


class BadToken(Exception):
    """Not a token, damaged, signed with an unknown key, or with a wrong signature."""


@dataclass(frozen=True)
class Pass:
    """The content of a token. ``not_before`` is a whole minute in UTC, ``quarters`` is the duration in quarter hours.

    A badge's ``slot_number`` is its edition's id, and its ``quarters`` are 0: it ends with the edition
    (docs/adr/0013-badges.md).
    """

    key_id: int
    pass_id: int
    slot_number: int
    party_size: int
    generation: int
    not_before: datetime
    quarters: int
    kind: int = PASS_KIND


def quarters_between(starts_at: datetime, ends_at: datetime) -> int:
    """The duration as stored in the token: quarter hours, rounded up; at most 63 hours and 45 minutes."""
    return min(math.ceil((ends_at - starts_at) / QUARTER), LONGEST_QUARTERS)


def body(token: Pass) -> bytes:
    """The 18 bytes that are signed."""
    minutes = int((token.not_before - EPOCH).total_seconds() // 60)
    return BODY.pack(
        token.kind,
        token.key_id,
        token.pass_id,
        token.slot_number,
        token.party_size,
        token.generation,
        minutes.to_bytes(3, "big"),
        token.quarters,
    )


def encode(token: Pass, key: Ed25519PrivateKey) -> str:
    """The text for the QR: 135 characters of A to Z and 2 to 7."""
    content = body(token)
    return PREFIX + b32encode(content + key.sign(SIGNED_PREFIX + content)).decode().rstrip("=")


def looks_like(text: str) -> bool:
    """Whether the text looks like one of our tokens, valid or not."""
    return text.startswith(PREFIX)


def _fits(signature: bytes, signed: bytes, key: Key) -> bool:
    """Whether the signature was made with the key.

    Ed25519 signatures are deterministic, so with the private half one can sign again and compare, which costs a third
    of verifying with the public half (docs/adr/0003-token.md).
    """
    if isinstance(key, Ed25519PrivateKey):
        return hmac.compare_digest(key.sign(signed), signature)
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def decode(text: str, keys: Mapping[int, Key]) -> Pass:
    """Read a token and check its signature with either half of its key. Raises BadToken."""
    if not SHAPE.fullmatch(text):
        raise BadToken
    number = int(text[len(PREFIX) :].translate(DIGITS), 32) >> SPARE_BITS
    raw = number.to_bytes(BODY.size + SIGNATURE_LENGTH, "big")
    content, signature = raw[: BODY.size], raw[BODY.size :]
    kind, key_id, pass_id, slot_number, party_size, generation, minutes, quarters = BODY.unpack(content)
    key = keys.get(key_id)
    if kind not in KINDS or key is None or not _fits(signature, SIGNED_PREFIX + content, key):
        raise BadToken
    not_before = EPOCH + timedelta(minutes=int.from_bytes(minutes, "big"))
    return Pass(key_id, pass_id, slot_number, party_size, generation, not_before, quarters, kind)
