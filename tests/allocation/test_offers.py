"""Offers and the waiting list: offers are mailed, answered on the exhibitor's desk, passed on when declined."""

import email
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import AuditEntry, RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import consequences, offers, service, waiting
from exhibition.allocation.planned import PlannedBooth
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs, sign_in

RATNA = Actor(None, "Ratna")


pytestmark = pytest.mark.usefixtures("csrf_off", "nobody_waits")


@pytest.fixture(autouse=True)
def addresses(exhibition: Exhibition) -> None:
    db.session.execute(update(Exhibitor).values(email=Exhibitor.slug + "@example.com"))
    db.session.commit()


def find(exhibition: Exhibition, state: str, nth: int = 0) -> PlannedBooth:
    return [booth for booth in service.plan(exhibition) if booth.state == state][nth]


def booth(exhibition: Exhibition, code: str) -> PlannedBooth:
    return next(booth for booth in service.plan(exhibition) if booth.code == code)


def mark(found: PlannedBooth) -> str:
    assert found.claim is not None
    return found.claim.mark


def exhibitor_of(found: PlannedBooth) -> int:
    assert found.claim is not None
    return found.claim.exhibitor_id


def outbox(app: Flask) -> list[EmailMessage]:
    """Read the mails that were sent, and remove them."""
    run_jobs()
    files = sorted((app.config["INSTANCE"] / "outbox").glob("*.eml"))
    mails = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
    for file in files:
        file.unlink()
    return mails


def wait(exhibition: Exhibition, count: int = 2, *, by_itself: bool = True) -> list[Exhibitor]:
    people = service.without_booth(exhibition)[:count]
    for one in people:
        waiting.add(RATNA, exhibition, one.id)
    waiting.rules(RATNA, exhibition.id, by_itself=by_itself, hours=24)
    db.session.refresh(exhibition)
    return people


def test_an_offer_is_mailed_with_its_deadline_and_the_way_to_answer(app: Flask, exhibition: Exhibition) -> None:
    outbox(app)
    held = find(exhibition, "held")
    service.offer(RATNA, exhibition, mark(held))
    mails = outbox(app)
    assert {mail["To"] for mail in mails} == {f"{held.slug}@example.com"}
    offer = next(mail for mail in mails if mail["Subject"].startswith("Anda ditawari stan"))
    text = offer.get_body(("plain",))
    assert text is not None
    assert held.code in text.get_content()
    assert "/daftar-stan/" in text.get_content(), "nobody of the demo has an account"


def test_nothing_is_mailed_about_an_offer_that_was_refused(app: Flask, exhibition: Exhibition) -> None:
    outbox(app)
    with pytest.raises(Refused):
        service.offer(RATNA, exhibition, mark(find(exhibition, "allocated")))
    assert outbox(app) == []


def test_confirming_moving_and_taking_back_are_told(app: Flask, exhibition: Exhibition) -> None:
    offered, free = find(exhibition, "offered"), find(exhibition, "open")
    outbox(app)
    service.confirm(RATNA, exhibition, mark(offered))
    service.move(RATNA, exhibition, mark(booth(exhibition, offered.code)), free.code)
    service.release(RATNA, exhibition, mark(booth(exhibition, free.code)))
    told = sorted(mail["Subject"] for mail in outbox(app))
    assert told == sorted(["Stan Anda sudah pasti", "Stan Anda berubah", "Stan Anda ditarik kembali"])


def test_a_declined_booth_goes_to_the_next_in_line(app: Flask, exhibition: Exhibition) -> None:
    first, second = wait(exhibition)
    offered = find(exhibition, "offered")
    outbox(app)
    offers.decline(RATNA, exhibition, exhibitor_of(offered), mark(offered))
    now = booth(exhibition, offered.code)
    assert (now.state, now.exhibitor) == ("offered", first.name)
    assert {mail["To"] for mail in outbox(app)} == {first.email}
    assert waiting.place_of(exhibition, second.id) == (1, 1)


def test_a_declined_booth_stays_free_where_the_organizer_decides(exhibition: Exhibition) -> None:
    wait(exhibition, by_itself=False)
    offered = find(exhibition, "offered")
    offers.decline(RATNA, exhibition, exhibitor_of(offered), mark(offered))
    assert booth(exhibition, offered.code).state == "open"


def test_an_offer_whose_time_is_over_is_free_at_once_and_passed_on_by_the_job(
    app: Flask, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = wait(exhibition, 3)
    codes = [found.code for found in service.plan(exhibition) if found.state == "offered"]
    late = clock.now() + timedelta(days=365)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert {booth(exhibition, code).state.value for code in codes} == {"open"}
    outbox(app)
    consequences.lapse()
    assert [booth(exhibition, code).exhibitor for code in codes] == [one.name for one in people[: len(codes)]]
    assert "Waktu untuk menerima stan sudah lewat" in {mail["Subject"] for mail in outbox(app)}


def test_an_expired_offer_cannot_be_accepted(exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = find(exhibition, "offered")
    late = clock.now() + timedelta(days=365)
    monkeypatch.setattr(clock, "now", lambda: late)
    with pytest.raises(Refused) as refused:
        offers.accept(RATNA, exhibition, exhibitor_of(offered), mark(offered))
    assert refused.value.code == "changed_since"


def test_who_asks_for_another_booth_is_first_in_line_with_the_wish(exhibition: Exhibition) -> None:
    (first,) = wait(exhibition, 1)
    offered = find(exhibition, "offered")
    offers.ask_for_another(RATNA, exhibition, exhibitor_of(offered), mark(offered), "dekat pintu")
    assert booth(exhibition, offered.code).exhibitor == first.name
    line = waiting.waiting(exhibition)[0]
    assert (line.exhibitor_id, line.wish) == (exhibitor_of(offered), "dekat pintu")


def test_accepting_takes_the_exhibitor_off_the_list(exhibition: Exhibition) -> None:
    (one,) = wait(exhibition, 1, by_itself=False)
    free = find(exhibition, "open")
    consequences.offer_to_next(RATNA, exhibition, free.id)
    offers.accept(RATNA, exhibition, one.id, mark(booth(exhibition, free.code)))
    assert waiting.place_of(exhibition, one.id) is None
    assert booth(exhibition, free.code).state == "allocated"


def test_every_step_of_the_waiting_list_is_audited(exhibition: Exhibition) -> None:
    (one,) = wait(exhibition, 1)
    waiting.put_first(RATNA, exhibition, one.id)
    waiting.remove(RATNA, exhibition, one.id)
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("waiting.%"))).all()
    assert {"waiting.add", "waiting.put_first", "waiting.remove", "waiting.rules"} <= set(actions)


def test_the_desk_keeps_the_list_and_offers_a_free_booth(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    one, other = service.without_booth(exhibition)[:2]
    for exhibitor in (one, other):
        added = organizer_client.post("/desk/waiting", data={"exhibitor_id": exhibitor.id})
        assert added.status_code == 302
    assert organizer_client.post("/desk/waiting", data={"exhibitor_id": one.id}).status_code == 409
    organizer_client.post(f"/desk/waiting/{other.id}/first")
    page = organizer_client.get("/desk/waiting").text
    assert page.index(other.name) < page.index(one.name)
    free = find(exhibition, "open")
    organizer_client.post(f"/desk/waiting/booths/{free.id}/offer")
    assert booth(exhibition, free.code).exhibitor == other.name


@pytest.mark.parametrize("value", ["", "x", "0", "-1", "99999999999", "\x00", "🎪"])
def test_a_hostile_exhibitor_is_refused(exhibition: Exhibition, organizer_client: FlaskClient, value: str) -> None:
    assert organizer_client.post("/desk/waiting", data={"exhibitor_id": value}).status_code == 422
    assert waiting.waiting(exhibition) == []


@pytest.mark.parametrize("hours", ["", "0", "x", "1441", "-5"])
def test_hostile_hours_are_refused(exhibition: Exhibition, organizer_client: FlaskClient, hours: str) -> None:
    assert organizer_client.post("/desk/waiting/rules", data={"offer_hours": hours}).status_code == 422


def test_an_exhibitor_sees_their_place_and_asks_for_another_booth(app: Flask, exhibition: Exhibition) -> None:
    offered = find(exhibition, "offered")
    user = create_user(COMMAND_LINE, "siti@example.com", RoleName.EXHIBITOR, name="Siti")
    exhibitors.join(user.id, exhibitor_of(offered))
    client = sign_in(app.test_client(), user)
    data = {"seen": mark(offered), "answer": "another", "wish": "di pojok"}
    assert client.post("/exhibitor/answer", data=data).status_code == 302
    page = client.get("/exhibitor/booth").text
    assert "nomor 1 dari 1" in page
    assert "mengembalikan" in page
