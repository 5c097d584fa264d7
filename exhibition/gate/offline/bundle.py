"""The bundle a device needs to decide without the server: keys, slots, passes that differ from their tokens, its
allotment.

A version is a moment in microseconds since 1970. It is never later than the start of the oldest open transaction, and a
delta reaches back a little further still, so no commit is missed (docs/adr/0007-offline.md).
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, func, or_, select, text, update

from exhibition.allocation.models import Allocation
from exhibition.badges.models import Badge, BadgeState
from exhibition.badges.rules import window
from exhibition.core import clock
from exhibition.core.config import secret_key
from exhibition.core.db import db, transaction
from exhibition.core.sql.statements import Rows
from exhibition.exhibitors.models import Exhibitor
from exhibition.gate.devices import known_device, token_hash
from exhibition.gate.models import Device, Gate
from exhibition.gate.occupancy import caps
from exhibition.gate.rules.clock_skew import measured
from exhibition.gate.scan import badge_statements
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.venue.rules.edition import Reentry
from exhibition.visitors import keys
from exhibition.visitors.models import PassState, SlotState, TimeSlot, VisitorPass
from exhibition.visitors.slots import state_now

SIGNED_PREFIX = b"exhibition-bundle-v1\x00"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
OVERLAP = timedelta(seconds=30)
"""How much further back a delta reaches: clocks of several servers differ, and a writer reads its clock first."""
CODE_DIGEST_LENGTH = 20
"""Hexadecimal digits, 80 bits: enough to find a code by, with a million of them."""
LARGEST_VERSION = 2**53 - 1
"""The largest whole number that JavaScript holds exactly."""

OLDEST_OPEN = text(
    "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


class _Device(NamedTuple):
    """The calling device, with its gate and edition."""

    id: int
    name: str
    revoked_at: datetime | None
    gate_code: str
    gate_name: str
    exhibition_id: int
    slug: str
    timezone: str
    early_minutes: int
    late_minutes: int
    reentry: Reentry
    offline_after_ms: int
    amber_minutes: int
    red_minutes: int
    mask_required: bool
    screening_question: str
    override_codes: str
    walk_in_name_required: bool
    starts_on: date
    ends_on: date


_DEVICE = Rows(
    select(
        Device.id,
        Device.name,
        Device.revoked_at,
        Gate.code.label("gate_code"),
        Gate.name.label("gate_name"),
        Exhibition.id.label("exhibition_id"),
        Exhibition.slug,
        Exhibition.timezone,
        Exhibition.early_minutes,
        Exhibition.late_minutes,
        Exhibition.reentry,
        Exhibition.offline_after_ms,
        Exhibition.amber_minutes,
        Exhibition.red_minutes,
        Exhibition.mask_required,
        Exhibition.screening_question,
        Exhibition.override_codes,
        Exhibition.walk_in_name_required,
        Exhibition.starts_on,
        Exhibition.ends_on,
    )
    .join(Gate, Gate.id == Device.gate_id)
    .join(Exhibition, Exhibition.id == Gate.exhibition_id)
    .where(Device.token_hash == bindparam("token_hash")),
    _Device,
)


def canonical(bundle: dict[str, Any]) -> bytes:
    """The bytes that are signed: JSON with sorted keys and no spaces, UTF-8, without the signature itself."""
    content = {name: value for name, value in bundle.items() if name != "signature"}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def code_salt(device_id: int) -> str:
    """What short codes are digested with for this device; another one's bundle has other digests."""
    return hmac.digest(secret_key(), f"codes of device {device_id}".encode(), "sha256").hex()[:32]


def code_digest(salt: str, code: str) -> str:
    """What a bundle holds instead of a short code: who reads a device's store has nothing that could be typed."""
    return hashlib.sha256(f"{salt}{code}".encode()).hexdigest()[:CODE_DIGEST_LENGTH]


@dataclass(frozen=True)
class DeviceReport:
    """What a device tells about itself; None: it does not."""

    unsent: int | None = None
    app_version: str | None = None
    clock: datetime | None = None
    battery_percent: int | None = None
    charging: bool | None = None


def for_device(device_token: str, since: int | None, told: DeviceReport = DeviceReport()) -> dict[str, Any]:
    """The signed bundle; with ``since`` only passes changed since that version. Stores what the device reports about
    itself.

    A version that is later than ours, from another database, gets everything. Raises Refused ``device_unknown`` and
    ``device_revoked`` (401), and ``signing_key_missing`` (503).
    """
    _key_id, key = keys.signing_key()
    device = known_device(_DEVICE.first(db.session.connection(), {"token_hash": token_hash(device_token)}))
    now = clock.now()
    version = _version(now)
    if since is not None and since > version + OVERLAP // MICROSECOND:
        since = None
    salt = code_salt(device.id)
    begins, ends = window(device.starts_on, device.ends_on, device.timezone)
    bundle: dict[str, Any] = {
        "version": version,
        "since": since,
        "server_time": now.isoformat(),
        "exhibition": {
            "id": device.exhibition_id,
            "slug": device.slug,
            "timezone": device.timezone,
            "early_minutes": device.early_minutes,
            "late_minutes": device.late_minutes,
            "reentry": device.reentry.value,
            "offline_after_ms": device.offline_after_ms,
            "amber_minutes": device.amber_minutes,
            "red_minutes": device.red_minutes,
            "mask_required": device.mask_required,
            "screening_question": device.screening_question,
            "override_codes": device.override_codes.split(),
            "walk_in_name_required": device.walk_in_name_required,
            "badges_from": begins.isoformat(),
            "badges_until": ends.isoformat(),
        },
        "device": {"id": device.id, "name": device.name},
        "gate": {"code": device.gate_code, "name": device.gate_name},
        "keys": [{"id": n, "public_key": k.public_bytes_raw().hex()} for n, k in sorted(keys.public_keys().items())],
        "slots": _slots(device.exhibition_id),
        "rounds": _rounds(device.exhibition_id),
        "code_salt": salt,
        "passes": [*_passes(device.exhibition_id, since, salt), *_badges(device.exhibition_id, since, salt)],
    } | _room(device.exhibition_id, now)
    bundle["signature"] = key.sign(SIGNED_PREFIX + canonical(bundle)).hex()
    _note(device.id, version, now, told)
    return bundle


def _version(now: datetime) -> int:
    """The bundle's version. Read before the passes: anything committed after it has a later version, or lies within the
    overlap.
    """
    if db.engine.dialect.name == "postgresql":
        oldest: datetime | None = db.session.scalar(OLDEST_OPEN)
        now = min(now, oldest or now)
    return (now - EPOCH) // MICROSECOND


def _slots(exhibition_id: int) -> list[dict[str, Any]]:
    statement = (
        select(TimeSlot.number, TimeSlot.starts_at, TimeSlot.ends_at, state_now(TimeSlot))
        .where(TimeSlot.exhibition_id == exhibition_id)
        .order_by(TimeSlot.number)
    )
    return [
        {
            "number": number,
            "starts_at": starts_at.isoformat(),
            "ends_at": ends_at.isoformat(),
            "closed": state is SlotState.CLOSED,
        }
        for number, starts_at, ends_at, state in db.session.execute(statement)
    ]


def _rounds(exhibition_id: int) -> list[dict[str, Any]]:
    statement = (
        select(DisinfectionRound.starts_at, DisinfectionRound.ends_at)
        .where(DisinfectionRound.exhibition_id == exhibition_id)
        .order_by(DisinfectionRound.starts_at)
    )
    return [
        {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat()}
        for row in db.session.execute(statement)
    ]


def _passes(exhibition_id: int, since: int | None, salt: str) -> list[dict[str, Any]]:
    statement = (
        select(
            VisitorPass.id,
            VisitorPass.generation,
            VisitorPass.state,
            VisitorPass.admitted,
            VisitorPass.inside,
            VisitorPass.party_size,
            VisitorPass.code,
            VisitorPass.left_at,
            TimeSlot.number,
        )
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .where(
            VisitorPass.exhibition_id == exhibition_id,
            or_(
                VisitorPass.generation > 0,
                VisitorPass.state != PassState.VALID,
                VisitorPass.admitted > 0,
                VisitorPass.inside > 0,
            ),
        )
        .order_by(VisitorPass.id)
    )
    if since is not None:
        statement = statement.where(VisitorPass.updated_at > EPOCH + since * MICROSECOND - OVERLAP)
    return [
        {
            "id": f"{number:016x}",
            "generation": generation,
            "state": state.value,
            "admitted": admitted,
            "inside": inside,
            "slot": slot,
            "party_size": party_size,
            "code_digest": code_digest(salt, code),
        }
        | ({"left_at": left_at.isoformat()} if left_at is not None and admitted > inside else {})
        for number, generation, state, admitted, inside, party_size, code, left_at, slot in db.session.execute(
            statement
        )
    ]


def _badges(exhibition_id: int, since: int | None, salt: str) -> list[dict[str, Any]]:
    """Every badge with its exhibitor and booth; with ``since`` only where it or the exhibitor's booth changed."""
    statement = (
        select(
            Badge.id,
            Badge.generation,
            Badge.state,
            Badge.inside,
            Badge.code,
            Badge.moved_at,
            Exhibitor.name,
            badge_statements.BOOTH_CODE,
        )
        .join(Exhibitor, Exhibitor.id == Badge.exhibitor_id)
        .where(Badge.exhibition_id == exhibition_id)
        .order_by(Badge.id)
    )
    if since is not None:
        after = EPOCH + since * MICROSECOND - OVERLAP
        claimed = exists().where(
            Allocation.exhibition_id == exhibition_id,
            Allocation.exhibitor_id == Badge.exhibitor_id,
            Allocation.updated_at > after,
        )
        statement = statement.where((Badge.updated_at > after) | claimed)
    return [
        {
            "id": f"{number:016x}",
            "generation": generation,
            "state": PassState.VALID if state is BadgeState.VALID and booth is not None else PassState.REVOKED,
            "admitted": inside,
            "inside": inside,
            "slot": 0,
            "party_size": 1,
            "code_digest": code_digest(salt, code),
            "moved_at": moved_at.isoformat() if moved_at is not None else None,
            "badge": {"exhibitor": exhibitor, "booth": booth},
        }
        for number, generation, state, inside, code, moved_at, exhibitor, booth in db.session.execute(statement)
    ]


def _room(exhibition_id: int, now: datetime) -> dict[str, Any]:
    """The hall's count, and the device's equal share of the free places now and from each change of the cap on."""
    inside, capacity = caps.hall(exhibition_id, now)
    working = (
        select(func.count())
        .select_from(Device)
        .join(Gate, Gate.id == Device.gate_id)
        .where(Gate.exhibition_id == exhibition_id, Device.revoked_at.is_(None))
    )
    devices = max(1, db.session.scalar(working) or 0)
    later = [
        {
            "starts_at": one.starts_at.isoformat(),
            "capacity": one.capacity,
            "places": max(0, one.capacity - inside) // devices,
        }
        for one in caps.changes(exhibition_id)
        if one.starts_at > now
    ]
    allotment = {"places": max(0, capacity - inside) // devices, "later": later}
    return {"allotment": allotment, "occupancy": {"inside": inside, "capacity": capacity}}


@transaction
def _note(device_id: int, version: int, now: datetime, told: DeviceReport) -> None:
    skew_s = None if told.clock is None else round(measured(told.clock, now).total_seconds())
    said = {
        "unsent": told.unsent,
        "app_version": told.app_version,
        "clock_skew_s": skew_s,
        "battery_percent": told.battery_percent,
        "charging": told.charging,
    }
    values: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    values |= {"bundle_version": version, "bundle_at": now, "last_seen_at": now}
    db.session.execute(update(Device).where(Device.id == device_id).values(values))
