"""Documents of an application: pictures are re-encoded, PDFs stored as they are; the content decides which it is.

Only the applicant (by the application's key) and organizers can get them, always as a download.
"""

import hashlib
from pathlib import PurePath

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files import images
from exhibition.exhibitors.models import Application, ApplicationDocument

FIELD = "document"
MAX_BYTES = images.MAX_BYTES
MOST = 8
"""The most documents of one application."""
LARGEST = 1600
"""The most pixels of a picture's longer side."""
PDF, JPEG = "application/pdf", "image/jpeg"
EXTENSIONS = {PDF: "pdf", JPEG: "jpg"}
JPEG_QUALITY = 85


def _refuse(code: str, message: LazyString) -> Refused:
    return Refused(code, message, status=422, field=FIELD)


def _picture(content: bytes) -> bytes:
    return images.as_jpeg(content, FIELD, longest=LARGEST, quality=JPEG_QUALITY).content


def prepare(content: bytes) -> tuple[str, bytes]:
    """Media type and content to store, whatever name and type the upload claims.

    Raises Refused (422, field ``document``) ``document_empty``, ``document_too_large``, ``document_broken``,
    ``document_unreadable``, ``picture_…``, and what ``core.confined.calls.confined`` raises.
    """
    if not content:
        raise _refuse("document_empty", _l("There is nothing in this file."))
    if len(content) > MAX_BYTES:
        raise _refuse("document_too_large", _l("The file is larger than 5 MB. Choose a smaller one."))
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise _refuse("document_broken", _l("This PDF is incomplete. Save it again, or take a photo of the paper."))
        return PDF, content
    try:
        return JPEG, _picture(content)
    except Refused as refused:
        if refused.code != "picture_unreadable":
            raise
        message = _l("This file is neither a photo nor a PDF that we can read.")
        raise _refuse("document_unreadable", message) from refused


def file_name(text: str, media_type: str) -> str:
    """A safe file name: the last part of the uploaded name, with the extension that fits the media type."""
    stem = PurePath(text.replace("\\", "/")).stem
    name = "".join(character for character in stem if character.isprintable() and character not in '"<>')
    return f"{name.strip()[:80] or 'dokumen'}.{EXTENSIONS[media_type]}"


def add(actor: Actor, application_id: int, name: str, content: bytes) -> ApplicationDocument | None:
    """Store an uploaded file; None when the same content is there already. Raises as ``prepare`` and ``_add`` do."""
    media_type, kept = prepare(content)  # decoding is slow, so no transaction is open meanwhile
    return _add(actor, application_id, file_name(name, media_type), media_type, kept)


@transaction
def _add(actor: Actor, application_id: int, name: str, media_type: str, content: bytes) -> ApplicationDocument | None:
    """Raises Refused ``documents_too_many`` (422)."""
    application = db.session.get_one(Application, application_id, with_for_update=True)
    digest = hashlib.sha256(content).hexdigest()
    own = ApplicationDocument.application_id == application_id
    if db.session.scalar(select(ApplicationDocument.id).where(own, ApplicationDocument.digest == digest)):
        return None
    if (db.session.scalar(select(func.count()).select_from(ApplicationDocument).where(own)) or 0) >= MOST:
        raise _refuse("documents_too_many", _l("Eight files are enough. Remove one first."))
    document = ApplicationDocument(
        application_id=application_id,
        name=name,
        media_type=media_type,
        size=len(content),
        digest=digest,
        content=content,
    )
    db.session.add(document)
    record(actor, "application.document", "application", application_id, name=application.name, after={"added": name})
    return document


def of(application_id: int, document_id: int) -> ApplicationDocument:
    """One document of this application; raises NotFound for another's."""
    statement = select(ApplicationDocument).where(
        ApplicationDocument.id == document_id, ApplicationDocument.application_id == application_id
    )
    document = db.session.scalar(statement)
    if document is None:
        raise NotFound
    return document


@transaction
def remove(actor: Actor, application_id: int, document_id: int) -> str:
    """Delete a document and return its name. Raises NotFound."""
    document = of(application_id, document_id)
    name = document.name
    db.session.delete(document)
    record(actor, "application.document", "application", application_id, after={"removed": name})
    return name
