"""Saving other days, hours or another zone at the desk: shown first, then carried out in the way that was chosen."""

import itertools
import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.allocation.models import Allocation, AllocationDay, AllocationState
from exhibition.core import clock, outbox
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.editions import consequences, session_changes
from exhibition.editions.models import EditionChange
from exhibition.editions.rules.session_acts import NewSessions, OtherSettings
from exhibition.gate.models import HallCap
from exhibition.venue import rounds
from exhibition.venue.edition import changing
from exhibition.venue.models import DisinfectionRound, Exhibition
from exhibition.venue.service import fair_hours, hours_changed
from exhibition.visitors import service, slots
from exhibition.visitors.models import MessageKind, SlotState
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rules import SlotStatus
from tests.fairs import the_fair
from tests.venue.edition.test_changing import form_of

pytestmark = pytest.mark.usefixtures("csrf_off")


def save(client: FlaskClient, exhibition: Exhibition, **values: Any) -> TestResponse:
    answer = client.post("/desk/edition?lang=en", data=form_of(exhibition) | values)
    db.session.expire_all()
    return answer


def week_later(exhibition: Exhibition) -> dict[str, str]:
    starts, ends = exhibition.starts_on + timedelta(days=7), exhibition.ends_on + timedelta(days=7)
    return {"starts_on": starts.isoformat(), "ends_on": ends.isoformat()}


def without_last_day(exhibition: Exhibition) -> dict[str, str]:
    return {"ends_on": (exhibition.ends_on - timedelta(days=1)).isoformat()}


NUMBERS = itertools.count(1)


def register(slot: slots.Slot, address: str | None = "", people: int = 2) -> Issued:
    """A party; each has its own contact unless one is given."""
    number = next(NUMBERS)
    address = f"siti{number}@example.com" if address == "" else address
    return service.register(Party(slot.id, "Siti Aminah", address, None, people, "en"))


def told(kind: MessageKind) -> list[int]:
    return sorted(db.session.scalars(select(OutboxMail.about_id).where(OutboxMail.kind == kind)))


def on(exhibition: Exhibition, day: date) -> list[slots.Slot]:
    zone = ZoneInfo(exhibition.timezone)
    return [slot for slot in slots.of_edition(the_fair().id) if slot.starts_at.astimezone(zone).date() == day]


def last_day(exhibition: Exhibition) -> list[slots.Slot]:
    return on(exhibition, exhibition.ends_on)


def test_nothing_is_saved_before_a_way_is_chosen_and_the_page_says_what_lies_outside(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    slot, ends_on = last_day(exhibition)[0], exhibition.ends_on
    register(slot, people=3)
    answer = save(organizer_client, exhibition, name="Another name", **without_last_day(exhibition))
    assert answer.status_code == 409
    sessions = len(last_day(exhibition))
    assert f"{sessions} sessions would lie outside the fair" in answer.text
    assert "with 3 people." in answer.text
    assert answer.text.count('data-testid="outside"') == sessions
    assert exhibition.ends_on == ends_on
    assert exhibition.name != "Another name"
    assert re.findall(r'name="way" value="(\w+)"', answer.text) == ["close", "leave"]
    assert 'name="name" value="Another name"' in answer.text


def test_days_that_all_change_can_be_moved_with(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    answer = save(organizer_client, exhibition, **week_later(exhibition))
    assert re.findall(r'name="way" value="(\w+)"', answer.text) == ["move", "close", "leave"]
    assert "Move everything by 7 days" in answer.text


def test_moving_takes_the_hours_of_each_day_along(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert save(organizer_client, exhibition, **{"days-0-opens_at": "08:00"}).status_code == 302
    form = {"days-0-opens_at": "08:00", "way": "move"} | week_later(exhibition)
    slot = last_day(exhibition)[0]
    assert save(organizer_client, exhibition, **form).status_code == 302
    assert [f"{day.opens_at:%H:%M}" for day in exhibition.days] == ["08:00", "09:00", "09:00"]
    assert slots.get(the_fair(), slot.id).starts_at == slot.starts_at + timedelta(days=7)


def test_closing_tells_people_and_lets_nobody_in_and_undo_opens_again(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    day, slot = exhibition.ends_on, last_day(exhibition)[0]
    issued = register(slot)
    register(slot, None)
    assert save(organizer_client, exhibition, way="close", **without_last_day(exhibition)).status_code == 302
    assert {one.state for one in on(exhibition, day)} == {SlotState.CLOSED}
    assert slots.get(the_fair(), slot.id).issued == slot.issued + 4
    assert told(MessageKind.CLOSED) == [issued.registration_id]
    assert db.session.scalar(select(func.count()).where(AllocationDay.day == day)) == 0
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    assert exhibition.ends_on == day
    assert slots.get(the_fair(), slot.id).status(clock.now()) is SlotStatus.OPEN
    assert told(MessageKind.CLOSED) == []
    assert service.get(issued.registration_id).generation == 0


def test_closing_takes_rounds_and_caps_of_days_that_are_gone_away_and_undo_brings_them_back(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    day = exhibition.ends_on
    planned = [(one.id, one.starts_at, one.planned_by) for one in rounds.of_day(exhibition, day)]
    cap = db.session.scalars(select(HallCap)).one()
    kept = (cap.id, cap.starts_at, cap.capacity, cap.reason)
    assert save(organizer_client, exhibition, way="close", **without_last_day(exhibition)).status_code == 302
    assert rounds.of_day(exhibition, day) == []
    assert db.session.scalars(select(HallCap)).all() == []
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    assert [(one.id, one.starts_at, one.planned_by) for one in rounds.of_day(exhibition, day)] == planned
    cap = db.session.scalars(select(HallCap)).one()
    assert (cap.id, cap.starts_at, cap.capacity, cap.reason) == kept


def test_leaving_gives_out_no_further_places_and_lets_in_who_has_one(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    slot = last_day(exhibition)[0]
    issued = register(slot)
    assert save(organizer_client, exhibition, way="leave", **without_last_day(exhibition)).status_code == 302
    left = slots.get(the_fair(), slot.id)
    assert (left.state, left.remaining, left.status(clock.now())) == (SlotState.OPEN, 0, SlotStatus.FULL)
    with pytest.raises(Refused, match="slot_full"):
        register(slot)
    service.cancel(issued.manage_key)
    with pytest.raises(Refused, match="slot_full"):
        register(slot)
    assert told(MessageKind.CLOSED) == []


def test_shorter_hours_leave_out_the_sessions_that_do_not_fit(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    day = exhibition.ends_on
    form = {"days-2-closes_at": "15:30", "way": "close"}
    assert save(organizer_client, exhibition, **form).status_code == 302
    zone = ZoneInfo(exhibition.timezone)
    closed = [slot for slot in on(exhibition, day) if slot.state is SlotState.CLOSED]
    assert [f"{slot.starts_at.astimezone(zone):%H:%M}" for slot in closed] == ["15:00", "16:00"]


def test_another_zone_keeps_the_hours_by_the_clock_or_the_moments(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    slot, other = last_day(exhibition)[0], last_day(exhibition)[-1]
    answer = save(organizer_client, exhibition, timezone="Asia/Makassar")
    assert answer.status_code == 409
    assert "would be at another hour by the clock" in answer.text
    assert save(organizer_client, exhibition, timezone="Asia/Makassar", way="move").status_code == 302
    assert slots.get(the_fair(), slot.id).starts_at == slot.starts_at - timedelta(hours=1)
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    assert slots.get(the_fair(), slot.id) == slot
    assert save(organizer_client, exhibition, timezone="Asia/Makassar", way="leave").status_code == 302
    kept, outside = slots.get(the_fair(), slot.id), slots.get(the_fair(), other.id)
    assert (kept.starts_at, kept.reserved) == (slot.starts_at, False)
    assert (outside.starts_at, outside.reserved) == (other.starts_at, True)


def test_offers_that_would_end_after_the_fair_end_with_it(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    ends_at = fair_hours(exhibition).ends_at
    offered = Allocation.state == AllocationState.OFFERED
    db.session.execute(update(Allocation).where(offered).values(expires_at=ends_at - timedelta(minutes=1)))
    soon = clock.now() + timedelta(
        hours=1
    )  # at whatever time of day this runs, holds of two days would be within or not
    db.session.execute(update(Allocation).where(Allocation.state == AllocationState.HELD).values(expires_at=soon))
    db.session.commit()
    answer = save(organizer_client, exhibition, **without_last_day(exhibition))
    assert "2 holds and offers of booths end after the fair." in answer.text
    assert save(organizer_client, exhibition, way="close", **without_last_day(exhibition)).status_code == 302
    deadlines = set(db.session.scalars(select(Allocation.expires_at).where(offered)))
    assert deadlines == {fair_hours(exhibition).ends_at}
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    assert set(db.session.scalars(select(Allocation.expires_at).where(offered))) == {ends_at - timedelta(minutes=1)}


def test_a_claim_on_one_day_keeps_it_and_moves_with_the_fair(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    claim = db.session.scalars(select(Allocation).where(Allocation.state == AllocationState.CONFIRMED)).first()
    assert claim is not None
    id_, days = claim.id, [day.day for day in exhibition.days]
    for day in claim.days[:2]:
        db.session.delete(day)
    db.session.commit()

    def held() -> list[date]:
        return list(
            db.session.scalars(
                select(AllocationDay.day).where(AllocationDay.allocation_id == id_).order_by(AllocationDay.day)
            )
        )

    answer = save(organizer_client, exhibition, **without_last_day(exhibition))
    assert "1 exhibitor loses days on which it has a booth." in answer.text
    longer = {"ends_on": (exhibition.ends_on + timedelta(days=1)).isoformat()}
    assert save(organizer_client, exhibition, **longer).status_code == 302
    assert held() == [days[2]]
    later = {name: (date.fromisoformat(day) + timedelta(days=7)).isoformat() for name, day in longer.items()}
    form = week_later(exhibition) | later | {"way": "move"}
    assert save(organizer_client, exhibition, **form).status_code == 302
    assert held() == [days[2] + timedelta(days=7)]
    for _ in range(2):
        latest = next(one for one in consequences.changes(exhibition) if one.undone_at is None and one.done != "undo")
        consequences.undo(COMMAND_LINE, exhibition, latest.id)
    assert held() == [days[2]]


def test_a_claim_that_no_change_touched_keeps_its_days_when_the_change_is_undone(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    claim = db.session.scalars(select(Allocation).where(Allocation.state == AllocationState.CONFIRMED)).first()
    assert claim is not None
    id_, last = claim.id, exhibition.ends_on
    for day in claim.days[:2]:
        db.session.delete(day)
    db.session.commit()
    later = {"starts_on": (exhibition.starts_on + timedelta(days=1)).isoformat(), "way": "close"}
    assert save(organizer_client, exhibition, **later).status_code == 302
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    held = select(AllocationDay.day).where(AllocationDay.allocation_id == id_).order_by(AllocationDay.day)
    assert db.session.scalars(held).all() == [last]


def test_a_round_that_was_ticked_off_stays_where_it_was_sprayed(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    done = db.session.scalars(select(DisinfectionRound)).first()
    assert done is not None
    done.done_at, done.done_by = clock.now(), "Rina"
    db.session.commit()
    starts_at, id_ = done.starts_at, done.id
    assert save(organizer_client, exhibition, way="move", **week_later(exhibition)).status_code == 302
    assert db.session.get_one(DisinfectionRound, id_).starts_at == starts_at


def test_a_change_without_consequences_is_saved_at_once_and_can_be_undone(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    assert save(organizer_client, exhibition, **{"days-0-opens_at": "08:00"}).status_code == 302
    [change] = consequences.changes(exhibition)
    assert change.done == "nothing"
    consequences.undo(COMMAND_LINE, exhibition, change.id)
    assert exhibition.days[0].opens_at == time(9)


def test_words_alone_leave_no_change_behind(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert save(organizer_client, exhibition, name="Pameran").status_code == 302
    assert consequences.changes(exhibition) == []


def test_only_the_latest_change_can_be_undone(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    save(organizer_client, exhibition, way="close", **without_last_day(exhibition))
    first = consequences.changes(exhibition)[0].id
    save(organizer_client, exhibition, **{"days-0-opens_at": "08:00"})
    with pytest.raises(Refused, match="changed_since"):
        consequences.undo(COMMAND_LINE, exhibition, first)
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    consequences.undo(COMMAND_LINE, exhibition, first)
    with pytest.raises(Refused, match="already_undone"):
        consequences.undo(COMMAND_LINE, exhibition, first)


def test_a_session_that_was_changed_since_is_not_undone_by_halves(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    slot, ends_on = last_day(exhibition)[0], exhibition.ends_on
    save(organizer_client, exhibition, way="close", **without_last_day(exhibition))
    closed = consequences.changes(exhibition)[0].id
    opened = OtherSettings({slot.id: {"state": SlotState.OPEN}})
    session_changes.do(COMMAND_LINE, the_fair(), opened, anyway=True)
    with pytest.raises(Refused, match="changed_since"):
        consequences.undo(COMMAND_LINE, exhibition, closed)
    db.session.expire_all()
    assert exhibition.ends_on != ends_on


def test_a_round_that_was_taken_away_since_stays_away(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    last = max(rounds.of_day(exhibition, exhibition.ends_on), key=lambda one: one.starts_at)
    id_ = last.id
    save(organizer_client, exhibition, way="move", **week_later(exhibition))
    rounds.remove(COMMAND_LINE, exhibition, id_)
    consequences.undo(COMMAND_LINE, exhibition, consequences.changes(exhibition)[0].id)
    assert db.session.get(DisinfectionRound, id_) is None


def test_every_change_with_its_way_and_its_undo_is_in_the_audit_trail(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    save(organizer_client, exhibition, way="move", **week_later(exhibition))
    organizer_client.post(f"/desk/edition/changes/{consequences.changes(exhibition)[0].id}/undo")
    about = select(AuditEntry).where(AuditEntry.action.in_(("exhibition.follow", "exhibition.undo")))
    followed, undone = db.session.scalars(about.order_by(AuditEntry.id))
    assert followed.after is not None
    assert undone.after is not None
    assert (followed.after["done"], followed.actor_name) == ("move", undone.actor_name)
    assert followed.before == {name: undone.after[name] for name in ("timezone", "hours")}
    assert followed.after["sessions"] == len(slots.of_edition(the_fair().id))


def test_whoever_saves_days_comes_through_the_consequences(exhibition: Exhibition) -> None:
    assert consequences.follow in {receiver() for receiver in hours_changed.receivers.values()}
    details = changing.details_of(exhibition)
    shorter = replace(details, ends_on=exhibition.ends_on - timedelta(days=1))
    with pytest.raises(Refused, match="consequences"):
        changing.edit(COMMAND_LINE, exhibition, shorter, fair_hours(exhibition).days)


def test_the_desk_shows_a_move_first_and_then_carries_it_out(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    starts_on, address = exhibition.starts_on, "/desk/edition/changes?lang=en"
    first = organizer_client.post(address, data={"days": "7"})
    assert (first.status_code, 'data-testid="would-move"' in first.text) == (200, True)
    other = organizer_client.post(address, data={"days": "8", "seen": "7"})
    assert (other.status_code, 'data-testid="would-move"' in other.text) == (200, True)
    assert organizer_client.post(address, data={"days": "7", "seen": "7"}).status_code == 303
    db.session.expire_all()
    assert exhibition.starts_on == starts_on + timedelta(days=7)
    page = organizer_client.get(address).text
    assert "Moved" in page
    assert f"/desk/edition/changes/{consequences.changes(exhibition)[0].id}/undo" in page


@pytest.mark.parametrize(("days", "status"), [("0", 422), ("x", 422), ("99999", 422), ("", 422), ("-2", 409)])
def test_a_move_that_cannot_be_is_refused_at_the_desk(
    organizer_client: FlaskClient, exhibition: Exhibition, days: str, status: int
) -> None:
    assert organizer_client.post("/desk/edition/changes", data={"days": days}).status_code == status
    assert db.session.scalar(select(func.count()).select_from(EditionChange)) == 0


@pytest.mark.parametrize(("change_id", "status"), [("1", 404), ("2147483648", 404)])
def test_a_change_that_is_not_there_cannot_be_undone(
    organizer_client: FlaskClient, exhibition: Exhibition, change_id: str, status: int
) -> None:
    assert organizer_client.post(f"/desk/edition/changes/{change_id}/undo").status_code == status


def test_mails_about_a_closed_session_say_that_the_plan_has_changed(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    issued = register(last_day(exhibition)[0])
    outbox.send_due()
    save(organizer_client, exhibition, way="close", **without_last_day(exhibition))
    composer = outbox.composers[MessageKind.CLOSED]
    mail = composer(MessageKind.CLOSED, issued.registration_id)
    assert mail is not None
    text = mail.get_body(("plain",))
    assert text is not None
    assert "because the plan of the fair has changed" in text.get_content()


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        ("07:00", "08:00", "slot_outside"),
        ("17:30", "18:30", "slot_outside"),
        ("23:00", "01:00", "slot_outside"),
    ],
)
def test_a_session_outside_the_hours_or_across_midnight_is_added_only_if_it_is_meant_so(
    exhibition: Exhibition, starts: str, ends: str, code: str
) -> None:
    zone = ZoneInfo(exhibition.timezone)
    begin, end = (datetime.combine(exhibition.ends_on, time.fromisoformat(one), zone) for one in (starts, ends))
    end += timedelta(days=1) if end < begin else timedelta()
    with pytest.raises(Refused, match=code):
        session_changes.do(COMMAND_LINE, the_fair(), NewSessions([(begin, end)], 10))
    assert session_changes.do(COMMAND_LINE, the_fair(), NewSessions([(begin, end)], 10), anyway=True).rows


def test_a_session_that_lies_outside_is_opened_again_only_if_it_is_meant_so(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    slot = last_day(exhibition)[0]
    save(organizer_client, exhibition, way="leave", **without_last_day(exhibition))
    form = {"capacity": str(slot.capacity), "state": "open", "note": ""}
    assert organizer_client.post(f"/desk/slots/{slot.id}", data=form).status_code == 409
    assert organizer_client.post(f"/desk/slots/{slot.id}", data=form | {"reserved": "y"}).status_code == 303
    assert slots.get(the_fair(), slot.id).remaining == 0
    assert organizer_client.post(f"/desk/slots/{slot.id}", data=form | {"anyway": "y"}).status_code == 303
    assert slots.get(the_fair(), slot.id).remaining == slot.capacity
