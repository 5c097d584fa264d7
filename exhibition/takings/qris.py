"""Registering an exhibitor's QRIS, and holding a code at a booth against it: a wrong sticker leads money away.

No money is touched: the text in the code is read, kept and compared.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.accounts.audit import Actor, record
from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files import images
from exhibition.exhibitors.models import Exhibitor
from exhibition.takings.models import QrisCode
from exhibition.takings.rules import qris
from exhibition.takings.rules.qris import NotQris, QrisAnswer, QrisFault, StaticQris
from exhibition.venue.models import Booth, Exhibition

PAYLOAD, PICTURE = "payload", "picture"
FIELDS: dict[str, LazyString] = {
    qris.FORMAT: _l("format"),
    qris.INITIATION: _l("static or dynamic"),
    qris.ACCOUNTS[0]: _l("account"),
    qris.NATIONAL: _l("merchant number"),
    qris.CURRENCY: _l("currency"),
    qris.AMOUNT: _l("amount"),
    qris.COUNTRY: _l("country"),
    qris.NAME: _l("merchant name"),
    qris.CITY: _l("city"),
    qris.CRC: _l("check digits"),
}
"""What the fields are called that can be at fault."""


@dataclass(frozen=True)
class QrisLine:
    """An exhibitor with a confirmed booth, and what is known of its code."""

    exhibitor: Exhibitor
    booth: str
    code: StaticQris | None
    checked_at: datetime | None
    checked_as: QrisAnswer | None


@dataclass(frozen=True)
class QrisCheck:
    """A code at a booth, held against the registered one."""

    exhibitor: Exhibitor
    booth: str
    registered: StaticQris | None
    seen: StaticQris
    answer: QrisAnswer


def _said(fault: QrisFault, tag: str) -> LazyString:
    named = {"tag": tag or "\N{EN DASH}", "name": FIELDS.get(tag, "")}
    sentences = {
        QrisFault.EMPTY: _l("Choose a photo of the QRIS, or paste its text."),
        QrisFault.OTHER_CODE: _l("This is no QRIS: the text of one begins with 000201 (field 00)."),
        QrisFault.DAMAGED: _l(
            "This QRIS is damaged at field %(tag)s %(name)s: letters are missing or too many.", **named
        ),
        QrisFault.WRONG_CRC: _l("The check digits (field 63) do not fit: the text was changed or is not complete."),
        QrisFault.DYNAMIC: _l(
            "This QRIS is for one payment only (field %(tag)s, %(name)s). Take the one that always hangs at the booth.",
            **named,
        ),
        QrisFault.MISSING: _l("In this QRIS field %(tag)s (%(name)s) is missing.", **named),
        QrisFault.FOREIGN: _l("This code is not for rupiah in Indonesia: field %(tag)s (%(name)s).", **named),
    }
    return sentences[fault]


def read(payload: str, picture: bytes) -> StaticQris:
    """The QRIS in a photo, else in a text.

    Raises Refused (422, naming ``payload`` or ``picture``) ``qris_empty``, ``qris_other_code``, ``qris_damaged``,
    ``qris_wrong_crc``, ``qris_dynamic``, ``qris_missing`` and ``qris_foreign``, with the number of the field at fault
    as ``tag``; ``qris_none`` and ``qris_several`` for a photo, and what ``core.files.images`` raises.
    """
    field, text = PAYLOAD, payload
    if picture:
        field = PICTURE
        texts = sorted(set(images.qr_texts(picture, PICTURE)))
        if not texts:
            message = _l("No QR code is seen in the photo. Take it from the front, near enough, in good light.")
            raise Refused("qris_none", message, status=422, field=PICTURE)
        if len(texts) > 1:
            message = _l("There are several codes in the photo. Take one with only the QRIS in it.")
            raise Refused("qris_several", message, status=422, field=PICTURE)
        text = texts[0]
    try:
        return qris.read_qris(text)
    except NotQris as error:
        message = _said(error.fault, error.tag)
        raise Refused(error.fault.value, message, status=422, field=field, tag=error.tag) from error


def of_exhibitor(exhibitor_id: int) -> StaticQris | None:
    """The code that is registered."""
    kept = db.session.get(QrisCode, exhibitor_id)
    return qris.read_qris(kept.payload) if kept else None


@transaction
def register(actor: Actor, exhibitor: Exhibitor, code: StaticQris) -> None:
    """Keep the exhibitor's code, in place of an earlier one; the same again changes nothing."""
    kept = db.session.get(QrisCode, exhibitor.id, with_for_update=True) or QrisCode(exhibitor_id=exhibitor.id)
    if kept.payload == code.payload:
        return
    kept.payload, kept.registered_by, kept.registered_at = code.payload, actor.name, clock.now()
    kept.checked_at = kept.checked_as = None
    db.session.add(kept)
    after = {"merchant": code.merchant, "city": code.city}
    record(actor, "qris.register", "exhibitor", exhibitor.id, name=exhibitor.name, after=after)


@transaction
def remove(actor: Actor, exhibitor: Exhibitor) -> None:
    """Forget the exhibitor's code; without one nothing happens."""
    kept = db.session.get(QrisCode, exhibitor.id)
    if kept is not None:
        db.session.delete(kept)
        record(actor, "qris.remove", "exhibitor", exhibitor.id, name=exhibitor.name)


def lines(exhibition: Exhibition) -> list[QrisLine]:
    """Who has a confirmed booth, by its code, with what is registered and when it was last checked."""
    statement = (
        select(Exhibitor, Booth.code, QrisCode)
        .join(Allocation, Allocation.exhibitor_id == Exhibitor.id)
        .join(Booth, Booth.id == Allocation.booth_id)
        .outerjoin(QrisCode, QrisCode.exhibitor_id == Exhibitor.id)
        .where(confirmed_in(exhibition.id))
        .order_by(Booth.code, Exhibitor.name)
    )
    return [
        QrisLine(
            exhibitor,
            booth,
            qris.read_qris(kept.payload) if kept else None,
            kept.checked_at if kept else None,
            kept.checked_as if kept else None,
        )
        for exhibitor, booth, kept in db.session.execute(statement)
    ]


@transaction
def check(actor: Actor, exhibition: Exhibition, exhibitor_id: int, seen: StaticQris) -> QrisCheck:
    """Hold a code at a booth against the registered one; who did it stands in the audit trail.

    Raises NotFound for an exhibitor without a confirmed booth here.
    """
    line = next((one for one in lines(exhibition) if one.exhibitor.id == exhibitor_id), None)
    if line is None:
        raise NotFound
    answer = qris.compare(line.code, seen)
    kept = db.session.get(QrisCode, exhibitor_id)
    if kept is not None:
        kept.checked_at, kept.checked_as = clock.now(), answer
    after = {"booth": line.booth, "answer": answer.value, "merchant": seen.merchant}
    record(actor, "qris.check", "exhibitor", exhibitor_id, name=line.exhibitor.name, after=after)
    return QrisCheck(line.exhibitor, line.booth, line.code, seen, answer)
