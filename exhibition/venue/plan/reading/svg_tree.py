"""SVG files as trees of elements, with the position of each rectangle; nothing in them is run, loaded or expanded."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from flask_babel import lazy_gettext as _l  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] - it has no types

from exhibition.core.errors import Message, Refused

MOST_ELEMENTS = 60_000
DEEPEST = 60
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^)]*)\)")
_STEP = re.compile(r"([MmLlHhVvZzA-Za-z])([^A-Za-z]*)")
_UNSEEN = frozenset({"defs", "clipPath", "mask", "pattern", "symbol", "marker", "metadata"})
SQUARE = 0.02
"""How far from a right angle a drawn corner may be, as a cosine."""
CORNERS = 4

Point = tuple[float, float]


@dataclass(frozen=True)
class Matrix:
    """An affine map: ``x' = a x + c y + e``, ``y' = b x + d y + f``."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def __matmul__(self, inner: "Matrix") -> "Matrix":
        return Matrix(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            self.a * inner.e + self.c * inner.f + self.e,
            self.b * inner.e + self.d * inner.f + self.f,
        )

    def at(self, x: float, y: float) -> Point:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f


@dataclass
class SvgElement:
    name: str
    attributes: dict[str, str]
    children: list["SvgElement"] = field(default_factory=list["SvgElement"])
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def number(self, name: str, default: float = 0.0) -> float:
        found = _NUMBER.match(self.get(name).strip())
        value = float(found[0]) if found else default
        return value if math.isfinite(value) else default

    def walk(self, outer: Matrix | None = None) -> Iterator[tuple["SvgElement", Matrix]]:
        """This element and those below, each with the map from its coordinates to the root's; without definitions."""
        here = (outer or Matrix()) @ _transform(self.get("transform"))
        yield self, here
        for child in self.children:
            if child.name not in _UNSEEN:
                yield from child.walk(here)


@dataclass(frozen=True)
class Rectangle:
    """A rectangle as plans describe it: the corner before turning, sizes, degrees clockwise about the centre."""

    x: float
    y: float
    width: float
    depth: float
    rotation: float

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.depth / 2

    def holds(self, point: Point) -> bool:
        x, y = point[0] - self.centre[0], point[1] - self.centre[1]
        angle = math.radians(self.rotation)
        across = abs(x * math.cos(angle) + y * math.sin(angle))
        along = abs(-x * math.sin(angle) + y * math.cos(angle))
        return across <= self.width / 2 and along <= self.depth / 2


class _Hostile(Exception):
    """The file contains something dangerous."""


def _refuse(code: str, message: Message) -> Refused:
    return Refused(code, message, status=422, field="file")


def parse(content: bytes) -> SvgElement:
    """The root of an SVG file.

    Raises Refused (422, field ``file``): ``svg_unreadable`` for anything but well-formed SVG, ``svg_refused`` for
    entities of its own and for files too deep or with too many elements.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.said
    parser.EntityDeclHandler = builder.entity
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        message = _l("We cannot read this SVG: look at line %(line)s.", line=error.lineno)
        raise _refuse("svg_unreadable", message) from error
    except _Hostile as error:
        message = _l("This SVG declares entities, or is too large or nested too deeply. Save it as plain SVG.")
        raise _refuse("svg_refused", message) from error
    except (ValueError, LookupError) as error:  # an encoding that expat does not know; raised before anything is read
        if builder.root is not None:
            raise
        raise _refuse("svg_unreadable", _l("We cannot read this SVG. Save it as plain SVG.")) from error
    if builder.root is None or builder.root.name != "svg":
        raise _refuse("svg_unreadable", _l("We cannot read this SVG. Save it as plain SVG."))
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root: SvgElement | None = None
        self._path: list[SvgElement] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._path) >= DEEPEST:
            raise _Hostile
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        element = SvgElement(name.rpartition(" ")[2], plain)
        if self._path:
            self._path[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self._path.append(element)

    def end(self, _name: str) -> None:
        element = self._path.pop()
        if self._path and element.name in ("tspan", "textPath"):
            self._path[-1].text += f" {element.text} "

    def said(self, text: str) -> None:
        self._path[-1].text += text

    def entity(self, *_declaration: object) -> None:
        raise _Hostile

    def doctype(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:
            raise _Hostile


def _numbers(text: str) -> list[float]:
    found = [float(number) for number in _NUMBER.findall(text[:20_000])]
    return found if all(map(math.isfinite, found)) else []


def _transform(text: str) -> Matrix:
    result = Matrix()
    for name, inside in _TRANSFORM.findall(text[:2000]):
        result = result @ _one_transform(name, _numbers(inside))
    return result


def _one_transform(name: str, values: list[float]) -> Matrix:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            return Matrix(a, b, c, d, e, f)
        case "translate", [x, *rest]:
            return Matrix(e=x, f=rest[0] if rest else 0.0)
        case "scale", [x, *rest]:
            return Matrix(a=x, d=rest[0] if rest else x)
        case "rotate", [angle, *rest]:
            return _rotation(angle, *(rest[:2] if len(rest) > 1 else (0.0, 0.0)))
        case "skewX" | "skewY", [angle]:
            slope = math.tan(math.radians(angle))
            return Matrix(c=slope) if name == "skewX" else Matrix(b=slope)
        case _:
            return Matrix()


def _rotation(angle: float, x: float, y: float) -> Matrix:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return Matrix(cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)


def rectangle(element: SvgElement, placed: Matrix) -> Rectangle | None:
    """The rectangle that a ``rect``, ``image``, ``polygon`` or simple ``path`` draws, or None for any other shape."""
    corners = _corners(element)
    return _as_rectangle([placed.at(*corner) for corner in corners]) if corners else None


def _corners(element: SvgElement) -> list[Point]:
    if element.name in ("rect", "image"):
        x, y, width, height = (element.number(name) for name in ("x", "y", "width", "height"))
        return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    if element.name == "polygon":
        values = _numbers(element.get("points"))
        return list(zip(values[::2], values[1::2], strict=False))
    return _path_corners(element.get("d")) if element.name == "path" else []


def _path_corners(text: str) -> list[Point]:
    """The corners of a path of straight lines; none for a path with curves or a second part."""
    points: list[Point] = []
    x = y = 0.0
    for letter, inside in _STEP.findall(text[:20_000]):
        values, relative, kind = _numbers(inside), letter.islower(), letter.upper()
        if kind == "Z":
            continue
        if kind not in "MLHV" or (kind == "M" and points):
            return []
        pairs = {"H": [(v, 0.0 if relative else y) for v in values], "V": [(0.0 if relative else x, v) for v in values]}
        for right, down in pairs.get(kind) or zip(values[::2], values[1::2], strict=False):
            x, y = (x + right, y + down) if relative else (right, down)
            points.append((x, y))
            if len(points) > CORNERS + 1:
                return []
    return points


def _as_rectangle(corners: list[Point]) -> Rectangle | None:
    if len(corners) == CORNERS + 1 and math.dist(corners[0], corners[-1]) < SQUARE:
        corners = corners[:CORNERS]
    if len(corners) != CORNERS:
        return None
    (x, y), second, third, fourth = corners
    width, depth = math.dist((x, y), second), math.dist((x, y), fourth)
    if width <= 0 or depth <= 0:
        return None
    right = (second[0] - x) / width, (second[1] - y) / width
    down = (fourth[0] - x) / depth, (fourth[1] - y) / depth
    closing = (third[0] - second[0] - fourth[0] + x, third[1] - second[1] - fourth[1] + y)
    slanted = abs(right[0] * down[0] + right[1] * down[1]) > SQUARE
    if slanted or math.hypot(*closing) > SQUARE * (width + depth):
        return None
    angle = math.degrees(math.atan2(right[1], right[0]))
    centre = (x + third[0]) / 2, (y + third[1]) / 2
    return _upright(centre, width, depth, angle, element_is_mirrored=right[0] * down[1] - right[1] * down[0] < 0)


def _upright(centre: Point, width: float, depth: float, angle: float, *, element_is_mirrored: bool) -> Rectangle:
    """The rectangle with the smallest rotation that draws the same shape; a mirror image looks the same."""
    if element_is_mirrored:
        angle = angle % 180
    return Rectangle(centre[0] - width / 2, centre[1] - depth / 2, width, depth, round(angle, 2) % 360)
