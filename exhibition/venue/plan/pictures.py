"""Background pictures of the plan: uploads re-encoded as JPEG, stored by content so that versions can refer to them."""

import base64
import binascii
import hashlib
import io
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files import images
from exhibition.venue.models import Exhibition, PlanPicture

LONGEST_SIDE = 2400
JPEG_QUALITY = 80
MOST_PICTURES = 40
ADDRESS = "data:image/jpeg;base64,"
FIELD = "picture"


@dataclass(frozen=True)
class KeptPicture:
    digest: str
    pixel_width: int
    pixel_height: int


@transaction
def add(actor: Actor, exhibition: Exhibition, content: bytes) -> KeptPicture:
    """Keep an uploaded picture; the same content is kept once.

    Raises Refused (422, field ``picture``) as ``core.files.images`` does, and ``too_many_pictures`` (409).
    """
    if known := _find(exhibition, hashlib.sha256(content).hexdigest()):
        return KeptPicture(known.digest, known.pixel_width, known.pixel_height)
    image = images.upright(images.open_header(content, FIELD), FIELD, LONGEST_SIDE)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True)
    clean = file.getvalue()
    kept = KeptPicture(hashlib.sha256(clean).hexdigest(), image.width, image.height)
    if _find(exhibition, kept.digest):
        return kept
    statement = select(func.count()).select_from(PlanPicture).where(PlanPicture.exhibition_id == exhibition.id)
    if (db.session.scalar(statement) or 0) >= MOST_PICTURES:
        message = _l("There are %(most)s pictures of this hall already. Use one of them.", most=MOST_PICTURES)
        raise Refused("too_many_pictures", message, field=FIELD)
    picture = PlanPicture(
        exhibition_id=exhibition.id,
        digest=kept.digest,
        content=clean,
        pixel_width=kept.pixel_width,
        pixel_height=kept.pixel_height,
    )
    db.session.add(picture)
    db.session.flush()
    record(actor, "plan.picture", "plan_picture", picture.id)
    return kept


def _find(exhibition: Exhibition, digest: str) -> PlanPicture | None:
    statement = select(PlanPicture).where(PlanPicture.exhibition_id == exhibition.id, PlanPicture.digest == digest)
    return db.session.scalar(statement)


def content(exhibition: Exhibition, digest: str) -> bytes:
    """The JPEG. Raises NotFound."""
    found = _find(exhibition, digest) if digest.isalnum() else None
    if found is None:
        raise NotFound
    return found.content


def address(exhibition: Exhibition, digest: str) -> str:
    """The JPEG as a ``data:`` address, for self-contained files. Raises NotFound."""
    return ADDRESS + base64.b64encode(content(exhibition, digest)).decode()


def from_address(text: object) -> bytes | None:
    """The content of a ``data:`` address, or None for any other text. Raises Refused ``plan_invalid`` (422)."""
    if not isinstance(text, str) or not text.startswith("data:image/"):
        return None
    try:
        return base64.b64decode(text.partition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        message = _l("The background's picture is damaged.")
        raise Refused("plan_invalid", message, status=422, field="background.content") from error


def of_document(document: Any) -> bytes | None:
    """The background picture in a plan's JSON document, if there is one."""
    background = document.get("background") if isinstance(document, dict) else None
    return from_address(background.get("content")) if isinstance(background, dict) else None
