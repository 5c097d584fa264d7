"""``docs/listings.md`` lists the same codes and columns as the code."""

import re

from exhibition.core.config import PROJECT
from exhibition.storefront.reading.listing import MEANING, Code, SourceKind
from exhibition.storefront.reading.platform import _HOSTS

PAGE = (PROJECT / "docs" / "listings.md").read_text()


def test_every_problem_code_is_documented_with_its_meaning():
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.partition("## Problems")[2], re.MULTILINE)
    assert rows == [(code, MEANING[code]) for code in Code]


def test_every_kind_and_platform_is_documented():
    table = PAGE.partition("## What is understood")[2].partition("**Tables.**")[0]
    assert {f"`{kind}`" for kind in SourceKind if kind is not SourceKind.UNKNOWN} <= set(re.findall(r"`\w+`", table))
    assert all(platform.name in table for platform in _HOSTS)


def test_every_meaning_is_one_sentence():
    assert all(not meaning.endswith(".") and meaning[0].isupper() for meaning in MEANING.values())
