"""The picture of the hours: a row of bars for each fair, on one scale."""

import re
from xml.etree import ElementTree as ET

from exhibition.reports import hours_chart

SVG = "{http://www.w3.org/2000/svg}"


def test_every_fair_has_a_bar_for_each_hour_and_the_largest_is_the_highest() -> None:
    picture = ET.fromstring(hours_chart.svg([("A", {9: 10, 11: 5}), ("B", {10: 20})], range(9, 12), "Jam"))
    tall = [float(bar.get("height", "")) for bar in picture.iter(f"{SVG}rect")]
    assert [round(one / max(tall), 2) for one in tall] == [0.5, 0, 0.25, 0, 1, 0]
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert texts == ["A", "B", "9", "10", "11"]


def test_names_are_text_and_nothing_has_a_style_of_its_own() -> None:
    picture = hours_chart.svg([("<b>&", {9: 1})], range(9, 10), '"Jam"')
    assert ET.fromstring(picture).get("aria-label") == '"Jam"'
    assert "&lt;b&gt;&amp;" in picture
    assert not re.search("style=", picture)


def test_without_anybody_there_is_no_picture() -> None:
    assert hours_chart.svg([], range(0), "Jam") == ""
