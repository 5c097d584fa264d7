"""Another place of the fair: whoever has a pass is told, after the organizer has seen whom it concerns."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import outbox
from exhibition.core.db import db
from exhibition.core.outbox import OutboxMail
from exhibition.editions import consequences
from exhibition.editions.rules.consequences import Done
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors import service
from exhibition.visitors.models import MessageKind
from exhibition.visitors.registration.party import Issued, Party
from tests.editions.test_consequences import save, week_later
from tests.gate import world

pytestmark = pytest.mark.usefixtures("csrf_off")
NEW = {"venue_name": "Gedung Olahraga", "address": "Jl. Pemuda 1, Ungaran"}
TOLD = {"place_seen": "y", "tell_place": "y"}


def register(address: str | None = "siti@example.com") -> Issued:
    phone = None if address else "+6281234567890"
    return service.register(Party(world.coming_slots()[0].id, "Siti", address, phone, 2, "en"))


def told(kind: str = MessageKind.PLACE) -> list[int]:
    return sorted(db.session.scalars(select(OutboxMail.about_id).where(OutboxMail.kind == kind)))


def place(exhibition: Exhibition) -> dict[str, Any]:
    db.session.expire_all()
    return {"venue_name": exhibition.venue_name, "address": exhibition.address}


def test_it_is_shown_first_and_then_told_with_the_new_place_and_the_calendar_entry(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    issued, other, old = register(), register(None), place(exhibition)
    shown = save(organizer_client, exhibition, **NEW)
    assert shown.status_code == 409
    assert "1 mail goes out and reaches 2 people" in shown.text
    assert other.reference in shown.text
    assert place(exhibition) == old
    assert save(organizer_client, exhibition, **NEW, **TOLD).status_code == 302
    assert place(exhibition) == NEW
    assert told() == [issued.registration_id]
    mail = outbox.composers[MessageKind.PLACE](MessageKind.PLACE, issued.registration_id)
    assert mail is not None
    assert "Gedung Olahraga" in str(mail.get_body(("plain",)))
    [entry] = [part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"]
    [event] = Calendar.from_ical(entry.get_content()).walk("VEVENT")
    assert event["location"] == "Gedung Olahraga, Jl. Pemuda 1, Ungaran"
    assert service.get(issued.registration_id).generation == 0
    organizer_client.application.config["WTF_CSRF_ENABLED"] = True
    assert "Gedung Olahraga" in organizer_client.get(f"/p/{issued.manage_key}").text


def test_better_words_for_the_same_place_need_not_be_told(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    register()
    assert save(organizer_client, exhibition, **NEW, place_seen="y").status_code == 302
    assert place(exhibition) == NEW
    assert told() == []
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    assert told() == []


def test_a_place_that_concerns_nobody_is_saved_at_once(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert save(organizer_client, exhibition, **NEW).status_code == 302
    assert place(exhibition) == NEW


def test_nobody_is_told_of_the_place_of_a_fair_that_is_called_off(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    register()
    states.change_state(COMMAND_LINE, exhibition.slug, EditionState.CALLED_OFF)
    assert save(organizer_client, exhibition, **NEW).status_code == 302
    assert told() == []


def test_undo_brings_the_place_back_and_tells_again_unless_it_was_changed_since(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    issued, old = register(), place(exhibition)
    save(organizer_client, exhibition, **NEW, **TOLD)
    [change] = consequences.changes(exhibition)
    assert (change.done, change.counts["people"]) == (Done.PLACE, 2)
    save(organizer_client, exhibition, **NEW | {"address": "Jl. Pemuda 2"}, **TOLD)
    page = organizer_client.post(f"/desk/edition/changes/{change.id}/undo?lang=en")
    assert page.status_code == 409
    latest = consequences.changes(exhibition)[0].id
    assert organizer_client.post(f"/desk/edition/changes/{latest}/undo").status_code == 303
    assert organizer_client.post(f"/desk/edition/changes/{change.id}/undo").status_code == 303
    assert place(exhibition) == old
    assert told() == [issued.registration_id] * 4


def test_days_and_place_are_changed_together_and_everybody_gets_one_mail(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    issued, old = register(), place(exhibition)
    form = week_later(exhibition) | NEW
    shown = save(organizer_client, exhibition, **form)
    assert 'name="way" value="move"' in shown.text
    assert 'name="tell_place"' in shown.text
    assert save(organizer_client, exhibition, **form, **TOLD).status_code == 409
    assert save(organizer_client, exhibition, **form, way="move").status_code == 409
    assert place(exhibition) == old
    assert save(organizer_client, exhibition, **form, **TOLD, way="move").status_code == 302
    assert told(MessageKind.MOVED) == [issued.registration_id]
    assert told() == []
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    assert place(exhibition) == old
