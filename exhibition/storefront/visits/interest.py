"""Views of booth pages and favourites: how much interest there is, and nothing about whose."""

from exhibition.storefront.catalogue.booths import published_listing
from exhibition.storefront.visits import counting
from exhibition.storefront.visits.counting import PageVisit
from exhibition.storefront.visits.models import FavouriteMark, PageView


def saw(exhibitor_id: int, visit: PageVisit) -> None:
    """Count one view of an exhibitor's booth page; never raises."""
    counting.once(
        visit,
        f"view of {exhibitor_id}",
        lambda: counting.add_one(PageView.views, exhibitor_id=exhibitor_id, source=visit.source),
    )


def marked(listing_id: int, visit: PageVisit) -> None:
    """Count one listing saved as a favourite; raises NotFound for one that visitors do not see."""
    exhibitor, listing = published_listing(listing_id)
    of = {"exhibitor_id": exhibitor.id, "listing_id": listing.id}
    counting.once(visit, f"favourite {listing_id}", lambda: counting.add_one(FavouriteMark.marks, **of))
