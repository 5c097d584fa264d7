"""Pictures of products: taken from uploads, re-encoded without anything the camera added, named by their content.

Nothing of an upload reaches a visitor as it came: it is decoded, turned upright, reduced and encoded again, so
position data, hidden content and the sender's file name are gone. Files are there before their row is.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, exists, select

from exhibition.core import clock
from exhibition.core.config import instance_folder
from exhibition.core.db import after_commit, db, transaction
from exhibition.core.files import images
from exhibition.core.limiting import budgets
from exhibition.storefront.models import Listing, Picture

FIELD = "picture"
MAX_BYTES = images.MAX_BYTES
SMALL, LARGE = 320, 960
SIZES = (SMALL, LARGE)
"""Widths in pixels; a picture that is smaller keeps its own width."""
TALLEST = 2
"""A picture is at most this many times as high as it is wide; the rest is cut off at the bottom."""
TYPES = {"jpg": "image/jpeg", "webp": "image/webp"}
JPEG_QUALITY = 82


@dataclass(frozen=True)
class PreparedPicture:
    """A picture ready to be kept: its key, its size in pixels and the content of each file by name."""

    key: str
    width: int
    height: int
    files: dict[str, bytes]


def folder() -> Path:
    return instance_folder() / "uploads"


def file_name(key: str, size: int, extension: str) -> str:
    return f"{key}-{size}.{extension}"


def check(content: bytes) -> None:
    """Refuse an upload that ``prepare`` would refuse, by its size and header alone."""
    images.check(content, FIELD)


def prepare(content: bytes) -> PreparedPicture:
    """Make both sizes in JPEG and WebP from an uploaded file; its name and declared type are ignored.

    Raises Refused (422, field ``picture``) as ``core.files.images`` does.
    """
    made = images.in_sizes(content, FIELD, SIZES, tallest=TALLEST, quality=JPEG_QUALITY)
    key = hashlib.sha256(made.files[LARGE]["jpg"]).hexdigest()
    files = {file_name(key, size, kind): made.files[size][kind] for size in SIZES for kind in TYPES}
    return PreparedPicture(key, made.width, made.height, files)


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
def kept(picture: PreparedPicture | None) -> Iterator[None]:
    """Write the picture's files before the block writes its row; delete new ones when the block fails.

    Raises Refused ``disk_full`` (503, field ``picture``).
    """
    if picture is None:
        yield
        return
    budgets.require_disk(sum(map(len, picture.files.values())), FIELD)
    uploads = folder()
    uploads.mkdir(mode=0o700, exist_ok=True)
    missing = [name for name in picture.files if not (uploads / name).exists()]
    try:
        for name in missing:
            _write(uploads / name, picture.files[name])
        yield
    except BaseException:
        for name in missing:
            (uploads / name).unlink(missing_ok=True)
        raise


def remember(picture: PreparedPicture) -> str:
    """Add the picture's row to the open transaction, or renew its date, and return its key."""
    db.session.merge(Picture(key=picture.key, width=picture.width, height=picture.height, created_at=clock.now()))
    db.session.flush()
    return picture.key


@transaction
def forget_unused(before: datetime) -> int:
    """Delete rows and files of pictures that no listing shows and that are older than a moment; return how many."""
    unused = select(Picture.key).where(Picture.created_at < before, ~exists().where(Listing.picture_key == Picture.key))
    keys = list(db.session.scalars(unused))
    db.session.execute(delete(Picture).where(Picture.key.in_(keys)))
    files = [folder() / file_name(key, size, kind) for key in keys for size in SIZES for kind in TYPES]
    after_commit(lambda: [file.unlink(missing_ok=True) for file in files])
    return len(keys)
