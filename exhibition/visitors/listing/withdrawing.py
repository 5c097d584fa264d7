"""Withdrawing the passes that match, or those ticked, and giving them back while there is room (``venue.bulk``)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from exhibition.accounts.audit import Actor
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.venue.bulk import acts
from exhibition.venue.bulk.models import BulkAct
from exhibition.venue.models import Exhibition
from exhibition.visitors import service, slots
from exhibition.visitors.listing.search import matching
from exhibition.visitors.listing.sought import RegistrationSearch
from exhibition.visitors.models import PassState, Registration, VisitorPass
from exhibition.visitors.registration.party import Issued

SUBJECT, WITHDRAW = "registrations", "withdraw"
_ID = VisitorPass.registration_id
_WITHDRAWABLE = VisitorPass.state == PassState.VALID, VisitorPass.admitted == 0
"""Passes that somebody has come in on stay."""


def survey(exhibition: Exhibition, sought: RegistrationSearch) -> acts.Survey:
    """Those that match now and can be withdrawn. Their filter is kept, for they may be very many.

    Raises Refused ``nothing_chosen`` (422) when nobody is left out.
    """
    if not sought.narrows:
        raise Refused("nothing_chosen", _l("Choose whose registrations are to be withdrawn."), status=422)
    now = clock.now()
    found = matching(exhibition, sought, at=now).where(*_WITHDRAWABLE).subquery()
    newest = func.coalesce(func.max(found.c.registration_id), 0)
    number, last = db.session.execute(select(func.count(), newest).select_from(found)).one()
    kept = {"sought": sought.stored(), "at": now.isoformat()}
    return acts.Survey(number, last, kept, sought.narrowing.as_json())


def survey_of(exhibition: Exhibition, registration_ids: Collection[int]) -> acts.Survey:
    """Those of a few that can be withdrawn."""
    of_edition = VisitorPass.exhibition_id == exhibition.id, _ID.in_(registration_ids)
    ids = list(db.session.scalars(select(_ID).where(*of_edition, *_WITHDRAWABLE).order_by(_ID)))
    return acts.Survey(len(ids), ids[-1] if ids else 0, {"ids": ids})


def _piece(exhibition: Exhibition, wanted: Mapping[str, Any], after: int, until: int, number: int) -> list[int]:
    if "ids" in wanted:
        return [id_ for id_ in wanted["ids"] if after < id_ <= until][:number]
    sought, at = RegistrationSearch.restored(wanted["sought"]), datetime.fromisoformat(wanted["at"])
    found = matching(exhibition, sought, at=at).where(*_WITHDRAWABLE, after < _ID, until >= _ID)
    return list(db.session.scalars(found.order_by(_ID).limit(number)))


def _do(_actor: Actor, exhibition: Exhibition, _run: BulkAct, registration_ids: Sequence[int]) -> dict[int, str]:
    """Withdraw passes; their places are free at once. Those that somebody comes in on meanwhile stay."""
    changed = (
        update(VisitorPass)
        .where(VisitorPass.exhibition_id == exhibition.id, _ID.in_(registration_ids), *_WITHDRAWABLE)
        .values(state=PassState.REVOKED, updated_at=clock.now())
        .returning(_ID, VisitorPass.slot_id, VisitorPass.party_size - VisitorPass.released)
    )
    freed: dict[int, int] = {}
    withdrawn: dict[int, str] = {}
    for registration_id, slot_id, held in db.session.connection().execute(changed).all():
        withdrawn[registration_id] = PassState.VALID
        freed[slot_id] = freed.get(slot_id, 0) + held
    for slot_id in sorted(freed):  # the same order everywhere, so that no two deadlock
        slots.free(slot_id, freed[slot_id])
    return withdrawn


def _take_back(_actor: Actor, _exhibition: Exhibition, _run: BulkAct, before: Mapping[int, str]) -> int:
    """Give the passes back whose session is still to be had and has room, as to anybody who asks for it now."""
    now, chosen = clock.now(), Registration.id.in_(before)
    service.lock_pass(chosen)
    passes = [one for one in service.every(chosen) if one.state is PassState.REVOKED]
    return sum(_give_back(one, now) for one in sorted(passes, key=lambda one: (one.slot.id, one.registration_id)))


def _give_back(issued: Issued, now: datetime) -> bool:
    try:
        service.require_room_of_contact(issued, issued.slot.id, issued.party_size)
    except Refused:  # they have registered again meanwhile
        return False
    if slots.take(db.session.connection(), issued.slot.id, issued.held, now, beside=issued.slot.id) is None:
        return False
    values = {"state": PassState.VALID, "updated_at": now}
    db.session.execute(update(VisitorPass).where(VisitorPass.id == issued.pass_id).values(values))
    return True


acts.KINDS[SUBJECT] = acts.BulkKind((WITHDRAW,), _piece, _do, _take_back)
