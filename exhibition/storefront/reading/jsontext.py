"""JSON with exact numbers, and the recovery of products from JSON that breaks off."""

import html
import json
import re
from collections.abc import Iterable
from decimal import Decimal

from exhibition.core.tables import JsonValue

DEEPEST = 100
"""The deepest nesting of lists and objects; real shops stay below ten."""
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)
_BEFORE = ("<!--", "<![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "//")
_AFTER = ("-->", "]]>", "/*]]>*/", "/* ]]> */", "//", ";")
_LIST = re.compile(r'"(?:products|items|produk|data|@graph)"\s{0,20}:\s{0,20}\[')


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:  # such as an exponent of twenty digits
        return None


_DECODER = json.JSONDecoder(strict=True, parse_float=_number, parse_int=_number, parse_constant=lambda _: None)
_LENIENT = json.JSONDecoder(strict=False, parse_float=_number, parse_int=_number, parse_constant=lambda _: None)


def load(text: str) -> JsonValue:
    """Raises ValueError with the place for whatever is not JSON, however deep or odd."""
    return _decoded(_DECODER, text)


def _decoded(decoder: json.JSONDecoder, text: str) -> JsonValue:
    try:
        value = decoder.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check_depth(value)
    return value


def _check_depth(value: JsonValue) -> None:
    """Raises ValueError for what is nested too deeply to be walked through."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one) if isinstance(inner, dict | list)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _inside(value: JsonValue) -> Iterable[JsonValue]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def repair(text: str) -> JsonValue:
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
    return _decoded(_LENIENT, text)


def salvage(text: str) -> list[JsonValue]:
    """The complete objects at the beginning of the list of products, or of the first list, in text that breaks off."""
    named = _LIST.search(text)
    place = named.end() if named else text.find("[") + 1
    if place == 0:
        return []
    found: list[JsonValue] = []
    while place < len(text):
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        try:
            one, place = _LENIENT.raw_decode(text, place)
            _check_depth(one)
        except (ValueError, RecursionError):
            break
        found.append(one)
    return found


def objects(value: JsonValue) -> list[dict[str, JsonValue]]:
    """The objects in a JSON list; anything else is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(value: JsonValue) -> str:
    """A JSON text or number as text; anything else is nothing."""
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and value.adjusted() < 30 else ""  # noqa: PLR2004 — an id
    return value if isinstance(value, str) else ""


def member(value: JsonValue, name: str) -> JsonValue:
    """A member of what should be an object."""
    return value.get(name) if isinstance(value, dict) else None
