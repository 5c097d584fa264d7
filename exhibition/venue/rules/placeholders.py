"""Placeholders in the organizers' texts: ``{name}`` stands for a value of the reader, ``{{`` and ``}}`` for a brace."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
NOTHING = "\N{EN DASH}"
"""Written where a reader has no such value, as a booth."""


@dataclass(frozen=True)
class TextFaults:
    """What is wrong with a text: placeholders that nobody knows, and pieces with a brace that has no partner."""

    unknown: tuple[str, ...]
    unbalanced: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.unknown or self.unbalanced)


AROUND = 12
"""How many characters after a lonely brace are shown, so that it can be found."""


def faults(text: str, allowed: AbstractSet[str]) -> TextFaults:
    """The faults of a text, each named once, in the order of the text."""
    unknown: dict[str, None] = {}
    unbalanced: dict[str, None] = {}
    for token in _TOKEN.finditer(text):
        if token[1] is not None:
            if token[1].strip() not in allowed:
                unknown[token[0]] = None
        elif len(token[0]) == 1:
            start = token.start() if token[0] == "{" else max(token.start() - AROUND, 0)
            unbalanced[" ".join(text[start : token.end() + (AROUND if token[0] == "{" else 0)].split())] = None
    return TextFaults(tuple(unknown), tuple(unbalanced))


def used(text: str) -> Iterator[str]:
    """The names of the placeholders in a text."""
    for token in _TOKEN.finditer(text):
        if token[1] is not None:
            yield token[1].strip()


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the values in place of its placeholders; values are taken as they are, braces too.

    A text with ``faults`` keeps what is wrong in it as it was written.
    """

    def value(token: re.Match[str]) -> str:
        if token[1] is None:
            return token[0][0] if len(token[0]) == 2 else token[0]  # noqa: PLR2004 a doubled brace
        name = token[1].strip()
        return (values[name] or NOTHING) if name in values else token[0]

    return _TOKEN.sub(value, text)


def paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph; empty lines part paragraphs."""
    parts = re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip())
    return [part.split("\n") for part in parts if part]
