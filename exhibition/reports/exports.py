"""All the organizer's data, table by table. Reads all packages, writes nothing but the audit trail.

No credentials are in any table: neither short codes nor addresses of pass pages. Names and addresses of visitors are in
one table only, which requires a reason that the privacy notice names; all else about visitors is counts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, case, literal, select

from exhibition.accounts import trail_sentences
from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import AuditEntry
from exhibition.allocation import service as allocation
from exhibition.allocation import waiting
from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.rules import AllocationState
from exhibition.badges import service as badges
from exhibition.badges.models import Badge
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.core.files.spreadsheets import Row, Table
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Cluster, Exhibitor
from exhibition.gate.models import Device, Gate, Scan, ScanConflict, ScanOverride
from exhibition.gate.occupancy.counters import COUNTS
from exhibition.reports import mail_merge
from exhibition.storefront.models import Listing, Storefront
from exhibition.takings.models import Takings
from exhibition.venue.models import Booth, DisinfectionRound, Exhibition, Zone
from exhibition.visitors import privacy
from exhibition.visitors.models import Registration, TimeSlot, VisitorContact, VisitorPass

BATCH = 1000
Columns = tuple[LazyString, ...]


@dataclass(frozen=True)
class Dataset:
    """One table. ``personal``: it names people. ``asks_why``: it requires one of ``visitors.privacy.REASONS``."""

    title: LazyString
    about: LazyString
    columns: Columns
    rows: Callable[[Exhibition], Iterator[Row]]
    personal: bool = False
    asks_why: bool = False


def _read(statement: Select[*tuple[Any, ...]]) -> Iterator[Row]:
    for row in db.session.execute(statement.execution_options(yield_per=BATCH)):
        yield tuple(row)


def _booths(exhibition: Exhibition) -> Iterator[Row]:
    planned = {booth.id: booth for booth in allocation.plan(exhibition)}
    statement = (
        select(Booth, Zone.name)
        .outerjoin(Zone, Zone.id == Booth.zone_id)
        .where(Booth.exhibition_id == exhibition.id)
        .order_by(Booth.code)
    )
    for booth, zone in db.session.execute(statement):
        one = planned[booth.id]
        yield (
            *(booth.code, zone, one.state, one.exhibitor or None),
            *(booth.x, booth.y, booth.width, booth.depth, booth.rotation),
            *(booth.corner, booth.power_va, booth.water, booth.accessible, booth.blocked_reason),
        )


def _exhibitors(exhibition: Exhibition) -> Iterator[Row]:
    places = allocation.places(exhibition)
    statement = select(Exhibitor, Cluster.name, Storefront.url, Storefront.whatsapp).order_by(Exhibitor.name)
    statement = statement.outerjoin(Cluster, Cluster.id == Exhibitor.cluster_id)
    statement = statement.outerjoin(Storefront, Storefront.exhibitor_id == Exhibitor.id)
    statement = statement.where(Exhibitor.id.in_(participants.ids_of(exhibition.id)))
    for one, cluster, shop, whatsapp in db.session.execute(statement):
        place = places.get(one.id)
        yield (
            *(one.name, one.kind, one.product_group, one.district, cluster),
            *(place.code if place else None, place.state if place else None),
            *(one.contact_name, one.email, one.phone, shop, whatsapp, one.trusted, one.created_at),
        )


def _allocations(exhibition: Exhibition) -> Iterator[Row]:
    statement = (
        select(
            *(Allocation.id, Booth.code, Exhibitor.name, Allocation.state, Allocation.expires_at),
            *(Allocation.note, Allocation.changed_by, Allocation.created_at, Allocation.updated_at),
        )
        .join(Booth, Booth.id == Allocation.booth_id)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(Allocation.exhibition_id == exhibition.id)
        .order_by(Allocation.id)
    )
    return _read(statement)


def _steps(exhibition: Exhibition) -> Iterator[Row]:
    """One row for each exhibitor that a step concerned."""
    booths = {row.id: row.code for row in db.session.execute(select(Booth.id, Booth.code))}
    names = (
        select(Allocation.id, Exhibitor.name)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(Allocation.exhibition_id == exhibition.id)
    )
    exhibitors = {row.id: row.name for row in db.session.execute(names)}
    steps = select(AllocationStep).where(AllocationStep.exhibition_id == exhibition.id).order_by(AllocationStep.id)
    for step in db.session.scalars(steps):
        for change in step.changes:
            before, after = change["before"], change["after"]
            yield (
                *(step.id, step.at, step.actor_name, step.kind, exhibitors.get(change["allocation_id"])),
                *(booths.get(before["booth_id"]), AllocationState(before["state"])),
                *(booths.get(after["booth_id"]), AllocationState(after["state"])),
                step.undone_at,
            )


def _takings(exhibition: Exhibition) -> Iterator[Row]:
    statement = (
        select(
            *(Takings.day, Exhibitor.name, Exhibitor.product_group, Exhibitor.district),
            *(Takings.cash, Takings.qris, Takings.orders, Takings.pieces),
            *(Takings.told_by, Takings.entered_at),
        )
        .join(Exhibitor, Exhibitor.id == Takings.exhibitor_id)
        .where(Takings.exhibition_id == exhibition.id)
        .order_by(Takings.day, Exhibitor.name)
    )
    return _read(statement)


def _waiting(exhibition: Exhibition) -> Iterator[Row]:
    for line in waiting.waiting(exhibition):
        yield line.place, line.name, line.product_group, line.wish


def _badges(exhibition: Exhibition) -> Iterator[Row]:
    for badge in badges.holders(exhibition):
        yield badge.exhibitor, badge.booth, badge.number, badge.name, badge.opens, badge.inside, badge.moved_at


def _slots(exhibition: Exhibition) -> Iterator[Row]:
    statement = (
        select(
            *(TimeSlot.number, TimeSlot.starts_at, TimeSlot.ends_at, TimeSlot.state),
            *(TimeSlot.capacity, TimeSlot.issued, TimeSlot.note),
        )
        .where(TimeSlot.exhibition_id == exhibition.id)
        .order_by(TimeSlot.starts_at)
    )
    return _read(statement)


def _registrations(exhibition: Exhibition) -> Iterator[Row]:
    statement = (
        select(
            *(Registration.reference, TimeSlot.starts_at, TimeSlot.ends_at, VisitorPass.party_size),
            *(VisitorPass.state, VisitorPass.admitted, VisitorPass.inside, VisitorPass.released),
            *(Registration.walk_in, Registration.locale, Registration.created_at),
        )
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .where(Registration.exhibition_id == exhibition.id)
        .order_by(Registration.id)
    )
    return _read(statement)


def _contacts(exhibition: Exhibition) -> Iterator[Row]:
    statement = (
        select(
            *(TimeSlot.starts_at, TimeSlot.ends_at, Registration.reference, VisitorContact.name),
            *(VisitorContact.phone, VisitorContact.email, VisitorPass.party_size, VisitorPass.admitted),
            VisitorPass.state,
        )
        .join(Registration, Registration.id == VisitorContact.registration_id)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .where(Registration.exhibition_id == exhibition.id)
        .order_by(TimeSlot.starts_at, Registration.id)
    )
    return _read(statement)


def _scans(exhibition: Exhibition) -> Iterator[Row]:
    badge, visitor = (Badge.id.is_not(None), literal(_("badge"))), (VisitorPass.id.is_not(None), literal(_("pass")))
    shown = case(badge, visitor, else_="")
    statement = (
        select(
            *(Scan.id, Scan.server_at, Scan.device_at, Gate.code, Device.name, Scan.direction, shown),
            *(Registration.reference, Exhibitor.name, Badge.number, Scan.people, Scan.verdict, Scan.code),
            *(Scan.offline, COUNTS, Scan.undoes_id, ScanOverride.by, ScanOverride.reason),
        )
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Device, Device.id == Scan.device_id)
        .outerjoin(VisitorPass, VisitorPass.id == Scan.pass_id)
        .outerjoin(Registration, Registration.id == VisitorPass.registration_id)
        .outerjoin(Badge, Badge.id == Scan.pass_id)
        .outerjoin(Exhibitor, Exhibitor.id == Badge.exhibitor_id)
        .outerjoin(ScanOverride, ScanOverride.scan_id == Scan.id)
        .where(Scan.exhibition_id == exhibition.id)
        .order_by(Scan.id)
    )
    return _read(statement)


def _conflicts(exhibition: Exhibition) -> Iterator[Row]:
    statement = (
        select(
            *(ScanConflict.id, ScanConflict.created_at, ScanConflict.kind, ScanConflict.scan_id),
            *(ScanConflict.other_scan_id, ScanConflict.closed_at, ScanConflict.closed_by, ScanConflict.note),
        )
        .where(ScanConflict.exhibition_id == exhibition.id)
        .order_by(ScanConflict.id)
    )
    return _read(statement)


def _rounds(exhibition: Exhibition) -> Iterator[Row]:
    row = DisinfectionRound
    statement = select(row.starts_at, row.ends_at, row.done_at, row.done_by)
    return _read(statement.where(row.exhibition_id == exhibition.id).order_by(row.starts_at))


def _listings(_exhibition: Exhibition) -> Iterator[Row]:
    statement = (
        select(
            *(Exhibitor.name, Listing.title, Listing.price, Listing.sale_price, Listing.currency),
            *(Listing.availability, Listing.link, Listing.published, Listing.review, Listing.source),
            *(Listing.price_at, Listing.updated_at),
        )
        .join(Exhibitor, Exhibitor.id == Listing.exhibitor_id)
        .order_by(Exhibitor.name, Listing.position, Listing.id)
    )
    return _read(statement)


def _trail(_exhibition: Exhibition) -> Iterator[Row]:
    statement = select(AuditEntry).order_by(AuditEntry.id)
    for entry in db.session.scalars(statement.execution_options(yield_per=BATCH)):
        told = trail_sentences.sentence(entry)
        yield entry.at, told, entry.actor_name, entry.action, entry.object_type, entry.object_name


def _merge(exhibition: Exhibition) -> Iterator[Row]:
    return mail_merge.rows(exhibition)


BOOTH, EXHIBITOR, STATE, ZONE = _l("Booth"), _l("Exhibitor"), _l("State"), _l("Zone")
BEGINS, ENDS, NOTE, REFERENCE = _l("Begins"), _l("Ends"), _l("Note"), _l("Reference")
PEOPLE, LET_IN, INSIDE = _l("Number of people"), _l("Let in"), _l("Inside")

DATASETS = {
    "booths": Dataset(
        _l("Booths"),
        _l("Every place of the hall with measures, equipment and who has it."),
        (
            *(BOOTH, ZONE, STATE, EXHIBITOR, _l("x (m)"), _l("y (m)"), _l("Width (m)"), _l("Depth (m)")),
            *(_l("Rotation (°)"), _l("Corner"), _l("Power (VA)"), _l("Water"), _l("Accessible"), _l("Blocked because")),
        ),
        _booths,
    ),
    "exhibitors": Dataset(
        _l("Exhibitors"),
        _l("All of them, with booth, contact and shop."),
        (
            *(EXHIBITOR, _l("Kind"), _l("Product group"), _l("District"), _l("Cluster"), BOOTH, STATE),
            *(_l("Contact person"), _l("E-mail"), _l("Phone"), _l("Shop"), _l("WhatsApp"), _l("Trusted"), _l("Since")),
        ),
        _exhibitors,
        personal=True,
    ),
    "mail-merge": Dataset(
        _l("Mail merge"),
        _l("One row an exhibitor for letters: salutation, e-mail, booth, deadline and links."),
        mail_merge.COLUMNS,
        _merge,
        personal=True,
    ),
    "allocations": Dataset(
        _l("Allocations and offers"),
        _l("Every claim on a booth there has been, with its state and deadline."),
        (
            *(_l("No."), BOOTH, EXHIBITOR, STATE, _l("Until"), NOTE),
            *(_l("Changed by"), _l("Made at"), _l("Changed at")),
        ),
        _allocations,
    ),
    "steps": Dataset(
        _l("Steps of the allocation"),
        _l("Who did what at the desk, exhibitor by exhibitor."),
        (
            *(_l("Step"), _l("Moment"), _l("Who did it"), _l("Act"), EXHIBITOR, _l("Booth before"), _l("State before")),
            *(_l("Booth after"), _l("State after"), _l("Undone at")),
        ),
        _steps,
    ),
    "waiting-list": Dataset(
        _l("Waiting list"),
        _l("In its order, with wishes."),
        (_l("Place"), EXHIBITOR, _l("Product group"), _l("Wish")),
        _waiting,
    ),
    "badges": Dataset(
        _l("Badges"),
        _l("The exhibitors' staff. Without codes, so nobody enters with this table."),
        (EXHIBITOR, BOOTH, _l("No."), _l("Name"), _l("Valid"), INSIDE, _l("Last movement")),
        _badges,
        personal=True,
    ),
    "slots": Dataset(
        _l("Sessions"),
        _l("Capacity and places given out, in people."),
        (_l("Session number"), BEGINS, ENDS, STATE, _l("Capacity"), _l("Given out"), NOTE),
        _slots,
    ),
    "registrations": Dataset(
        _l("Registrations"),
        _l("One row a party, without names: how many, when, who came."),
        (
            *(REFERENCE, BEGINS, ENDS, PEOPLE, STATE, LET_IN, INSIDE, _l("Places released")),
            *(_l("Walk-in"), _l("Language"), _l("Made at")),
        ),
        _registrations,
    ),
    "scans": Dataset(
        _l("Scans"),
        _l("Every attempt at the gates, refused ones too."),
        (
            *(_l("No."), _l("Server's time"), _l("Device's time"), _l("Gate"), _l("Device"), _l("Direction")),
            *(_l("Shown"), REFERENCE, EXHIBITOR, _l("Badge"), PEOPLE, _l("Answer"), _l("Reason"), _l("Offline")),
            *(_l("Counts"), _l("Takes back"), _l("Overruled by"), _l("Overruled because")),
        ),
        _scans,
    ),
    "conflicts": Dataset(
        _l("Conflicts"),
        _l("What offline decisions left to look at."),
        (
            *(_l("No."), _l("Found at"), _l("Kind"), _l("Scan"), _l("Other scan")),
            *(_l("Closed at"), _l("Closed by"), NOTE),
        ),
        _conflicts,
    ),
    "rounds": Dataset(
        _l("Disinfection"),
        _l("Planned rounds, and who ticked them off when."),
        (BEGINS, ENDS, _l("Done at"), _l("Done by")),
        _rounds,
    ),
    "listings": Dataset(
        _l("Products"),
        _l("All listings of all shops, hidden ones too."),
        (
            *(EXHIBITOR, _l("Product"), _l("Price"), _l("Price now"), _l("Currency"), _l("Availability"), _l("Link")),
            *(_l("On the page"), _l("Review"), _l("Origin"), _l("Price of"), _l("Changed at")),
        ),
        _listings,
    ),
    "takings": Dataset(
        _l("Takings"),
        _l("What sellers told of each day, in rupiah; who has not told has no row."),
        (
            *(_l("Day"), EXHIBITOR, _l("Product group"), _l("District"), _l("Cash"), _l("QRIS"), _l("Orders")),
            *(_l("Pieces sold"), _l("Told by"), _l("Entered at")),
        ),
        _takings,
    ),
    "audit": Dataset(
        _l("Audit trail"),
        _l("Who changed what, oldest first."),
        (_l("Moment"), _l("What happened"), _l("Who did it"), _l("Act"), _l("Kind"), _l("What")),
        _trail,
        personal=True,
    ),
    "contacts": Dataset(
        _l("Visitors' names and numbers"),
        _l("To reach them, for the two purposes that the privacy notice names; empty once they are erased."),
        (*(BEGINS, ENDS, REFERENCE, _l("Name"), _l("Phone"), _l("E-mail"), PEOPLE, LET_IN, STATE),),
        _contacts,
        personal=True,
        asks_why=True,
    ),
}


@transaction
def _note(actor: Actor, exhibition: Exhibition, key: str, kind: str, reason: str) -> None:
    after = {"kind": kind} | ({"reason": reason} if reason else {})
    record(actor, "export.make", "export", key, name=exhibition.name, after=after)


def table(actor: Actor, exhibition: Exhibition, key: str, kind: str, reason: str = "") -> Table:
    """The table, its rows read lazily; the audit trail first records who takes it and why.

    Raises NotFound, and Refused ``reason_missing`` (422, ``reason``) for visitors' names without a reason.
    """
    dataset = DATASETS.get(key)
    if dataset is None:
        raise NotFound
    if dataset.asks_why:
        privacy.require_reason(reason)
    _note(actor, exhibition, key, kind, reason if dataset.asks_why else "")
    return Table(str(dataset.title), dataset.columns, dataset.rows(exhibition), exhibition.timezone)
