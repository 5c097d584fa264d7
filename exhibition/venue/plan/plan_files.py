"""Reading an uploaded file as a floor plan: our own JSON or SVG, a drawing by others, or a list of booths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from exhibition.core.confined.calls import confined
from exhibition.core.files import uploaded_tables
from exhibition.core.tables import UploadedTable
from exhibition.venue.plan import pictures as plan_pictures
from exhibition.venue.plan.reading import booth_lists, plan_columns, plan_json, plan_svg, plan_values
from exhibition.venue.plan.reading.booth_lists import METRES, BoothListFault, Listed, RowFault
from exhibition.venue.plan.reading.plan_columns import COLUMNS
from exhibition.venue.plan.reading.plan_svg import Drawing
from exhibition.venue.plan.reading.plan_values import (
    Area,
    Background,
    FloorPlan,
    PlanBooth,
    PlanFile,
    PlanLandmark,
    PlanZone,
)
from exhibition.venue.plan.reading.svg_tree import Rectangle
from exhibition.venue.rules.halls import NamedHall

_KNOWN = (FloorPlan, NamedHall, PlanBooth, PlanZone, PlanLandmark, Area, Background, PlanFile, Drawing, Rectangle)
MARGIN_M = 1.0
"""Distance between the walls and booths that are laid out from a list."""
AISLE_M = 3.0
"""Distance between rows of booths that are laid out because a list gives no positions."""


@dataclass(frozen=True)
class ReadingOptions:
    """How a file is to be read; options left out are guessed."""

    replace: bool | None = None
    """Replace the whole plan; otherwise the file's booths are added or changed, and the others stay."""
    columns: Mapping[str, int] = field(default_factory=dict[str, int])
    unit: str = ""
    centred: bool = False
    """Whether x and y are a booth's centre instead of its corner."""
    fit: bool = False
    """Whether the hall is made as large as the booths need."""
    drawing_width_m: float | None = None
    booth_width_m: float = 3.0
    booth_depth_m: float = 3.0
    """Size of booths for which the file has none."""


@dataclass
class PlanReading:
    """The content of a file, as the plan that would be saved."""

    kind: str
    """``plan``, ``own_drawing``, ``drawing`` or ``list``."""
    wanted: FloorPlan
    wish: ReadingOptions
    """The options as given, completed by guesses."""
    taken: int
    """Number of booths in the file."""
    faults: list[RowFault] = field(default_factory=list[RowFault])
    headings: list[str] = field(default_factory=list[str])
    guessed_letters: bool = False
    laid_out: int = 0
    """Number of booths without a position in the file, which were laid out in rows."""
    renamed: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """For each booth with a number already used in the file: where, that number, and the new one."""
    unnamed: int = 0
    """Number of a drawing's rectangles that have no booth number."""
    picture: bytes | None = None
    """The background picture, if the file contains it."""


def read(content: bytes, wish: ReadingOptions, present: FloorPlan) -> PlanReading:
    """Read a file of any kind, told by its content, in a child process. Nothing is stored.

    Raises Refused (422, field ``file``) with the codes of ``core.files.uploaded_tables`` and
    ``venue.plan.reading.svg_tree``, ``plan_invalid`` with the field's path, and what ``confined`` raises.
    """
    start = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return _read_svg(content, wish, present)
    if start.startswith(b"{") and b'"exhibition-plan/' in content:
        return _whole("plan", confined(plan_json.read, knows=_KNOWN)(content), wish, present)
    return _read_list(uploaded_tables.read(content, plan_columns.read_table), wish, present)


def _whole(kind: str, file: PlanFile, wish: ReadingOptions, present: FloorPlan) -> PlanReading:
    found, picture = file.plan, plan_pictures.from_address(file.picture)
    wish = replace(wish, replace=wish.replace is not False)
    wanted = found if wish.replace else _added_to(present, found)
    return PlanReading(kind, _fitted(wanted, wish), wish, len(found.booths), picture=picture)


def _added_to(present: FloorPlan, found: FloorPlan) -> FloorPlan:
    """The present plan with the booths, zones and landmarks of ``found`` added to it, in the present halls."""
    codes, zones = {booth.code for booth in found.booths}, {zone.code for zone in found.zones}
    known = set(present.landmarks)
    return replace(
        present,
        booths=(*(booth for booth in present.booths if booth.code not in codes), *found.booths),
        zones=(*(zone for zone in present.zones if zone.code not in zones), *found.zones),
        landmarks=(*present.landmarks, *(mark for mark in found.landmarks if mark not in known)),
    )


def _fitted(wanted: FloorPlan, wish: ReadingOptions) -> FloorPlan:
    """The only hall made as large as its pieces need; several have the sizes that they were given."""
    if not wish.fit or not wanted.booths or wanted.halls:
        return wanted
    right = max(piece.x + piece.width for piece in (*wanted.booths, *wanted.landmarks))
    below = max(piece.y + piece.depth for piece in (*wanted.booths, *wanted.landmarks))
    largest = plan_values.LARGEST_HALL_M
    return replace(
        wanted,
        width=min(max(wanted.width, round(right + MARGIN_M, 3)), largest),
        depth=min(max(wanted.depth, round(below + MARGIN_M, 3)), largest),
    )


def _read_svg(content: bytes, wish: ReadingOptions, present: FloorPlan) -> PlanReading:
    drawing = confined(plan_svg.read, knows=_KNOWN)(content)
    if isinstance(drawing, PlanFile):
        return _whole("own_drawing", drawing, wish, present)
    wish = replace(wish, unit=wish.unit or "m", replace=bool(wish.replace))
    scale = METRES[wish.unit]
    if wish.drawing_width_m and drawing.width > 0:
        scale = wish.drawing_width_m / drawing.width
    listed = _from_drawing(drawing, scale)
    reading = _from_listed("drawing", listed, wish, present)
    reading.unnamed = drawing.unnamed
    return reading


def _from_drawing(drawing: Drawing, scale: float) -> Listed:
    listed = Listed()
    numbers = booth_lists.Numbers(code for label, _shape in drawing.found if (code := booth_lists.booth_code(label)))
    for label, shape in drawing.found:
        code = booth_lists.booth_code(label)
        values = {
            "x": round(shape.x * scale, 3),
            "y": round(shape.y * scale, 3),
            "width": round(shape.width * scale, 3),
            "depth": round(shape.depth * scale, 3),
        }
        fault = BoothListFault.CODE_INVALID if code is None else None
        if any(booth_lists.bounded(name, value) is None for name, value in values.items()):
            fault = BoothListFault.LENGTH_INVALID
        given = numbers.give(code, (values["x"], values["y"])) if code and not fault else None
        if given is None:
            listed.faults.append(RowFault(label[:40], "code", fault or BoothListFault.CODE_REPEATED, label[:80]))
            continue
        if given != code:
            listed.renamed.append((label[:40], code or "", given))
        listed.rows.append({"code": given, "rotation": shape.rotation, **values})
    return listed


def _read_list(table: UploadedTable, wish: ReadingOptions, present: FloorPlan) -> PlanReading:
    columns = dict(wish.columns) or COLUMNS.match(table.headings, table)
    unit = wish.unit or booth_lists.guess_unit(table)
    wish = replace(wish, columns=columns, unit=unit, replace=bool(wish.replace))
    listed = booth_lists.read(table, columns, unit, COLUMNS.shifted(table, columns))
    reading = _from_listed("list", listed, wish, present)
    reading.headings, reading.guessed_letters = table.headings, table.guessed
    return reading


def _from_listed(kind: str, listed: Listed, wish: ReadingOptions, present: FloorPlan) -> PlanReading:
    rows = listed.rows[: plan_values.MOST_BOOTHS]
    known = {booth.code: booth for booth in present.booths}
    booths: list[PlanBooth] = []
    homeless: list[PlanBooth] = []
    for row in rows:
        code = str(row["code"])
        before = known.get(code) or PlanBooth(code, 0.0, 0.0, wish.booth_width_m, wish.booth_depth_m)
        booth = replace(before, **row)
        placed = "x" in row and "y" in row
        if placed and wish.centred:
            booth = replace(booth, x=round(booth.x - booth.width / 2, 3), y=round(booth.y - booth.depth / 2, 3))
        (booths if placed or code in known else homeless).append(booth)
    codes = {booth.code for booth in (*booths, *homeless)}
    staying = () if wish.replace else tuple(booth for booth in present.booths if booth.code not in codes)
    booths = [*staying, *booths]
    laid = _laid_out(homeless, booths, present)
    zones = {zone.code for zone in present.zones}
    new_zones = (PlanZone(code, name) for code, name in listed.zones.items() if code not in zones)
    wanted = replace(present, booths=(*booths, *laid), zones=(*present.zones, *new_zones))
    fitted = _fitted(wanted, wish)
    return PlanReading(kind, fitted, wish, len(rows), listed.faults, laid_out=len(laid), renamed=listed.renamed)


def _laid_out(homeless: Sequence[PlanBooth], standing: Sequence[PlanBooth], present: FloorPlan) -> list[PlanBooth]:
    """Put booths without a position in rows below all others, side by side, with an aisle after each row; of several
    halls, into the first.
    """
    hall = present.rooms[0]
    there = [booth for booth in standing if present.room_of(booth) == hall]
    left = hall.x + MARGIN_M
    top = max((booth.y + booth.depth + AISLE_M for booth in there), default=hall.y + MARGIN_M)
    laid: list[PlanBooth] = []
    x, deepest = left, 0.0
    for booth in homeless:
        if laid and x + booth.width > hall.right - MARGIN_M:
            x, top, deepest = left, top + deepest + AISLE_M, 0.0
        laid.append(replace(booth, x=round(x, 3), y=round(top, 3)))
        x, deepest = x + booth.width, max(deepest, booth.depth)
    return laid
