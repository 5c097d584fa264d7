"""Pictures of products: taken from uploads, made anew without anything the camera added, kept by their content.

Nothing of an upload reaches a visitor as it came: it is decoded, turned upright, reduced and encoded again, so
position data, hidden content and the sender's file name are gone. Files are there before their row is.
"""

import hashlib
import io
import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, select

from exhibition.core import clock
from exhibition.core.config import instance_folder
from exhibition.core.db import after_commit, db, transaction
from exhibition.core.errors import Refused
from exhibition.storefront.models import Listing, Picture

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
SMALL, LARGE = 320, 960
SIZES = (SMALL, LARGE)
"""Widths in pixels; a picture that is smaller keeps its own width."""
TALLEST = 2
"""A picture is at most so many times as high as it is wide; the rest is cut off below."""
TYPES = {"jpg": "image/jpeg", "webp": "image/webp"}
JPEG_QUALITY, WEBP_QUALITY, WEBP_METHOD = 82, 78, 4

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error)
"""What Pillow raises on files that are damaged or are no pictures; it documents no smaller family."""


@dataclass(frozen=True)
class Prepared:
    """A picture ready to be kept: its key, its size in pixels and the content of each file by name."""

    key: str
    width: int
    height: int
    files: dict[str, bytes]


def folder() -> Path:
    return instance_folder() / "uploads"


def file_name(key: str, size: int, extension: str) -> str:
    return f"{key}-{size}.{extension}"


def _refused(code: str, message: LazyString) -> Refused:
    return Refused(code, message, status=422, field="picture")


def _open(content: bytes) -> "Image.Image":
    """Read the header only and refuse by it, before a single pixel is decoded."""
    from PIL import Image

    if len(content) > MAX_BYTES:
        raise _refused("picture_too_large", _l("The picture is larger than 5 MB. Choose a smaller one."))
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refused(
            "picture_too_many_pixels", _l("The picture has too many pixels. Choose a smaller one.")
        ) from error
    except _BROKEN as error:
        message = _l("This file is no picture that we can read. Choose a photo (JPEG, PNG, WebP or GIF).")
        raise _refused("picture_unreadable", message) from error
    if image.width * image.height > MAX_PIXELS:
        raise _refused("picture_too_many_pixels", _l("The picture has too many pixels. Choose a smaller one."))
    return image


def check(content: bytes) -> None:
    """Refuse by size and header what ``prepare`` would refuse, at next to no cost."""
    _open(content).close()


def _upright(image: "Image.Image") -> "Image.Image":
    """The first frame in RGB on white, turned as the camera was held, without any metadata."""
    from PIL import Image, ImageOps

    image.draft("RGB", (2 * LARGE, 2 * LARGE))
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


def _encoded(image: "Image.Image", width: int) -> dict[str, bytes]:
    from PIL.Image import Resampling

    if image.width > width:
        image = image.resize((width, max(1, round(image.height * width / image.width))), Resampling.LANCZOS)
    jpeg, webp = io.BytesIO(), io.BytesIO()
    image.save(jpeg, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    image.save(webp, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
    return {"jpg": jpeg.getvalue(), "webp": webp.getvalue()}


def prepare(content: bytes) -> Prepared:
    """Make both sizes in JPEG and WebP of an uploaded file; its name and announced type play no part.

    Raises Refused (422, field ``picture``) ``picture_too_large``, ``picture_too_many_pixels``, ``picture_unreadable``.
    """
    from PIL import Image

    image = _open(content)
    try:
        image = _upright(image)
    except (*_BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = _l("The picture is damaged or incomplete. Take it again or choose another.")
        raise _refused("picture_unreadable", message) from error
    image = image.crop((0, 0, image.width, min(image.height, TALLEST * image.width)))
    encoded = {size: _encoded(image, size) for size in SIZES}
    key = hashlib.sha256(encoded[LARGE]["jpg"]).hexdigest()
    files = {file_name(key, size, kind): content for size in SIZES for kind, content in encoded[size].items()}
    width = min(image.width, LARGE)
    return Prepared(key, width, max(1, round(image.height * width / image.width)), files)


def _write(path: Path, content: bytes) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


@contextmanager
def kept(picture: Prepared | None) -> Iterator[None]:
    """Have the picture's files on disk while the block writes its row; take new ones away when the block fails."""
    if picture is None:
        yield
        return
    uploads = folder()
    uploads.mkdir(mode=0o755, exist_ok=True)
    missing = [name for name in picture.files if not (uploads / name).exists()]
    try:
        for name in missing:
            _write(uploads / name, picture.files[name])
        yield
    except BaseException:
        for name in missing:
            (uploads / name).unlink(missing_ok=True)
        raise


def remember(picture: Prepared) -> str:
    """Add the picture's row to the open transaction, or make it young again, and return its key."""
    db.session.merge(Picture(key=picture.key, width=picture.width, height=picture.height, created_at=clock.now()))
    db.session.flush()
    return picture.key


@transaction
def forget_unused(before: datetime) -> int:
    """Drop rows and files of pictures that no listing shows and that came before a moment; return how many."""
    unused = select(Picture.key).where(Picture.created_at < before, ~exists().where(Listing.picture_key == Picture.key))
    keys = list(db.session.scalars(unused))
    db.session.execute(delete(Picture).where(Picture.key.in_(keys)))
    files = [folder() / file_name(key, size, kind) for key in keys for size in SIZES for kind in TYPES]
    after_commit(lambda: [file.unlink(missing_ok=True) for file in files])
    return len(keys)
