"""A ticket for the line: the party and when it joined, sealed, so that nothing of anybody is stored on the server.

Only this installation can read or make one, with a key derived from the secret key; it stands in the address of the
page on which the party waits.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from exhibition.core import json
from exhibition.core.config import secret_key
from exhibition.visitors.registration.party import Party

NONCE_BYTES = 12
LONGEST = 4000
"""Characters of a ticket; more than any form that is accepted makes."""


@dataclass(frozen=True)
class Ticket:
    """``joined`` in seconds since 1970. ``key`` is the idempotency key of the form: with ``asked_at`` it makes one
    pass, however often the ticket is shown.
    """

    party: Party
    joined: float
    key: str

    @property
    def asked_at(self) -> datetime:
        return datetime.fromtimestamp(self.joined, UTC)


@lru_cache(4)
def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, b"line in front of registration").derive(secret))


def seal(ticket: Ticket) -> str:
    nonce = os.urandom(NONCE_BYTES)
    said = json.dumps(asdict(ticket)).encode()
    return urlsafe_b64encode(nonce + _cipher(secret_key()).encrypt(nonce, said, None)).decode().rstrip("=")


def read(sealed: str) -> Ticket | None:
    """None for what is no ticket of this installation."""
    if len(sealed) > LONGEST or not sealed.isascii():
        return None
    try:
        raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        said = json.loads(_cipher(secret_key()).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None))
    except (Error, ValueError, InvalidTag):
        return None
    return Ticket(Party(**said["party"]), said["joined"], said["key"])
