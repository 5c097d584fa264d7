"""Planning a round that closes a session mails those with an address, once, and reports the right number."""

import email
from datetime import time, timedelta
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail, send_due
from exhibition.venue import rounds
from exhibition.venue.models import Exhibition
from exhibition.venue.rounds import Displaced
from exhibition.visitors import service, slots
from exhibition.visitors.models import MessageKind, VisitorContact, VisitorPass
from exhibition.visitors.registration.party import Issued, Party
from tests.gate import world


@pytest.fixture(autouse=True)
def empty_outbox(app: Flask) -> None:
    for file in (app.config["INSTANCE"] / "outbox").glob("*.eml"):
        file.unlink()


def register(slot: slots.Slot, address: str | None = "siti@example.com", people: int = 2, locale: str = "en") -> Issued:
    return service.register(Party(slot.id, "Siti <b>Aminah", address, None, people, locale))


def when(exhibition: Exhibition, slot: slots.Slot) -> dict[str, str]:
    """The slot's whole time in the format of the desk's form."""
    local = slot.starts_at.astimezone(ZoneInfo(exhibition.timezone))
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    return {"day": local.date().isoformat(), "starts_at": f"{local:%H:%M}", "minutes": str(minutes)}


def disinfect(exhibition: Exhibition, slot: slots.Slot, *, earlier: int = 0, minutes: int | None = None) -> Displaced:
    """A round over the whole slot, or one that begins some minutes before it."""
    local = slot.starts_at.astimezone(ZoneInfo(exhibition.timezone)) - timedelta(minutes=earlier)
    lasts = int((slot.ends_at - slot.starts_at).total_seconds()) // 60 if minutes is None else minutes
    return rounds.add(COMMAND_LINE, exhibition, local.date(), time(local.hour, local.minute), lasts)


def told() -> list[int]:
    """The registrations with a mail about a closed session."""
    statement = select(OutboxMail.about_id).where(OutboxMail.kind == MessageKind.CLOSED)
    return sorted(db.session.scalars(statement))


def outbox(app: Flask) -> list[EmailMessage]:
    folder = app.config["INSTANCE"] / "outbox"
    mails = [email.message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("*.eml")]
    return [mail for mail in mails if isinstance(mail, EmailMessage)]


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return part.get_content()


def send_the_passes(app: Flask) -> None:
    send_due()
    for file in (app.config["INSTANCE"] / "outbox").glob("*.eml"):
        file.unlink()


@pytest.mark.parametrize(
    ("locale", "subject", "sentence"),
    [
        ("en", "Closed: your session at Pameran", "Please move to another session"),
        ("id", "Ditutup: sesi Anda di Pameran", "Silakan pindah ke sesi lain"),
    ],
)
def test_the_mail_says_in_the_visitors_language_where_to_move(
    app: Flask, exhibition: Exhibition, locale: str, subject: str, sentence: str
) -> None:
    [slot] = world.coming_slots()
    issued = register(slot, locale=locale)
    send_the_passes(app)
    disinfect(exhibition, slot)
    assert send_due() == 1
    assert send_due() == 0
    [mail] = outbox(app)
    assert mail["To"] == "siti@example.com"
    assert mail["Subject"].startswith(subject)
    for kind in ("plain", "html"):
        assert sentence in body(mail, kind)
        assert f"http://localhost/p/{issued.manage_key}" in body(mail, kind)
    assert "<b>Aminah" not in body(mail, "html")
    assert {part.get_content_type() for part in mail.walk()} == {"multipart/alternative", "text/plain", "text/html"}


def test_only_those_are_written_to_who_may_still_come_and_left_an_address(exhibition: Exhibition) -> None:
    slot, other = world.coming_slots(2)
    coming_still = register(slot)
    register(slot, address=None, people=3)
    cancelled, revoked, used, partly = (register(slot, f"{n}@example.com", 2) for n in range(4))
    register(other, "other@example.com")
    service.cancel(cancelled.manage_key)
    service.revoke(COMMAND_LINE, revoked.registration_id)
    for issued, admitted in ((used, 2), (partly, 1)):
        values = {"admitted": admitted, "inside": admitted}
        db.session.execute(update(VisitorPass).where(VisitorPass.id == issued.pass_id).values(values))
    db.session.commit()
    displaced = disinfect(exhibition, slot)
    assert told() == [coming_still.registration_id, partly.registration_id]
    assert displaced == Displaced(people=slot.issued + 2 + 3 + 2 + 2, mails=2, reached=4)


def test_a_party_that_is_partly_in_is_not_sent_where_it_cannot_move(app: Flask, exhibition: Exhibition) -> None:
    [slot] = world.coming_slots()
    issued = register(slot)
    send_the_passes(app)
    db.session.execute(update(VisitorPass).where(VisitorPass.id == issued.pass_id).values(admitted=1, inside=1))
    db.session.commit()
    disinfect(exhibition, slot)
    send_due()
    [mail] = outbox(app)
    assert "Please ask the organizers" in body(mail, "plain")
    assert "Please move" not in body(mail, "plain") + body(mail, "html")


@pytest.mark.parametrize(("earlier", "less"), [(30, 30), (-15, 15)])
def test_a_round_that_leaves_part_of_the_session_sends_no_mail(exhibition: Exhibition, earlier: int, less: int) -> None:
    half_an_hour = timedelta(minutes=30)
    slot = next(
        one for one in world.coming_slots(5) if not rounds.within(exhibition, one.starts_at - half_an_hour, one.ends_at)
    )
    register(slot)
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60 - less
    assert disinfect(exhibition, slot, earlier=earlier, minutes=minutes) == Displaced(0, 0, 0)
    assert told() == []


def test_a_refused_round_writes_to_nobody(exhibition: Exhibition) -> None:
    [slot] = world.coming_slots()
    register(slot)
    disinfect(exhibition, slot)
    with pytest.raises(Refused):
        disinfect(exhibition, slot)
    assert len(told()) == 1


def test_the_database_keeps_one_mail_for_each_registration_and_round(exhibition: Exhibition) -> None:
    [slot] = world.coming_slots()
    issued = register(slot)
    disinfect(exhibition, slot)
    key = db.session.scalar(select(OutboxMail.dedupe_key).where(OutboxMail.kind == MessageKind.CLOSED))
    again = OutboxMail(kind=MessageKind.CLOSED, about_id=issued.registration_id, dedupe_key=key)
    db.session.add(again)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("meanwhile", ["moved", "round removed", "cancelled", "erased"])
def test_a_mail_that_is_no_longer_true_is_not_sent(app: Flask, exhibition: Exhibition, meanwhile: str) -> None:
    slot, other = world.coming_slots(2)
    issued = register(slot)
    send_the_passes(app)
    disinfect(exhibition, slot)
    match meanwhile:
        case "moved":
            service.move(issued.manage_key, other.id)
        case "cancelled":
            service.cancel(issued.manage_key)
        case "erased":
            db.session.delete(db.session.get_one(VisitorContact, issued.registration_id))
            db.session.commit()
        case _:
            [row] = rounds.within(exhibition, slot.starts_at, slot.ends_at)
            rounds.remove(COMMAND_LINE, exhibition, row.id)
    send_due()
    assert not [mail for mail in outbox(app) if "Closed" in mail["Subject"]]
    assert len(told()) == 1


def test_many_people_are_written_to_by_the_same_statements(exhibition: Exhibition, statements: list[str]) -> None:
    one, many = world.coming_slots(2)
    register(one)
    for n in range(20):
        register(many, f"{n}@example.com", 1)
    statements.clear()
    disinfect(exhibition, one)
    few = len(statements)
    statements.clear()
    assert disinfect(exhibition, many).mails == 20
    assert len(statements) == few


@pytest.mark.usefixtures("csrf_off")
@pytest.mark.parametrize(
    ("addresses", "sentence"),
    [
        (["a@example.com", "b@example.com", None], "2 surel dikirim sekarang dan sampai ke 4 orang di antaranya."),
        (["a@example.com"], "1 surel dikirim sekarang dan sampai ke 2 orang di antaranya."),
        ([None], "Tidak ada surel yang dikirim: tidak seorang pun yang masih akan datang meninggalkan alamat surel."),
    ],
)
def test_the_organizer_is_told_how_many_have_to_move_and_how_many_are_written_to(
    exhibition: Exhibition, organizer_client: FlaskClient, addresses: list[str | None], sentence: str
) -> None:
    [slot] = world.coming_slots()
    for address in addresses:
        register(slot, address)
    page = organizer_client.post("/desk/rounds", data=when(exhibition, slot), follow_redirects=True).text
    assert f"{2 * len(addresses) + slot.issued} orang punya tempat di sesi yang ditutup oleh penyemprotan ini" in page
    assert sentence in page


def test_a_round_that_takes_the_place_of_one_taken_away_is_told_again(exhibition: Exhibition) -> None:
    [slot] = world.coming_slots()
    issued = register(slot)
    disinfect(exhibition, slot)
    send_due()
    [row] = rounds.within(exhibition, slot.starts_at, slot.ends_at)
    rounds.remove(COMMAND_LINE, exhibition, row.id)
    disinfect(exhibition, slot)
    assert told() == [issued.registration_id] * 2
