"""A small world for gate tests: passes as rows with their tokens, devices with their secrets."""

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.config import instance_folder
from exhibition.core.db import db, transaction
from exhibition.gate import devices
from exhibition.gate.models import Gate, HallCap, HallOccupancy, Scan, ScanConflict
from exhibition.gate.occupancy import caps
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys, slots, tokens
from exhibition.visitors.models import PassKey, PassState, Registration, TimeSlot, VisitorPass
from exhibition.visitors.rules import CODE_ALPHABET, SlotStatus
from tests.fairs import the_fair

_numbers = itertools.count(1)


@dataclass(frozen=True)
class IssuedPass:
    id: int
    code: str
    token: str


def open_slot(exhibition_id: int) -> TimeSlot:
    """The slot that contains the present moment."""
    now = clock.now()
    statement = select(TimeSlot).where(
        TimeSlot.exhibition_id == exhibition_id, TimeSlot.starts_at <= now, TimeSlot.ends_at > now
    )
    return db.session.scalars(statement).one()


def coming_slots(count: int = 1) -> list[slots.Slot]:
    """Open slots of a later day."""
    now = clock.now()
    found = [
        slot
        for slot in slots.of_edition(the_fair().id)
        if slot.starts_at > now + timedelta(days=1) and slot.status(now) is SlotStatus.OPEN
    ]
    return found[:count]


@transaction
def issue(
    exhibition_id: int,
    *,
    party_size: int = 1,
    slot: TimeSlot | None = None,
    state: PassState = PassState.VALID,
    generation: int = 0,
) -> IssuedPass:
    """Write a pass as a registration would."""
    slot = slot or open_slot(exhibition_id)
    number = next(_numbers)
    registration = Registration(
        exhibition_id=exhibition_id,
        reference=f"R{number}",
        manage_key=f"manage-{number}",
        locale="id",
        consent_at=clock.now(),
    )
    db.session.add(registration)
    db.session.flush()
    visitor_pass = VisitorPass(
        id=secrets.randbits(63),
        registration_id=registration.id,
        exhibition_id=exhibition_id,
        slot_id=slot.id,
        code="".join(secrets.choice(CODE_ALPHABET) for _ in range(8)),
        party_size=party_size,
        state=state,
        generation=generation,
    )
    db.session.add(visitor_pass)
    db.session.flush()
    return IssuedPass(visitor_pass.id, visitor_pass.code, token_of(visitor_pass, slot))


@transaction
def count_places() -> None:
    """Count the passes of ``issue`` in their sessions, as registrations would."""
    held = select(func.coalesce(func.sum(VisitorPass.party_size), 0)).where(VisitorPass.slot_id == TimeSlot.id)
    db.session.execute(update(TimeSlot).values(issued=held.correlate(TimeSlot).scalar_subquery()))


def _signing_key() -> tuple[int, Ed25519PrivateKey]:
    """The signing key; key files left over from before the database was emptied are deleted first."""
    if db.session.scalar(select(PassKey.id).limit(1)) is None:
        for file in (instance_folder() / "keys").glob("pass-*.key"):
            file.unlink()
        keys._private_key.cache_clear()
    return keys.signing_key()


def token_of(visitor_pass: VisitorPass, slot: TimeSlot) -> str:
    key_id, key = _signing_key()
    token = tokens.Pass(
        key_id,
        visitor_pass.id,
        slot.number,
        visitor_pass.party_size,
        visitor_pass.generation,
        slot.starts_at,
        tokens.quarters_between(slot.starts_at, slot.ends_at),
    )
    return tokens.encode(token, key)


def enrol(exhibition: Exhibition, gate_code: str = "A", name: str = "Ponsel") -> str:
    """The token of a new device at the gate."""
    gate = devices.gate_by_code(exhibition, gate_code)
    secret, _device, _gate = devices.enrol(devices.make_enrolment_code(COMMAND_LINE, the_fair(), gate.id), name)
    return secret


def nonces() -> Iterator[str]:
    return (secrets.token_hex(8) for _ in itertools.count())


def send(client: FlaskClient, device: str, **body: Any) -> TestResponse:
    """Send one scan as a device does; by default an entry with a new nonce."""
    body = {"nonce": secrets.token_hex(8), "direction": "entry"} | body
    return client.post("/api/v1/gate/scans", json=body, headers={"Authorization": f"Bearer {device}"})


def offline(issued: IssuedPass | None = None, **values: Any) -> dict[str, Any]:
    """One decision of a device without the server; by default an accepted entry of one person, now."""
    decision = {
        "nonce": secrets.token_hex(8),
        "direction": "entry",
        "people": 1,
        "scanned_at": clock.now().isoformat(),
        "offline": True,
        "verdict": "accepted",
        "code": "accepted",
    }
    if issued is not None:
        decision["token"] = issued.token
    return decision | values


def send_batch(client: FlaskClient, device: str, *decisions: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """Send decisions in one batch; its results."""
    answer = client.post(
        "/api/v1/gate/scans/batch",
        json={"scans": list(decisions)} | more,
        headers={"Authorization": f"Bearer {device}"},
    )
    assert answer.status_code == 200, answer.text
    return answer.get_json()["results"]


def conflicts() -> list[tuple[str, int, int | None]]:
    """Kind, scan and other scan of every conflict, in the order of their ids."""
    db.session.rollback()
    rows = db.session.scalars(select(ScanConflict).order_by(ScanConflict.id))
    return [(row.kind.value, row.scan_id, row.other_scan_id) for row in rows]


@transaction
def change_pass(pass_id: int, **values: Any) -> None:
    db.session.execute(update(VisitorPass).where(VisitorPass.id == pass_id).values(**values))


@transaction
def set_edition(exhibition_id: int, **values: Any) -> None:
    db.session.execute(update(Exhibition).where(Exhibition.id == exhibition_id).values(**values))


@transaction
def set_hall(exhibition_id: int, **values: int) -> None:
    """Set people inside, or the cap, whose changes are then deleted."""
    if "capacity" in values:
        db.session.execute(delete(HallCap).where(HallCap.exhibition_id == exhibition_id))
    db.session.execute(update(HallOccupancy).where(HallOccupancy.exhibition_id == exhibition_id).values(**values))


def hall(exhibition_id: int) -> tuple[int, int]:
    """People inside and the cap in force."""
    db.session.rollback()
    return caps.hall(exhibition_id)


def pass_counts(pass_id: int) -> tuple[int, int]:
    """Admitted and inside."""
    db.session.rollback()
    statement = select(VisitorPass.admitted, VisitorPass.inside).where(VisitorPass.id == pass_id)
    row = db.session.execute(statement).one()
    return row.admitted, row.inside


def scans() -> list[Scan]:
    db.session.rollback()
    return list(db.session.scalars(select(Scan).order_by(Scan.id)))


def gates() -> list[Gate]:
    return list(db.session.scalars(select(Gate).order_by(Gate.code)))
