"""Uploaded pictures, read by ``core.pictures`` in a child process; refused with a sentence that says what to do."""

from collections.abc import Callable, Collection
from typing import TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from exhibition.core import pictures
from exhibition.core.confined.calls import confined
from exhibition.core.errors import Refused
from exhibition.core.pictures import CleanPicture, PictureFault, PictureSizes, UnreadablePicture

T = TypeVar("T")

MAX_BYTES = 5 * 1024 * 1024
MEMORY_MIB = 768
"""Forty million pixels, four bytes each, are there several times while they are turned and put on white."""
LONGEST_READ = 2_400
"""Pixels at which codes are looked for: more cost time and find none that these do not."""
_KNOWN = (CleanPicture, PictureSizes, PictureFault, UnreadablePicture)
_REASONS: dict[PictureFault, tuple[str, LazyString]] = {
    PictureFault.TOO_MANY_PIXELS: (
        "picture_too_many_pixels",
        _l("The picture has too many pixels. Choose a smaller one."),
    ),
    PictureFault.UNKNOWN: (
        "picture_unreadable",
        _l("We cannot read this file as a picture. Choose a photo (JPEG, PNG, WebP or GIF)."),
    ),
    PictureFault.DAMAGED: (
        "picture_unreadable",
        _l("The picture is damaged or incomplete. Take it again or choose another."),
    ),
}


def check(content: bytes, field: str) -> None:
    """Refuse a picture by its size and header alone, before a single pixel is decoded. Raises as ``as_jpeg`` does."""
    _read(content, field, confined(pictures.measure, field=field, knows=_KNOWN, memory_mib=MEMORY_MIB))


def as_jpeg(content: bytes, field: str, *, longest: int, quality: int) -> CleanPicture:
    """The picture as a JPEG of our own making, its longer side at most ``longest`` pixels.

    Raises Refused (422, naming ``field``) ``picture_too_large``, ``picture_too_many_pixels``, ``picture_unreadable``,
    and what ``confined`` raises.
    """
    make = confined(pictures.as_jpeg, field=field, knows=_KNOWN, memory_mib=MEMORY_MIB)
    return _read(content, field, lambda file: make(file, longest=longest, quality=quality))


def as_png(content: bytes, field: str, *, longest: int) -> CleanPicture:
    """The picture as a PNG of our own making, for drawings and logos. Raises as ``as_jpeg`` does."""
    make = confined(pictures.as_png, field=field, knows=_KNOWN, memory_mib=MEMORY_MIB)
    return _read(content, field, lambda file: make(file, longest=longest))


def qr_texts(content: bytes, field: str) -> list[str]:
    """The texts of the QR codes in a photo; empty when none is seen. Raises as ``as_jpeg`` does."""
    find = confined(pictures.qr_texts, field=field, knows=_KNOWN, memory_mib=MEMORY_MIB)
    return _read(content, field, lambda file: find(file, longest=LONGEST_READ))


def in_sizes(content: bytes, field: str, widths: Collection[int], *, tallest: int, quality: int) -> PictureSizes:
    """The picture in several widths, as JPEG and WebP. Raises as ``as_jpeg`` does."""
    make = confined(pictures.in_sizes, field=field, knows=_KNOWN, memory_mib=MEMORY_MIB)
    return _read(content, field, lambda file: make(file, widths, tallest=tallest, quality=quality))


def _read(content: bytes, field: str, read: Callable[[bytes], T]) -> T:
    if len(content) > MAX_BYTES:
        message = _l("The picture is larger than 5 MB. Choose a smaller one.")
        raise Refused("picture_too_large", message, status=422, field=field)
    try:
        return read(content)
    except UnreadablePicture as unreadable:
        code, message = _REASONS[unreadable.reason]
        raise Refused(code, message, status=422, field=field) from unreadable
