"""The keys that sign passes: private halves in the instance folder, public ones in the database for gates.

The newest key that is in force signs; every public key ever made verifies, also the next one, published ahead.
"""

import contextlib
import os
import tempfile
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import bindparam, func, select

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.config import instance_folder
from exhibition.core.db import Moment, db, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.upserts import add_missing
from exhibition.visitors.models import PassKey
from exhibition.visitors.tokens import Key

FIRST_KEY_ID, LAST_KEY_ID = 1, 255
OVERLAP = timedelta(minutes=10)
"""How long gates have to fetch a key before it signs."""
NEWEST = select(func.max(PassKey.id).label("key_id"))
SIGNING = NEWEST.where(PassKey.signs_from <= bindparam("now", type_=Moment))


def _file(key_id: int) -> Path:
    return instance_folder() / "keys" / f"pass-{key_id}.key"


@lru_cache(maxsize=8)
def _private_key(path: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(Path(path).read_bytes())


@lru_cache(maxsize=256)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def _write_private_half(file: Path) -> None:
    """Write the file whole or not at all: it appears under its name only when every byte is on the disk."""
    raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    file.parent.mkdir(mode=0o700, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as draft_file:
        draft_file.write(raw)
        draft_file.flush()
        os.fsync(draft_file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, file)
    Path(draft).unlink()


@transaction
def make_key(key_id: int, signs_from: datetime | None = None) -> int:
    """Make a key pair: the private half durable in the instance folder (mode 0600) before the public one counts.

    A private half that already exists, from a failed transaction or another process, is used.
    """
    file = _file(key_id)
    if not file.exists():
        _write_private_half(file)
    public = _private_key(str(file)).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    values = {"id": key_id, "public_key": public, "created_at": clock.now()}
    values["signs_from"] = signs_from or values["created_at"]
    add_missing(db.session.connection(), PassKey, [values])
    return key_id


@transaction
def rotate_key(actor: Actor, *, at_once: bool = False) -> tuple[int, datetime]:
    """Make the next key, trusted by gates from now on; returns its id and the moment from which it signs.

    Raises Refused ``signing_key_missing`` (503) as ``signing_key`` does, and ``key_ids_used_up`` (409) after 255 keys.
    """
    signing_key()
    key_id = (db.session.scalar(NEWEST) or 0) + 1
    if key_id > LAST_KEY_ID:
        raise Refused("key_ids_used_up", "All 255 key ids of the token are used.")
    now = clock.now()
    signs_from = now if at_once else now + OVERLAP
    make_key(key_id, signs_from)
    record(actor, "pass_key.rotate", "pass_key", key_id, after={"signs_from": signs_from.isoformat()})
    return key_id, signs_from


def public_keys() -> dict[int, Ed25519PublicKey]:
    """Every key that a valid token may be signed with, by key id."""
    return {key_id: _public_key(raw) for key_id, raw in db.session.execute(select(PassKey.id, PassKey.public_key))}


def checking_keys() -> dict[int, Key]:
    """``public_keys``, with the private half in place of the public one where it is here and matches, because it checks
    faster.
    """
    return {key_id: _private_half_of(key_id, public) or public for key_id, public in public_keys().items()}


def _private_half_of(key_id: int, public: Ed25519PublicKey) -> Ed25519PrivateKey | None:
    file = _file(key_id)
    private = _private_key(str(file)) if file.exists() else None
    return private if private is not None and private.public_key() == public else None


def signing_key() -> tuple[int, Ed25519PrivateKey]:
    """The key that signs now, made when first needed. Raises as ``private_key`` does."""
    key_id = db.session.connection().scalar(SIGNING, {"now": clock.now()})
    if key_id is None:
        key_id = make_key(FIRST_KEY_ID)
    return key_id, private_key(key_id)


def private_key(key_id: int) -> Ed25519PrivateKey:
    """The private half of a key. Raises Refused ``signing_key_missing`` (503) when its file is not in this instance
    folder.
    """
    file = _file(key_id)
    if not file.exists():
        raise Refused("signing_key_missing", f"The file {file} is missing; restore it from the backup.", status=503)
    return _private_key(str(file))
