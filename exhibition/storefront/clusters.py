"""Clusters as visitors see them: the products of all exhibitors, and the one contact that takes orders for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor, record
from exhibition.core.contacts import whatsapp_link
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.exhibitors.models import Cluster, Exhibitor
from exhibition.storefront import seller_fields
from exhibition.storefront.catalogue import booths
from exhibition.storefront.catalogue.booths import Stand
from exhibition.storefront.models import Listing, Storefront
from exhibition.storefront.rules import seller_input
from exhibition.storefront.visits import counting
from exhibition.storefront.visits.counting import PageVisit
from exhibition.storefront.visits.models import ClusterContact, ClusterOrder
from exhibition.storefront.visits.statistics import Period
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition

ORGANIZER = "organizer"
"""The choice at the desk that is no exhibitor's slug."""
MAX_NAME = 120
MAX_ORDERED = 30
"""Products in one order's message: a chat's address must not become too long."""


@dataclass(frozen=True)
class Contact:
    """Who takes orders; ``number`` is E.164."""

    name: str
    number: str
    exhibitor: Exhibitor | None


@dataclass(frozen=True)
class Group:
    """A cluster with its exhibitors' stands, those with a booth first, and who takes its orders, if anybody."""

    cluster: Cluster
    stands: Sequence[Stand]
    contact: Contact | None

    @property
    def products(self) -> list[tuple[Stand, Listing]]:
        return [(stand, listing) for stand in self.stands for listing in stand.listings]

    @property
    def codes(self) -> list[str]:
        return [stand.code for stand in self.stands if stand.code]


def groups(exhibition: Exhibition) -> list[Group]:
    """All clusters with an exhibitor at the fair, by name."""
    standing: dict[int, list[Stand]] = {}
    for stand in booths.open_stands(exhibition, venue.hall(exhibition)):
        if stand.exhibitor and stand.exhibitor.cluster_id:
            standing.setdefault(stand.exhibitor.cluster_id, []).append(stand)
    clusters = db.session.scalars(select(Cluster).order_by(Cluster.name))
    return [Group(cluster, standing[cluster.id], contact_of(cluster)) for cluster in clusters if cluster.id in standing]


def by_slug(slug: str) -> Cluster:
    """Raises NotFound."""
    cluster = db.session.scalar(select(Cluster).where(Cluster.slug == slug)) if slug.isprintable() else None
    if cluster is None:
        raise NotFound
    return cluster


def by_id(cluster_id: int) -> Cluster:
    """Raises NotFound."""
    cluster = db.session.get(Cluster, cluster_id)
    if cluster is None:
        raise NotFound
    return cluster


def group(exhibition: Exhibition, cluster: Cluster) -> Group:
    """One cluster with those of its exhibitors that are at the fair."""
    standing = booths.open_stands(exhibition, venue.hall(exhibition))
    stands = [stand for stand in standing if stand.exhibitor and stand.exhibitor.cluster_id == cluster.id]
    return Group(cluster, stands, contact_of(cluster))


def contact_of(cluster: Cluster) -> Contact | None:
    """Who takes orders for the cluster; nobody once the chosen exhibitor has left it or has no WhatsApp any more."""
    row = db.session.execute(
        select(ClusterContact, Exhibitor, Storefront.whatsapp)
        .outerjoin(Exhibitor, Exhibitor.id == ClusterContact.exhibitor_id)
        .outerjoin(Storefront, Storefront.exhibitor_id == Exhibitor.id)
        .where(ClusterContact.cluster_id == cluster.id)
    ).first()
    if row is None:
        return None
    contact, exhibitor, number = row
    if exhibitor is None:
        return Contact(contact.name, contact.whatsapp, None)
    if exhibitor.cluster_id != cluster.id or not number:
        return None
    return Contact(exhibitor.name, number, exhibitor)


def chosen(cluster: Cluster) -> ClusterContact | None:
    """The contact that was chosen at the desk, whether or not it still works."""
    return db.session.get(ClusterContact, cluster.id)


def members(cluster: Cluster) -> list[tuple[Exhibitor, bool]]:
    """The cluster's exhibitors by name, and whether they have a WhatsApp number to order by."""
    rows = db.session.execute(
        select(Exhibitor, func.coalesce(Storefront.whatsapp, "") != "")
        .outerjoin(Storefront, Storefront.exhibitor_id == Exhibitor.id)
        .where(Exhibitor.cluster_id == cluster.id)
        .order_by(Exhibitor.name)
    )
    return [(exhibitor, bool(reachable)) for exhibitor, reachable in rows]


@transaction
def set_contact(actor: Actor, slug: str, choice: str, *, name: str = "", whatsapp: str = "") -> None:
    """Choose who takes orders: the slug of an exhibitor of the cluster, ``organizer`` with a number, or nobody (empty).

    Raises NotFound, and Refused (422) ``contact_unknown`` (``contact``), ``contact_unreachable`` (``contact``) for an
    exhibitor without WhatsApp, or a fault of ``name`` or ``whatsapp``.
    """
    cluster = by_slug(slug)
    before = chosen(cluster)
    told = None if before is None else {"exhibitor_id": before.exhibitor_id, "whatsapp": before.whatsapp}
    contact = _contact(cluster, choice, name, whatsapp)
    if before is not None:
        db.session.delete(before)
        db.session.flush()
    if contact is not None:
        db.session.add(contact)
    after = None if contact is None else {"exhibitor_id": contact.exhibitor_id, "whatsapp": contact.whatsapp}
    if after != told:
        record(actor, "cluster.contact", "cluster", cluster.id, name=cluster.name, before=told, after=after)


def _contact(cluster: Cluster, choice: str, name: str, whatsapp: str) -> ClusterContact | None:
    if not choice:
        return None
    if choice == ORGANIZER:
        number = seller_fields.checked("whatsapp", lambda: seller_input.whatsapp_number(whatsapp))
        if not number:
            raise Refused(
                "missing", seller_fields.FAULTS[seller_input.ListingFault.MISSING], status=422, field="whatsapp"
            )
        called = seller_fields.checked("name", lambda: seller_input.plain_text(name, MAX_NAME, required=True))
        return ClusterContact(cluster_id=cluster.id, exhibitor_id=None, name=called, whatsapp=number)
    for exhibitor, reachable in members(cluster):
        if exhibitor.slug == choice:
            if not reachable:
                message = _l("This exhibitor has no WhatsApp number yet. Enter it in their shop first.")
                raise Refused("contact_unreachable", message, status=422, field="contact")
            return ClusterContact(cluster_id=cluster.id, exhibitor_id=exhibitor.id, name="", whatsapp="")
    raise Refused("contact_unknown", _l("Choose an exhibitor of this cluster."), status=422, field="contact")


def wanted(found: Group, listing_ids: Collection[int]) -> list[tuple[Stand, Listing]]:
    """The ticked products of the cluster, in order; no more than fit into a message."""
    return [(stand, listing) for stand, listing in found.products if listing.id in listing_ids][:MAX_ORDERED]


def order_address(exhibition: Exhibition, cluster: Cluster, listing_ids: Collection[int]) -> str:
    """The address of the chat with the cluster's contact, the order already typed; it names only published products of
    the cluster.

    Raises NotFound when nobody takes orders.
    """
    found = group(exhibition, cluster)
    if found.contact is None:
        raise NotFound(_l("Nobody takes orders for this cluster yet. Ask at one of its booths."))
    lines = [
        _(
            "Hello %(name)s, I would like to order from %(cluster)s at %(fair)s.",
            name=found.contact.name,
            cluster=cluster.name,
            fair=exhibition.name,
        )
    ]
    lines += [
        f"- {listing.title} ({stand.exhibitor.name if stand.exhibitor else stand.code})"
        for stand, listing in wanted(found, listing_ids)
    ]
    lines.append(_("What is your best price if I order together?"))
    return whatsapp_link(found.contact.number, "\n".join(lines))


def ordered(cluster: Cluster, visit: PageVisit) -> None:
    """Count one visitor going on to the contact; never raises."""
    number = cluster.id
    counting.once(
        visit, f"order from cluster {number}", lambda: counting.add_one(ClusterOrder.orders, cluster_id=number)
    )


def orders(during: Period) -> dict[int, int]:
    """How often visitors went on to each cluster's contact in the period, by cluster."""
    statement = select(ClusterOrder.cluster_id, func.sum(ClusterOrder.orders)).where(during.holds(ClusterOrder.hour))
    return {id_: int(count) for id_, count in db.session.execute(statement.group_by(ClusterOrder.cluster_id))}
