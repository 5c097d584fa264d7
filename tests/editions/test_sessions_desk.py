"""What an organizer does to sessions at the desk: shown first, told to people, kept to be undone."""

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.core import outbox
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.editions import consequences, session_changes
from exhibition.editions.models import EditionChange
from exhibition.editions.rules.session_acts import (
    Division,
    Going,
    Joining,
    NewSessions,
    OtherTimes,
    Removal,
    Resettling,
)
from exhibition.venue.models import Exhibition
from exhibition.visitors import service, slots
from exhibition.visitors.models import MessageKind, SlotState, TimeSlot, VisitorPass
from exhibition.visitors.registration.party import Issued, Party
from tests.fairs import the_fair
from tests.gate import world

pytestmark = pytest.mark.usefixtures("csrf_off", "exhibition")
HOUR = timedelta(hours=1)


def post(client: FlaskClient, address: str, **data: Any) -> TestResponse:
    answer = client.post(f"/desk/{address}?lang=en", data=data)
    db.session.expire_all()
    return answer


def confirmed(client: FlaskClient, address: str, **data: Any) -> TestResponse:
    """Send it, look at what would follow, and send it again with what was seen."""
    shown = post(client, address, **data)
    assert shown.status_code == 200
    assert "Nothing is saved yet" in shown.text
    [seen] = re.findall(r'name="seen" value="(\d+)"', shown.text)
    return post(client, address, **data, seen=seen)


NUMBERS = itertools.count(1)


def register(slot: slots.Slot, address: str | None = "", people: int = 2) -> Issued:
    """A party; each has its own contact unless one is given."""
    number = next(NUMBERS)
    address = f"siti{number}@example.com" if address == "" else address
    phone = None if address else f"+62812345{number:05}"
    return service.register(Party(slot.id, "Siti Aminah", address, phone, people, "en"))


def told(kind: MessageKind) -> list[int]:
    return sorted(db.session.scalars(select(OutboxMail.about_id).where(OutboxMail.kind == kind)))


def again(slot: slots.Slot) -> slots.Slot:
    return slots.get(the_fair(), slot.id)


def written(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(the_fair().timezone)).strftime("%Y-%m-%dT%H:%M")


def pair() -> tuple[slots.Slot, slots.Slot]:
    """Two sessions of a later day, one directly after the other."""
    every = world.coming_slots(50)
    return next((one, two) for one, two in itertools.pairwise(every) if one.ends_at == two.starts_at)


def settings(slot: slots.Slot, **values: Any) -> dict[str, Any]:
    return {"capacity": slot.capacity, "state": slot.state.value, "note": slot.note} | values


def test_closing_shows_whom_it_concerns_then_tells_each_once_and_the_pass_page_says_why(
    organizer_client: FlaskClient,
) -> None:
    slot = pair()[0]
    issued, other = register(slot), register(slot, None, people=3)
    form = settings(slot, state="closed", note="Listrik padam")
    shown = post(organizer_client, f"slots/{slot.id}", **form)
    assert "5 people with a place are concerned" in shown.text
    assert "1 mail goes out and reaches 2 people" in shown.text
    assert shown.text.count('data-testid="unreached"') == 1
    assert other.reference in shown.text
    assert again(slot).state is SlotState.OPEN
    saved = post(organizer_client, f"slots/{slot.id}", **form, seen="5")
    assert saved.status_code == 303
    assert other.reference in organizer_client.get(saved.location).text
    assert again(slot).state is SlotState.CLOSED
    assert told(MessageKind.CLOSED) == [issued.registration_id]
    outbox.send_due()
    assert post(organizer_client, f"slots/{slot.id}", **form | {"note": "Listrik masih padam"}).status_code == 303
    assert told(MessageKind.CLOSED) == [issued.registration_id]
    organizer_client.application.config["WTF_CSRF_ENABLED"] = True
    page = organizer_client.get(f"/p/{issued.manage_key}?lang=en").text
    assert "Listrik masih padam" in page


def test_opening_again_tells_them_too(organizer_client: FlaskClient) -> None:
    slot = pair()[0]
    issued = register(slot)
    confirmed(organizer_client, f"slots/{slot.id}", **settings(slot, state="closed"))
    outbox.send_due()
    confirmed(organizer_client, f"slots/{slot.id}", **settings(slot, state="open"))
    assert told(MessageKind.REOPENED) == [issued.registration_id]
    mail = outbox.composers[MessageKind.REOPENED](MessageKind.REOPENED, issued.registration_id)
    assert mail is not None
    assert "your session is open again" in str(mail.get_body(("plain",)))


def test_what_concerns_nobody_is_saved_at_once(organizer_client: FlaskClient) -> None:
    slot = pair()[0]
    assert post(organizer_client, f"slots/{slot.id}", **settings(slot, state="closed")).status_code == 303
    assert again(slot).state is SlotState.CLOSED


def test_what_was_seen_is_shown_again_when_somebody_has_registered_meanwhile(organizer_client: FlaskClient) -> None:
    slot = pair()[0]
    register(slot)
    form = settings(slot, state="closed")
    assert "2 people" in post(organizer_client, f"slots/{slot.id}", **form).text
    register(slot)
    assert "4 people" in post(organizer_client, f"slots/{slot.id}", **form, seen="2").text
    assert again(slot).state is SlotState.OPEN


def test_a_retimed_session_gives_its_people_new_passes_and_tells_them(organizer_client: FlaskClient) -> None:
    first, second = pair()
    assert post(organizer_client, f"slots/{second.id}/remove").status_code == 303
    issued = register(first)
    start = written(first.starts_at + HOUR / 2)
    form = {"starts_at": start, "ends_at": written(first.ends_at + HOUR / 2)}
    assert confirmed(organizer_client, f"slots/{first.id}/times", **form).status_code == 303
    assert again(first).starts_at == first.starts_at + HOUR / 2
    assert service.get(issued.registration_id).generation == issued.generation + 1
    assert told(MessageKind.MOVED) == [issued.registration_id]


def test_a_session_that_only_ends_later_keeps_its_passes_and_people_get_them_with_the_new_end(
    organizer_client: FlaskClient,
) -> None:
    first, second = pair()
    post(organizer_client, f"slots/{second.id}/remove")
    issued = register(first)
    db.session.execute(delete(OutboxMail))
    db.session.commit()
    form = {"starts_at": written(first.starts_at), "ends_at": written(first.ends_at + HOUR / 2)}
    confirmed(organizer_client, f"slots/{first.id}/times", **form)
    assert service.get(issued.registration_id).generation == issued.generation
    assert told(MessageKind.PASS) == [issued.registration_id]


@pytest.mark.parametrize(
    ("starts", "ends", "status"),
    [(timedelta(), timedelta(hours=-3), 422), (timedelta(hours=-24 * 90), timedelta(hours=-24 * 90), 409)],
)
def test_a_time_that_cannot_be_is_refused(
    organizer_client: FlaskClient, starts: timedelta, ends: timedelta, status: int
) -> None:
    slot = pair()[0]
    form = {"starts_at": written(slot.starts_at + starts), "ends_at": written(slot.ends_at + ends)}
    assert post(organizer_client, f"slots/{slot.id}/times", **form).status_code == status
    assert again(slot).starts_at == slot.starts_at


def test_no_session_is_retimed_onto_another_and_the_other_is_named(organizer_client: FlaskClient) -> None:
    first, second = pair()
    form = {"starts_at": written(first.starts_at), "ends_at": written(second.ends_at)}
    answer = post(organizer_client, f"slots/{first.id}/times", **form)
    assert answer.status_code == 409
    assert "Another session overlaps with these hours: the one of" in answer.text


def test_a_session_in_which_somebody_was_let_in_keeps_its_begin(organizer_client: FlaskClient) -> None:
    slot = pair()[0]
    issued = register(slot)
    db.session.execute(update(VisitorPass).where(VisitorPass.id == issued.pass_id).values(admitted=1, inside=1))
    db.session.commit()
    window = slot.starts_at + HOUR / 4, slot.ends_at
    with pytest.raises(Refused, match="slot_entered"):
        session_changes.do(COMMAND_LINE, the_fair(), OtherTimes({slot.id: window}))


def test_several_sessions_are_shifted_together_even_onto_each_others_times(organizer_client: FlaskClient) -> None:
    first, second = pair()
    every = [slot for slot in slots.of_edition(the_fair().id) if slot.starts_at.date() == first.starts_at.date()]
    issued = register(first)
    form = {"session": [slot.id for slot in every], "do": "shift", "minutes": "60", "anyway": "y"}
    assert confirmed(organizer_client, "slots/several", **form).status_code == 303
    assert [again(slot).starts_at - slot.starts_at for slot in every] == [HOUR] * len(every)
    assert [again(slot).number for slot in every] == [slot.number for slot in every]
    assert told(MessageKind.MOVED) == [issued.registration_id]
    assert second.issued == 0


def test_capacity_is_set_for_many_at_once_but_never_below_what_is_given_out(organizer_client: FlaskClient) -> None:
    first, second = pair()
    register(first)
    form = {"session": [first.id, second.id], "do": "capacity"}
    assert post(organizer_client, "slots/several", **form, capacity="40").status_code == 303
    assert [again(slot).capacity for slot in (first, second)] == [40, 40]
    assert post(organizer_client, "slots/several", **form, capacity="1").status_code == 422
    assert [again(slot).capacity for slot in (first, second)] == [40, 40]


@pytest.mark.parametrize("form", [{"do": "capacity"}, {"do": "shift"}, {"do": "nothing"}, {}])
def test_nothing_happens_to_several_sessions_without_a_choice(
    organizer_client: FlaskClient, form: dict[str, str]
) -> None:
    assert post(organizer_client, "slots/several", session=[pair()[0].id], **form).status_code == 422
    assert post(organizer_client, "slots/several", **form).status_code == 422


@pytest.mark.parametrize("id_", ["x", "0", "99999", "9" * 30, "-1"])
def test_a_session_that_is_not_there_is_not_found(organizer_client: FlaskClient, id_: str) -> None:
    form = {"session": [id_], "do": "remove"}
    assert post(organizer_client, "slots/several", **form).status_code == 404


def test_a_split_leaves_people_in_the_first_half_and_moves_who_registered_last_when_told(
    organizer_client: FlaskClient,
) -> None:
    slot = pair()[0]
    early, late = register(slot), register(slot, "budi@example.com", people=3)
    half = slot.starts_at + (slot.ends_at - slot.starts_at) / 2
    local = half.astimezone(ZoneInfo(the_fair().timezone))
    form = {"at": f"{local:%H:%M}", "first_capacity": "4", "second_capacity": "30", "going": "rest"}
    stays = post(organizer_client, f"slots/{slot.id}/split", **form | {"going": "nobody"})
    assert stays.status_code == 409
    assert "Only 4 people fit, and there are 5." in stays.text
    assert confirmed(organizer_client, f"slots/{slot.id}/split", **form).status_code == 303
    first = again(slot)
    second = service.get(late.registration_id).slot
    assert (first.ends_at, first.capacity, first.issued) == (half, 4, 2)
    assert (second.starts_at, second.ends_at, second.capacity, second.issued) == (half, slot.ends_at, 30, 3)
    assert service.get(early.registration_id).slot.id == slot.id
    assert second.number not in {one.number for one in slots.of_edition(the_fair().id) if one.id != second.id}
    assert told(MessageKind.MOVED) == sorted([early.registration_id, late.registration_id])


def test_merging_puts_the_people_and_the_capacity_of_both_together_and_undo_parts_them(
    organizer_client: FlaskClient,
) -> None:
    first, second = pair()
    stays, moves = register(first), register(second, "budi@example.com", people=3)
    cancelled = register(second, None)
    service.cancel(cancelled.manage_key)
    db.session.execute(delete(OutboxMail))
    db.session.commit()
    assert confirmed(organizer_client, f"slots/{first.id}/merge").status_code == 303
    merged = again(first)
    assert (merged.starts_at, merged.ends_at) == (first.starts_at, second.ends_at)
    assert (merged.capacity, merged.issued) == (first.capacity + second.capacity, 5)
    assert db.session.get(TimeSlot, second.id) is None
    assert service.get(moves.registration_id).slot.id == first.id
    assert service.get(cancelled.registration_id).slot.id == first.id
    assert told(MessageKind.MOVED) == [moves.registration_id]
    assert told(MessageKind.PASS) == [stays.registration_id]
    consequences.undo(COMMAND_LINE, the_fair(), consequences.changes(the_fair())[0].id)
    db.session.expire_all()
    assert again(first) == replace(first, issued=2)
    assert again(second) == replace(second, issued=3)
    assert service.get(moves.registration_id).generation == 2


def test_only_neighbours_are_merged(organizer_client: FlaskClient) -> None:
    every = world.coming_slots(3)
    with pytest.raises(Refused, match="slots_apart"):
        session_changes.do(COMMAND_LINE, the_fair(), Joining((every[0].id, every[2].id)))
    last = slots.of_edition(the_fair().id)[-1]
    assert post(organizer_client, f"slots/{last.id}/merge").status_code == 409


def test_a_session_that_somebody_is_or_was_in_is_not_deleted(organizer_client: FlaskClient) -> None:
    slot, other = pair()
    service.cancel(register(slot).manage_key)
    answer = post(organizer_client, f"slots/{slot.id}/remove")
    assert answer.status_code == 409
    assert 'data-code="slot_used"' in answer.text
    assert post(organizer_client, f"slots/{other.id}/remove").status_code == 303
    assert db.session.get(TimeSlot, other.id) is None


def test_everybody_of_a_session_is_moved_with_new_passes_and_mails(organizer_client: FlaskClient) -> None:
    first, second = pair()
    mailed, called = register(first), register(first, None, people=4)
    saved = confirmed(organizer_client, f"slots/{first.id}/people", target=str(second.id))
    assert saved.status_code == 303
    page = organizer_client.get(saved.location).text
    assert called.reference in page
    assert mailed.reference not in page
    assert (again(first).issued, again(second).issued) == (0, 6)
    for one in (mailed, called):
        moved = service.get(one.registration_id)
        assert (moved.slot.id, moved.generation, moved.token == one.token) == (second.id, 1, False)
    assert told(MessageKind.MOVED) == [mailed.registration_id]


def test_people_are_not_moved_where_there_is_no_room_and_it_says_how_many_fit(organizer_client: FlaskClient) -> None:
    first, second = pair()
    register(first, people=4)
    session_changes.do(COMMAND_LINE, the_fair(), Removal([second.id]))
    target = world.coming_slots(50)[-1]
    db.session.execute(update(TimeSlot).where(TimeSlot.id == target.id).values(capacity=3))
    db.session.commit()
    answer = post(organizer_client, f"slots/{first.id}/people", target=str(target.id))
    assert answer.status_code == 409
    assert "Only 3 people fit, and there are 4." in answer.text
    assert again(first).issued == 4


@pytest.mark.parametrize(("values", "code"), [({"state": "closed"}, "slot_closed"), ({}, "slot_past")])
def test_nobody_is_moved_into_a_session_that_lets_nobody_in(values: dict[str, Any], code: str) -> None:
    first, second = pair()
    register(first)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    values = values or {"starts_at": long_ago, "ends_at": long_ago + HOUR}
    db.session.execute(update(TimeSlot).where(TimeSlot.id == second.id).values(**values))
    db.session.commit()
    with pytest.raises(Refused, match=code):
        session_changes.do(COMMAND_LINE, the_fair(), Resettling(first.id, second.id))


def test_one_registration_is_moved_on_its_own_page(organizer_client: FlaskClient) -> None:
    first, second = pair()
    one, other = register(first), register(first)
    address = f"registrations/{one.registration_id}/move"
    assert organizer_client.get(f"/desk/{address}?lang=en").status_code == 200
    assert confirmed(organizer_client, address, target=str(second.id)).status_code == 303
    assert service.get(one.registration_id).slot.id == second.id
    assert service.get(other.registration_id).slot.id == first.id
    assert post(organizer_client, address, target="99999").status_code == 422


def generation(day: str, **values: Any) -> dict[str, Any]:
    return {"days": [day], "begins": "17:00", "ends": "19:00", "every_minutes": "30", "capacity": "25"} | values


def test_sessions_are_generated_after_they_were_shown(organizer_client: FlaskClient) -> None:
    exhibition = the_fair()
    before, day = len(slots.of_edition(exhibition.id)), exhibition.ends_on.isoformat()
    form = generation(day, **{"breaks-0-begins": "17:30", "breaks-0-ends": "18:00", "anyway": "y"})
    shown = post(organizer_client, "slots/generate", **form)
    assert "3 sessions would be added" in shown.text
    assert len(slots.of_edition(the_fair().id)) == before
    assert post(organizer_client, "slots/generate", **form, seen="y", save="y").status_code == 303
    added = slots.of_edition(the_fair().id)[-3:]
    assert [f"{one.starts_at.astimezone(ZoneInfo(the_fair().timezone)):%H:%M}" for one in added] == [
        "17:00",
        "18:00",
        "18:30",
    ]
    assert {one.capacity for one in added} == {25}
    assert len({one.number for one in slots.of_edition(the_fair().id)}) == before + 3


def test_generated_sessions_that_overlap_or_lie_outside_are_named_and_left_out(organizer_client: FlaskClient) -> None:
    form = generation(the_fair().ends_on.isoformat(), begins="16:00", ends="18:00", every_minutes="60")
    shown = post(organizer_client, "slots/generate", **form)
    assert re.findall(r'data-fault="(\w*)"', shown.text) == ["slot_overlap", "slot_outside"]
    assert "overlaps the one of" in shown.text
    assert post(organizer_client, "slots/generate", **form, seen="y", save="y").status_code == 422


@pytest.mark.parametrize(
    "broken",
    [
        {"days": []},
        {"days": ["2020-01-01"]},
        {"ends": "16:00"},
        {"every_minutes": "4"},
        {"every_minutes": "600"},
        {"capacity": ""},
        {"breaks-0-begins": "12:00"},
        {"breaks-0-begins": "13:00", "breaks-0-ends": "12:00"},
    ],
)
def test_a_broken_wish_for_sessions_is_shown_again(organizer_client: FlaskClient, broken: dict[str, Any]) -> None:
    form = generation(the_fair().ends_on.isoformat()) | broken
    assert post(organizer_client, "slots/generate", **form).status_code == 422


def test_every_act_can_be_undone_and_is_in_the_trail(exhibition: Exhibition) -> None:
    first, second = pair()
    register(first)
    register(second, people=3)
    window = first.starts_at + HOUR / 4, first.ends_at
    half = first.starts_at + HOUR / 2
    acts = [
        OtherTimes({first.id: window}),
        Division(first.id, half, (20, 20), Going.ALL),
        Joining((first.id, second.id)),
        Resettling(first.id, second.id),
    ]
    before = [again(first), again(second)]
    for act in acts:
        done = session_changes.do(COMMAND_LINE, the_fair(), act, anyway=True)
        undone = consequences.undo(COMMAND_LINE, the_fair(), done.change_id)
        db.session.expire_all()
        assert [again(first), again(second)] == before, act
        consequences.undo(COMMAND_LINE, the_fair(), undone.id)
        taken = consequences.changes(the_fair(), limit=1)[0]
        consequences.undo(COMMAND_LINE, the_fair(), taken.id)
        db.session.expire_all()
        assert [again(first), again(second)] == before, act
    trail = (
        select(func.count())
        .select_from(AuditEntry)
        .where(AuditEntry.action.in_(["exhibition.follow", "exhibition.undo"]))
    )
    assert db.session.scalar(trail) == 4 * len(acts)
    assert db.session.scalar(select(func.count()).select_from(EditionChange)) == 4 * len(acts)


def test_a_split_is_not_undone_once_somebody_has_registered_in_the_second_half() -> None:
    first = pair()[0]
    act = Division(first.id, first.starts_at + HOUR / 2, (20, 20))
    done = session_changes.do(COMMAND_LINE, the_fair(), act)
    second = next(one for one in slots.of_edition(the_fair().id) if one.starts_at == first.starts_at + HOUR / 2)
    register(second)
    with pytest.raises(Refused, match="slot_used"):
        consequences.undo(COMMAND_LINE, the_fair(), done.change_id)
    db.session.expire_all()
    assert again(first).ends_at == first.starts_at + HOUR / 2


def test_nothing_is_undone_onto_a_session_that_was_added_since() -> None:
    first = pair()[0]
    done = session_changes.do(COMMAND_LINE, the_fair(), Removal([first.id]))
    window = first.starts_at + HOUR / 4, first.ends_at
    session_changes.do(COMMAND_LINE, the_fair(), NewSessions([window], 10))
    with pytest.raises(Refused, match="moves_onto_another"):
        consequences.undo(COMMAND_LINE, the_fair(), done.change_id)
    db.session.expire_all()
    assert db.session.get(TimeSlot, first.id) is None or again(first).starts_at == window[0]


def test_added_sessions_are_taken_away_by_undo() -> None:
    day = the_fair().ends_on
    begins = datetime.combine(day, time(20), ZoneInfo(the_fair().timezone))
    before = slots.of_edition(the_fair().id)
    act = NewSessions([(begins, begins + HOUR)], 10)
    done = session_changes.do(COMMAND_LINE, the_fair(), act, anyway=True)
    consequences.undo(COMMAND_LINE, the_fair(), done.change_id)
    assert slots.of_edition(the_fair().id) == before


def test_an_attempt_writes_nothing() -> None:
    first, second = pair()
    issued = register(first)
    mails = db.session.scalar(select(func.count()).select_from(OutboxMail))
    tried = session_changes.attempt(COMMAND_LINE, the_fair(), Joining((first.id, second.id)))
    db.session.expire_all()
    assert (tried.counts.people, tried.told.mails) == (2, 1)
    assert again(first).ends_at == first.ends_at
    assert service.get(issued.registration_id).generation == 0
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == mails
    assert db.session.scalar(select(func.count()).select_from(EditionChange)) == 0
