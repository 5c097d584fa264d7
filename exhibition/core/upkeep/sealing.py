"""Encrypting a file with a passphrase, piece by piece, so that any size fits.

The key is scrypt's (RFC 7914) of passphrase and salt. Each piece is sealed with AES-256-GCM; its nonce is its number
and whether it is the last, so missing, exchanged and added pieces are noticed, and so is a file that ends early.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"exhibition-sealed-1\n"
SALT_BYTES = 16
PIECE_BYTES = 1 << 20
TAG_BYTES = 16
COST, LANES = 1 << 15, 3
"""scrypt's N and p: about 32 MB and a third of a second for each guess (OWASP's Password Storage Cheat Sheet)."""


class WrongSeal(Exception):
    """The passphrase is wrong, or the file is not as it was written."""


def _key(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt, length=32, n=COST, r=8, p=LANES).derive(passphrase.encode()))


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">QI", number, last)


def _pieces(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """The number of each piece, its bytes, and whether it is the last; an empty file is one empty piece."""
    piece, number = file.read(size), 0
    while True:
        following = file.read(size)
        yield number, piece, not following
        if not following:
            return
        piece, number = following, number + 1


def seal(source: Path, target: Path, passphrase: str) -> None:
    """Write ``source`` encrypted as the new file ``target``."""
    salt = os.urandom(SALT_BYTES)
    key = _key(passphrase, salt)
    with source.open("rb") as plain, target.open("xb") as sealed:
        sealed.write(MAGIC + salt)
        for number, piece, last in _pieces(plain, PIECE_BYTES):
            sealed.write(key.encrypt(_nonce(number, last=last), piece, MAGIC))


def unseal(source: Path, target: Path, passphrase: str) -> None:
    """Write what ``source`` holds as the new file ``target``. Raises WrongSeal; then ``target`` is not to be used."""
    with source.open("rb") as sealed, target.open("xb") as plain:
        if sealed.read(len(MAGIC)) != MAGIC:
            raise WrongSeal
        key = _key(passphrase, sealed.read(SALT_BYTES))
        for number, piece, last in _pieces(sealed, PIECE_BYTES + TAG_BYTES):
            try:
                plain.write(key.decrypt(_nonce(number, last=last), piece, MAGIC))
            except (InvalidTag, ValueError) as error:
                raise WrongSeal from error
