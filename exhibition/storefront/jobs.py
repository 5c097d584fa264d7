"""The storefront's periodic jobs."""

from datetime import timedelta

from exhibition.core import clock
from exhibition.core.jobs import every
from exhibition.storefront import pictures
from exhibition.storefront.importing import picture_copies, shop_reading
from exhibition.storefront.links import checking as links

UNUSED_FOR = timedelta(days=1)


@every(minutes=30)
def forget_unused_pictures() -> None:
    """Delete pictures that no listing has shown for a day; newer ones may belong to a form being sent."""
    pictures.forget_unused(clock.now() - UNUSED_FOR)


@every(minutes=30)
def tidy_imports() -> None:
    """End import runs whose job was killed, enqueue again those whose job was lost."""
    shop_reading.tidy()


@every(minutes=30)
def read_shops_again() -> None:
    """Read the shops that are due."""
    shop_reading.start_due()


@every(minutes=30)
def copy_pictures_again() -> None:
    """Copy pictures that failed before."""
    picture_copies.copy_pictures()


@every(minutes=30)
def check_links() -> None:
    """Check the links that are due, and tell owners of those that are broken."""
    links.check_due()
