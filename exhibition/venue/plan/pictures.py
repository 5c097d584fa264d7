"""Background pictures of the plan: uploads re-encoded as JPEG, stored by content so that versions can refer to them."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files import images
from exhibition.core.pictures import CleanPicture
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


def add(actor: Actor, exhibition: Exhibition, content: bytes) -> KeptPicture:
    """Keep an uploaded picture; the same content is kept once. Raises as ``prepare`` and ``keep`` do."""
    return keep(actor, exhibition, prepare(exhibition, content))


def prepare(exhibition: Exhibition, content: bytes) -> CleanPicture:
    """The picture as a JPEG of our own making; one that is kept here already stays as it is.

    No transaction is open meanwhile that others would wait for. Raises Refused (422, field ``picture``) as
    ``core.files.images`` does.
    """
    if known := _find(exhibition, hashlib.sha256(content).hexdigest()):
        return CleanPicture(known.content, known.pixel_width, known.pixel_height)
    return images.as_jpeg(content, FIELD, longest=LONGEST_SIDE, quality=JPEG_QUALITY)


@transaction
def keep(actor: Actor, exhibition: Exhibition, clean: CleanPicture) -> KeptPicture:
    """Store a prepared picture, once. Raises Refused ``too_many_pictures`` (409)."""
    kept = KeptPicture(hashlib.sha256(clean.content).hexdigest(), clean.width, clean.height)
    if _find(exhibition, kept.digest):
        return kept
    statement = select(func.count()).select_from(PlanPicture).where(PlanPicture.exhibition_id == exhibition.id)
    if (db.session.scalar(statement) or 0) >= MOST_PICTURES:
        message = _l("There are %(most)s pictures of this hall already. Use one of them.", most=MOST_PICTURES)
        raise Refused("too_many_pictures", message, field=FIELD)
    picture = PlanPicture(
        exhibition_id=exhibition.id,
        digest=kept.digest,
        content=clean.content,
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
