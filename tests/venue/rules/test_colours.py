"""Shades of a fair's own colour: whatever it is, text in them and on them can be read."""

from hypothesis import given
from hypothesis import strategies as st

from exhibition.venue.rules import colours
from exhibition.venue.rules.colours import ENOUGH, INK, NIGHT, NIGHT_SURFACE, PAPER, WHITE, contrast

COLOURS = st.integers(0, 0xFFFFFF).map("{:06x}".format)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("000000", WHITE) == 21
    assert contrast("2c3e91", "2c3e91") == 1
    assert round(contrast("767676", WHITE), 2) == 4.54


@given(COLOURS)
def test_the_nearest_readable_colour_can_be_read_in_all_its_shades(colour: str) -> None:
    readable = colours.nearest_readable(colour)
    assert colours.is_readable(readable)
    day = colours.by_day(readable)
    on_day = [(WHITE, day.accent), (day.accent, PAPER), (day.accent, day.wash), (day.strong, day.wash), (INK, day.wash)]
    assert min(contrast(*pair) for pair in on_day) >= ENOUGH
    night = colours.by_night(readable)
    on_night = [
        (NIGHT, night.accent),
        (night.accent, NIGHT_SURFACE),
        (night.accent, night.wash),
        (night.strong, night.wash),
        ("eceae4", night.wash),
    ]
    assert min(contrast(*pair) for pair in on_night) >= ENOUGH


@given(COLOURS)
def test_what_can_be_read_stays_as_it_is(colour: str) -> None:
    if colours.is_readable(colour):
        assert colours.nearest_readable(colour) == colour


def test_only_six_hexadecimal_digits_are_a_colour() -> None:
    assert colours.is_colour("0a7f3c")
    assert not any(colours.is_colour(text) for text in ("", "fff", "0A7F3C", "#0a7f3c", "0a7f3g", "0a7f3c\n"))
