"""The text from a scanner or a keyboard, read as a token or a short code. Keys in, values out; no database."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from exhibition.badges.rules import CODE_PREFIX
from exhibition.gate.rules.admission import Presented
from exhibition.visitors import tokens

MISREAD = {"8": CODE_PREFIX}
"""Misreadings of a badge's first character; no pass's code begins with either."""
SHORT_CODE = re.compile(r"[A-Z0-9]{8}")
STRAY_PREFIX = re.compile(r"(?:\\[0-9]{6}|\][A-Z][0-9A-Z]|[^A-Z0-9])+")
r"""Prefixes that scanner hardware may add to a token: ``\000026`` (its charset), ``]Q1`` (its symbology), spaces."""
STRAY_SUFFIX = re.compile(r"[^A-Z0-9]+\Z")
KEPT_CHARACTERS = 200
"""How much of a text that names no pass is kept as evidence."""


@dataclass(frozen=True)
class ScannedText:
    """The parts of the text; ``pass_id`` and ``generation`` are a token's, ``code`` is a typed one, tidied."""

    presented: Presented
    text: str
    pass_id: int | None = None
    generation: int | None = None
    code: str | None = None
    badge: bool = False
    """Names a badge of an exhibitor's staff, not a visitor's pass."""


def evidence(text: str) -> str:
    """The beginning of the text without control characters, which databases do not keep."""
    return "".join(sign for sign in text[:KEPT_CHARACTERS] if unicodedata.category(sign) != "Cc")


def read_token(text: str, keys: Mapping[int, tokens.Key]) -> ScannedText:
    """Read the text from a scanner: letter case, stray prefixes and spaces do not matter."""
    tidy = text.upper()
    if (stray := STRAY_PREFIX.match(tidy)) is not None:
        tidy = tidy[stray.end() :]
    tidy = STRAY_SUFFIX.sub("", tidy)
    if not tokens.looks_like(tidy):
        return ScannedText(Presented.OTHER, evidence(text))
    try:
        token = tokens.decode(tidy, keys)
    except tokens.BadToken:
        return ScannedText(Presented.DAMAGED, evidence(text))
    badge = token.kind == tokens.BADGE_KIND
    return ScannedText(Presented.TOKEN, "", pass_id=token.pass_id, generation=token.generation, badge=badge)


def read_code(text: str) -> ScannedText:
    """Read a typed short code: letter case, spaces and hyphens do not matter."""
    tidy = re.sub(r"[\s-]", "", text.upper())
    if not SHORT_CODE.fullmatch(tidy):
        return ScannedText(Presented.OTHER, evidence(text))
    tidy = MISREAD.get(tidy[0], tidy[0]) + tidy[1:]
    return ScannedText(Presented.CODE, evidence(text), code=tidy, badge=tidy.startswith(CODE_PREFIX))
