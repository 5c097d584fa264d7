"""Withdrawing a flood: many registrations at once that one sender or machine has made."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select, update

from exhibition.accounts import audit
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy, slots
from exhibition.visitors.listing.search import RegistrationNarrowing, conditions
from exhibition.visitors.models import PassState, Registration, VisitorContact, VisitorPass

PIECE = 200
"""Passes withdrawn in one transaction, so that nobody who registers or is let in waits long for a place's row."""


def _withdrawable(exhibition: Exhibition, narrowing: RegistrationNarrowing) -> list[ColumnElement[bool]]:
    """Valid passes that nobody has come in on, of the registrations that match."""
    return [
        *conditions(exhibition, narrowing),
        VisitorPass.state == PassState.VALID,
        VisitorPass.admitted == 0,
    ]


def _newest_and_count(exhibition: Exhibition, narrowing: RegistrationNarrowing) -> tuple[int, int]:
    statement = (
        select(func.coalesce(func.max(Registration.id), 0), func.count())
        .select_from(Registration)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(*_withdrawable(exhibition, narrowing))
    )
    newest, count = db.session.execute(statement).one()
    return newest, count


def count(exhibition: Exhibition, narrowing: RegistrationNarrowing) -> int:
    """How many passes would be withdrawn."""
    return _newest_and_count(exhibition, narrowing)[1]


def withdraw(actor: audit.Actor, exhibition: Exhibition, narrowing: RegistrationNarrowing, seen: int) -> int:
    """Withdraw the passes of all registrations that match; returns how many. Their places are free at once.

    ``seen`` is the count that was shown: if it is another by now, nothing is done. Passes that are issued meanwhile
    stay, and so do those that somebody comes in on. Raises Refused ``nothing_chosen`` (422) without a narrowing and
    ``count_changed`` (409).
    """
    if not narrowing:
        raise Refused("nothing_chosen", _l("Choose whose registrations are to be withdrawn."), status=422)
    newest = _begin(actor, exhibition, narrowing, seen)
    withdrawn = 0
    while (piece := _withdraw_piece(exhibition, narrowing, newest)) is not None:
        withdrawn += piece
    return withdrawn


@transaction
def _begin(actor: audit.Actor, exhibition: Exhibition, narrowing: RegistrationNarrowing, seen: int) -> int:
    """Record what is about to be withdrawn, and return the newest registration that it concerns."""
    newest, there = _newest_and_count(exhibition, narrowing)
    if there != seen or not there:
        message = _l("There are %(count)s by now. Look at them again, and write that number.", count=there)
        raise Refused("count_changed", message, field="seen", count=there)
    after = narrowing.as_json() | {"passes": there}
    audit.record(actor, "pass.revoke_many", "exhibition", exhibition.id, name=exhibition.name, after=after)
    return newest


@transaction
def _withdraw_piece(exhibition: Exhibition, narrowing: RegistrationNarrowing, newest: int) -> int | None:
    """Withdraw some of them; returns how many, None when there are no more."""
    registrations = (
        select(Registration.id)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(*_withdrawable(exhibition, narrowing), Registration.id <= newest)
        .order_by(Registration.id)
        .limit(PIECE)
    )
    ids = list(db.session.scalars(registrations))
    if not ids:
        return None
    changed = (
        update(VisitorPass)
        .where(VisitorPass.registration_id.in_(ids), VisitorPass.state == PassState.VALID, VisitorPass.admitted == 0)
        .values(state=PassState.REVOKED, updated_at=clock.now())
        .returning(VisitorPass.slot_id, VisitorPass.party_size - VisitorPass.released)
    )
    freed: dict[int, int] = {}
    rows = db.session.connection().execute(changed).all()
    for slot_id, held in rows:
        freed[slot_id] = freed.get(slot_id, 0) + held
    for slot_id in sorted(freed):  # the same order everywhere, so that no two deadlock
        slots.free(slot_id, freed[slot_id])
    return len(rows)


def _erase_origins(exhibition_id: int, *, dry_run: bool) -> int:
    """With the contacts goes where they came from; it is no name, so it counts as none."""
    if not dry_run:
        of_edition = Registration.exhibition_id == exhibition_id, Registration.origin.is_not(None)
        db.session.execute(update(Registration).where(*of_edition).values(origin=None))
    return 0


privacy.erasers.append(_erase_origins)
