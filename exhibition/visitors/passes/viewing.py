"""Showing a pass: the gates that it names, and the address that shows it and changes nothing, to be given to others.

The address is worked out from the pass's id and the secret key, so it needs no row and stays the same when the pass is
moved.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence

from sqlalchemy import select

from exhibition.core.config import public_url, secret_key
from exhibition.core.db import db
from exhibition.core.errors import NotFound
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.models import VisitorPass
from exhibition.visitors.pass_faults import NO_PASS
from exhibition.visitors.registration.party import Issued

entrances: list[Callable[[Exhibition], Sequence[str]]] = []
"""Gates are known to a higher package: functions that name those of an edition, for the first line of a pass."""
ID_BYTES, SEAL_BYTES = 8, 13
KEY_LENGTH = (ID_BYTES + SEAL_BYTES) * 4 // 3


def _seal(pass_id: bytes) -> bytes:
    return hmac.digest(secret_key(), b"view of a pass\n" + pass_id, "sha256")[:SEAL_BYTES]


def key_of(issued: Issued) -> str:
    """The secret of the address that only shows the pass."""
    pass_id = issued.pass_id.to_bytes(ID_BYTES)
    return urlsafe_b64encode(pass_id + _seal(pass_id)).decode()


def address_of(issued: Issued) -> str:
    """The address itself, as it goes into chats."""
    return f"{public_url()}/v/{key_of(issued)}"


def find(view_key: str) -> Issued:
    """The pass that this address shows. Raises NotFound."""
    if len(view_key) != KEY_LENGTH or not view_key.isascii():
        raise NotFound(NO_PASS)
    try:
        raw = urlsafe_b64decode(view_key)
    except (Error, ValueError):
        raise NotFound(NO_PASS) from None
    pass_id, seal = raw[:ID_BYTES], raw[ID_BYTES:]
    if not hmac.compare_digest(seal, _seal(pass_id)):
        raise NotFound(NO_PASS)
    found = select(VisitorPass.registration_id).where(VisitorPass.id == int.from_bytes(pass_id))
    registration_id = db.session.scalar(found)
    if registration_id is None:
        raise NotFound(NO_PASS)
    return service.get(registration_id)
