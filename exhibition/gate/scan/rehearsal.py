"""Test passes: signed texts that say they are a rehearsal. They are decided by the rule and leave no trace.

Text: ``EPR1``, the situation (2 digits), the edition (18), the day they are good for (8, in the edition's time zone),
and an Ed25519 signature in Base32 over ``exhibition-rehearsal-v1``, a zero byte and what stands before it.
"""

import re
from base64 import b32decode, b32encode
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from sqlalchemy import select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.gate import devices
from exhibition.gate.occupancy import caps
from exhibition.gate.rules.admission import Direction, Edition, ScanCode, Verdict
from exhibition.gate.rules.rehearsal import Situation, facts_of, rehearse
from exhibition.gate.scan.scanned_text import STRAY_PREFIX, STRAY_SUFFIX
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys

SIGNED_PREFIX = b"exhibition-rehearsal-v1\x00"
SHAPE = re.compile(r"(EPR1([0-9]{2})([0-9]{18})([0-9]{8}))([A-Z2-7]{103})")
PADDING = "="


def today(exhibition: Exhibition) -> date:
    """The day in the edition's time zone, for which test passes are made now."""
    return clock.now().astimezone(ZoneInfo(exhibition.timezone)).date()


def texts(exhibition: Exhibition) -> dict[Situation, str]:
    """The texts of today's test passes. Raises Refused ``signing_key_missing`` (503)."""
    _key_id, key = keys.signing_key()
    made: dict[Situation, str] = {}
    for situation in Situation:
        said = f"EPR1{situation:02}{exhibition.id:018}{today(exhibition):%Y%m%d}"
        made[situation] = said + b32encode(key.sign(SIGNED_PREFIX + said.encode())).decode().rstrip(PADDING)
    return made


def is_test(text: str | None) -> bool:
    """Whether the text from a scanner claims to be a test pass."""
    return text is not None and _tidy(text).startswith("EPR1")


def _tidy(text: str) -> str:
    tidy = text.upper()
    stray = STRAY_PREFIX.match(tidy)
    return STRAY_SUFFIX.sub("", tidy[stray.end() :] if stray else tidy)


def _situation(text: str, exhibition: Exhibition) -> Situation | None:
    """What the test pass stands for; None: forged, of another edition or of another day."""
    found = SHAPE.fullmatch(_tidy(text))
    if found is None:
        return None
    said, number, exhibition_id, day, signature = found.groups()
    if int(exhibition_id) != exhibition.id or day != f"{today(exhibition):%Y%m%d}":
        return None
    for key in keys.public_keys().values():
        try:
            key.verify(b32decode(signature + PADDING), SIGNED_PREFIX + said.encode())
        except InvalidSignature:
            continue
        return next((one for one in Situation if one == int(number)), None)
    return None


def answer(device_token: str, text: str, direction: Direction, people: int | None) -> dict[str, Any]:
    """The answer to a test pass, as to any scan, with ``rehearsal``. Nothing is written.

    Raises Refused ``device_unknown`` and ``device_revoked`` (401).
    """
    device = devices.authenticate(device_token)
    exhibition = db.session.execute(select(Exhibition).where(Exhibition.id == device.exhibition_id)).scalar_one()
    now = clock.now()
    inside, capacity = caps.hall(exhibition.id, now)
    told: dict[str, Any] = {
        "scan_id": 0,
        "rehearsal": True,
        "verdict": Verdict.REFUSED.value,
        "code": ScanCode.UNKNOWN.value,
        "people": 0,
        "pass": None,
        "slot": None,
        "occupancy": {"inside": inside, "capacity": capacity},
        "server_at": now.isoformat(),
    }
    situation = _situation(text, exhibition)
    if situation is None:
        return told
    edition = Edition(str(exhibition.id), exhibition.early_minutes, exhibition.late_minutes, exhibition.reentry)
    decision = rehearse(situation, edition, direction, now, people)
    facts = facts_of(situation, edition.exhibition, now)
    entry = direction is Direction.ENTRY
    inside_then = facts.inside + (decision.people if entry else -decision.people)
    counts = {"inside": inside_then, "admitted": max(facts.admitted, inside_then)}
    if facts.left_at is not None:
        told["left_at"] = facts.left_at.isoformat()
        told |= {"returned": decision.people} if entry and decision.people else {}
    return told | {
        "verdict": decision.verdict.value,
        "code": decision.code.value,
        "people": decision.people,
        "pass": {"party_size": facts.party_size} | counts,
        "slot": {"starts_at": facts.slot.starts_at.isoformat(), "ends_at": facts.slot.ends_at.isoformat()},
    }
