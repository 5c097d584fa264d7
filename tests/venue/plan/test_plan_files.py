"""The floor plan as JSON and SVG: written and read without loss, strict, safe against hostile files."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibition.core.errors import Refused
from exhibition.venue.plan.reading import plan_json, plan_svg, svg_tree
from exhibition.venue.plan.reading.plan_values import (
    LANDMARK_KINDS,
    Area,
    Background,
    FloorPlan,
    PlanBooth,
    PlanLandmark,
    PlanZone,
)

DIGEST = "ab" * 32
HALL = FloorPlan(
    34.0,
    36.0,
    (
        PlanBooth("A01", 2.5, 4.0, 2.0, 2.0, 0.0, "KOPI", True, 1300, True, False, "Tiang <&\"' beton"),
        PlanBooth("A-2.B_3", 7.125, 4.001, 3.0, 2.5, 33.33),
    ),
    tuple(
        PlanLandmark(kind, 1.0, 2.0 + n, 3.0, 0.5, 90.0 * n % 360, f"{kind} & co")
        for n, kind in enumerate(LANDMARK_KINDS)
    ),
    (PlanZone("KOPI", "Kopi & <teh>", Area(1.0, 1.0, 5.0, 6.5)), PlanZone("LAIN", "Lain")),
    Background(DIGEST, -1.0, -2.0, 40.0, 30.0, 0.35),
)


def refusal(document: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        plan_json.floor_plan(document)
    assert (refused.value.code, refused.value.status) == ("plan_invalid", 422)
    return refused.value


def test_json_reads_back_without_loss() -> None:
    assert plan_json.floor_plan(json.loads(json.dumps(HALL.document()))) == HALL


def test_svg_reads_back_without_loss() -> None:
    drawn = plan_svg.draw(HALL, "Pameran <UMKM>", "data:image/jpeg;base64,AAAA")
    root = svg_tree.parse(drawn.encode())
    assert plan_svg.is_own(root)
    assert plan_svg.read_own(root) == (HALL, "data:image/jpeg;base64,AAAA")


millimetres = st.integers(-50_000, 50_000).map(lambda n: n / 1000)
sizes = st.integers(100, 20_000).map(lambda n: n / 1000)
turns = st.integers(0, 35_999).map(lambda n: n / 100)


@settings(max_examples=60)
@given(st.lists(st.tuples(millimetres, millimetres, sizes, sizes, turns), min_size=1, max_size=6))
def test_any_booths_survive_the_drawing(placed: list[tuple[float, float, float, float, float]]) -> None:
    booths = tuple(PlanBooth(f"B{n}", *where) for n, where in enumerate(placed))
    hall = FloorPlan(50.0, 50.0, booths)
    assert plan_svg.read_own(svg_tree.parse(plan_svg.draw(hall, "").encode()))[0] == hall


def test_a_group_moved_and_turned_by_a_drawing_program_is_read_where_it_is_seen() -> None:
    drawn = plan_svg.draw(FloorPlan(20.0, 20.0, (PlanBooth("A1", 2, 3, 2, 4),)), "")
    moved = drawn.replace('<g id="booth-A1"', '<g transform="translate(5 1) rotate(90 3 5)" id="booth-A1"')
    [booth] = plan_svg.read_own(svg_tree.parse(moved.encode()))[0].booths
    assert (booth.x, booth.y, booth.width, booth.depth, booth.rotation) == (7, 4, 2, 4, 90)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("format",), "exhibition-plan/2", "format"),
        (("hall", "width"), 0, "hall.width"),
        (("hall", "width"), True, "hall.width"),
        (("hall", "depth"), 10**400, "hall.depth"),
        (("hall", "height"), 3, "hall.height"),
        (("booths", 1, "width"), -1, "booths[1].width"),
        (("booths", 1, "width"), "3", "booths[1].width"),
        (("booths", 0, "x"), float("nan"), "booths[0].x"),
        (("booths", 0, "rotation"), float("inf"), "booths[0].rotation"),
        (("booths", 0, "code"), "A 1", "booths[0].code"),
        (("booths", 0, "code"), "../x", "booths[0].code"),
        (("booths", 0, "code"), "A" * 17, "booths[0].code"),
        (("booths", 0, "zone"), "NOWHERE", "booths[0].zone"),
        (("booths", 0, "power_va"), 1.5, "booths[0].power_va"),
        (("booths", 0, "water"), "yes", "booths[0].water"),
        (("booths", 0, "colour"), "red", "booths[0].colour"),
        (("booths", 0, "blocked_reason"), "a\x00b", "booths[0].blocked_reason"),
        (("booths",), {}, "booths"),
        (("booths", 0), [], "booths[0]"),
        (("landmarks", 0, "kind"), "volcano", "landmarks[0].kind"),
        (("landmarks",), [{}] * 501, "landmarks"),
        (("zones", 1, "code"), "KOPI", "zones"),
        (("zones", 0, "area", "depth"), None, "zones[0].area.depth"),
        (("background", "picture"), "../../etc/passwd", "background.picture"),
        (("background", "opacity"), 2, "background.opacity"),
        (("author",), "me", "author"),
    ],
)
def test_each_wrong_field_is_refused_by_its_path(path: tuple[str | int, ...], value: Any, field: str) -> None:
    document: Any = copy.deepcopy(HALL.document())
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert refusal(document).field == field


@pytest.mark.parametrize("document", [None, [], "plan", 3, {}])
def test_what_is_no_plan_at_all_is_refused(document: Any) -> None:
    refusal(document)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe{", b"{", b"[" * 100_000, b'{"format": NaN}', b"", b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        plan_json.floor_plan(plan_json.loads(content))
    assert refused.value.code == "plan_invalid"


def test_a_misspelt_field_of_odd_characters_is_named_without_them() -> None:
    assert refusal(HALL.document() | {"\u202eneko": 1}).field == "\\u202eneko"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<svg xmlns="http://www.w3.org/2000/svg"><text>&b;</text></svg>"""
OUTSIDE = b"""<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB, "svg_refused"),
        (OUTSIDE, "svg_refused"),
        (b"<svg>" + b"<g>" * 100 + b"</g>" * 100 + b"</svg>", "svg_refused"),
        (b"<svg>" + b"<g/>" * 60_001 + b"</svg>", "svg_refused"),
        (b"<svg><rect</svg>", "svg_unreadable"),
        (b"<html></html>", "svg_unreadable"),
        (b"\x00\x01\x02", "svg_unreadable"),
        (b'<?xml version="1.0" encoding="nonsense"?><svg/>', "svg_unreadable"),
    ],
)
def test_hostile_and_broken_svg_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        svg_tree.parse(content)
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_an_svg_with_the_public_doctype_is_read() -> None:
    public = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert svg_tree.parse(public + b"<svg/>").name == "svg"


def test_an_own_drawing_without_a_booth_s_rectangle_is_refused_by_its_place() -> None:
    drawn = plan_svg.draw(HALL, "")
    broken = drawn.replace('width="2" height="2"', 'width="0" height="2"')
    with pytest.raises(Refused) as refused:
        plan_svg.read_own(svg_tree.parse(broken.encode()))
    assert refused.value.field == "booths[0].x"


FOREIGN = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
  viewBox="100 50 600 400" width="600px" height="400px">
  <defs><rect id="pattern-booth" width="9" height="9"/></defs>
  <rect x="100" y="50" width="600" height="400"/>
  <g transform="translate(110,60)">
    <rect id="rect1234" width="30" height="20"/><text x="5" y="12"><tspan>B-1</tspan></text>
    <g transform="translate(40,0) rotate(90)"><rect id="B-2" width="30" height="20"/></g>
    <g><title>B-3</title><polygon points="100,0 130,0 130,20 100,20"/></g>
    <path inkscape:label="B-4" d="M 150 0 h 30 v 20 h -30 z"/>
    <path id="curve" d="M 150 0 C 1 2 3 4 5 6"/>
    <rect id="rect77" x="200" width="30" height="20"/>
    <rect id="slanted" x="300" width="30" height="20" transform="skewX(30)"/>
    <rect aria-label="Stand no. 7/b" x="250" width="10" height="10" transform="scale(2)"/>
  </g>
</svg>"""


def test_rectangles_of_a_foreign_drawing_are_found_with_their_labels_and_turns() -> None:
    drawing = plan_svg.read_foreign(svg_tree.parse(FOREIGN))
    assert (drawing.width, drawing.height) == (600, 400)
    found = {label: (shape.x, shape.y, shape.width, shape.depth, shape.rotation) for label, shape in drawing.found}
    assert found == {
        "B-1": (10, 10, 30, 20, 0),
        "B-2": (25, 15, 30, 20, 90),
        "B-3": (110, 10, 30, 20, 0),
        "B-4": (160, 10, 30, 20, 0),
        "Stand no. 7/b": (510, 10, 20, 20, 0),
    }
    assert drawing.unnamed == 2


def test_a_drawing_with_many_texts_is_read_in_a_moment() -> None:
    places = [(n % 100 * 10, n // 100 * 10) for n in range(4000)]
    rects = "".join(
        f'<rect x="{x}" y="{y}" width="9" height="9"/><text x="{x + 2}" y="{y + 5}">S{n}</text>'
        for n, (x, y) in enumerate(places)
    )
    drawing = plan_svg.read_foreign(svg_tree.parse(f'<svg viewBox="0 0 1000 400">{rects}</svg>'.encode()))
    assert len(drawing.found) == 4000
    assert drawing.found[3999][0] == "S3999"


def test_the_mark_tells_plans_apart() -> None:
    assert HALL.mark == replace(HALL).mark
    assert HALL.mark != replace(HALL, width=35.0).mark


def test_the_schema_page_names_every_field(pytestconfig: pytest.Config) -> None:
    page = Path(pytestconfig.rootpath, "docs", "plan.md").read_text()
    document = HALL.document()
    parts = [
        document,
        document["hall"],
        *document["zones"],
        *document["booths"],
        *document["landmarks"],
        document["background"],
    ]
    assert [name for part in parts for name in part if name not in page] == []
    assert [kind for kind in LANDMARK_KINDS if f"`{kind}`" not in page] == []
