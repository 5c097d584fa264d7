"""The public addresses of booths and pictures, for search engines, feeds and messages."""

from flask import url_for

from exhibition.core.config import public_url
from exhibition.storefront import pictures
from exhibition.storefront.catalogue.booths import Stand


def booth_path(stand: Stand) -> str:
    """The page of an exhibitor: their booth's, or their own while they have no booth."""
    if stand.booth is None and stand.exhibitor:
        return url_for("storefront.short", slug=stand.exhibitor.slug)
    return url_for("storefront.booth", **stand.address)


def picture_address(key: str) -> str:
    """The address of the large picture as JPEG, which every program can read."""
    return public_url() + url_for("storefront.picture", key=key, size=max(pictures.SIZES), extension="jpg")
