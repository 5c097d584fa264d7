"""The floor plan on paper, A4 or A3 across, with numbers and names; beside it who is where, behind it an index.

A large hall is an overview and several sheets, so that names can be read; of several halls each has its own. Texts are
data, never markup.
"""

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from exhibition.allocation.planned import BoothPart, PlannedBooth
from exhibition.core.config import PROJECT
from exhibition.core.files.pdf import render
from exhibition.core.i18n import short_date
from exhibition.reports.sheets import Extent, PaperSheet, divided
from exhibition.venue import looks
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.labels import shortened
from exhibition.venue.service import Hall

TEMPLATE = PROJECT / "templates" / "reports" / "plan.typ"
PAPERS = {"a4": (297.0, 210.0), "a3": (420.0, 297.0)}
"""Width and height in millimetres, laid across."""
MARGIN_MM = 9.0
HEAD_MM = 15.0
BESIDE_MM = {"a4": 62.0, "a3": 84.0}
"""The width of the list beside the drawing, with the gap between them."""


def _days(days: Sequence[date]) -> str:
    return ", ".join(short_date(day) for day in days)


def _part(part: PlannedBooth | BoothPart) -> dict[str, Any]:
    """Who has the booth, or a part of it."""
    exhibitor = part.claim.exhibitor if part.claim else ""
    return {
        "state": part.state.value,
        "exhibitor": exhibitor,
        "short": shortened(exhibitor),
        "days": _days(part.days) if exhibitor else "",
    }


def _booth(booth: PlannedBooth) -> dict[str, Any]:
    """A booth for the sheet; ``parts`` are one or, when several have it, one for each."""
    return {
        "code": booth.code,
        "x": booth.x,
        "y": booth.y,
        "width": booth.width,
        "depth": booth.depth,
        "rotation": booth.rotation,
        "parts": [_part(part) for part in booth.parts or [booth]],
    }


def _halls(hall: Hall, booths: list[tuple[PlannedBooth, dict[str, Any]]], paper: str) -> list[dict[str, Any]]:
    """Each hall with its sheets, which are numbered through all of them."""
    width, height = PAPERS[paper]
    room = width - 2 * MARGIN_MM - BESIDE_MM[paper], height - 2 * MARGIN_MM - HEAD_MM
    drawn: list[tuple[Hall, list[dict[str, Any]], list[PaperSheet]]] = []
    for part in hall.parts():
        own = [told for booth, told in booths if part.shows(booth.hall)]
        areas = [Extent(one["x"], one["y"], one["width"], one["depth"]) for one in own]
        drawn.append((part, own, divided(Extent(part.x, part.y, part.width, part.depth), areas, *room)))
    count = sum(len(found) for _part_, _own, found in drawn)
    numbers = itertools.count(1)
    return [
        {
            "x": part.x,
            "y": part.y,
            "width": part.width,
            "depth": part.depth,
            "overview": min((width - 2 * MARGIN_MM) / part.width, (height - 2 * MARGIN_MM - HEAD_MM) / part.depth),
            "overview_title": _titled(part.name if hall.several else "", _("All sheets")),
            "sheets": [_sheet(sheet, own, next(numbers), count, part.name if hall.several else "") for sheet in found],
        }
        for part, own, found in drawn
    ]


def _titled(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _sheet(sheet: PaperSheet, booths: list[dict[str, Any]], number: int, count: int, hall: str) -> dict[str, Any]:
    return {
        "x": sheet.area.x,
        "y": sheet.area.y,
        "width": sheet.area.width,
        "depth": sheet.area.depth,
        "metre": sheet.metre_mm,
        "name": _titled(hall, _("Sheet %(number)s of %(count)s", number=number, count=count)),
        "number": number,
        "beside": _listed([booths[one] for one in sheet.booths]),
    }


def _listed(booths: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Code, exhibitor and days of those who are named on these booths."""
    return [
        (booth["code"], part["exhibitor"], part["days"])
        for booth in booths
        for part in booth["parts"]
        if part["exhibitor"]
    ]


def pdf(
    exhibition: Exhibition,
    hall: Hall,
    planned: list[PlannedBooth],
    *,
    paper: str = "a4",
    system_fonts: bool = True,
) -> bytes:
    """The plan, then the index; ``planned`` are all claims, or only what visitors see."""
    told = [(booth, _booth(booth)) for booth in planned]
    booths = [one for _planned, one in told]
    halls = _halls(hall, told, paper)
    sheets = [sheet for one in halls for sheet in one["sheets"]]
    where = {code: sheet["number"] for sheet in sheets for code, _name, _days_ in sheet["beside"]}
    index = [(name, code, days, where[code] if len(sheets) > 1 else 0) for code, name, days in _listed(booths)]
    index.sort(key=lambda line: (line[0].casefold(), line[1]))
    data = looks.on_paper(exhibition, _("Floor plan")) | {
        "paper": paper,
        "margin": MARGIN_MM,
        "beside": BESIDE_MM[paper],
        "days": _("%(first)s to %(last)s", first=short_date(exhibition.starts_on), last=short_date(exhibition.ends_on)),
        "alt": _("Floor plan of the hall"),
        "landmarks": [
            {"label": one.label, "kind": one.kind.value, "x": one.x, "y": one.y, "width": one.width, "depth": one.depth}
            for one in hall.landmarks
        ],
        "booths": booths,
        "halls": halls,
        "index_title": _("Who is where"),
        "index": index,
        "sheet_short": _("sheet"),
    }
    return render(TEMPLATE, data, system_fonts=system_fonts)
