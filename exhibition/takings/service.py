"""Telling and correcting the takings of a day; one transaction each."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.accounts.audit import Actor, record
from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation, AllocationDay
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.rules.seller_input import ListingFault, Unreadable, rupiah
from exhibition.takings.models import Takings, TakingsEntry
from exhibition.takings.rules.telling import (
    MOST_PIECES,
    Amounts,
    TakingsSource,
    entered_at,
    opened_days,
    sellers_may_tell,
    yields,
)
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
MONEY_FIELDS = ("cash", "qris", "orders")
PIECES = re.compile(r"[0-9]{1,9}", re.ASCII)
LONGEST_NOTE = 300
_FAULTS = {
    ListingFault.PRICE_UNREADABLE: (
        "takings_unreadable",
        _l("Write the amount in rupiah with digits only, like 150000 or 150.000."),
    ),
    ListingFault.PRICE_NEGATIVE: ("takings_negative", _l("Takings cannot be below zero.")),
    ListingFault.PRICE_TOO_HIGH: ("takings_too_high", _l("This amount is too high. The limit is Rp999.999.999.")),
}


def read_amounts(typed: Mapping[str, str]) -> Amounts:
    """The amounts as typed; a field left empty is zero, as long as one of money is filled in.

    Raises Refused (422, naming the field) ``takings_unreadable``, ``takings_negative``, ``takings_too_high``,
    ``takings_empty`` and ``pieces_unreadable``.
    """
    money = {field: _rupiah(field, typed.get(field, "")) for field in MONEY_FIELDS}
    if all(amount is None for amount in money.values()):
        message = _l("Write at least one amount; 0 if nothing was sold.")
        raise Refused("takings_empty", message, status=422, field="cash")
    pieces = typed.get("pieces", "").replace(".", "").strip()
    if pieces and (not PIECES.fullmatch(pieces) or int(pieces) > MOST_PIECES):
        message = _l("Write how many pieces as a number up to %(most)s, or leave it empty.", most=MOST_PIECES)
        raise Refused("pieces_unreadable", message, status=422, field="pieces")
    return Amounts(**{field: amount or 0 for field, amount in money.items()}, pieces=int(pieces) if pieces else None)


def _rupiah(field: str, text: str) -> int | None:
    try:
        return rupiah(text)
    except Unreadable as unreadable:
        code, message = _FAULTS[unreadable.fault]
        raise Refused(code, message, status=422, field=field) from unreadable


def amounts_of(takings: Takings) -> Amounts:
    return Amounts(takings.cash, takings.qris, takings.orders, takings.pieces)


def days_to_tell(exhibition: Exhibition) -> tuple[date, ...]:
    """The days whose takings can be told by now; none of a fair that does not take place."""
    if exhibition.state not in (EditionState.PUBLISHED, EditionState.ARCHIVED) or not exhibition.days:
        return ()
    return opened_days(venue.fair_hours(exhibition), clock.now())


def open_to_sellers(exhibition: Exhibition) -> bool:
    """Whether sellers can tell takings now."""
    takes_place = exhibition.state is EditionState.PUBLISHED and bool(exhibition.days)
    return takes_place and sellers_may_tell(venue.fair_hours(exhibition), clock.now())


def own_days(exhibition: Exhibition, exhibitor_id: int) -> frozenset[date]:
    """The days on which the exhibitor has a confirmed booth."""
    confirmed = confirmed_in(exhibition.id), Allocation.exhibitor_id == exhibitor_id
    days = select(AllocationDay.day).join(Allocation, Allocation.id == AllocationDay.allocation_id)
    return frozenset(db.session.scalars(days.where(*confirmed, AllocationDay.live)))


def days_of_seller(exhibition: Exhibition, exhibitor_id: int) -> tuple[date, ...]:
    """The days whose takings the exhibitor can tell now, in their order."""
    if not open_to_sellers(exhibition):
        return ()
    own = own_days(exhibition, exhibitor_id)
    return tuple(day for day in days_to_tell(exhibition) if day in own)


def told(exhibition: Exhibition, exhibitor_id: int) -> dict[date, Takings]:
    """What the exhibitor has told, by day."""
    own = Takings.exhibition_id == exhibition.id, Takings.exhibitor_id == exhibitor_id
    statement = select(Takings).where(*own).order_by(Takings.day).execution_options(populate_existing=True)
    return {one.day: one for one in db.session.scalars(statement)}


@transaction
def tell(
    actor: Actor,
    exhibition: Exhibition,
    exhibitor_id: int,
    day: date,
    amounts: Amounts,
    *,
    key: str,
    source: TakingsSource,
    seconds_ago: int = 0,
) -> bool:
    """Keep a seller's takings of a day, in place of those told before; return whether they count.

    An entry whose ``key`` was taken before changes nothing, nor does one that was made before the one that counts:
    phones without a network send late. ``seconds_ago`` is how old it is.

    Raises NotFound, Refused ``takings_key`` (422, ``key``), ``takings_day`` (422, ``day``), ``takings_closed`` and
    ``takings_told`` (409).
    """
    if not KEY.fullmatch(key):
        message = _l("This form is damaged. Open the page again.")
        raise Refused("takings_key", message, status=422, field="key")
    if not open_to_sellers(exhibition):
        message = _l("Takings can be told from the fair's first opening until a week after its end.")
        raise Refused("takings_closed", message)
    _require_day(exhibition, day)
    exhibitor = _locked(exhibitor_id)
    before = told(exhibition, exhibitor_id).get(day)
    if before is None and day not in own_days(exhibition, exhibitor_id):
        message = _l("You have no confirmed booth on this day. Choose a day on which you were at the fair.")
        raise Refused("takings_day", message, status=422, field="day")
    at = entered_at(clock.now(), seconds_ago)
    if before is not None:
        if db.session.get(TakingsEntry, (before.id, key)) is not None:
            return True
        if not yields(before.source, source):
            message = _l("The takings of this day were told already by the exhibitor or the organizers; ask them.")
            raise Refused("takings_told", message)
        if at < before.entered_at:
            db.session.add(TakingsEntry(takings_id=before.id, key=key))
            return False
    kept = _keep(exhibition, exhibitor, day, amounts, before)
    kept.source, kept.told_by, kept.entered_at = source, actor.name, at
    db.session.flush()
    db.session.add(TakingsEntry(takings_id=kept.id, key=key))
    after = {"day": day.isoformat(), "source": source.value}
    record(actor, "takings.tell", "takings", exhibitor.id, name=exhibitor.name, after=after)
    return True


@transaction
def correct(actor: Actor, exhibition: Exhibition, exhibitor: Exhibitor, day: date, amounts: Amounts, note: str) -> None:
    """Enter or correct takings at the desk, for a reason that stands in the audit trail beside both amounts.

    Raises Refused ``note_missing`` (422, ``note``) and ``takings_day`` (422, ``day``).
    """
    note = " ".join(note.split())[:LONGEST_NOTE]
    if not note:
        message = _l("Say why; the audit trail keeps it.")
        raise Refused("note_missing", message, status=422, field="note")
    _require_day(exhibition, day)
    _locked(exhibitor.id)
    before = told(exhibition, exhibitor.id).get(day)
    was = asdict(amounts_of(before)) if before else None
    if before is None and day not in own_days(exhibition, exhibitor.id):
        message = _l("This exhibitor has no confirmed booth on this day.")
        raise Refused("takings_day", message, status=422, field="day")
    kept = _keep(exhibition, exhibitor, day, amounts, before)
    kept.source, kept.told_by, kept.entered_at = TakingsSource.DESK, actor.name, clock.now()
    after = asdict(amounts) | {"day": day.isoformat(), "note": note}
    record(actor, "takings.correct", "takings", exhibitor.id, name=exhibitor.name, before=was, after=after)


def _require_day(exhibition: Exhibition, day: date) -> None:
    if day not in days_to_tell(exhibition):
        message = _l("Choose one of the fair's days that have begun.")
        raise Refused("takings_day", message, status=422, field="day")


def _locked(exhibitor_id: int) -> Exhibitor:
    """The exhibitor, locked, so that of two phones that tell at the same moment one is the first."""
    exhibitor = db.session.scalar(select(Exhibitor).where(Exhibitor.id == exhibitor_id).with_for_update())
    if exhibitor is None:
        raise NotFound
    return exhibitor


def _keep(exhibition: Exhibition, exhibitor: Exhibitor, day: date, amounts: Amounts, before: Takings | None) -> Takings:
    kept = before or Takings(exhibition_id=exhibition.id, exhibitor_id=exhibitor.id, day=day)
    for field, value in asdict(amounts).items():
        setattr(kept, field, value)
    db.session.add(kept)
    return kept
