"""How an exhibitor's short address is made from its name."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_SLUG = 56
"""Leaves room in the column's 64 characters for a number behind it."""
WITHOUT_LETTERS = "peserta"


def slug_of(name: str) -> str:
    """``Keripik Bu Tini`` as ``keripik-bu-tini``: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")
    return slug or WITHOUT_LETTERS


def slugs_of(name: str) -> Iterator[str]:
    """The slug, then the same with 2, 3, … behind it."""
    slug = slug_of(name)
    yield slug
    for number in range(2, 1000):
        yield f"{slug}-{number}"
