"""Small files that would need gigabytes, minutes or a deep stack."""

import io
import json
import struct
import zipfile
import zlib

from PIL import Image

from tests.core.tables.test_workbooks import FAR
from tests.core.tables.workbooks import SHEET, changed, with_rows

MIB = 1024 * 1024


def elsewhere(content: bytes) -> bytes:
    """The same workbook with its first sheet in another folder."""
    return changed(
        content,
        lambda name, part: (name.replace(SHEET, "xl/a/b.xml"), part.replace(b"worksheets/sheet1.xml", b"a/b.xml")),
    )


def zip_bomb() -> bytes:
    """A workbook whose sheet is 600 MB of blanks, and says so; the archive is some hundred kilobytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(with_rows(b""))) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != SHEET:
                new.writestr(name, old.read(name))
        with new.open(SHEET, "w", force_zip64=True) as part:
            for _ in range(600):
                part.write(b" " * MIB)
    return file.getvalue()


def lying_zip_bomb() -> bytes:
    """The same, with a size in its directory that is too small."""
    return zip_bomb().replace((600 * MIB).to_bytes(4, "little"), (600).to_bytes(4, "little"))


WORKBOOKS = {
    **{f"cell {number}": with_rows(xml) for number, xml in enumerate(FAR)},
    **{f"cell {number} elsewhere": elsewhere(with_rows(xml)) for number, xml in enumerate(FAR)},
    "lower case at the foot": with_rows(b'<row r="1"><c r="a1048576"><v>1</v></c><c r="xfd1"><v>1</v></c></row>'),
    "claims": changed(with_rows(b""), lambda name, part: (name, part.replace(b'ueCount="', b'ueCount="99999999'))),
    "bomb": zip_bomb(),
    "lying bomb": lying_zip_bomb(),
}
"""Workbooks that are refused."""

NESTED = {
    "rows": with_rows(b'<row r="1">' * 100_000 + b"</row>" * 100_000 + b'<row><c r="XFD1"><v>1</v></c></row>'),
    "rows between cells": with_rows(
        b'<row r="1"><c><v>1</v></c>' * 16_000 + b"</row>" * 16_000 + b'<row r="4000"><c r="A4000"><v>1</v></c></row>'
    ),
    "cells": with_rows(b'<row r="9">' + b"<c><v>1</v>" * 900 + b"</c>" * 900 + b"</row>"),
}
"""Workbooks that two parsers understand otherwise: rows and cells inside each other. They have few cells."""


def _png(width: int, height: int, content: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(content)) + chunk(b"IEND", b"")


def frames(number: int) -> bytes:
    """An animated picture; only its first frame is looked at."""
    file = io.BytesIO()
    pictures = [Image.new("P", (64, 64), colour % 256) for colour in range(number)]
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:])
    return file.getvalue()


PICTURES = {
    "picture_too_many_pixels": _png(60_000, 60_000),
    "picture_unreadable": _png(6000, 6000, b"\0" * 1000),
}
LARGEST_PICTURE = _png(6300, 6300, (b"\0" + b"\x80" * 4 * 6300) * 6300)
"""Almost forty million pixels with transparency in some hundred kilobytes; it is allowed."""

_ENTITIES = b"".join(b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 20) for number in range(1, 12))
_LAUGHS = b'<!DOCTYPE x [<!ENTITY a0 "ha">' + _ENTITIES + b"]>"
DRAWINGS = {
    "laughs": _LAUGHS + b'<svg xmlns="http://www.w3.org/2000/svg"><text>&a11;</text></svg>',
    "deep": b"<svg>" + b"<g>" * 100_000 + b"</g>" * 100_000 + b"</svg>",
    "many": b"<svg>" + b"<g/>" * 200_000 + b"</svg>",
    "outside": b'<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg><text>&e;</text></svg>',
}
FEEDS = {
    "laughs": _LAUGHS + b"<rss><channel><item><title>&a11;</title><price>1</price></item></channel></rss>",
    "deep": b"<rss>" + b"<item>" * 100_000,
    "json": b"[" * 200_000,
    "json of objects": b'{"a":' * 200_000,
    "wide json": json.dumps([{f"n{number}": 1} for number in range(100_000)]).encode(),
    "open quotes": b"title,price,link\n" + b'"\n' * 200_000,
    "html": b"<html>" + b"<div>" * 300_000,
}
