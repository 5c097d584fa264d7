"""Exhibitors and their products as schema.org documents, for search engines and for importers like ours.

Plain values in, a document out; addresses are absolute.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from exhibition.exhibitors.models import Cluster, Exhibitor
from exhibition.storefront.models import Listing, Storefront
from exhibition.storefront.reading import amount_text
from exhibition.storefront.reading.currencies import decimals_of
from exhibition.storefront.rules.states import Availability

CONTEXT = "https://schema.org"
_AVAILABLE = {
    Availability.IN_STOCK: "InStock",
    Availability.OUT_OF_STOCK: "OutOfStock",
    Availability.PREORDER: "PreOrder",
}
Document = Mapping[str, object]
PictureAddress = Callable[[str], str]


def amount(smallest: int, currency: str) -> str:
    """A price in its currency's major unit, digits and at most one point."""
    return amount_text(Decimal(smallest).scaleb(-(decimals_of(currency) or 0)))


def organization(exhibitor: Exhibitor, storefront: Storefront | None, address: str) -> dict[str, object]:
    """The seller; ``sameAs`` names its shop. Telephone numbers stay out: they are on the page, where people look."""
    found: dict[str, object] = {
        "@type": "Organization",
        "@id": f"{address}#seller",
        "name": exhibitor.name,
        "url": address,
    }
    if exhibitor.description:
        found["description"] = exhibitor.description
    if exhibitor.district:
        found["address"] = {"@type": "PostalAddress", "addressLocality": exhibitor.district, "addressCountry": "ID"}
    if storefront and storefront.url:
        found["sameAs"] = [storefront.url]
    return found


def product(listing: Listing, seller: str, address: str, picture: PictureAddress) -> dict[str, object]:
    """A listing with its present price; without a price it has no offer, as a price is never made up.

    ``seller`` is the ``@id`` of the organization, ``address`` that of the page the product is on.
    """
    here = f"{address}#produk-{listing.id}"
    found: dict[str, object] = {
        "@type": "Product",
        "@id": here,
        "sku": str(listing.id),
        "name": listing.title,
        "url": listing.link or here,
    }
    if listing.description:
        found["description"] = listing.description
    if listing.picture_key:
        found["image"] = [picture(listing.picture_key)]
    asked = listing.price if listing.sale_price is None else listing.sale_price
    if asked is not None:
        offer: dict[str, object] = {
            "@type": "Offer",
            "price": amount(asked, listing.currency),
            "priceCurrency": listing.currency,
            "url": listing.link or here,
            "seller": {"@id": seller},
        }
        if listing.availability in _AVAILABLE:
            offer["availability"] = f"{CONTEXT}/{_AVAILABLE[listing.availability]}"
        found["offers"] = offer
    return found


def booth_page(
    exhibitor: Exhibitor,
    storefront: Storefront | None,
    listings: Iterable[Listing],
    address: str,
    picture: PictureAddress,
) -> Document:
    """An exhibitor with all its listings."""
    seller = organization(exhibitor, storefront, address)
    products = [product(listing, f"{address}#seller", address, picture) for listing in listings]
    return {"@context": CONTEXT, "@graph": [seller, *products]}


def cluster_page(cluster: Cluster, members: Iterable[tuple[Exhibitor, str]], address: str) -> Document:
    """A cluster as an organization of its exhibitors, each with the address of its own page."""
    return {
        "@context": CONTEXT,
        "@type": "Organization",
        "@id": f"{address}#cluster",
        "name": cluster.name,
        "url": address,
        "member": [
            {"@type": "Organization", "@id": f"{page}#seller", "name": member.name, "url": page}
            for member, page in members
        ],
    }
