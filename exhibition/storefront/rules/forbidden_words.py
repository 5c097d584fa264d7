"""Whether a text contains a word or phrase that the organizers do not want to see. Plain functions of text."""

import re
import unicodedata


def _settled(text: str) -> str:
    """The text without accents, in lower case, with single spaces."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(character for character in bare if not unicodedata.combining(character)).split())


def words_of(text: str) -> list[str]:
    """The words and phrases of a list with one on each line, without repetitions, in order."""
    return list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def forbidden_in(text: str, words: list[str]) -> str | None:
    """The first of the words that stands in the text as a whole word; ``senja`` is not in ``senjata``."""
    settled = _settled(text)
    return next(
        (word for word in words if _settled(word) and re.search(rf"(?<!\w){re.escape(_settled(word))}(?!\w)", settled)),
        None,
    )
