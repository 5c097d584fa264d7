"""Present listings as the values that an import compares."""

from typing import cast

from exhibition.storefront.models import Listing
from exhibition.storefront.rules.differences import Known, Values
from exhibition.storefront.rules.states import ListingSource


def shown(listing: Listing) -> Values:
    """A listing as the values that an import compares."""
    return Values(
        external_id=listing.external_id,
        title=listing.title,
        description=listing.description,
        price=listing.price,
        currency=listing.currency,
        sale_price=listing.sale_price,
        availability=listing.availability.value,
        link=listing.link,
        image="",
    )


def known(listing: Listing) -> Known:
    """A listing in the form that an import compares with the shop's product."""
    return Known(
        listing.id,
        shown(listing),
        cast("Values | None", listing.imported),
        listing.edited or listing.source is ListingSource.MANUAL,
        listing.gone_at is not None,
    )
