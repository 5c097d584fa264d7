"""The signs that stand at the booths: number, name and QR, one A5 page each, in a tagged PDF; one booth's also as a
picture.
"""

from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from exhibition.core import qr
from exhibition.core.config import PROJECT, public_url
from exhibition.core.files.pdf import picture, render
from exhibition.core.i18n import DEFAULT_LOCALE
from exhibition.storefront.catalogue.booths import Stand, open_stands
from exhibition.venue import looks
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition

TEMPLATE = PROJECT / "templates" / "storefront" / "signs.typ"
PICTURE_DOTS = 200
"""Dots an inch: sharp on A5 and small enough to send."""


def address_of(exhibition: Exhibition, stand: Stand) -> str:
    """The address in the QR: the exhibitor's short address, which outlives a move; for a free booth, its own page."""
    path = f"/b/{stand.exhibitor.slug}" if stand.exhibitor else f"/e/{exhibition.slug}/stan/{stand.code}"
    return public_url() + path


def _sign(exhibition: Exhibition, stand: Stand) -> dict[str, str]:
    address = address_of(exhibition, stand)
    return {
        "code": stand.code,
        "name": stand.exhibitor.name if stand.exhibitor else "",
        "address": address.split("://", 1)[1],
        "qr": qr.svg_file(address),
    }


def _document(exhibition: Exhibition, stands: Iterable[Stand]) -> dict[str, Any]:
    """The template's data, in Indonesian, the visitors' language."""
    with force_locale(DEFAULT_LOCALE):
        return looks.on_paper(exhibition, _("Booth signs")) | {
            "booth": _("Booth"),
            "scan": _("Scan to shop"),
            "code": _("QR code to the shop of booth %(code)s", code="{code}"),
            "signs": [_sign(exhibition, stand) for stand in stands],
        }


def pdf(exhibition: Exhibition, *, system_fonts: bool = True) -> bytes:
    """The signs of all open booths; without system fonts typst uses its own."""
    data = _document(exhibition, open_stands(exhibition, venue.hall(exhibition)))
    return render(TEMPLATE, data, system_fonts=system_fonts)


def own_pdf(exhibition: Exhibition, stand: Stand) -> bytes:
    """The sign of one booth, for printing."""
    return render(TEMPLATE, _document(exhibition, [stand]), system_fonts=True)


def own_picture(exhibition: Exhibition, stand: Stand) -> bytes:
    """The sign of one booth as a PNG, for those who print or send it by phone."""
    return picture(TEMPLATE, _document(exhibition, [stand]), dots_per_inch=PICTURE_DOTS)
