"""A pass on paper: one A6 page to be printed at home, as a tagged PDF.

Texts go to typst as data, never as markup, so a name may hold any character.
"""

from flask_babel import gettext as _
from flask_babel import ngettext

from exhibition.core import qr
from exhibition.core.config import PROJECT
from exhibition.core.files.pdf import render
from exhibition.core.i18n import clock_time, hours_text, long_date
from exhibition.venue import looks, rounds
from exhibition.visitors import service
from exhibition.visitors.registration.party import Issued

TEMPLATE = PROJECT / "templates" / "visitors" / "pass.typ"


def pdf(issued: Issued, name: str = "", *, system_fonts: bool = True) -> bytes:
    """The pass in the current language, with the name if one is given; without system fonts typst uses its own."""
    exhibition, slot = service.exhibition(issued), issued.slot
    zone = exhibition.timezone
    notes = [_("Show the QR code at the gate. Come together or one after another.")]
    if exhibition.mask_required:
        notes.append(_("Wear masks; without one nobody is let in."))
    for one in rounds.within(exhibition, slot.starts_at, slot.ends_at):
        starts, ends = clock_time(one.starts_at, zone), clock_time(one.ends_at, zone)
        notes.append(_("Disinfection from %(starts)s to %(ends)s: no entry then.", starts=starts, ends=ends))
    notes.append(_("If you change the pass, print it again: this QR code no longer works then."))
    data = looks.on_paper(exhibition, _("Visitor pass")) | {
        "day": long_date(slot.starts_at, zone),
        "hours": hours_text(slot.starts_at, slot.ends_at, zone),
        "name": name,
        "people": ngettext("%(num)s person", "%(num)s people", issued.party_size),
        "place": ", ".join(part for part in (exhibition.venue_name, exhibition.address) if part),
        "alt": _("QR code of the pass"),
        "qr": qr.svg_file(issued.token),
        "code": issued.code,
        "reference": f"{_('Reference')}: {issued.reference}",
        "notes": notes,
    }
    return render(TEMPLATE, data, system_fonts=system_fonts)
