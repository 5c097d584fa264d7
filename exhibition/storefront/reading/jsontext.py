"""JSON with exact numbers, and what can be saved of JSON that breaks off."""

import html
import json
import re
from decimal import Decimal

DEEPEST = 100
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)
_BEFORE = ("<!--", "<![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "//")
_AFTER = ("-->", "]]>", "/*]]>*/", "/* ]]> */", "//", ";")
_LIST = re.compile(r'"(?:products|items|produk|data|@graph)"\s{0,20}:\s{0,20}\[')
_DECODER = json.JSONDecoder(strict=True, parse_float=Decimal, parse_int=Decimal, parse_constant=lambda _: None)
_LENIENT = json.JSONDecoder(strict=False, parse_float=Decimal, parse_int=Decimal, parse_constant=lambda _: None)


def load(text: str) -> object:
    """Raises ValueError with the place for whatever is not JSON, however deep or odd."""
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def repair(text: str) -> object:
    """JSON as web pages have it: raw line breaks in texts, comments around it, commas too many.

    Raises ValueError when that does not help.
    """
    previous = None
    while previous != text:
        previous = text
        for around in _BEFORE:
            text = text.strip().removeprefix(around)
        for around in _AFTER:
            text = text.strip().removesuffix(around)
    if re.match(r"[{\[]\s*&(?:quot|#34|#x22);", text):
        text = html.unescape(text)
    text = _TRAILING_COMMA.sub(lambda found: found.group(1) or "", text)
    try:
        return _LENIENT.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def salvage(text: str) -> list[object]:
    """The complete objects at the beginning of the list of products, or of the first list, in text that breaks off."""
    named = _LIST.search(text)
    place = named.end() if named else text.find("[") + 1
    if place == 0:
        return []
    found: list[object] = []
    while place < len(text):
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        try:
            one, place = _LENIENT.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        found.append(one)
    return found


def objects(value: object) -> list[dict[str, object]]:
    """The objects in a JSON list; anything else is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(value: object) -> str:
    """A JSON text or number as text; anything else is nothing."""
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and value.adjusted() < 30 else ""  # noqa: PLR2004 — an id
    return value if isinstance(value, str) else ""


def member(value: object, name: str) -> object:
    """A member of what should be an object."""
    return value.get(name) if isinstance(value, dict) else None
