"""Reading uploaded pictures: decoded, turned upright and put on white, so that nothing else in the file survives."""

import io
import struct
from typing import TYPE_CHECKING

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error)
"""Errors that Pillow raises for files that are damaged or not pictures; it documents no narrower set."""


def _refused(code: str, message: LazyString, field: str) -> Refused:
    return Refused(code, message, status=422, field=field)


def open_header(content: bytes, field: str) -> "Image.Image":
    """Read only the header, and refuse the picture if need be before a single pixel is decoded.

    Raises Refused (422, naming ``field``) ``picture_too_large``, ``picture_too_many_pixels``, ``picture_unreadable``.
    """
    from PIL import Image

    if len(content) > MAX_BYTES:
        message = _l("The picture is larger than 5 MB. Choose a smaller one.")
        raise _refused("picture_too_large", message, field)
    too_many = _l("The picture has too many pixels. Choose a smaller one.")
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refused("picture_too_many_pixels", too_many, field) from error
    except _BROKEN as error:
        message = _l("This file is no picture that we can read. Choose a photo (JPEG, PNG, WebP or GIF).")
        raise _refused("picture_unreadable", message, field) from error
    if image.width * image.height > MAX_PIXELS:
        raise _refused("picture_too_many_pixels", too_many, field)
    return image


def upright(image: "Image.Image", field: str, longest: int) -> "Image.Image":
    """The first frame in RGB on white, turned as the camera was held, without any metadata.

    A JPEG may be decoded at a smaller size, but its longer side never below ``longest`` pixels. Raises Refused
    ``picture_unreadable`` (422).
    """
    from PIL import Image

    try:
        return _upright(image, longest)
    except (*_BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = _l("The picture is damaged or incomplete. Take it again or choose another.")
        raise _refused("picture_unreadable", message, field) from error


def _upright(image: "Image.Image", longest: int) -> "Image.Image":
    from PIL import Image, ImageOps

    image.draft("RGB", (longest, longest))
    image.load()
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in turned.info:
        turned = turned.convert("RGBA")
        clean = Image.new("RGB", turned.size, "white")
        clean.paste(turned, mask=turned.getchannel("A"))
        return clean
    clean = Image.new("RGB", turned.size)
    clean.paste(turned.convert("RGB"))
    return clean
