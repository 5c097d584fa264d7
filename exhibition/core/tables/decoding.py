"""Bytes into text: byte-order marks, declared encodings, and files that mix two."""

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(
    rb"""(?:<\?xml[^>]{0,200}?encoding|<meta[^>]{0,200}?charset)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    odd = error.object[error.start : error.end]
    return "".join(bytes([byte]).decode("cp1252", "ignore") for byte in odd), error.end


codecs.register_error("exhibition-windows-1252", _windows_1252)


def _text_encoding(name: str) -> str | None:
    try:
        found = codecs.lookup(name)
    except (LookupError, UnicodeError):
        return None
    # WHATWG: a text that claims to be Latin-1 is Windows-1252
    return {"iso8859-1": "cp1252", "ascii": "utf-8"}.get(found.name, found.name) if found._is_text_encoding else None  # noqa: SLF001 — the only way to tell text codecs from zip and base64


def _without_mark(content: bytes) -> str | None:
    """The UTF-16 encoding of bytes without a byte-order mark, known by a zero in every second byte; or None."""
    sample = content[:400]
    if len(sample) < 8 or 0 not in sample:  # noqa: PLR2004 — too short to tell
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * len(sample) / 2 and even < odd / 4:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * len(sample) / 2 and odd < even / 4 else None


def decode(content: bytes, content_type: str = "") -> tuple[str, bool]:
    """The text, and whether its encoding had to be guessed. Never fails."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            content = content[len(mark) :]
            if encoding != "utf-8":
                return content.decode(encoding, "replace"), False
            break
    else:
        if encoding := _without_mark(content):
            return content.decode(encoding, "replace"), False
    try:
        return content.decode(), False
    except UnicodeDecodeError:
        pass
    declared = [name.decode("ascii", "ignore") for name in _DECLARED.findall(content[:2000])]
    for name in _CHARSET.findall(content_type) + declared:
        encoding = _text_encoding(name)
        if encoding and encoding not in ("utf-8", "utf-8-sig"):
            try:
                return content.decode(encoding), False
            except UnicodeError:
                continue
    return content.decode("utf-8", "exhibition-windows-1252"), True
