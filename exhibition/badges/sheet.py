"""Badges on paper: A6, four to an A4 page with lines to cut along, in one tagged PDF.

Texts go to typst as data, never as markup, so a name may hold any character.
"""

from collections.abc import Iterable

from flask_babel import force_locale
from flask_babel import gettext as _

from exhibition.badges.service import Holder, signed
from exhibition.core import qr
from exhibition.core.config import PROJECT
from exhibition.core.files.pdf import render
from exhibition.core.i18n import DEFAULT_LOCALE, short_date
from exhibition.venue import looks
from exhibition.venue.models import Exhibition

TEMPLATE = PROJECT / "templates" / "badges" / "badges.typ"


def _badge(holder: Holder, token: str) -> dict[str, str]:
    return {
        "name": holder.name,
        "exhibitor": holder.exhibitor,
        "booth": holder.booth,
        "code": holder.code,
        "qr": qr.svg_file(token),
    }


def pdf(exhibition: Exhibition, holders: Iterable[Holder], *, system_fonts: bool = True) -> bytes:
    """The badges in Indonesian, the language of the fair; without system fonts typst uses its own."""
    with force_locale(DEFAULT_LOCALE):
        data = looks.on_paper(exhibition, _("Exhibitors' badges")) | {
            "days": _(
                "%(first)s to %(last)s", first=short_date(exhibition.starts_on), last=short_date(exhibition.ends_on)
            ),
            "staff": _("Exhibitor's staff"),
            "booth": _("Booth"),
            "qr": _("QR code of the badge of {name}"),
            "badges": [_badge(holder, token) for holder, token in signed(exhibition, holders)],
        }
    return render(TEMPLATE, data, system_fonts=system_fonts)
