"""The words of a search and of the texts it searches: accents and capitals folded, and typing mistakes guessed.

Plain functions of text; both databases and this module cut texts into the same words.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

MOST_WORDS = 8
LONGEST_WORD = 40
KNOWN_LETTERS = (3, 24)
"""The shortest and the longest word that a mistyped one is compared with."""
SHORTEST_GUESSED = 4
"""In letters; shorter words resemble each other too much."""
TWO_MISTAKES_FROM = 7
"""The length from which two mistakes in a word are forgiven."""
_WORD = re.compile(r"[^\W_]+")
_KNOWN = re.compile(r"[^\W\d_]+")


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(character for character in apart if unicodedata.category(character) != "Mn").lower()


def folded(text: str) -> list[str]:
    """All words of a text in lower case without accents, in order."""
    return _WORD.findall(_plain(text))


def wanted(search: str) -> list[str]:
    """The words of a search, each once; the last may be half typed."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in folded(search)))[:MOST_WORDS]


def known(text: str) -> set[str]:
    """The words of a text that a mistyped word may stand for: letters only, neither very short nor very long."""
    shortest, longest = KNOWN_LETTERS
    return {word for word in _KNOWN.findall(_plain(text)) if shortest <= len(word) <= longest}


def begins(word: str, words: Collection[str]) -> bool:
    """Whether any of the words begins with this one."""
    return any(one.startswith(word) for one in words)


def mistakes_forgiven(word: str) -> int:
    """How many letters of a word may be wrong, missing, extra or swapped."""
    if len(word) < SHORTEST_GUESSED or not word.isalpha():
        return 0
    return 2 if len(word) >= TWO_MISTAKES_FROM else 1


class Typed:
    """A typed word, prepared for comparison with many known ones.

    Its distance to another is how many letters are changed, left out, added or swapped with their neighbour, counted a
    column at a time in the bits of whole numbers (Hyyrö 2003, after Myers 1999).
    """

    def __init__(self, word: str) -> None:
        self._length = len(word)
        self._last = 1 << (self._length - 1)
        self._all = (1 << self._length) - 1
        self._where: dict[str, int] = {}
        for place, letter in enumerate(word):
            self._where[letter] = self._where.get(letter, 0) | 1 << place

    def distances(self, other: str) -> tuple[int, int]:
        """The distance to the other word, and to that word's nearest beginning."""
        up, down, diagonal, before = self._all, 0, 0, 0
        least = distance = self._length
        where, last = self._where, self._last
        for letter in other:
            here = where.get(letter, 0)
            swapped = ((~diagonal & here) << 1) & before
            diagonal = (((here & up) + up) ^ up) | here | down | swapped
            more = down | ~(diagonal | up)
            less = diagonal & up
            if more & last:
                distance += 1
            elif less & last:
                distance -= 1
                least = min(least, distance)
            more = (more << 1) | 1
            up = ((less << 1) | ~(diagonal | more)) & self._all
            down = more & diagonal & self._all
            before = here
        return distance, least


def _letters(word: str) -> int:
    """The letters of a word as bits; two letters far apart in the alphabet may share a bit."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found


class Speller:
    """Guesses which known word a mistyped one stands for."""

    def __init__(self, known_words: Iterable[str]) -> None:
        self._words: Sequence[str] = sorted(set(known_words))
        self._letters = [_letters(word) for word in self._words]

    def knows(self, beginning: str) -> bool:
        """Whether a known word begins like this."""
        place = bisect_left(self._words, beginning)
        return place < len(self._words) and self._words[place].startswith(beginning)

    def guesses(self, word: str, also: Collection[str] = (), most: int = 3) -> list[str]:
        """The most likely words, likeliest first, from the known ones and those in ``also``.

        A half-typed word is compared with beginnings as well. Words one mistake away come before those two away, whole
        words before beginnings, and words with the same first letter first, because people seldom mistype it.
        """
        typed, letters, long = Typed(word), _letters(word), len(word)
        there = [*zip(self._words, self._letters, strict=True), *((one, _letters(one)) for one in also)]
        for limit in range(1, mistakes_forgiven(word) + 1):
            ranked: set[tuple[int, bool, int, str]] = set()
            for candidate, theirs in there:
                if (letters & ~theirs).bit_count() > limit or len(candidate) < long - limit:
                    continue
                whole, beginning = typed.distances(candidate)
                if beginning <= limit:
                    distance = min(whole, beginning + 1)
                    ranked.add((distance, candidate[0] != word[0], abs(len(candidate) - long), candidate))
            if ranked:
                return [candidate for *_, candidate in sorted(ranked)[:most]]
        return []
