"""Turns HTML, entities and stray characters into plain text without any markup."""

import html
import re
import unicodedata

LONGEST_DESCRIPTION = 5000
LONGEST_LINE = 500
ROUNDS = 4
"""HTML occurs escaped inside HTML, sometimes twice; more is no honest mistake."""

_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript|iframe|object|svg|title|textarea|select)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_BLOCK = re.compile(
    r"(?=</?(?:p|div|br|li|ul|ol|tr|table|h[1-6]|section|article|blockquote|pre|dd|dt|hr)\b)", re.IGNORECASE
)
_TAG = re.compile(r"""<[/!?]?[a-zA-Z\[](?:(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>|[^<>]*>)""")
_OPEN_TAG = re.compile(
    r"</?(?:script|style|iframe|img|svg|a|p|div|span|br|b|i|u|ul|li|ol|table|h\d|meta|link|object|embed|form|input)"
    r"\b[^<>]*$",
    re.IGNORECASE,
)


def _visible(character: str) -> bool:
    return character == "\n" or (
        unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn") and character not in "\u200b\ufeff\u2060"
    )


def plain(text: object) -> str:
    """Plain text with paragraphs on lines of their own, at most 5,000 characters."""
    words = str(text or "")[: 20 * LONGEST_DESCRIPTION].replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(ROUNDS):
        if "<" in words:
            words = _TAG.sub("", _BLOCK.sub("\n", _UNSEEN.sub("", words)))
        decoded = html.unescape(words)
        if decoded == words:
            break
        words = decoded
    while _TAG.search(words):
        words = _TAG.sub("", words)
    words = _OPEN_TAG.sub("", words)
    words = "".join(filter(_visible, words.replace("\t", " ").replace("\u2028", "\n").replace("\u2029", "\n")))
    lines = [" ".join(line.split()) for line in words.split("\n")]
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return words if len(words) <= LONGEST_DESCRIPTION else words[: LONGEST_DESCRIPTION - 1].rstrip() + "…"


def line(text: object) -> str:
    """Plain text on one line, at most 500 characters: names, ids."""
    words = " ".join(plain(text).split())
    return words if len(words) <= LONGEST_LINE else words[: LONGEST_LINE - 1].rstrip() + "…"
