"""Platforms that do not let their shops be read, recognised by host, with advice to the seller."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class ClosedPlatform:
    key: str
    name: str
    note: str
    """What the seller can do to have products shown as well."""


_EXPORT = (
    "The link to the shop is kept. To show products too, export them from the seller centre as CSV or Excel"
    " and give that file."
)
_BY_HAND = "The link is kept. To show products too, enter them by hand or give a CSV or Excel file of them."

_HOSTS = {
    ClosedPlatform("tokopedia", "Tokopedia", _EXPORT): "tokopedia.com tokopedia.link tokopedia.onelink.me tkp.me",
    ClosedPlatform("shopee", "Shopee", _EXPORT): "shopee.co.id shopee.com shopee.sg shopee.com.my shp.ee shope.ee",
    ClosedPlatform("bukalapak", "Bukalapak", _EXPORT): "bukalapak.com bukalapak.go.link",
    ClosedPlatform("lazada", "Lazada", _EXPORT): "lazada.co.id lazada.com",
    ClosedPlatform("blibli", "Blibli", _EXPORT): "blibli.com",
    ClosedPlatform("tiktok_shop", "TikTok Shop", _BY_HAND): "tiktok.com",
    ClosedPlatform("instagram", "Instagram", _BY_HAND): "instagram.com instagr.am ig.me",
    ClosedPlatform("facebook", "Facebook", _BY_HAND): "facebook.com fb.com fb.me m.me",
    ClosedPlatform("whatsapp", "WhatsApp", _BY_HAND): "wa.me whatsapp.com",
    ClosedPlatform("telegram", "Telegram", _BY_HAND): "t.me telegram.me",
    ClosedPlatform("gofood", "GoFood", _BY_HAND): "gofood.co.id gofood.link",
    ClosedPlatform("grabfood", "GrabFood", _BY_HAND): "food.grab.com",
}
_BY_HOST = {host: platform for platform, hosts in _HOSTS.items() for host in hosts.split()}


def recognise(address: str | None) -> ClosedPlatform | None:
    """The platform an address belongs to, by its host or a domain above it; ``notshopee.com`` is not Shopee."""
    try:
        host = (urlsplit(address or "").hostname or "").rstrip(".")
    except ValueError:
        return None
    labels = host.split(".")
    return next((found for cut in range(len(labels)) if (found := _BY_HOST.get(".".join(labels[cut:])))), None)
