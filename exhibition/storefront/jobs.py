"""What the storefront does by itself."""

from datetime import timedelta

from exhibition.core import clock
from exhibition.core.jobs import every
from exhibition.storefront import pictures

UNUSED_FOR = timedelta(days=1)


@every(minutes=30)
def forget_unused_pictures() -> None:
    """Drop pictures that no listing has shown for a day; younger ones may belong to a form being sent."""
    pictures.forget_unused(clock.now() - UNUSED_FOR)
