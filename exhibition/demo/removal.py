"""Removing the demo: its editions with all that hangs on it, its exhibitors, clusters and sign-ins, in one transaction.

Exhibitors that another fair knows stay, and so does the person who removes. The audit trail keeps every entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, Table, func, or_, select, true, update

from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import User
from exhibition.allocation import messages as allocation_messages
from exhibition.allocation.models import Allocation, AllocationWaiting
from exhibition.badges.models import Badge
from exhibition.core import outbox
from exhibition.core.config import instance_folder
from exhibition.core.db import Base, after_commit, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql import append_only
from exhibition.core.sql.statements import table_of
from exhibition.demo import data, sign_ins
from exhibition.exhibitors.applications import mail as application_mail
from exhibition.exhibitors.models import Application, Cluster, Exhibitor, Participant
from exhibition.gate.models import Scan
from exhibition.storefront.models import Listing
from exhibition.takings.models import Takings
from exhibition.venue.models import Booth, Exhibition
from exhibition.visitors.models import MessageKind, Registration, TimeSlot, VisitorContact

SHARED = (User, Exhibitor, Cluster)
"""What rows of other fairs may name: such a reference is emptied where it can be."""
IN_OTHER_FAIRS = (Allocation, AllocationWaiting, Application, Badge, Participant, Takings)

Going = Mapping[Table, ColumnElement[bool]]
"""The condition for the rows of each table that go."""


@dataclass(frozen=True)
class Leaving:
    """What a removal takes away, counted."""

    name: str
    """Of this year's fair; it is typed to confirm."""
    booths: int
    sessions: int
    registrations: int
    contacts: int
    """Of these, how many left a name; the demo's visitors of last year have none."""
    scans: int
    exhibitors: int
    listings: int
    sign_ins: int


def _roots(actor: Actor) -> dict[Table, ColumnElement[bool]]:
    """The rows that are the demo's own; all others go with them or stay."""
    editions = list(db.session.scalars(select(Exhibition.id).where(Exhibition.sample)))
    if not editions:
        raise NotFound
    slugs = [row.slug for row in (*data.GOVERNMENT, *data.BUSINESSES, *data.EARLIER)]
    known = [
        Exhibitor.id.in_(select(model.exhibitor_id).where(model.exhibition_id.not_in(editions), _named(model)))
        for model in IN_OTHER_FAIRS
    ]
    exhibitors = _ids(select(Exhibitor.id).where(Exhibitor.slug.in_(slugs), ~or_(*known)))
    kept = select(Exhibitor.cluster_id).where(Exhibitor.id.not_in(exhibitors), Exhibitor.cluster_id.is_not(None))
    wished = select(Application.cluster_id).where(
        Application.exhibition_id.not_in(editions), Application.cluster_id.is_not(None)
    )
    own = [slug for slug, _name in data.CLUSTERS]
    clusters = _ids(select(Cluster.id).where(Cluster.slug.in_(own), Cluster.id.not_in(kept), Cluster.id.not_in(wished)))
    emails = [email for _role, email, _name in sign_ins.PEOPLE]
    users = _ids(select(User.id).where(User.email.in_(emails), User.id != actor.id if actor.id else true()))
    chosen = {Exhibition: editions, Exhibitor: exhibitors, Cluster: clusters, User: users}
    return {table_of(model): table_of(model).c.id.in_(ids) for model, ids in chosen.items()}


def _named(
    model: type[Allocation | AllocationWaiting | Application | Badge | Participant | Takings],
) -> ColumnElement[bool]:
    return model.exhibitor_id.is_not(None)


def _ids(statement: Select[int]) -> list[int]:
    return [row[0] for row in db.session.execute(statement)]


def _going(roots: Going) -> Going:
    """A row goes with what a column of it must name, and with its edition in any case."""
    editions = table_of(Exhibition)
    going: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        ways = [roots[table]] if table in roots else []
        ways += [
            column.in_(select(key.column).where(going[key.column.table]))
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table in going and (not column.nullable or key.column.table is editions)
        ]
        if ways:
            going[table] = or_(*ways)
    return going


def leaving(actor: Actor) -> Leaving:
    """What would go. Raises NotFound when there is no demo."""
    going = _going(_roots(actor))

    def count(model: type[Base]) -> int:
        table = table_of(model)
        return db.session.scalar(select(func.count()).select_from(table).where(going[table])) or 0

    return Leaving(
        name=db.session.scalars(select(Exhibition.name).where(Exhibition.sample).order_by(Exhibition.id)).first() or "",
        booths=count(Booth),
        sessions=count(TimeSlot),
        registrations=count(Registration),
        contacts=count(VisitorContact),
        scans=count(Scan),
        exhibitors=count(Exhibitor),
        listings=count(Listing),
        sign_ins=count(User),
    )


@transaction
def remove(actor: Actor, typed: str) -> Leaving:
    """Delete the demo; ``typed`` is the name of its fair, so that nobody does it unawares.

    Raises NotFound when there is no demo, and Refused ``name_differs`` (422).
    """
    gone = leaving(actor)
    if " ".join(typed.split()).casefold() != gone.name.casefold():
        message = _l("Type the name of the fair as it stands there: %(name)s", name=gone.name)
        raise Refused("name_differs", message, status=422, field="name")
    roots = _roots(actor)
    going = _going(roots)
    for kinds, model in (
        (MessageKind, Registration),
        (application_mail.KINDS, Application),
        (allocation_messages.NEWS_KINDS, Allocation),
    ):
        outbox.erase(kinds, select(model.id).where(going[table_of(model)]))
    _let_go(going, roots)
    with append_only.lifted(table_of(Scan)):
        for table in reversed(Base.metadata.sorted_tables):
            if table in going:
                db.session.execute(table.delete().where(going[table]))
    counts = {name: value for name, value in vars(gone).items() if isinstance(value, int)}
    record(actor, "demo.remove", "exhibition", 0, name=gone.name, before=counts)
    db.session.expire_all()
    staying = db.session.get(User, actor.id) if actor.id else None
    after_commit(lambda: sign_ins.forget(instance_folder(), kept=staying.email if staying else ""))
    return gone


def _let_go(going: Going, roots: Going) -> None:
    """Empty the references of rows that stay to people, exhibitors and clusters that go."""
    shared = {table_of(model) for model in SHARED}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                if column.nullable and key.column.table in shared:
                    named = column.in_(select(key.column).where(roots[key.column.table]))
                    stays = ~going[table] if table in going else true()
                    db.session.execute(update(table).where(named, stays).values({column.name: None}))
