"""Mails to visitors: queued with the change, composed when they are sent, never for a change that failed."""

import email
import io
from email.message import EmailMessage
from email.policy import default

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from PIL import Image
from sqlalchemy import select

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.outbox import MailState, OutboxMail, send_due
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys, rules, service, slots, tokens
from exhibition.visitors.models import MessageKind
from exhibition.visitors.registration.party import Issued, Party
from tests.fairs import the_fair
from tests.mailbox import Mailbox


@pytest.fixture(autouse=True)
def fair(exhibition: Exhibition) -> None:
    """Every test here has the demo edition."""


def register(address: str | None = "siti@example.com", locale: str = "en", people: int = 2) -> Issued:
    now = clock.now()
    slot = next(slot for slot in slots.of_edition(the_fair().id) if slot.status(now) is rules.SlotStatus.OPEN)
    return service.register(Party(slot.id, "Siti Aminah", address, None, people, locale))


def stored() -> OutboxMail:
    return db.session.scalars(select(OutboxMail).execution_options(populate_existing=True)).one()


def outbox(app: Flask) -> list[EmailMessage]:
    folder = app.config["INSTANCE"] / "outbox"
    mails = [email.message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("*.eml")]
    return [mail for mail in mails if isinstance(mail, EmailMessage)]


@pytest.fixture(autouse=True)
def empty_outbox(app: Flask) -> None:
    for file in (app.config["INSTANCE"] / "outbox").glob("*.eml"):
        file.unlink()


def test_a_pass_goes_by_smtp_with_qr_and_calendar(mailbox: Mailbox) -> None:
    issued = register()
    assert send_due() == 1
    [(recipients, mail)] = mailbox.received
    assert recipients == ["siti@example.com"]
    assert mail["Subject"] == "Your pass for Pameran Produk UMKM Kabupaten Semarang"
    text = mail.get_body(("plain",))
    assert text is not None
    assert f"http://localhost/p/{issued.manage_key}" in text.get_content()
    parts = {part.get_content_type(): part for part in mail.walk()}
    picture = parts["image/png"]
    html = mail.get_body(("html",))
    assert html is not None
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html.get_content()
    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.get_content())))
    assert tokens.decode(read.text, keys.public_keys()).pass_id == issued.pass_id
    calendar = Calendar.from_ical(parts["text/calendar"].get_content())
    assert isinstance(calendar, Calendar)
    assert [event.start for event in calendar.events] == [issued.slot.starts_at]


def test_a_mail_is_in_the_language_of_the_registration(app: Flask) -> None:
    register(locale="id")
    send_due()
    [mail] = outbox(app)
    assert "Tiket" in mail["Subject"]


@pytest.mark.parametrize("required", [True, False])
def test_a_pass_tells_of_masks_only_where_the_edition_asks(
    app: Flask, client: FlaskClient, exhibition: Exhibition, *, required: bool
) -> None:
    exhibition.mask_required = required
    db.session.commit()
    issued = register()
    send_due()
    [mail] = outbox(app)
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    texts = [body.get_content() for body in bodies if body is not None]
    client.set_cookie("locale", "en")
    texts.append(client.get(f"/p/{issued.manage_key}").text)
    assert ["mask" in text.lower() for text in texts] == [required] * 3


def test_nothing_is_sent_when_the_transaction_fails(app: Flask) -> None:
    issued = register()
    send_due()

    @transaction
    def fails() -> None:
        service.cancel(issued.manage_key)
        raise Refused("no", "no")

    with pytest.raises(Refused):
        fails()
    assert send_due() == 0
    assert len(outbox(app)) == 1


def test_nothing_is_written_without_an_address() -> None:
    register(address=None)
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_moving_and_cancelling_send_a_mail(mailbox: Mailbox) -> None:
    issued = register()
    now = clock.now()
    other = next(
        slot
        for slot in slots.of_edition(the_fair().id)
        if slot.status(now) is rules.SlotStatus.OPEN and slot.id != issued.slot.id
    )
    send_due()
    service.move(issued.manage_key, other.id)
    send_due()
    service.cancel(issued.manage_key)
    send_due()
    assert [mail["Subject"].split(":")[0] for mail in mailbox.mails[1:]] == ["Moved", "Cancelled"]


def test_a_pass_that_was_cancelled_meanwhile_is_not_sent(app: Flask) -> None:
    issued = register()
    service.cancel(issued.manage_key)
    send_due()
    assert [mail["Subject"].split(":")[0] for mail in outbox(app)] == ["Cancelled"]
    states = select(OutboxMail.kind, OutboxMail.state).order_by(OutboxMail.id)
    assert [tuple(mail) for mail in db.session.execute(states)] == [
        (MessageKind.PASS, MailState.DROPPED),
        (MessageKind.CANCELLED, MailState.SENT),
    ]


def test_a_name_cannot_add_headers_or_markup_to_the_mail(app: Flask) -> None:
    now = clock.now()
    slot = next(slot for slot in slots.of_edition(the_fair().id) if slot.status(now) is rules.SlotStatus.OPEN)
    service.register(Party(slot.id, "<b>Siti</b>", "siti@example.com", None, 1, "en"))
    send_due()
    [mail] = outbox(app)
    html = mail.get_body(("html",))
    assert html is not None
    assert "<b>Siti" not in html.get_content()


def test_the_desk_can_send_a_pass_again(app: Flask) -> None:
    issued = register()
    send_due()
    service.send_again(issued.registration_id)
    send_due()
    assert len(outbox(app)) == 2


def test_sending_to_an_address_keeps_it_for_the_registration(app: Flask) -> None:
    issued = register(address=None)
    service.send_to(issued.manage_key, "budi@example.com")
    assert stored().kind == MessageKind.PASS
    send_due()
    assert [mail["To"] for mail in outbox(app)] == ["budi@example.com"]
