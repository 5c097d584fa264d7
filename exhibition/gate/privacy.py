"""Remarks and names that were written at the gates are erased together with the visitors' contacts; counts stay."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from exhibition.core.db import db
from exhibition.core.sql import append_only
from exhibition.core.sql.statements import table_of
from exhibition.gate.models import Device, Gate, HallCap, OccupancyCount, Scan, ScanConflict, ScanOverride
from exhibition.visitors import privacy
from exhibition.visitors.models import VisitorPass


def erase(exhibition_id: int, *, dry_run: bool) -> int:
    """Erase them, and what was held to the scanners: anything can have been. None of it counts as a contact."""
    if dry_run:
        return 0
    of_edition = Scan.exhibition_id == exhibition_id
    presented = of_edition & (Scan.presented != "")
    overridden = select(ScanOverride.scan_id).join(Scan).where(of_edition, or_(*_words(ScanOverride)))
    scans = list(db.session.scalars(select(Scan).where(Scan.id.in_(overridden))))
    if scans or db.session.scalar(select(Scan.id).where(presented).limit(1)) is not None:
        with append_only.lifted(table_of(Scan)):
            db.session.execute(update(Scan).where(presented).values(presented=""))
            for scan in scans:
                scan.answer = scan.answer | {"override": scan.answer.get("override", {}) | {"by": ""}}
            db.session.flush()
    of_scans = ScanOverride.scan_id.in_([scan.id for scan in scans])
    db.session.execute(update(ScanOverride).where(of_scans).values(by="", reason=""))
    db.session.execute(
        update(ScanConflict)
        .where(ScanConflict.exhibition_id == exhibition_id, or_(ScanConflict.note != "", ScanConflict.closed_by != ""))
        .values(note="", closed_by="")
    )
    for model in (HallCap, OccupancyCount):
        reasons = update(model).where(model.exhibition_id == exhibition_id, model.reason != "")
        db.session.execute(reasons.values(reason=""))
    at_its_gates = Device.gate_id.in_(select(Gate.id).where(Gate.exhibition_id == exhibition_id))
    for device in db.session.scalars(select(Device).where(at_its_gates)):
        device.name = f"#{device.id}"
    return 0


def _words(model: type[ScanOverride]) -> tuple[ColumnElement[bool], ...]:
    return model.by != "", model.reason != ""


def copy(registration_id: int) -> dict[str, Any]:
    """Every time that the pass of a registration was shown at a gate."""
    statement = (
        select(Scan, Gate.name)
        .join(Gate, Gate.id == Scan.gate_id)
        .join(VisitorPass, VisitorPass.id == Scan.pass_id)
        .where(VisitorPass.registration_id == registration_id)
        .order_by(Scan.id)
    )
    shown = [
        {
            "at": scan.server_at.isoformat(),
            "gate": gate,
            "direction": scan.direction.value,
            "people": scan.people,
            "answer": scan.code.value,
            "mask_worn": scan.mask_worn,
            "screening_passed": scan.screening_passed,
        }
        for scan, gate in db.session.execute(statement)
    ]
    return {"at_the_gates": shown}


privacy.erasers.append(erase)
privacy.copiers.append(copy)
