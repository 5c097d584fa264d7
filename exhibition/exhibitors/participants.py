"""Who takes part in which edition. Exhibitors remain from edition to edition; not every one comes to each."""

from collections.abc import Collection

from sqlalchemy import ScalarSelect, select

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.core.sql.upserts import add_missing
from exhibition.exhibitors.models import Exhibitor, Participant
from exhibition.venue.models import Exhibition


def ids_of(exhibition_id: int) -> ScalarSelect[int]:
    """The ids of the exhibitors that take part, as a query to select from."""
    return select(Participant.exhibitor_id).where(Participant.exhibition_id == exhibition_id).scalar_subquery()


def takes_part(exhibition_id: int, exhibitor_id: int) -> bool:
    return db.session.get(Participant, (exhibition_id, exhibitor_id)) is not None


def require(exhibition: Exhibition, exhibitor: Exhibitor) -> Exhibitor:
    """The exhibitor, if it takes part; else raises NotFound."""
    if not takes_part(exhibition.id, exhibitor.id):
        raise NotFound
    return exhibitor


def take_in(exhibition_id: int, exhibitor_ids: Collection[int]) -> None:
    """Let exhibitors take part, in the open transaction; who does already stays as they are."""
    rows = [{"exhibition_id": exhibition_id, "exhibitor_id": one} for one in sorted(exhibitor_ids)]
    if rows:
        add_missing(db.session.connection(), Participant, rows)


@transaction
def invite_back(actor: Actor, exhibition: Exhibition, exhibitor: Exhibitor) -> None:
    """Let an exhibitor of another edition take part in this one too; again: nothing changes."""
    if not takes_part(exhibition.id, exhibitor.id):
        take_in(exhibition.id, [exhibitor.id])
        record(
            actor,
            "exhibitor.take_in",
            "exhibitor",
            exhibitor.id,
            name=exhibitor.name,
            after={"exhibition": exhibition.slug},
        )


def sign_is_printed(exhibition_id: int, exhibitor_id: int) -> bool:
    """Whether the exhibitor has said that the sign of its booth is printed."""
    participant = db.session.get(Participant, (exhibition_id, exhibitor_id))
    return participant is not None and participant.sign_printed_at is not None


@transaction
def note_printed_sign(actor: Actor, exhibition: Exhibition, exhibitor: Exhibitor) -> None:
    """Note that the exhibitor's sign is printed; again: nothing changes. Raises NotFound if it does not take part."""
    participant = db.session.get(Participant, (exhibition.id, exhibitor.id))
    if participant is None:
        raise NotFound
    if participant.sign_printed_at is None:
        participant.sign_printed_at = clock.now()
        after = {"exhibition": exhibition.slug}
        record(actor, "exhibitor.sign_printed", "exhibitor", exhibitor.id, name=exhibitor.name, after=after)
