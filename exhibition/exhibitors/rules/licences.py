"""Licence numbers: from the way businesses write them to the way they are stored. Only their shape is checked.

NIB: 13 digits (OSS). P-IRT: 15 digits (Peraturan BPOM 22/2018). Halal: ``ID`` and 14 to 20 digits (BPJPH), or the
older number of MUI with 11 to 15 digits.
"""

import re

_NIB = re.compile(r"\d{13}")
_PIRT = re.compile(r"\d{15}")
_HALAL = re.compile(r"ID\d{14,20}|\d{11,15}")
_PREFIX = re.compile(r"^(?:NOMOR|NO|NIB|P-?IRT|SPP-?IRT|HALAL)\b[\s.:]*", re.IGNORECASE)


def _bare(text: str) -> str:
    """The number without a prefix, spaces, dots, hyphens and slashes."""
    shorter = text.strip()
    while (cut := _PREFIX.sub("", shorter)) != shorter:
        shorter = cut
    return re.sub(r"[\s./-]", "", shorter).upper()


def _checked(text: str, shape: re.Pattern[str]) -> str | None:
    bare = _bare(text)
    return bare if bare.isascii() and shape.fullmatch(bare) else None


def nib(text: str) -> str | None:
    """The 13 digits of a NIB; None for any other text."""
    return _checked(text, _NIB)


def pirt(text: str) -> str | None:
    """The 15 digits of ``P-IRT No. 2063374010123-26``; None for any other text."""
    return _checked(text, _PIRT)


def halal(text: str) -> str | None:
    """``ID33110000123450120``, or the older number with digits only; None for any other text."""
    return _checked(text, _HALAL)


CHECKS = {"nib": nib, "pirt": pirt, "halal": halal}
