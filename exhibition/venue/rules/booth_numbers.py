"""Numbers for booths that stand in rows: a letter for each row, or counted on through all rows.

``static/js/venue/plan/blocks.js`` numbers the same way while a block is being drawn; ``tests/vectors/blocks.json``
holds both to the same answers.
"""

import enum
import re
from collections.abc import Sequence

LONGEST_CODE = 16
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODE = re.compile(r"[0-9A-Z][0-9A-Z._-]{0,15}")
"""Codes appear in addresses and lists, so they contain no spaces and no commas."""
BY_ROW = re.compile(r"(?P<stem>.*?)(?P<letter>[A-Z])(?P<sign>[._-]?)(?P<digits>[0-9]*)")
RUNNING = re.compile(r"(?P<stem>.*?)(?P<digits>[0-9]*)")


class NumberScheme(enum.StrEnum):
    """How numbers go on from one row to the next."""

    BY_ROW = "by_row"
    """Each row has the next letter and begins anew: A01, A02, then B01."""
    RUNNING = "running"
    """The next row goes on counting: A01, A02, then A03."""


class NumberFault(enum.StrEnum):
    """Why rows cannot be numbered from a given first number."""

    UNREADABLE = "unreadable"
    """It is not a booth number."""
    NO_LETTER = "no_letter"
    """There is no letter before its digits that could name the row."""
    TOO_LONG = "too_long"
    """A number would be longer than ``LONGEST_CODE``."""


def row_letter(place: int) -> str:
    """A for 0 to Z for 25, then AA, AB and so on."""
    letters = ""
    place += 1
    while place > 0:
        place, rest = divmod(place - 1, len(LETTERS))
        letters = LETTERS[rest] + letters
    return letters


def row_numbers(
    first: str, rows: Sequence[int], scheme: NumberScheme, *, snake: bool = False
) -> list[list[str]] | NumberFault:
    """The numbers of so many booths in each row, from left to right, as wide as the digits of ``first``.

    ``snake``: every second row is numbered from the right, as one walks.
    """
    first = first.strip().upper()
    parts = (BY_ROW if scheme is NumberScheme.BY_ROW else RUNNING).fullmatch(first)
    if CODE.fullmatch(first) is None:
        return NumberFault.UNREADABLE
    if parts is None:
        return NumberFault.NO_LETTER
    digits = parts["digits"] or "1"
    number = int(digits)
    found: list[list[str]] = []
    for row, count in enumerate(rows):
        stem = parts["stem"]
        if scheme is NumberScheme.BY_ROW:
            stem += row_letter(LETTERS.index(parts["letter"]) + row) + parts["sign"]
            number = int(digits)
        codes = [f"{stem}{number + place:0{len(digits)}}" for place in range(count)]
        number += count
        found.append(codes[::-1] if snake and row % 2 else codes)
    if any(len(code) > LONGEST_CODE for codes in found for code in codes):
        return NumberFault.TOO_LONG
    return found
