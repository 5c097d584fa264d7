"""Reading a shop's files and answers in a child process, because strangers have made them."""

from exhibition.core.confined.calls import confined
from exhibition.storefront.reading import (
    Code,
    ReadingProblem,
    ShopListing,
    ShopReading,
    SourceKind,
    StatedAvailability,
    detect,
)

read = confined(detect.read, knows=(ShopReading, ShopListing, ReadingProblem, SourceKind, StatedAvailability, Code))
"""``storefront.reading.read``; also raises Refused as ``core.confined.calls.confined`` does."""
