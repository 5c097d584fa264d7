"""The tokens keep what docs/design.md promises, and the page of components stays with those who write pages."""

import re
from pathlib import Path

import pytest

from exhibition.core.config import PROJECT
from exhibition.factory import create_app

TOKENS = (PROJECT / "static" / "css" / "tokens.css").read_text()
DESIGN = (PROJECT / "docs" / "design.md").read_text()
LEAST = 4.5
ROW = re.compile(r"^\| `--(\w[\w-]*)` on `--(\w[\w-]*)` \|[^|]*\| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)
PAIRS = [(text, ground, scheme) for text, ground, _light, _dark in ROW.findall(DESIGN) for scheme in ("light", "dark")]


def colours(scheme: str) -> dict[str, str]:
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: str, ground: str, scheme: str) -> float:
    named = colours(scheme)
    darker, lighter = sorted((luminance(named[text]), luminance(named[ground])))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("text", "ground", "scheme"), PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str, scheme: str) -> None:
    assert contrast(text, ground, scheme) >= LEAST


@pytest.mark.parametrize(("text", "ground", "light", "dark"), ROW.findall(DESIGN))
def test_the_document_gives_the_contrast_that_is_there(text: str, ground: str, light: str, dark: str) -> None:
    said = (float(light), float(dark))
    assert said == tuple(round(contrast(text, ground, scheme), 1) for scheme in ("light", "dark"))


def test_the_document_speaks_of_pairs() -> None:
    assert len(PAIRS) > 20


def test_the_page_of_components_is_not_served_in_production(tmp_path: Path) -> None:
    app = create_app({"INSTANCE_PATH": str(tmp_path)})
    assert "desk_components.show" not in app.view_functions
