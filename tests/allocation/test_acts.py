"""Hold, offer, confirm, release, move, swap, undo: their effects and refusals."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor
from exhibition.accounts.models import AuditEntry, User
from exhibition.allocation import consequences, history, offers, service
from exhibition.allocation.models import Allocation, AllocationDay, AllocationStep
from exhibition.allocation.planned import PlannedBooth
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition, Layout, LayoutBooth


@pytest.fixture
def ratna(organizer: User) -> Actor:
    return Actor(organizer.id, "Ratna")


BUDI = Actor(None, "Budi")


def find(exhibition: Exhibition, state: str, nth: int = 0) -> PlannedBooth:
    return [booth for booth in service.plan(exhibition) if booth.state == state][nth]


def booth(exhibition: Exhibition, code: str) -> PlannedBooth:
    return next(booth for booth in service.plan(exhibition) if booth.code == code)


def seen(booth: PlannedBooth) -> str:
    assert booth.claim is not None
    return booth.claim.mark


def homeless(nth: int = 0) -> Exhibitor:
    """An exhibitor without a booth."""
    placed = select(Allocation.exhibitor_id)
    statement = select(Exhibitor).where(Exhibitor.id.not_in(placed)).order_by(Exhibitor.id)
    return db.session.scalars(statement).all()[nth]


def test_hold_reserves_a_booth_for_the_editions_hours(exhibition: Exhibition, ratna: Actor) -> None:
    free, exhibitor = find(exhibition, "open"), homeless()
    service.hold(ratna, exhibition, free.code, exhibitor.id)
    held = booth(exhibition, free.code)
    assert (held.state, held.exhibitor) == ("held", exhibitor.name)
    assert held.expires_at is not None
    assert abs(held.expires_at - clock.now() - timedelta(hours=exhibition.hold_hours)) < timedelta(minutes=1)
    assert held.claim is not None
    assert held.claim.changed_by == "Ratna"


def test_hold_refuses_a_taken_booth_and_tells_who_when_and_for_whom(exhibition: Exhibition, ratna: Actor) -> None:
    free, winner, loser = find(exhibition, "open"), homeless(0), homeless(1)
    service.hold(ratna, exhibition, free.code, winner.id)
    with pytest.raises(Refused) as refusal:
        service.hold(BUDI, exhibition, free.code, loser.id)
    refused = refusal.value
    assert (refused.code, refused.status) == ("booth_taken", 409)
    assert refused.details["by"] == "Ratna"
    assert refused.details["exhibitor"] == winner.name
    assert refused.details["at"] in str(refused.message)
    assert booth(exhibition, free.code).exhibitor == winner.name


def test_hold_refuses_an_exhibitor_who_has_a_booth(exhibition: Exhibition, ratna: Actor) -> None:
    taken, free = find(exhibition, "allocated"), find(exhibition, "open")
    assert taken.claim is not None
    with pytest.raises(Refused) as refusal:
        service.hold(ratna, exhibition, free.code, taken.claim.exhibitor_id)
    assert refusal.value.code == "exhibitor_placed"
    assert refusal.value.details["booth"] == taken.code


def test_hold_refuses_a_booth_that_the_published_layout_keeps_closed(exhibition: Exhibition, ratna: Actor) -> None:
    with pytest.raises(Refused) as refusal:
        service.hold(ratna, exhibition, find(exhibition, "closed").code, homeless().id)
    assert refusal.value.code == "booth_closed"


@pytest.mark.parametrize("hours", [0, -1, 1441, 10**9])
def test_hold_refuses_hours_out_of_range(exhibition: Exhibition, ratna: Actor, hours: int) -> None:
    with pytest.raises(Refused) as refusal:
        service.hold(ratna, exhibition, find(exhibition, "open").code, homeless().id, hours=hours)
    assert (refusal.value.code, refusal.value.field) == ("hours_invalid", "hours")


def test_an_expired_hold_is_free_at_once_and_released_when_the_booth_is_taken(
    exhibition: Exhibition, ratna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired = find(exhibition, "held")
    assert expired.claim is not None
    later = clock.now() + timedelta(hours=exhibition.hold_hours + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    newcomer = homeless()
    service.hold(ratna, exhibition, expired.code, newcomer.id)
    assert booth(exhibition, expired.code).exhibitor == newcomer.name
    old = db.session.get(Allocation, expired.claim.allocation_id)
    assert old is not None
    assert old.state == "released"
    assert not any(day.live for day in old.days)


def test_the_exhibitor_of_an_expired_hold_can_have_another_booth_at_once(
    exhibition: Exhibition, ratna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired, free = find(exhibition, "held"), find(exhibition, "open")
    assert expired.claim is not None
    later = clock.now() + timedelta(hours=exhibition.hold_hours + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    service.hold(ratna, exhibition, free.code, expired.claim.exhibitor_id)
    assert booth(exhibition, free.code).exhibitor == expired.exhibitor


def test_confirm_refuses_a_hold_whose_time_is_over(
    exhibition: Exhibition, ratna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = find(exhibition, "held")
    later = clock.now() + timedelta(hours=exhibition.hold_hours + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Refused) as refusal:
        service.confirm(ratna, exhibition, seen(held))
    assert refusal.value.code == "changed_since"


def test_tidy_releases_what_is_over_and_leaves_the_rest(
    exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert consequences.lapse() == 0
    later = clock.now() + timedelta(hours=exhibition.hold_hours + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert consequences.lapse() == 4
    assert db.session.scalar(select(func.count()).where(Allocation.state == "confirmed")) == 31


def test_offer_then_confirm_then_release(exhibition: Exhibition, ratna: Actor) -> None:
    code = find(exhibition, "held").code
    for act, state in ((service.offer, "offered"), (service.confirm, "allocated"), (service.release, "open")):
        act(ratna, exhibition, seen(booth(exhibition, code)))
        assert booth(exhibition, code).state == state


def test_a_stale_form_is_refused_with_what_changed(exhibition: Exhibition, ratna: Actor) -> None:
    held = find(exhibition, "held")
    service.confirm(ratna, exhibition, seen(held))
    with pytest.raises(Refused) as refusal:
        service.release(BUDI, exhibition, seen(held))
    assert refusal.value.code == "changed_since"
    assert refusal.value.details["by"] == "Ratna"
    assert refusal.value.details["state"] == "confirmed"
    assert booth(exhibition, held.code).state == "allocated"


def test_move_takes_the_claim_to_a_free_booth(exhibition: Exhibition, ratna: Actor) -> None:
    origin, target = find(exhibition, "allocated"), find(exhibition, "open")
    service.move(ratna, exhibition, seen(origin), target.code)
    assert booth(exhibition, origin.code).state == "open"
    assert booth(exhibition, target.code).exhibitor == origin.exhibitor
    assert booth(exhibition, target.code).state == "allocated"


def test_move_refuses_a_taken_booth(exhibition: Exhibition, ratna: Actor) -> None:
    origin, target = find(exhibition, "allocated", 0), find(exhibition, "allocated", 1)
    with pytest.raises(Refused) as refusal:
        service.move(ratna, exhibition, seen(origin), target.code)
    assert refusal.value.code == "booth_taken"
    assert booth(exhibition, origin.code).exhibitor == origin.exhibitor


def test_swap_exchanges_two_booths_in_one_step(exhibition: Exhibition, ratna: Actor) -> None:
    one, other = find(exhibition, "allocated"), find(exhibition, "held")
    service.swap(ratna, exhibition, seen(one), seen(other))
    assert booth(exhibition, one.code).exhibitor == other.exhibitor
    assert booth(exhibition, one.code).state == "held"
    assert booth(exhibition, other.code).exhibitor == one.exhibitor
    assert booth(exhibition, other.code).state == "allocated"


Act = Callable[[Actor, Exhibition], AllocationStep]
ACTS: dict[str, Act] = {
    "hold": lambda who, fair: service.hold(who, fair, find(fair, "open").code, homeless().id),
    "offer": lambda who, fair: service.offer(who, fair, seen(find(fair, "held"))),
    "confirm": lambda who, fair: service.confirm(who, fair, seen(find(fair, "held"))),
    "release": lambda who, fair: service.release(who, fair, seen(find(fair, "allocated"))),
    "move": lambda who, fair: service.move(who, fair, seen(find(fair, "allocated")), find(fair, "open").code),
    "swap": lambda who, fair: service.swap(who, fair, seen(find(fair, "allocated")), seen(find(fair, "held"))),
}


def _shown(exhibition: Exhibition) -> list[tuple[str, str, str, object]]:
    return [(b.code, b.state, b.exhibitor, b.expires_at) for b in service.plan(exhibition)]


@pytest.mark.parametrize("name", ACTS)
def test_every_act_can_be_undone_and_the_undo_too(exhibition: Exhibition, ratna: Actor, name: str) -> None:
    before = _shown(exhibition)
    step = ACTS[name](ratna, exhibition)
    done = _shown(exhibition)
    assert done != before
    taken_back = service.undo(ratna, exhibition, step.id)
    assert _shown(exhibition) == before
    service.undo(ratna, exhibition, taken_back.id)
    assert _shown(exhibition) == done


@pytest.mark.parametrize("name", ACTS)
def test_every_act_is_in_the_audit_trail_with_before_and_after(exhibition: Exhibition, ratna: Actor, name: str) -> None:
    ACTS[name](ratna, exhibition)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == f"booth.{name}")).all()
    assert len(entries) == (2 if name == "swap" else 1)
    assert all(entry.actor_name == "Ratna" and entry.before != entry.after for entry in entries)


def test_undo_is_refused_when_somebody_changed_it_since(exhibition: Exhibition, ratna: Actor) -> None:
    step = ACTS["confirm"](ratna, exhibition)
    booth_id = step.changes[0]["after"]["booth_id"]
    confirmed = next(b for b in service.plan(exhibition) if b.id == booth_id)
    service.release(BUDI, exhibition, seen(confirmed))
    with pytest.raises(Refused) as refusal:
        service.undo(ratna, exhibition, step.id)
    assert refusal.value.code == "changed_since"
    assert refusal.value.details["by"] == "Budi"


def test_undo_of_a_release_is_refused_when_the_booth_went_to_somebody_else(
    exhibition: Exhibition, ratna: Actor
) -> None:
    taken = find(exhibition, "allocated")
    step = service.release(ratna, exhibition, seen(taken))
    service.hold(BUDI, exhibition, taken.code, homeless().id)
    with pytest.raises(Refused) as refusal:
        service.undo(ratna, exhibition, step.id)
    assert refusal.value.code == "booth_taken"
    assert refusal.value.details["by"] == "Budi"


def test_a_step_is_undone_once(exhibition: Exhibition, ratna: Actor) -> None:
    step = ACTS["hold"](ratna, exhibition)
    service.undo(ratna, exhibition, step.id)
    with pytest.raises(Refused) as refusal:
        service.undo(ratna, exhibition, step.id)
    assert refusal.value.code == "already_undone"


def test_nobody_is_moved_into_a_booth_that_was_closed_meanwhile(exhibition: Exhibition, ratna: Actor) -> None:
    taken = find(exhibition, "allocated")
    step = service.release(ratna, exhibition, seen(taken))
    layout = db.session.scalar(select(Layout).where(Layout.published))
    assert layout is not None
    db.session.delete(db.session.get(LayoutBooth, (layout.id, taken.id)))
    db.session.commit()
    with pytest.raises(Refused) as refusal:
        service.undo(ratna, exhibition, step.id)
    assert refusal.value.code == "booth_closed"


def test_a_blocked_booth_is_closed(exhibition: Exhibition, ratna: Actor) -> None:
    free = find(exhibition, "open")
    stored = db.session.get(Booth, free.id)
    assert stored is not None
    stored.blocked_reason = "Leaking roof"
    db.session.commit()
    assert booth(exhibition, free.code).state == "closed"
    with pytest.raises(Refused) as refusal:
        service.hold(ratna, exhibition, free.code, homeless().id)
    assert refusal.value.code == "booth_closed"


def test_a_refused_act_writes_nothing(exhibition: Exhibition, ratna: Actor) -> None:
    taken = find(exhibition, "allocated")
    counted = (Allocation, AllocationDay, AllocationStep, AuditEntry)
    before = [db.session.scalar(select(func.count()).select_from(table)) for table in counted]
    with pytest.raises(Refused):
        service.hold(ratna, exhibition, taken.code, homeless().id)
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in counted] == before


def test_an_exhibitor_accepts_only_their_own_offer(exhibition: Exhibition, ratna: Actor) -> None:
    one, other = find(exhibition, "offered", 0), find(exhibition, "offered", 1)
    assert one.claim is not None
    assert other.claim is not None
    with pytest.raises(NotFound):
        offers.accept(BUDI, exhibition, other.claim.exhibitor_id, one.claim.mark)
    offers.accept(BUDI, exhibition, one.claim.exhibitor_id, one.claim.mark)
    offers.decline(BUDI, exhibition, other.claim.exhibitor_id, other.claim.mark)
    assert booth(exhibition, one.code).state == "allocated"
    assert booth(exhibition, other.code).state == "open"


def test_an_exhibitor_cannot_accept_a_mere_hold(exhibition: Exhibition) -> None:
    held = find(exhibition, "held")
    assert held.claim is not None
    with pytest.raises(Refused) as refusal:
        offers.accept(BUDI, exhibition, held.claim.exhibitor_id, held.claim.mark)
    assert refusal.value.code == "wrong_state"


@pytest.mark.parametrize("mark", ["", "x", "0", "1", "999999.1.held.0", "1.1.confirmed.0'--", "٣.1.held.0", "9" * 40])
def test_a_mark_that_speaks_of_nothing_is_refused(exhibition: Exhibition, ratna: Actor, mark: str) -> None:
    with pytest.raises(Refused) as refusal:
        service.confirm(ratna, exhibition, mark)
    assert refusal.value.code in ("allocation_unknown", "changed_since")


def test_history_tells_the_steps_of_a_booth_newest_first(exhibition: Exhibition, ratna: Actor) -> None:
    free, exhibitor = find(exhibition, "open"), homeless()
    service.hold(ratna, exhibition, free.code, exhibitor.id)
    service.confirm(ratna, exhibition, seen(booth(exhibition, free.code)))
    service.release(ratna, exhibition, seen(find(exhibition, "allocated")))
    lines = history.steps(exhibition, free.id)
    assert [line.kind for line in lines] == ["confirm", "hold"]
    assert [line.can_undo for line in lines] == [True, False]
    assert lines[0].parts == [history.StepPart(exhibitor.name, free.code, free.code)]
