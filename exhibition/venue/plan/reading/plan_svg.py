"""The floor plan as an SVG drawing that can be read again without loss; and reading other people's drawings.

Our own file is in metres (its view box is the hall, or the ground of several) and keeps in ``data-`` attributes what a
drawing cannot show; its pieces may be moved, turned and resized in a drawing program. In other drawings every rectangle
with a label is a booth.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from exhibition.venue.plan.reading import plan_json, plan_values, svg_tree
from exhibition.venue.plan.reading.plan_values import FloorPlan, PlanBooth, PlanFile, PlanLandmark
from exhibition.venue.plan.reading.svg_tree import Matrix, Point, Rectangle, SvgElement, rectangle
from exhibition.venue.rules.halls import NamedHall

MM_PER_METRE = 10
"""The drawing is at 1 : 100."""
DIGITS = 5
"""Decimal places; anything finer is an error from rotating."""
ALONG = 1.5
"""The label of a piece is turned when the piece is more than this many times as deep as wide."""
LANDMARK_FILLS = {"wall": "#565a68", "aisle": "#f3f1ea"}
OURS = ("#2c3e91", "#e9ecf8")
_INVENTED = re.compile(
    r"(?:rect|path|polygon|image|g|svg|layer|use|text|tspan|shape|object|Ebene|_x?)[-_]?\d*", re.IGNORECASE
)
"""Names that drawing programs generate."""
_DRAWN = frozenset({"rect", "polygon", "path", "g", "image"})
AREA = ("x", "y", "width", "depth")
_BOOTH_TEXTS = ("zone", "blocked_reason")
_BOOTH_FLAGS = ("corner", "water", "accessible")


def _attributes(**values: object) -> str:
    return "".join(f" {name.replace('_', '-')}={quoteattr(str(value))}" for name, value in values.items())


def _n(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"


def _placed(piece: PlanBooth | PlanLandmark) -> str:
    if not piece.rotation:
        return ""
    centre = f"{_n(piece.x + piece.width / 2)} {_n(piece.y + piece.depth / 2)}"
    return _attributes(transform=f"rotate({_n(piece.rotation)} {centre})")


def _area(piece: Any) -> str:
    return _attributes(x=_n(piece.x), y=_n(piece.y), width=_n(piece.width), height=_n(piece.depth))


def _rect(piece: Any, **attributes: object) -> str:
    return f"<rect{_area(piece)}{_attributes(**attributes)}/>"


def _label(piece: Any, text: str, size: float, colour: str) -> str:
    """A text in the middle of a piece, along its longer side if that is much longer than the other."""
    if not text:
        return ""
    x, y = piece.x + piece.width / 2, piece.y + piece.depth / 2
    along = piece.depth > ALONG * piece.width
    long, short = (piece.depth, piece.width) if along else (piece.width, piece.depth)
    size = max(min(size, short * 0.7, 1.6 * long / len(text)), 0.05)
    look = _attributes(x=_n(x), y=_n(y + size * 0.35), font_size=_n(size), text_anchor="middle", fill=colour)
    turned = _attributes(transform=f"rotate(-90 {_n(x)} {_n(y)})") if along else ""
    return f"<text{look}{turned}>{escape(text)}</text>"


def draw(
    drawn: FloorPlan,
    title: str,
    picture: str = "",
    *,
    standing: dict[str, str] | None = None,
    shades: tuple[str, str] = OURS,
) -> str:
    """The drawing. ``picture``: the background as a ``data:`` address; ``standing``: the exhibitors, by booth code;
    ``shades``: the colours of a booth's line and of one that somebody has.
    """
    attributes = _attributes(
        xmlns="http://www.w3.org/2000/svg",
        data_plan=plan_values.FORMAT,
        viewBox=f"0 0 {_n(drawn.width)} {_n(drawn.depth)}",
        width=f"{_n(drawn.width * MM_PER_METRE)}mm",
        height=f"{_n(drawn.depth * MM_PER_METRE)}mm",
        font_family="Noto Sans, Liberation Sans, DejaVu Sans, sans-serif",
    )
    parts = [f"<svg{attributes}>", f"<title>{escape(title)}</title>"]
    parts += [_hall(room) for room in drawn.rooms]
    parts += _background(drawn, picture)
    parts += [_zone(zone) for zone in drawn.zones]
    parts += [_landmark(mark) for mark in drawn.landmarks]
    parts += [_booth(booth, (standing or {}).get(booth.code, ""), shades) for booth in drawn.booths]
    return "\n".join([*parts, "</svg>", ""])


def _hall(room: NamedHall) -> str:
    named = _attributes(data_code=room.code, data_name=room.name) if room.code else ""
    return f'<rect data-kind="hall"{named}{_area(room)} fill="#ffffff" stroke="#565a68" stroke-width="0.1"/>'


def _background(drawn: FloorPlan, picture: str) -> Iterator[str]:
    if drawn.background is None:
        return
    ground = drawn.background
    place = _attributes(x=_n(ground.x), y=_n(ground.y), width=_n(ground.width), height=_n(ground.depth))
    link = _attributes(href=picture) if picture else ""
    kind = _attributes(data_kind="background", data_picture=ground.picture, opacity=_n(ground.opacity))
    yield f'<image{kind}{place} preserveAspectRatio="none"{link}/>'


def _zone(zone: plan_values.PlanZone) -> str:
    inside = ""
    if zone.area:
        inside = _rect(zone.area, fill="none", stroke="#7b4a1e", stroke_width=0.06, stroke_dasharray="0.4 0.3")
    return f"<g{_attributes(data_kind='zone', data_code=zone.code, data_name=zone.name)}>{inside}</g>"


def _landmark(mark: PlanLandmark) -> str:
    kind = _attributes(data_kind="landmark", data_landmark=mark.kind, data_label=mark.label)
    fill = LANDMARK_FILLS.get(mark.kind, "#f6ebdd")
    shape = _rect(mark, fill=fill, stroke="#7b4a1e", stroke_width=0.04)
    return f"<g{kind}{_placed(mark)}>{shape}{_label(mark, mark.label, 0.4, '#7b4a1e')}</g>"


def _booth(booth: PlanBooth, holder: str, shades: tuple[str, str]) -> str:
    facts = _attributes(
        id=f"booth-{booth.code}",
        data_kind="booth",
        data_code=booth.code,
        **{f"data_{name}": getattr(booth, name) for name in _BOOTH_TEXTS if getattr(booth, name)},
        **{f"data_{name}": str(getattr(booth, name)).lower() for name in _BOOTH_FLAGS},
        data_power_va=booth.power_va,
    )
    line, taken = shades
    shape = _rect(booth, fill=taken if holder else "#ffffff", stroke=line, stroke_width=0.05)
    name = f"<title>{escape(f'{booth.code}, {holder}' if holder else booth.code)}</title>"
    return f"<g{facts}{_placed(booth)}>{name}{shape}{_label(booth, booth.code, 0.7, '#20222b')}</g>"


def read(content: bytes) -> "PlanFile | Drawing":
    """One of our drawings as the plan that it holds, somebody else's as its rectangles.

    Raises Refused (422) as ``svg_tree.parse`` and ``read_own`` do.
    """
    root = svg_tree.parse(content)
    return PlanFile(*read_own(root)) if is_own(root) else read_foreign(root)


def ready() -> None:
    """Read once, before there is a stranger's file, so that everything is loaded."""
    read(b'<svg viewBox="0 0 9 9"><rect id="A1" width="1" height="1"/></svg>')


def is_own(root: SvgElement) -> bool:
    """Whether the drawing is marked as one of our plans."""
    return bool(root.get("data-plan"))


def read_own(root: SvgElement) -> tuple[FloorPlan, str]:
    """The plan in one of our drawings, perhaps edited in a drawing program, and its background picture.

    Raises Refused ``plan_invalid`` (422) that names the element.
    """
    document: dict[str, Any] = {
        "format": root.get("data-plan"),
        "halls": [],
        "zones": [],
        "booths": [],
        "landmarks": [],
    }
    picture = ""
    for element, placed in root.walk():
        kind = element.get("data-kind")
        shape = _shape_of(element, placed) if kind else None
        if kind == "hall" and shape:
            document["hall"] = {"width": shape["width"], "depth": shape["depth"]}
            if code := element.get("data-code"):
                area = {name: shape[name] for name in AREA}
                document["halls"].append({"code": code, "name": element.get("data-name"), **area})
        elif kind == "background" and shape:
            picture = element.get("href")
            look = {"picture": element.get("data-picture"), "opacity": element.number("opacity", 1.0)}
            document["background"] = look | {name: shape[name] for name in AREA}
        elif kind == "zone":
            area = {name: shape[name] for name in AREA} if shape else None
            document["zones"].append({"code": element.get("data-code"), "name": element.get("data-name"), "area": area})
        elif kind == "landmark":
            said = {"kind": element.get("data-landmark"), "label": element.get("data-label")}
            document["landmarks"].append(said | (shape or {}))
        elif kind == "booth":
            document["booths"].append(_booth_document(element) | (shape or {}))
    return plan_json.floor_plan(document), picture


def _booth_document(element: SvgElement) -> dict[str, Any]:
    flags = {name: element.get(f"data-{name}") == "true" for name in _BOOTH_FLAGS if element.get(f"data-{name}")}
    texts = {"zone": element.get("data-zone"), "blocked_reason": element.get("data-blocked-reason")}
    return {"code": element.get("data-code"), "power_va": element.number("data-power-va")} | texts | flags


def _shape_of(element: SvgElement, placed: Matrix) -> dict[str, float] | None:
    """The position of the element's own rectangle; ``placed`` includes the element's transform."""
    own = rectangle(element, placed)
    if own is None:
        below = (found for child in element.children for found in child.walk(placed))
        own = next((shape for inner, matrix in below if (shape := rectangle(inner, matrix))), None)
    if own is None:
        return None
    sizes = {"x": own.x, "y": own.y, "width": own.width, "depth": own.depth, "rotation": own.rotation}
    return {name: round(value, DIGITS) for name, value in sizes.items()}


@dataclass
class Drawing:
    """The contents of somebody else's drawing, in its own units."""

    width: float
    height: float
    found: list[tuple[str, Rectangle]] = field(default_factory=list[tuple[str, Rectangle]])
    """Label and position of each labelled rectangle."""
    unnamed: int = 0


def read_foreign(root: SvgElement) -> Drawing:
    """Every rectangle with a label: a text inside it, else its title, label or meaningful id."""
    box = [float(number) for number in re.findall(r"[-+.\deE]+", root.get("viewBox"))[:4] if _is_number(number)]
    left, top, width, height = box if len(box) == 4 else (0.0, 0.0, root.number("width"), root.number("height"))  # noqa: PLR2004 — a view box
    drawing = Drawing(width, height)
    shapes: list[tuple[SvgElement, Rectangle]] = []
    texts: list[tuple[str, Point]] = []
    parents = _parents(root)
    for element, placed in root.walk(Matrix(e=-left, f=-top)):
        if shape := rectangle(element, placed):
            shapes.append((element, shape))
        elif element.name == "text" and element.text.strip():
            place = next((one for one in (element, *element.children) if one.get("x")), element)
            texts.append((" ".join(element.text.split()), placed.at(place.number("x"), place.number("y"))))
    said = _texts_inside([shape for _element, shape in shapes], texts)
    for number, (element, shape) in enumerate(shapes):
        label = said.get(number, "") or _name_of(element) or _name_of(parents.get(id(element)))
        if label:
            drawing.found.append((label, shape))
        else:
            drawing.unnamed += 1
    return drawing


def _parents(root: SvgElement) -> dict[int, SvgElement]:
    """By element identity, the group of each element that shares its group only with its own texts and titles."""
    found: dict[int, SvgElement] = {}
    for group, _placed in root.walk():
        drawn = [child for child in group.children if child.name in _DRAWN]
        if group.name == "g" and len(drawn) == 1:
            found[id(drawn[0])] = group
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _texts_inside(shapes: Sequence[Rectangle], texts: Sequence[tuple[str, Point]]) -> dict[int, str]:
    """The first text in each rectangle, by index; a text belongs to the smallest rectangle that contains it."""
    order = sorted(range(len(texts)), key=lambda number: texts[number][1][0])
    lefts = [texts[number][1][0] for number in order]
    smallest: dict[int, int] = {}
    for number, shape in enumerate(shapes):
        reach = math.hypot(shape.width, shape.depth) / 2
        within = order[bisect_left(lefts, shape.centre[0] - reach) : bisect_right(lefts, shape.centre[0] + reach)]
        for text in within:
            held_by = smallest.get(text)
            smaller = held_by is None or _size(shape) < _size(shapes[held_by])
            if smaller and shape.holds(texts[text][1]):
                smallest[text] = number
    return {smallest[text]: texts[text][0] for text in sorted(smallest, reverse=True)}


def _size(shape: Rectangle) -> float:
    return shape.width * shape.depth


def _name_of(element: SvgElement | None) -> str:
    if element is None:
        return ""
    title = next((child.text for child in element.children if child.name == "title"), "")
    names = (
        title,
        element.get("label"),
        element.get("aria-label"),
        element.get("data-label"),
        element.get("data-code"),
    )
    if name := next((" ".join(name.split()) for name in names if name.strip()), ""):
        return name
    own = element.get("id")
    return "" if _INVENTED.fullmatch(own) else own
