"""The floor plan on paper, A4 or A3 across, with numbers and names, followed by an index of exhibitors.

Drawn from the same metres and the same lines of names as the plan on the pages. Texts are data, never markup.
"""

from typing import Any

from flask_babel import gettext as _

from exhibition.allocation.service import PlannedBooth
from exhibition.core.config import PROJECT
from exhibition.core.files.pdf import render
from exhibition.core.i18n import current_locale, short_date
from exhibition.venue.models import Exhibition
from exhibition.venue.service import Hall

TEMPLATE = PROJECT / "templates" / "reports" / "plan.typ"
PAPERS = ("a4", "a3")


def _booth(booth: PlannedBooth, *, everything: bool) -> dict[str, Any]:
    """A booth for the sheet. Visitors see confirmed exhibitors only: one with an offer may still decline it."""
    state = booth.state.value
    named = everything or state == "allocated"
    return {
        "code": booth.code,
        "x": booth.x,
        "y": booth.y,
        "width": booth.width,
        "depth": booth.depth,
        "rotation": booth.rotation,
        "state": state if everything or state in ("allocated", "closed") else "open",
        "lines": booth.lines if named else [],
        "exhibitor": booth.exhibitor if named else "",
    }


def pdf(
    exhibition: Exhibition,
    hall: Hall,
    planned: list[PlannedBooth],
    *,
    paper: str = "a4",
    everything: bool = False,
    system_fonts: bool = True,
) -> bytes:
    """The plan on one page, then the index; with ``everything``, held and offered booths show their exhibitors too."""
    booths = [_booth(booth, everything=everything) for booth in planned]
    index = [(one["exhibitor"], one["code"]) for one in booths if one["exhibitor"]]
    index.sort(key=lambda pair: pair[0].casefold())
    data = {
        "paper": paper,
        "lang": current_locale(),
        "title": _("Floor plan"),
        "fair": exhibition.name,
        "where": exhibition.venue_name,
        "days": _("%(first)s to %(last)s", first=short_date(exhibition.starts_on), last=short_date(exhibition.ends_on)),
        "width": hall.width,
        "depth": hall.depth,
        "alt": _("Floor plan of the hall"),
        "landmarks": [
            {"label": one.label, "kind": one.kind.value, "x": one.x, "y": one.y, "width": one.width, "depth": one.depth}
            for one in hall.landmarks
        ],
        "booths": booths,
        "index_title": _("Who is where"),
        "index": index,
    }
    return render(TEMPLATE, data, system_fonts=system_fonts)
