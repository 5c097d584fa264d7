"""The organizer's pins: booths that every proposal must give to certain exhibitors."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from exhibition.accounts.audit import Actor, record
from exhibition.allocation import service
from exhibition.allocation.models import AllocationPin
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Exhibition


def pinned_booths(exhibition: Exhibition) -> dict[int, int]:
    """The id of the pinned booth, by the exhibitor's id."""
    statement = select(AllocationPin.exhibitor_id, AllocationPin.booth_id).where(
        AllocationPin.exhibition_id == exhibition.id
    )
    return {row.exhibitor_id: row.booth_id for row in db.session.execute(statement)}


@transaction
def pin(actor: Actor, exhibition: Exhibition, exhibitor_id: int, code: str) -> None:
    """Pin an exhibitor to a booth for the next proposals, or remove the pin when ``code`` is empty.

    Raises Refused ``exhibitor_unknown`` (422), ``booth_unknown`` (404), ``booth_closed`` and ``booth_pinned`` (409).
    """
    exhibitor = db.session.get(Exhibitor, exhibitor_id) if exhibitor_id <= LARGEST_ID else None
    if exhibitor is None:
        raise Refused("exhibitor_unknown", _l("Choose an exhibitor from the list."), status=422, field="exhibitor_id")
    own = (AllocationPin.exhibition_id == exhibition.id) & (AllocationPin.exhibitor_id == exhibitor.id)
    before = db.session.scalar(select(AllocationPin.booth_id).where(own))
    db.session.execute(delete(AllocationPin).where(own))
    booth = None
    if code:
        booth = next((booth for booth in service.plan(exhibition) if booth.code == code), None)
        if booth is None:
            raise Refused("booth_unknown", _l("There is no booth with this code."), status=404, field="booth")
        if not booth.opened:
            raise Refused("booth_closed", _l("The published layout keeps this booth closed."), field="booth")
        other = db.session.scalar(
            select(Exhibitor.name)
            .join(AllocationPin, AllocationPin.exhibitor_id == Exhibitor.id)
            .where(AllocationPin.exhibition_id == exhibition.id, AllocationPin.booth_id == booth.id)
        )
        if other is not None:
            message = _l("%(exhibitor)s is pinned to booth %(code)s already.", exhibitor=other, code=code)
            raise Refused("booth_pinned", message, field="booth")
        db.session.add(AllocationPin(exhibition_id=exhibition.id, exhibitor_id=exhibitor.id, booth_id=booth.id))
    record(
        actor,
        "exhibitor.pin" if booth else "exhibitor.unpin",
        "exhibitor",
        exhibitor.id,
        before={"booth_id": before},
        after={"booth_id": booth.id if booth else None},
    )
