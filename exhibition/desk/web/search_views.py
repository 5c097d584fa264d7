"""The search of the desk: a page, and its list alone for the dialog that every page of the desk can open."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from exhibition.accounts.web.guard import may_open
from exhibition.core.sql.words import fold
from exhibition.desk import finding
from exhibition.desk.places import EVERYWHERE, DeskPlace, Tab
from exhibition.venue.models import Exhibition
from exhibition.visitors.listing.sought import tidy

blueprint = Blueprint("desk_search", __name__, url_prefix="/desk")


def _pages(words: str) -> list[tuple[DeskPlace, Tab]]:
    """The tabs with all these words in the names of tab and place."""
    parts = (fold(words) or "").split()
    tabs = ((place, tab) for place in EVERYWHERE for tab in place.tabs if may_open(tab.endpoint))
    return [
        (place, tab) for place, tab in tabs if all(part in (fold(f"{place.label} {tab.label}") or "") for part in parts)
    ]


@blueprint.get("/search")
def show(exhibition: Exhibition) -> str:
    """What fits ``?q=``; without words, every page."""
    words = tidy(request.args.get("q", ""))
    fragment = bool(request.headers.get("HX-Request"))
    return render_template(
        "desk/_found.html" if fragment else "desk/search.html",
        words=words,
        pages=_pages(words),
        found=finding.find(exhibition, words) if words else None,
        nothing=_("Nothing fits “%(words)s”.", words=words),
        least=finding.FEWEST_LETTERS,
    )
