"""Gates and the devices at them: who may send scans, and how a phone becomes one of them."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.constraints import violates
from exhibition.core.sql.statements import Rows
from exhibition.gate.models import Device, EnrolmentCode, Gate, Scan
from exhibition.gate.rules.clock_skew import CLOCK_DRIFT
from exhibition.gate.rules.data_age import Level, data_age
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState

ENROLMENT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
ENROLMENT_LENGTH = 8
ENROLMENT_LIFETIME = timedelta(hours=1)
LOW_BATTERY = 20
"""From this percentage down a battery is shown as low."""
NOTICED_EVERY = timedelta(minutes=1)
"""How often the contact of a device that only reads is recorded."""


@dataclass(frozen=True)
class DeviceLine:
    """A device as the desk lists it; ``drift`` is its clock minus ours at its last scan."""

    id: int
    name: str
    enrolled_at: datetime
    last_seen_at: datetime | None
    revoked: bool
    drift: timedelta
    unsent: int | None
    bundle_at: datetime | None
    level: Level
    """The colour for the age of its bundle."""
    app_version: str | None
    data_minutes: int | None
    """How old its bundle is; None: it has none."""
    battery_percent: int | None
    charging: bool | None

    @property
    def battery_is_low(self) -> bool:
        return self.battery_percent is not None and self.battery_percent <= LOW_BATTERY and not self.charging

    @property
    def clock_is_wrong(self) -> bool:
        return abs(self.drift) > CLOCK_DRIFT

    @property
    def drift_minutes(self) -> int:
        return round(self.drift / timedelta(minutes=1))


@dataclass(frozen=True)
class GateLine:
    id: int
    code: str
    name: str
    devices: list[DeviceLine]


def token_hash(secret: str) -> str:
    """The hash that is stored in place of a device token or enrolment code."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Revocable(Protocol):
    """A row that says whether the device was withdrawn."""

    @property
    def revoked_at(self) -> datetime | None: ...


D = TypeVar("D", bound=Revocable)


def known_device(found: D | None) -> D:
    """The row, when its ``revoked_at`` says that the device may still work.

    Raises Refused ``device_unknown`` and ``device_revoked`` (401).
    """
    if found is None:
        raise Refused("device_unknown", _l("This device is not enrolled. Enrol it with a new code."), status=401)
    if found.revoked_at is not None:
        raise Refused("device_revoked", _l("This device was withdrawn. Enrol it with a new code."), status=401)
    return found


class KnownDevice(NamedTuple):
    """A device that may work, with its edition and its time zone."""

    id: int
    name: str
    revoked_at: datetime | None
    last_seen_at: datetime | None
    exhibition_id: int
    timezone: str


_BY_TOKEN = Rows(
    select(Device.id, Device.name, Device.revoked_at, Device.last_seen_at, Gate.exhibition_id, Exhibition.timezone)
    .join(Gate, Gate.id == Device.gate_id)
    .join(Exhibition, Exhibition.id == Gate.exhibition_id)
    .where(Device.token_hash == bindparam("token_hash")),
    KnownDevice,
)


def authenticate(device_token: str) -> KnownDevice:
    """The device of a token with its gate and edition. Raises as ``known_device`` does."""
    return known_device(_BY_TOKEN.first(db.session.connection(), {"token_hash": token_hash(device_token)}))


def ids_that_may_scan(exhibition_id: int) -> frozenset[int]:
    """The devices at the gates of an edition, if it is published, that were not withdrawn."""
    statement = (
        select(Device.id)
        .join(Gate, Gate.id == Device.gate_id)
        .join(Exhibition, Exhibition.id == Gate.exhibition_id)
        .where(
            Device.revoked_at.is_(None),
            Exhibition.id == exhibition_id,
            Exhibition.state == EditionState.PUBLISHED,
        )
    )
    return frozenset(db.session.scalars(statement))


def note_contact(device: KnownDevice) -> None:
    """Record that the device was in contact, unless that was recorded a moment ago."""
    now = clock.now()
    if device.last_seen_at is None or now - device.last_seen_at > NOTICED_EVERY:
        _write_contact(device.id, now)


@transaction
def _write_contact(device_id: int, now: datetime) -> None:
    db.session.execute(update(Device).where(Device.id == device_id).values(last_seen_at=now))


def clean_name(text: str, field: str, longest: int) -> str:
    """A name fit to be shown: trimmed, without control characters. Raises Refused ``invalid`` (422)."""
    name = " ".join(text.split())
    if not name or len(name) > longest or any(unicodedata.category(character)[0] == "C" for character in name):
        message = _l("Give a name of 1 to %(longest)s ordinary characters.", longest=longest)
        raise Refused("invalid", message, status=422, field=field)
    return name


def _gate(exhibition: Exhibition, gate_id: int) -> Gate:
    found = db.session.get(Gate, gate_id)
    if found is None or found.exhibition_id != exhibition.id:
        raise NotFound
    return found


def _device(exhibition: Exhibition, device_id: int) -> Device:
    found = db.session.get(Device, device_id)
    if found is None:
        raise NotFound
    _gate(exhibition, found.gate_id)
    return found


def gate_by_code(exhibition: Exhibition, code: str) -> Gate:
    """Raises Refused ``not_found``."""
    statement = select(Gate).where(Gate.exhibition_id == exhibition.id, Gate.code == code.strip().upper())
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(_l("There is no gate with the code %(code)s.", code=code))
    return found


@transaction
def add_gate(actor: Actor, exhibition: Exhibition, code: str, name: str) -> Gate:
    """Raises Refused ``gate_code_taken`` (409) and ``invalid`` (422)."""
    gate = Gate(exhibition_id=exhibition.id, code=code.strip().upper(), name=clean_name(name, "name", 80))
    db.session.add(gate)
    try:
        db.session.flush()
    except IntegrityError as error:
        if not violates(error, "uq_gate_exhibition_id_code"):
            raise
        raise Refused("gate_code_taken", _l("There is a gate with this code already."), field="code") from error
    record(actor, "gate.add", "gate", gate.id, name=gate.name, after={"code": gate.code, "name": gate.name})
    return gate


@transaction
def make_enrolment_code(actor: Actor, exhibition: Exhibition, gate_id: int) -> str:
    """A code, valid for an hour, that makes one phone a device of the gate; shown once, only its hash is kept."""
    gate = _gate(exhibition, gate_id)
    code = "".join(secrets.choice(ENROLMENT_ALPHABET) for _sign in range(ENROLMENT_LENGTH))
    expires_at = clock.now() + ENROLMENT_LIFETIME
    db.session.add(EnrolmentCode(gate_id=gate.id, code_hash=token_hash(code), expires_at=expires_at))
    record(actor, "gate.enrolment_code", "gate", gate.id, name=gate.name)
    return code


@transaction
def enrol(enrolment_code: str, device_name: str) -> tuple[str, Device, Gate]:
    """Make a device; returns its token (shown once), the device and its gate.

    Raises Refused ``enrolment_code_invalid`` (401) for a code that is wrong, used or expired, and ``invalid`` (422) for
    a name that cannot be shown.
    """
    name = clean_name(device_name, "device_name", 80)
    now = clock.now()
    tidy = "".join(character for character in enrolment_code.upper() if character.isalnum())
    gate_id = db.session.scalar(
        update(EnrolmentCode)
        .where(
            EnrolmentCode.code_hash == token_hash(tidy),
            EnrolmentCode.used_at.is_(None),
            EnrolmentCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(EnrolmentCode.gate_id)
    )
    if gate_id is None:
        message = _l("This code is wrong, used or older than an hour. Ask the desk for a new one.")
        raise Refused("enrolment_code_invalid", message, status=401, field="enrolment_code")
    gate = db.session.get_one(Gate, gate_id)
    device_token = secrets.token_urlsafe(32)
    device = Device(gate_id=gate.id, name=name, token_hash=token_hash(device_token), enrolled_at=now, last_seen_at=now)
    db.session.add(device)
    db.session.flush()
    record(Actor(None, name), "device.enrol", "device", device.id, name=name, after={"gate": gate.code})
    return device_token, device, gate


def gates_to_choose(device_token: str) -> list[Gate]:
    """The gates of the device's edition, by code. Raises as ``known_device`` does."""
    device = authenticate(device_token)
    statement = select(Gate).where(Gate.exhibition_id == device.exhibition_id).order_by(Gate.code)
    return list(db.session.scalars(statement))


@transaction
def change_gate(device_token: str, code: str) -> Gate:
    """Move the calling device to another gate of its edition; its next scans count there.

    Raises as ``known_device`` does, and Refused ``gate_unknown`` (422).
    """
    known = authenticate(device_token)
    wanted = select(Gate).where(Gate.exhibition_id == known.exhibition_id, Gate.code == code.strip().upper())
    gate = db.session.scalar(wanted)
    if gate is None:
        raise Refused("gate_unknown", _l("There is no such gate."), status=422, field="gate")
    device = db.session.get_one(Device, known.id)
    before = db.session.get_one(Gate, device.gate_id)
    if before.id != gate.id:
        device.gate_id = gate.id
        record(
            Actor(None, device.name),
            "device.move",
            "device",
            device.id,
            name=device.name,
            before={"gate": before.code},
            after={"gate": gate.code},
        )
    return gate


@transaction
def rename_device(actor: Actor, exhibition: Exhibition, device_id: int, name: str) -> Device:
    """Raises Refused ``not_found`` and ``invalid`` (422)."""
    device = _device(exhibition, device_id)
    before, device.name = device.name, clean_name(name, "name", 80)
    record(
        actor,
        "device.rename",
        "device",
        device.id,
        name=device.name,
        before={"name": before},
        after={"name": device.name},
    )
    return device


@transaction
def revoke_device(actor: Actor, exhibition: Exhibition, device_id: int) -> Device:
    """End the device's token at once; doing it again changes nothing. Raises Refused ``not_found``."""
    device = _device(exhibition, device_id)
    if device.revoked_at is None:
        device.revoked_at = clock.now()
        record(actor, "device.revoke", "device", device.id, name=device.name)
    return device


def gates(exhibition: Exhibition) -> list[GateLine]:
    """Every gate of the edition with its devices, those in use first."""
    now = clock.now()
    own = aliased(Scan)
    newest = select(func.max(own.id)).where(own.device_id == Device.id, ~own.offline).scalar_subquery()
    statement = (
        select(Device, Scan.device_at, Scan.server_at)
        .join(Gate, Gate.id == Device.gate_id)
        .outerjoin(Scan, Scan.id == newest)
        .where(Gate.exhibition_id == exhibition.id)
        .order_by(Device.revoked_at.is_not(None), Device.name, Device.id)
    )
    lines: dict[int, list[DeviceLine]] = {}
    for device, device_at, server_at in db.session.execute(statement):
        age = data_age(device.bundle_at, now, exhibition.amber_minutes, exhibition.red_minutes)
        seen = [moment for moment in (device.last_seen_at, server_at) if moment is not None]
        lines.setdefault(device.gate_id, []).append(
            DeviceLine(
                id=device.id,
                name=device.name,
                enrolled_at=device.enrolled_at,
                last_seen_at=max(seen, default=None),
                revoked=device.revoked_at is not None,
                drift=_drift(device, device_at, server_at),
                unsent=device.unsent,
                bundle_at=device.bundle_at,
                level=age.level,
                app_version=device.app_version,
                data_minutes=age.minutes,
                battery_percent=device.battery_percent,
                charging=device.charging,
            )
        )
    statement = select(Gate).where(Gate.exhibition_id == exhibition.id).order_by(Gate.code)
    return [GateLine(gate.id, gate.code, gate.name, lines.get(gate.id, [])) for gate in db.session.scalars(statement)]


def _drift(device: Device, device_at: datetime | None, server_at: datetime | None) -> timedelta:
    """How far its clock is ahead: as last measured, else by its last scan."""
    if device.clock_skew_s is not None:
        return timedelta(seconds=device.clock_skew_s)
    return device_at - server_at if device_at is not None and server_at is not None else timedelta()
