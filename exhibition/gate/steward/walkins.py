"""Walk-ins: a steward gives free places of the running slot to people who come without a pass."""

import hashlib

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.gate import devices
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.models import TimeSlot
from exhibition.visitors.registration.party import Issued, Party


def register(device_token: str, nonce: str, party_size: int, name: str, locale: str) -> Issued:
    """Take places in the slot that runs now and issue a pass for them, both or neither; the same ``nonce`` counts once.

    Raises Refused ``device_unknown`` and ``device_revoked`` (401), ``no_slot_now``, ``nonce_used``, ``slot_full``,
    ``slot_closed`` (409) and ``name_missing`` (422) where the edition asks for a name.
    """
    device = devices.authenticate(device_token)
    key = f"walk-in:{device.id}:{hashlib.sha256(nonce.encode()).hexdigest()[:48]}"
    earlier = service.made_with(key)
    if earlier is None:
        earlier = service.register(
            _party(device.exhibition_id, party_size, name, locale), idempotency_key=key, walk_in=True
        )
    if earlier.party_size != party_size:
        raise Refused("nonce_used", _l("This nonce was used for another walk-in."), field="nonce")
    return earlier


def _party(exhibition_id: int, party_size: int, name: str, locale: str) -> Party:
    now = clock.now()
    statement = (
        select(TimeSlot.id, Exhibition.walk_in_name_required)
        .join(Exhibition, Exhibition.id == TimeSlot.exhibition_id)
        .where(TimeSlot.exhibition_id == exhibition_id, TimeSlot.starts_at <= now, TimeSlot.ends_at > now)
        .order_by(TimeSlot.starts_at.desc())
        .limit(1)
    )
    running = db.session.execute(statement).one_or_none()
    if running is None:
        raise Refused("no_slot_now", _l("No session is running now."))
    if running.walk_in_name_required and not name:
        raise Refused("name_missing", _l("Write down a name; the organizer asks for it."), status=422, field="name")
    return Party(running.id, name, email=None, phone=None, party_size=party_size, locale=locale)
