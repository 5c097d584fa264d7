"""Product groups and districts of a list, brought to the words that the edition has for them already.

Another spelling of a word is that word: ``KEC. BAWEN`` is Bawen, ``Makanan & Minuman`` is Makanan dan Minuman. A text
that is only near a word is left as it is, and the word proposed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from exhibition.exhibitors.rules import regions

NEAR = 0.8
"""How much of two spellings must agree for the word to be proposed (``difflib``)."""
SHORTEST = 4
"""Letters that a text must have for a near word to mean anything."""
_KIND_OF_REGION = re.compile(
    r"^(?:kecamatan|kec|kabupaten|kab|kapanewon|distrik|district|regency)\b[\s.:]*", re.IGNORECASE
)
_SAME = {"&": " dan ", "+": " dan ", "/": " dan ", " and ": " dan "}


def spelling(text: str) -> str:
    """The form in which words are compared: letters and digits in lower case, ``&`` as ``dan``."""
    plain = f" {unicodedata.normalize('NFKD', text).encode('ascii', 'ignore').decode().casefold()} "
    for sign, word in _SAME.items():
        plain = plain.replace(sign, word)
    return "".join(re.findall(r"[a-z0-9]+", plain))


@dataclass(frozen=True)
class OwnWord:
    """A text as the edition would write it, and the word to propose where it only comes near one."""

    text: str
    near: str = ""


@dataclass(frozen=True)
class OwnWords:
    """What the edition calls its product groups and districts; each list by ``spelling``."""

    product_groups: Mapping[str, str] = field(default_factory=dict[str, str])
    districts: Mapping[str, str] = field(default_factory=dict[str, str])

    def product_group(self, text: str) -> OwnWord:
        return _brought(text, self.product_groups)

    def district(self, text: str) -> OwnWord:
        """Also from an official code, and without the word for the kind of region."""
        text = regions.named(text) or text
        if (whole := self.districts.get(spelling(text))) is not None:
            return OwnWord(whole)
        return _brought(_KIND_OF_REGION.sub("", text).strip() or text, self.districts)


def by_spelling(words: Iterable[str]) -> dict[str, str]:
    """Words by their spelling; of two spellings of one word the first is kept."""
    found: dict[str, str] = {}
    for word in words:
        if key := spelling(word):
            found.setdefault(key, word)
    return found


def _brought(text: str, words: Mapping[str, str]) -> OwnWord:
    key = spelling(text)
    if key in words:
        return OwnWord(words[key])
    near = get_close_matches(key, words, n=1, cutoff=NEAR) if len(key) >= SHORTEST else []
    return OwnWord(text, words[near[0]] if near else "")
