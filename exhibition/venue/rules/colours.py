"""A fair's own colour: the shades made of it, such that text in them and on them can be read.

Contrast is that of WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1 for text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

ENOUGH = 4.5
EASY = 7.0
"""What shades get where they can be chosen freely."""
WHITE, PAPER, INK, NIGHT, NIGHT_SURFACE = "ffffff", "fcfbf8", "20222b", "14161d", "1d2029"
"""The grounds of the tokens, in light and dark, as hexadecimal digits."""
STRONGER, WASH, NIGHT_WASH = 0.25, 0.1, 0.24
"""Shares: of black in the strong shade, of the colour in the washes."""
STEP = 0.02
_COLOUR = re.compile(r"[0-9a-f]{6}")

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class ColourShades:
    """Six hexadecimal digits each: of what can be done, of it when pointed at, and of the ground behind it."""

    accent: str
    strong: str
    wash: str


def is_colour(text: str) -> bool:
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def is_readable(colour: str) -> bool:
    """Whether text of this colour can be read on paper and on its own wash, and white text on it."""
    shades = by_day(colour)
    return min(contrast(colour, WHITE), contrast(colour, PAPER), contrast(colour, shades.wash)) >= ENOUGH


def nearest_readable(colour: str) -> str:
    """The colour itself, or made just so dark that it can be read."""
    return _shift(colour, "000000", is_readable)


def by_day(colour: str) -> ColourShades:
    """The shades on light ground."""
    return ColourShades(colour, _mix(colour, "000000", STRONGER), _mix(PAPER, colour, WASH))


def by_night(colour: str) -> ColourShades:
    """The shades on dark ground: the colour made so light that it can be read with ease."""

    def easy(shade: str) -> bool:
        wash = _mix(NIGHT_SURFACE, shade, NIGHT_WASH)
        return contrast(shade, NIGHT_SURFACE) >= EASY and contrast(shade, wash) >= ENOUGH

    accent = _shift(colour, WHITE, easy)
    return ColourShades(accent, _mix(accent, WHITE, STRONGER), _mix(NIGHT_SURFACE, accent, NIGHT_WASH))


def _shift(colour: str, towards: str, enough: Callable[[str], bool]) -> str:
    share = 0.0
    while share < 1 and not enough(_mix(colour, towards, share)):
        share += STEP
    return _mix(colour, towards, min(share, 1))


def _rgb(colour: str) -> Rgb:
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue


def _mix(one: str, other: str, share: float) -> str:
    parts = zip(_rgb(one), _rgb(other), strict=True)
    return bytes(round(a + (b - a) * share) for a, b in parts).hex()


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 constants of sRGB
        for part in (value / 255 for value in _rgb(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
