"""Strangers' pictures: decoded, turned upright and put on white, so that nothing else in the file survives.

Bytes go in, JPEG and WebP come out. ``core.files.images`` has these functions called in a child process, and has the
sentences for what is refused.
"""

import enum
import io
import struct
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
WEBP_QUALITY, WEBP_METHOD = 78, 4

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error)
"""Errors that Pillow raises for files that are damaged or not pictures; it documents no narrower set."""


class PictureFault(enum.StrEnum):
    """Why a file is no picture for us."""

    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"


class UnreadablePicture(Exception):
    """The file is no picture that can be read; ``reason`` says why."""

    def __init__(self, reason: PictureFault) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class CleanPicture:
    """A JPEG or PNG of our own making."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class PictureSizes:
    """The same picture in several widths; ``files`` holds ``jpg`` and ``webp`` of each."""

    width: int
    height: int
    files: dict[int, dict[str, bytes]]


def ready() -> None:
    """Load what Pillow loads late, before there is a stranger's file."""
    from PIL import Image

    pixel = io.BytesIO()
    Image.new("RGB", (1, 1)).save(pixel, "PNG")
    qr_texts(pixel.getvalue(), longest=1)
    in_sizes(pixel.getvalue(), (1,), tallest=1, quality=80)


def measure(content: bytes) -> tuple[int, int]:
    """Width and height by the header alone, before a single pixel is decoded. Raises UnreadablePicture."""
    with _opened(content) as image:
        return image.size


def as_jpeg(content: bytes, *, longest: int, quality: int) -> CleanPicture:
    """The picture, its longer side at most ``longest`` pixels. Raises UnreadablePicture."""
    image = _upright(content, longest)
    image.thumbnail((longest, longest))
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=quality, optimize=True)
    return CleanPicture(encoded.getvalue(), image.width, image.height)


def as_png(content: bytes, *, longest: int) -> CleanPicture:
    """The picture without loss, its longer side at most ``longest`` pixels. Raises UnreadablePicture."""
    image = _upright(content, longest)
    image.thumbnail((longest, longest))
    encoded = io.BytesIO()
    image.save(encoded, "PNG", optimize=True)
    return CleanPicture(encoded.getvalue(), image.width, image.height)


def qr_texts(content: bytes, *, longest: int) -> list[str]:
    """The texts of the QR codes in a picture, read at most ``longest`` pixels long. Raises UnreadablePicture."""
    import zxingcpp

    image = _upright(content, longest)
    image.thumbnail((longest, longest))
    found = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [one.text for one in found]


def in_sizes(content: bytes, widths: Collection[int], *, tallest: int, quality: int) -> PictureSizes:
    """The picture in each of the widths, never enlarged; below ``tallest`` times its width it is cut off.

    Raises UnreadablePicture.
    """
    image = _upright(content, 2 * max(widths))
    image = image.crop((0, 0, image.width, min(image.height, tallest * image.width)))
    width = min(image.width, max(widths))
    height = max(1, round(image.height * width / image.width))
    return PictureSizes(width, height, {one: _encoded(image, one, quality) for one in widths})


def _encoded(image: "Image.Image", width: int, quality: int) -> dict[str, bytes]:
    from PIL.Image import Resampling

    if image.width > width:
        image = image.resize((width, max(1, round(image.height * width / image.width))), Resampling.LANCZOS)
    jpeg, webp = io.BytesIO(), io.BytesIO()
    image.save(jpeg, "JPEG", quality=quality, optimize=True, progressive=True)
    image.save(webp, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
    return {"jpg": jpeg.getvalue(), "webp": webp.getvalue()}


def _opened(content: bytes) -> "Image.Image":
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePicture(PictureFault.TOO_MANY_PIXELS) from error
    except _BROKEN as error:
        raise UnreadablePicture(PictureFault.UNKNOWN) from error
    if image.width * image.height > MAX_PIXELS:
        raise UnreadablePicture(PictureFault.TOO_MANY_PIXELS)
    return image


def _upright(content: bytes, longest: int) -> "Image.Image":
    """The first frame in RGB on white, turned as the camera was held, without any metadata.

    A JPEG may be decoded at a smaller size, but its longer side never below ``longest`` pixels.
    """
    from PIL import Image

    image = _opened(content)
    try:
        image.draft("RGB", (longest, longest))
        image.load()
        return _on_white(image)
    except (*_BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePicture(PictureFault.DAMAGED) from error


def _on_white(image: "Image.Image") -> "Image.Image":
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in turned.info:
        turned = turned.convert("RGBA")
        clean = Image.new("RGB", turned.size, "white")
        clean.paste(turned, mask=turned.getchannel("A"))
        return clean
    clean = Image.new("RGB", turned.size)
    clean.paste(turned.convert("RGB"))
    return clean
