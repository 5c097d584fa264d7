"""A time slot that a disinfection round covers to its end closes by itself, and opens again without the round."""

from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.venue import rounds
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.visitors import service, slots
from exhibition.visitors.registration.party import Party
from exhibition.visitors.rules import SlotStatus
from tests.fairs import the_fair
from tests.gate import world


@transaction
def disinfect(exhibition: Exhibition, slot: slots.Slot, *, before: timedelta, after: timedelta) -> None:
    """A round that begins ``before`` the slot and ends ``after`` it."""
    db.session.add(
        DisinfectionRound(exhibition_id=exhibition.id, starts_at=slot.starts_at - before, ends_at=slot.ends_at + after)
    )


def party(slot_id: int) -> Party:
    return Party(slot_id, "Siti Aminah", None, None, 2, "id")


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (0, 0, SlotStatus.CLOSED),
        (20, 0, SlotStatus.CLOSED),
        (0, 20, SlotStatus.CLOSED),
        (-1, 0, SlotStatus.OPEN),
        (0, -1, SlotStatus.OPEN),
        (-20, -20, SlotStatus.OPEN),
    ],
)
def test_a_slot_is_closed_only_if_it_lies_wholly_within_a_round(
    exhibition: Exhibition, before: int, after: int, status: SlotStatus
) -> None:
    [slot] = world.coming_slots()
    disinfect(exhibition, slot, before=timedelta(minutes=before), after=timedelta(minutes=after))
    assert slots.get(the_fair(), slot.id).status(clock.now()) is status
    if status is SlotStatus.OPEN:
        assert service.register(party(slot.id)).slot.issued == slot.issued + 2
        return
    with pytest.raises(Refused) as refused:
        service.register(party(slot.id))
    assert (refused.value.code, refused.value.field) == ("slot_closed", "slot_id")
    assert slots.get(the_fair(), slot.id).issued == slot.issued


def test_a_new_pass_is_not_told_closed_because_of_a_round_at_another_time(exhibition: Exhibition) -> None:
    first, second = world.coming_slots(2)
    assert any(rounds.of_day(exhibition, one.day) for one in exhibition.days), "the fair has rounds"
    issued = service.register(party(first.id))
    assert issued.slot.status(clock.now()) is SlotStatus.OPEN
    assert service.move(issued.manage_key, second.id).slot.status(clock.now()) is SlotStatus.OPEN


def test_nobody_registers_for_the_rest_of_a_slot_that_is_nothing_but_disinfection(exhibition: Exhibition) -> None:
    now = clock.now()
    slot = next(slot for slot in slots.of_edition(the_fair().id) if slot.starts_at <= now < slot.ends_at)
    service.register(party(slot.id))
    disinfect(exhibition, slot, before=slot.starts_at - now + timedelta(minutes=1), after=timedelta())
    with pytest.raises(Refused) as refused:
        service.register(party(slot.id))
    assert refused.value.code == "slot_closed"


def test_a_pass_is_not_moved_into_a_slot_that_a_round_closes_and_keeps_its_places(exhibition: Exhibition) -> None:
    mine, closed = world.coming_slots(2)
    issued = service.register(party(mine.id))
    disinfect(exhibition, closed, before=timedelta(), after=timedelta())
    with pytest.raises(Refused) as refused:
        service.move(issued.manage_key, closed.id)
    assert refused.value.code == "slot_closed"
    assert (slots.get(the_fair(), mine.id).issued, slots.get(the_fair(), closed.id).issued) == (
        mine.issued + 2,
        closed.issued,
    )
    assert service.find(issued.manage_key).slot.id == mine.id


def test_pages_say_why_and_do_not_offer_it(client: FlaskClient, exhibition: Exhibition) -> None:
    mine, _other = world.coming_slots(2)
    issued = service.register(party(mine.id))
    disinfect(exhibition, mine, before=timedelta(), after=timedelta())
    assert f'name="slot_id" value="{mine.id}" disabled>' in client.get("/daftar").text
    assert "Ditutup untuk penyemprotan" in client.get("/").text
    told = client.get(urlsplit(f"/p/{issued.manage_key}").path).text
    assert "Ditutup untuk penyemprotan" in told
    assert "Silakan pindah ke sesi lain" in told
    listed = client.get("/api/v1/slots").json
    assert listed is not None
    assert next(one["state"] for one in listed if one["id"] == mine.id) == "closed"


@pytest.mark.usefixtures("csrf_off")
def test_planning_a_round_tells_how_many_people_have_to_move(
    exhibition: Exhibition, organizer_client: FlaskClient
) -> None:
    [slot] = world.coming_slots()
    service.register(party(slot.id))
    local = slot.starts_at.astimezone(ZoneInfo(exhibition.timezone))
    form = {"day": local.date().isoformat(), "starts_at": f"{local:%H:%M}", "minutes": "60"}
    page = organizer_client.post("/desk/rounds", data=form, follow_redirects=True).text
    assert "2 orang punya tempat di sesi yang ditutup oleh penyemprotan ini" in page
    assert "Ratna" in {one.planned_by for one in rounds.of_day(exhibition, local.date())}


def test_without_the_round_the_slot_is_open_again(exhibition: Exhibition) -> None:
    [slot] = world.coming_slots()
    disinfect(exhibition, slot, before=timedelta(), after=timedelta())
    [row] = rounds.within(exhibition, slot.starts_at, slot.ends_at)
    rounds.remove(COMMAND_LINE, exhibition, row.id)
    assert service.register(party(slot.id)).slot.id == slot.id
