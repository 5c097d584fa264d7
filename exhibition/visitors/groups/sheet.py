"""The passes of a group on paper: strips to cut along, one for each party, in one tagged PDF.

Texts go to typst as data, never as markup, so a name may hold any character.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from exhibition.core import qr
from exhibition.core.config import PROJECT
from exhibition.core.files.pdf import render
from exhibition.core.i18n import hours_text, long_date
from exhibition.venue import looks
from exhibition.venue.models import Exhibition
from exhibition.visitors.groups.service import GroupStrip

TEMPLATE = PROJECT / "templates" / "visitors" / "strips.typ"


def _strip(exhibition: Exhibition, strip: GroupStrip) -> dict[str, str]:
    issued = strip.issued
    return {
        "name": strip.name or "",
        "people": ngettext("%(num)s person", "%(num)s people", issued.party_size),
        "day": long_date(issued.slot.starts_at, exhibition.timezone),
        "hours": hours_text(issued.slot.starts_at, issued.slot.ends_at, exhibition.timezone),
        "code": issued.code,
        "qr": qr.svg_file(issued.token),
    }


def pdf(exhibition: Exhibition, group: str, strips: Sequence[GroupStrip], *, system_fonts: bool = True) -> bytes:
    """The strips in the current language; without system fonts typst uses its own."""
    data = looks.on_paper(exhibition, _("Visitor passes")) | {
        "group": group,
        "code": _("Code for typing"),
        "qr": _("QR code of the pass"),
        "show": _("Show this strip at the gate."),
        "strips": [_strip(exhibition, strip) for strip in strips],
    }
    return render(TEMPLATE, data, system_fonts=system_fonts)
