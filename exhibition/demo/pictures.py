"""Pictures of what the demo's businesses sell: drawings of our own, so that no product is a bare name."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select

from exhibition.core.db import db, transaction
from exhibition.core.files import pdf
from exhibition.demo.listings import LISTINGS
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import pictures
from exhibition.storefront.models import Listing

DRAWINGS = Path(__file__).parent / "drawings"
TEMPLATE = DRAWINGS / "drawing.typ"
DOTS_PER_INCH = 144.0
"""The page is 480 points wide, so the drawing gets the 960 pixels of a large picture."""
DRAWN_AS = {
    "crackers": ("keripik", "rempeyek", "emping", "kerupuk"),
    "tofu": ("tahu",),
    "powder": ("abon", "serbuk", "kering"),
    "shirt": ("kemeja", "kaos"),
    "cap": ("topi",),
    "batik": ("batik",),
    "coffee": ("robusta", "arabika", "kopi", "drip"),
    "bag": ("tas",),
    "purse": ("dompet",),
    "lurik": ("lurik",),
    "box": ("besek",),
    "lamp": ("lampu",),
    "basket": ("keranjang",),
    "carving": ("ukir",),
    "shelf": ("rak",),
    "furniture": ("bangku",),
    "pottery": ("vas", "celengan"),
    "honey": ("madu",),
    "rice": ("beras merah",),
    "herbal": ("kencur", "sirup"),
    "drink": ("wedang",),
    "blocks": ("gula", "sabun"),
    "milk": ("susu", "yoghurt"),
    "flowers": ("buket", "bibit"),
    "vegetables": ("sayur", "wortel", "kentang"),
    "boat": ("perahu",),
    "village": ("desa", "jelajah", "menginap"),
    "screen": ("video", "stiker"),
    "doll": ("boneka",),
    "shoe": ("kulit",),
}
"""Which drawing shows a product: the first of which a word is in its title."""


def drawing_of(title: str) -> str | None:
    """The name of the drawing for a product, or None when none fits."""
    return next((name for name, words in DRAWN_AS.items() if any(word in title.lower() for word in words)), None)


def add() -> int:
    """Give the demo's products their pictures and return how many have one."""
    listings = _of_demo()
    names = {name for listing in listings if (name := drawing_of(listing.title))}
    prepared = {name: _prepared(name) for name in sorted(names)}
    with ExitStack() as files:
        for picture in prepared.values():
            files.enter_context(pictures.kept(picture))
        return _show(prepared)


def _prepared(name: str) -> pictures.PreparedPicture:
    drawing = (DRAWINGS / f"{name}.svg").read_text()
    return pictures.prepare(pdf.picture(TEMPLATE, {"drawing": drawing}, dots_per_inch=DOTS_PER_INCH))


@transaction
def _show(prepared: dict[str, pictures.PreparedPicture]) -> int:
    keys = {name: pictures.remember(picture) for name, picture in prepared.items()}
    shown = 0
    for listing in _of_demo():
        if name := drawing_of(listing.title):
            listing.picture_key = keys[name]
            shown += 1
    return shown


def _of_demo() -> Iterable[Listing]:
    return db.session.scalars(
        select(Listing).join(Exhibitor, Exhibitor.id == Listing.exhibitor_id).where(Exhibitor.slug.in_(LISTINGS))
    ).all()
