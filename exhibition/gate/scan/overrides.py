"""A supervisor overrules a refusal at a gate: with a personal PIN and a reason, for codes that the edition allows."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts import pins
from exhibition.accounts.audit import Actor, record
from exhibition.badges.models import Badge
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.limiting.tries import count_try, forget_tries
from exhibition.gate import devices
from exhibition.gate.models import Device, Gate, Scan, ScanOverride
from exhibition.gate.rules.admission import ScanCode
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import VisitorPass

PIN_LIMIT = "5/minute;20/hour"
"""Wrong PINs in a row from one device."""
LONGEST_REASON = 200
LONGEST_BY = 120
CORRECTION = "correction"
"""Stands in place of a code where a supervisor did not overrule a refusal, but corrected a movement."""


@dataclass(frozen=True)
class Supervision:
    """The supervisor of an override, the reason, and the refusals that may be set aside."""

    user_id: int
    by: str
    reason: str
    codes: frozenset[str]


def tidy_reason(reason: str, field: str) -> str:
    """A reason fit to be shown. Raises Refused ``invalid`` (422)."""
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON or not reason.isprintable():
        message = _l("Give a reason of 1 to %(longest)s ordinary characters.", longest=LONGEST_REASON)
        raise Refused("invalid", message, status=422, field=field)
    return reason


def authorise(device_token: str, pin: str, reason: str, named: str = "override.") -> Supervision:
    """The supervisor whose PIN was typed at this device; ``named`` is what the fields' names begin with.

    Raises Refused ``device_unknown`` and ``device_revoked`` (401), ``invalid`` (422, ``override.reason``),
    ``pin_wrong`` (403, ``override.pin``), and TooManyRequests (429).
    """
    device = devices.authenticate(device_token)
    reason = tidy_reason(reason, f"{named}reason")
    who = ("override", str(device.id))
    count_try(PIN_LIMIT, *who)
    supervisor = pins.supervisor_of(pin, device.exhibition_id)
    if supervisor is None:
        _note_wrong(device.id, device.name)
        message = _l("This PIN is nobody's. Ask the supervisor to type it again.")
        raise Refused("pin_wrong", message, status=403, field=f"{named}pin")
    forget_tries(PIN_LIMIT, *who)
    codes = select(Exhibition.override_codes).where(Exhibition.id == device.exhibition_id)
    allowed = frozenset(db.session.execute(codes).scalar_one().split())
    return Supervision(supervisor.user_id, supervisor.name[:LONGEST_BY], reason, allowed)


@transaction
def _note_wrong(device_id: int, device_name: str) -> None:
    record(Actor(None, device_name), "override.pin_wrong", "device", device_id, name=device_name)


def columns(code: ScanCode, supervision: Supervision) -> dict[str, object]:
    """The values stored beside the scan: who let the party in although the rule had said ``code``, and why."""
    return {
        "overruled": code.value,
        "user_id": supervision.user_id,
        "by": supervision.by,
        "reason": supervision.reason,
    }


@dataclass(frozen=True)
class OverrideLine:
    """An overruled refusal as the desk lists it."""

    scan: Scan
    by: str
    code: ScanCode
    reason: str
    gate: str
    device: str
    pass_code: str | None

    @property
    def codes(self) -> list[ScanCode]:
        """All refusals that were set aside."""
        return [ScanCode(code) for code in self.scan.answer["override"]["codes"]]


def listed(exhibition: Exhibition) -> list[OverrideLine]:
    """The overruled refusals, newest first."""
    statement = (
        select(ScanOverride, Scan, Gate.code, Device.name, func.coalesce(VisitorPass.code, Badge.code))
        .join(Scan, Scan.id == ScanOverride.scan_id)
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Device, Device.id == Scan.device_id)
        .outerjoin(VisitorPass, VisitorPass.id == Scan.pass_id)
        .outerjoin(Badge, Badge.id == Scan.pass_id)
        .where(Scan.exhibition_id == exhibition.id, ScanOverride.code != CORRECTION)
        .order_by(ScanOverride.scan_id.desc())
    )
    return [
        OverrideLine(scan, row.by, ScanCode(row.code), row.reason, gate, device, pass_code)
        for row, scan, gate, device, pass_code in db.session.execute(statement)
    ]
