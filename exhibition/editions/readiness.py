"""Counting what is there for a fair: the facts of its checklist (``rules.checklist``)."""

from sqlalchemy import func, select

from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import has_role_at
from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.editions.rules.checklist import Readiness
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.models import ApplicationCall
from exhibition.gate.models import Device, Gate
from exhibition.gate.occupancy import caps
from exhibition.venue import service as venue
from exhibition.venue.models import Booth, Exhibition
from exhibition.visitors import slots
from exhibition.visitors.rules import SlotStatus

STAFF = (RoleName.ORGANIZER, RoleName.GATE)


def read(exhibition: Exhibition) -> Readiness:
    """The facts of this moment; the same few queries for a fair of any size."""
    now = clock.now()
    open_slots = [slot for slot in slots.of_edition(exhibition.id) if slot.status(now) is SlotStatus.OPEN]
    phones = _phones(exhibition)
    call = db.session.get(ApplicationCall, exhibition.id)
    contact = exhibition.contact_email or exhibition.contact_phone or exhibition.contact_whatsapp
    return Readiness(
        named_place=bool(exhibition.venue_name and exhibition.address),
        reachable=bool(contact),
        booths=_count(Booth, Booth.exhibition_id == exhibition.id),
        open_booths=venue.booths_open(exhibition),
        sessions=len(open_slots),
        places=sum(slot.remaining for slot in open_slots),
        inside_cap=caps.hall(exhibition.id, max([now, *(slot.starts_at for slot in open_slots[:1])]))[1],
        largest_session=max((slot.capacity for slot in open_slots), default=0),
        gates=len(phones),
        gates_without_phone=tuple(code for code, count in phones if count == 0),
        team=_team(exhibition),
        takes_applications=call is None or calls.takes_applications(exhibition, call),
        exhibitors=_count(Allocation, confirmed_in(exhibition.id)),
    )


def _count(model: type[Booth] | type[Allocation], condition: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(condition)) or 0  # pyright: ignore[reportArgumentType] a condition


def _phones(exhibition: Exhibition) -> list[tuple[str, int]]:
    """The code of each gate and how many devices may scan there."""
    at_work = (Device.gate_id == Gate.id) & Device.revoked_at.is_(None)
    statement = select(Gate.code, func.count(Device.id)).outerjoin(Device, at_work)
    rows = db.session.execute(
        statement.where(Gate.exhibition_id == exhibition.id).group_by(Gate.code).order_by(Gate.code)
    )
    return [(code, count) for code, count in rows]


def _team(exhibition: Exhibition) -> int:
    at_work = has_role_at(STAFF, exhibition.id)
    statement = select(func.count()).select_from(User).where(User.active, at_work)
    return db.session.scalar(statement) or 0
