"""The mails to visitors with their built-in words, and what stands for the placeholders in them."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exhibition.core import clock, qr
from exhibition.core.config import public_address
from exhibition.core.i18n import current_locale, hours_text, long_date
from exhibition.core.i18n import lazy as _l
from exhibition.venue.edition.mail_texts import (
    HELLO,
    OF_FAIR,
    AutomaticMail,
    MailReaders,
    MailValues,
    declare,
    values_of_fair,
)
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys
from exhibition.visitors.mails.messages import pass_address
from exhibition.visitors.models import MessageKind, PassState, SlotState
from exhibition.visitors.registration.party import Issued
from exhibition.visitors.slots import Slot

QR_CID = "pass-qr@exhibition.invalid"
CLOSED_BY_ROUND = "visitor.closed_by_round"
"""The words of a mail of the kind ``visitor.closed`` when a disinfection round closes the session."""
PLACEHOLDERS = {
    "name": _l("the reader's name"),
    **OF_FAIR,
    "day": _l("the day of their visit"),
    "time": _l("the hours of their session"),
    "people": _l("how many people come"),
    "link": _l("the address of their pass"),
}
SAMPLE_PEOPLE, SAMPLE_MINUTES = 2, 60


def values_of(exhibition: Exhibition, issued: Issued, name: str, *, qr_source: str = f"cid:{QR_CID}") -> MailValues:
    """What a mail about the pass says to the visitor called ``name``, in the current language."""
    slot, zone = issued.slot, exhibition.timezone
    address = pass_address(issued.manage_key)
    placeholders = values_of_fair(exhibition) | {
        "name": name,
        "day": long_date(slot.starts_at, zone),
        "time": hours_text(slot.starts_at, slot.ends_at, zone),
        "people": str(issued.party_size),
        "link": address,
    }
    facts = {
        "issued": issued,
        "address": address,
        "again": public_address("visitors.register", edition=exhibition.slug),
        "note": "" if slot.is_closed_by_round(clock.now()) else slot.note,
        "qr_source": qr_source,
    }
    return MailValues(placeholders, facts)


def sample(exhibition: Exhibition) -> MailValues:
    """A pass for the first hour of the fair that no gate lets in: no server has its key."""
    opens_at = exhibition.days[0].opens_at if exhibition.days else time(9)
    starts_at = datetime.combine(exhibition.starts_on, opens_at, ZoneInfo(exhibition.timezone))
    slot = Slot(
        id=0,
        number=1,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=SAMPLE_MINUTES),
        capacity=SAMPLE_PEOPLE,
        issued=SAMPLE_PEOPLE,
        state=SlotState.OPEN,
        note="",
        reserved=False,
        disinfected_from=None,
    )
    issued = Issued(
        registration_id=0,
        exhibition_id=exhibition.id,
        reference="R-SAMPLE",
        manage_key="sample",
        locale=current_locale(),
        pass_id=0,
        code="SAMP-LE00",
        party_size=SAMPLE_PEOPLE,
        inside=0,
        admitted=0,
        released=0,
        generation=0,
        state=PassState.VALID,
        slot=slot,
        key_id=keys.LAST_KEY_ID,
        key=Ed25519PrivateKey.generate(),
    )
    picture = b64encode(qr.png(issued.token)).decode()
    return values_of(exhibition, issued, "Siti Aminah", qr_source=f"data:image/png;base64,{picture}")


def to_visitors(
    kind: str,
    name: str,
    subject: str,
    sentence: str,
    template: str,
    *,
    placeholders: Mapping[str, str] = PLACEHOLDERS,
    shown: Callable[[Exhibition], MailValues] = sample,
) -> AutomaticMail:
    """A mail to a visitor: greeting and sentence, then ``visitors/mail/<template>``; ``shown`` makes the preview."""
    return AutomaticMail(
        kind=kind,
        readers=MailReaders.VISITORS,
        name=name,
        subject=subject,
        paragraphs=(HELLO, sentence),
        placeholders=placeholders,
        template=f"visitors/mail/{template}",
        sample=shown,
    )


declare(
    to_visitors(
        MessageKind.PASS, _l("Pass after registration"), _l("Your pass for {fair}"), _l("here is your pass."), "pass"
    ),
    to_visitors(
        MessageKind.ALREADY,
        _l("Pass that is there already"),
        _l("You have a pass for {fair} already"),
        _l(
            "somebody has just asked for a pass with your e-mail address or phone number. There is one for this day"
            " already, so no second one was made; here it is."
        ),
        "already",
    ),
    to_visitors(
        MessageKind.MOVED,
        _l("Visit moved to another session"),
        _l("Moved: your pass for {fair}"),
        _l("your visit was moved. The old QR code no longer works; this is your pass now."),
        "pass",
    ),
    to_visitors(
        MessageKind.CANCELLED,
        _l("Visit cancelled"),
        _l("Cancelled: your visit to {fair}"),
        _l("your visit was cancelled and the places are free for others. The QR code no longer works."),
        "cancelled",
    ),
    to_visitors(
        CLOSED_BY_ROUND,
        _l("Session closed by a disinfection round"),
        _l("Closed: your session at {fair}"),
        _l("your session is closed: the hall is disinfected then, and nobody is let in."),
        "closed",
    ),
    to_visitors(
        MessageKind.CLOSED,
        _l("Session closed by a change of plans"),
        _l("Closed: your session at {fair}"),
        _l("your session is closed, because the plan of the fair has changed; nobody is let in then."),
        "closed",
    ),
    to_visitors(
        MessageKind.REOPENED,
        _l("Session open again"),
        _l("Open again: your session at {fair}"),
        _l("your session is open again. Your pass is good for it, as before."),
        "pass",
    ),
    to_visitors(
        MessageKind.PLACE,
        _l("Fair at another place"),
        _l("New place: {fair}"),
        _l("the fair takes place somewhere else. The new place is below; your pass stays good, at the same time."),
        "pass",
    ),
    to_visitors(
        MessageKind.CHANGED,
        _l("Party made larger or smaller"),
        _l("Changed: your pass for {fair}"),
        _l("your pass is for another number of people now. The old QR code no longer works; this is your pass."),
        "pass",
    ),
    to_visitors(
        MessageKind.CALLED_OFF,
        _l("Fair called off"),
        _l("Called off: {fair}"),
        _l("this fair is called off. It does not take place, and your pass is no longer needed. We are sorry."),
        "state",
    ),
    to_visitors(
        MessageKind.POSTPONED,
        _l("Fair postponed"),
        _l("Postponed: {fair}"),
        _l(
            "this fair is postponed: it does not take place on the day of your pass. Keep the pass; we write to you"
            " when the new days are known."
        ),
        "state",
    ),
    to_visitors(
        MessageKind.TAKES_PLACE,
        _l("Fair takes place after all"),
        _l("It takes place: {fair}"),
        _l("this fair takes place after all. Your pass is valid:"),
        "state",
    ),
)
