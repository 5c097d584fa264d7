"""The floor plan as files: JSON and SVG, which can be imported again without loss, and a PDF to print."""

import json
from collections.abc import Iterator
from typing import Any

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from exhibition.core.config import PROJECT
from exhibition.core.files.pdf import render
from exhibition.venue import looks
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import pictures as plan_pictures
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.reading import plan_svg
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth
from exhibition.venue.rules.halls import NamedHall

TEMPLATE = PROJECT / "templates" / "venue" / "plan.typ"


def _picture(exhibition: Exhibition, plan: FloorPlan) -> str:
    return plan_pictures.address(exhibition, plan.background.picture) if plan.background else ""


def _shades(exhibition: Exhibition) -> tuple[str, str]:
    own = looks.shades(exhibition)
    return f"#{own.accent}", f"#{own.wash}"


def as_json(exhibition: Exhibition, plan: FloorPlan) -> str:
    """The JSON document of docs/plan.md, with the background picture in it."""
    document = plan.document()
    if plan.background:
        document["background"]["content"] = _picture(exhibition, plan)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_svg(exhibition: Exhibition, plan: FloorPlan) -> str:
    """The drawing at 1 : 100."""
    return plan_svg.draw(plan, exhibition.name, _picture(exhibition, plan), shades=_shades(exhibition))


def as_pdf(exhibition: Exhibition, plan: FloorPlan, *, system_fonts: bool = True) -> bytes:
    """The drawing of each hall on one sheet (A3, turned to fit it) and the list of booths with their exhibitors."""
    holders = plan_versions.holders(exhibition)
    standing = {booth.code: holders[booth.id] for booth in plan.booths if booth.id in holders}
    data = looks.on_paper(exhibition, _("Floor plan")) | {
        "date": format_date(format="long"),
        "picture": _("Floor plan of the hall"),
        "drawings": [_drawing(exhibition, plan, room, standing) for room in plan.rooms],
        "list": _("Booths"),
        "heads": [
            _("Booth"),
            _("Hall and zone") if len(plan.halls) > 1 else _("Zone"),
            _("Size (m)"),
            _("Equipment"),
            _("Who stands here"),
        ],
        "rows": list(_rows(plan, standing)),
    }
    return render(TEMPLATE, data, system_fonts=system_fonts)


def _drawing(exhibition: Exhibition, plan: FloorPlan, room: NamedHall, standing: dict[str, str]) -> dict[str, Any]:
    return {
        "name": room.name if len(plan.halls) > 1 else "",
        "size": _("Hall: %(width)s by %(depth)s m", width=_number(room.width), depth=_number(room.depth)),
        "flipped": room.width >= room.depth,
        "svg": plan_svg.draw(
            plan.alone(room),
            exhibition.name,
            _picture(exhibition, plan),
            standing=standing,
            shades=_shades(exhibition),
        ),
    }


def _number(metres: float) -> str:
    return format_decimal(round(metres, 2))


def _rows(plan: FloorPlan, standing: dict[str, str]) -> Iterator[list[str]]:
    zones = {zone.code: zone.name for zone in plan.zones}
    for booth in sorted(plan.booths, key=lambda booth: booth.code):
        size = f"{_number(booth.width)} \u00d7 {_number(booth.depth)}"
        places = [plan.room_of(booth).name if len(plan.halls) > 1 else "", zones.get(booth.zone, "")]
        yield [
            booth.code,
            ", ".join(place for place in places if place),
            size,
            _equipment(booth),
            standing.get(booth.code, ""),
        ]


def _equipment(booth: PlanBooth) -> str:
    said = [
        f"{booth.power_va} VA" if booth.power_va else "",
        _("water") if booth.water else "",
        _("corner") if booth.corner else "",
        booth.blocked_reason,
    ]
    return ", ".join(part for part in said if part)
