"""Pictures of counts along hours or days: a row of bars for each name."""

import re
from xml.etree import ElementTree as ET

from exhibition.reports import bars_chart

HOURS = [(9, "9"), (10, "10"), (11, "11")]
SVG = "{http://www.w3.org/2000/svg}"


def test_every_fair_has_a_bar_for_each_hour_and_the_largest_is_the_highest() -> None:
    picture = ET.fromstring(bars_chart.svg([("A", {9: 10, 11: 5}), ("B", {10: 20})], HOURS, "Jam"))
    tall = [float(bar.get("height", "")) for bar in picture.iter(f"{SVG}rect")]
    assert [round(one / max(tall), 2) for one in tall] == [0.5, 0, 0.25, 0, 1, 0]
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert texts == ["A", "B", "9", "10", "11"]


def test_rows_on_scales_of_their_own_fill_their_height() -> None:
    svg = bars_chart.svg([("A", {9: 10, 11: 5}), ("B", {10: 2000})], HOURS, "Hari", one_scale=False)
    tall = [float(bar.get("height", "")) for bar in ET.fromstring(svg).iter(f"{SVG}rect")]
    assert [round(one / max(tall), 2) for one in tall] == [1, 0, 0.5, 0, 1, 0]


def test_of_many_places_only_some_are_labelled() -> None:
    svg = bars_chart.svg([("A", {})], [(day, f"d{day}") for day in range(60)], "Hari")
    assert [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")] == [
        "A",
        *(f"d{day}" for day in range(0, 60, 8)),
    ]


def test_names_are_text_and_nothing_has_a_style_of_its_own() -> None:
    picture = bars_chart.svg([("<b>&", {9: 1})], HOURS[:1], '"Jam"')
    assert ET.fromstring(picture).get("aria-label") == '"Jam"'
    assert "&lt;b&gt;&amp;" in picture
    assert not re.search("style=", picture)


def test_without_anybody_there_is_no_picture() -> None:
    assert bars_chart.svg([], [], "Jam") == ""
