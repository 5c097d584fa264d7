"""Whom the organizers are to write to by phone, because no e-mail address is known; with what words, and when done.

Nothing is sent by the software: a link opens WhatsApp with the words, and whoever sent them ticks the line off.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.config import public_url
from exhibition.core.contacts import whatsapp_link
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.upserts import add_missing
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy
from exhibition.visitors.models import PassState, PhoneNotice, Registration, VisitorContact, VisitorPass

MOST_SHOWN = 200


@dataclass(frozen=True)
class PhoneLine:
    """Somebody to write to: their pass is to be sent to the phone it was registered with."""

    notice_id: int
    name: str
    phone: str
    reference: str
    registration_id: int
    asked_at: datetime
    text: str
    """In their language."""

    @property
    def address(self) -> str:
        """Opens WhatsApp with the text."""
        return whatsapp_link(self.phone, self.text)


def ask(registration_id: int) -> None:
    """Put a registration on the list, in the open transaction; once, until it is ticked off."""
    exhibition_id = select(Registration.exhibition_id).where(Registration.id == registration_id).scalar_subquery()
    row = {
        "exhibition_id": exhibition_id,
        "registration_id": registration_id,
        "created_at": clock.now(),
        "done_by": "",
    }
    add_missing(db.session.connection(), PhoneNotice, [row])


def waiting(exhibition: Exhibition) -> list[PhoneLine]:
    """Who waits to be written to, the longest first; nobody whose pass is not valid or whose number is erased."""
    statement = (
        select(
            PhoneNotice.id,
            VisitorContact.name,
            VisitorContact.phone,
            Registration.reference,
            Registration.id,
            PhoneNotice.created_at,
            Registration.manage_key,
            Registration.locale,
        )
        .join(Registration, Registration.id == PhoneNotice.registration_id)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(
            PhoneNotice.exhibition_id == exhibition.id,
            PhoneNotice.done_at.is_(None),
            VisitorPass.state == PassState.VALID,
            VisitorContact.phone.is_not(None),
        )
        .order_by(PhoneNotice.id)
        .limit(MOST_SHOWN)
    )
    return [
        PhoneLine(notice_id, name, phone or "", reference, registration_id, asked_at, _text(exhibition, key, locale))
        for notice_id, name, phone, reference, registration_id, asked_at, key, locale in db.session.execute(statement)
    ]


def _text(exhibition: Exhibition, manage_key: str, locale: str) -> str:
    with force_locale(locale):
        return _(
            "%(fair)s: with this number there is a pass already. Here it is: %(address)s . For another session, also on"
            " the same day: %(again)s",
            fair=exhibition.name,
            address=f"{public_url()}/p/{manage_key}",
            again=f"{public_url()}/p/{manage_key}/lagi",
        )


@transaction
def tick(actor: Actor, exhibition: Exhibition, notice_id: int) -> None:
    """Tick off that somebody was written to; again changes nothing. Raises NotFound."""
    if notice_id > LARGEST_ID:
        raise NotFound
    of_edition = PhoneNotice.id == notice_id, PhoneNotice.exhibition_id == exhibition.id
    if db.session.scalar(select(PhoneNotice.id).where(*of_edition)) is None:
        raise NotFound
    done = update(PhoneNotice).where(*of_edition, PhoneNotice.done_at.is_(None))
    ticked = done.values(done_at=clock.now(), done_by=actor.name).returning(PhoneNotice.registration_id)
    registration_id = db.session.execute(ticked).scalar_one_or_none()
    if registration_id is not None:
        record(actor, "phone_notice.tick", "registration", registration_id)


def _erase(exhibition_id: int, *, dry_run: bool) -> int:
    """With the contacts go the notices to them; they hold no names, so they count as none."""
    if not dry_run:
        db.session.execute(delete(PhoneNotice).where(PhoneNotice.exhibition_id == exhibition_id))
    return 0


privacy.erasers.append(_erase)
