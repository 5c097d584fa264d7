"""Saving the floor plan: versions, stale saves, and booths that somebody has."""

import threading
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from exhibition.accounts.audit import Actor
from exhibition.accounts.models import AuditEntry
from exhibition.allocation import service as allocation
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.demo import service as demo
from exhibition.venue import service
from exhibition.venue.models import Booth, Exhibition
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.models import PlanVersion
from exhibition.venue.plan.reading.plan_problems import problems
from exhibition.venue.plan.reading.plan_values import Area, FloorPlan, PlanBooth, PlanLandmark, PlanZone

RATNA, BUDI = Actor(None, "Ratna"), Actor(None, "Budi")
FREE, TAKEN = "A02", "A01"


def booth(plan: FloorPlan, code: str) -> PlanBooth:
    return next(one for one in plan.booths if one.code == code)


def changed(plan: FloorPlan, which: str, **values: object) -> FloorPlan:
    booths = tuple(replace(one, **values) if one.code == which else one for one in plan.booths)
    return replace(plan, booths=booths)


def without(plan: FloorPlan, code: str) -> FloorPlan:
    return replace(plan, booths=tuple(one for one in plan.booths if one.code != code))


def refusal(exhibition: Exhibition, wanted: FloorPlan, seen: str, *, knowing: bool = True) -> Refused:
    with pytest.raises(Refused) as refused:
        plan_versions.save(RATNA, exhibition, wanted, seen=seen, knowing=knowing)
    return refused.value


def test_the_demo_hall_has_no_problems(exhibition: Exhibition) -> None:
    assert problems(plan_versions.current(exhibition)) == []


def test_what_was_saved_is_the_plan_of_everybody(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    wanted = replace(
        changed(now, FREE, x=5.6, rotation=90.0, zone="KOPI", power_va=900, water=True, blocked_reason="Tiang"),
        width=40.0,
        landmarks=(*now.landmarks, PlanLandmark("aisle", 0, 34.5, 34, 1.2, 0.0, "Lorong")),
        zones=(*now.zones, PlanZone("KOPI", "Sudut kopi", Area(1, 2, 3, 4))),
    )
    wanted = replace(wanted, booths=(*wanted.booths, PlanBooth("Z01", 35.5, 5, 3, 2)))
    saved = plan_versions.save(RATNA, exhibition, wanted, seen=now.mark, note="Sudut kopi", knowing=True)
    after = plan_versions.current(exhibition)
    assert after.mark == saved.mark
    assert after.zones[-1] == PlanZone("KOPI", "Sudut kopi", Area(1, 2, 3, 4))
    assert after.landmarks == wanted.landmarks
    assert replace(booth(after, "Z01"), id=None) == PlanBooth("Z01", 35.5, 5, 3, 2)
    assert booth(after, FREE) == replace(booth(wanted, FREE))
    hall = service.hall(exhibition)
    assert hall.width == 40.0
    assert next(one.zone for one in hall.booths if one.code == FREE) == "Sudut kopi"
    assert not next(one.open for one in hall.booths if one.code == "Z01")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "plan.save")).one()
    assert entry.actor_name == "Ratna"
    assert entry.after == {"version": 2, "added": ["Z01"], "moved": [FREE]}


def test_the_first_save_also_keeps_the_plan_as_it_was(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    plan_versions.save(RATNA, exhibition, changed(now, FREE, x=5.6), seen=now.mark, note="Geser")
    listed = plan_versions.versions(exhibition)
    assert [(version.number, version.note, version.created_by) for version in listed] == [
        (2, "Geser", "Ratna"),
        (1, "", ""),
    ]
    assert plan_versions.version(exhibition, 1)[1].mark == now.mark


def test_saving_what_is_there_already_makes_no_version(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    plan_versions.save(RATNA, exhibition, changed(now, FREE, x=5.6), seen=now.mark)
    again = plan_versions.current(exhibition)
    assert plan_versions.save(RATNA, exhibition, again, seen=again.mark).changes.nothing
    assert db.session.scalar(select(func.count()).select_from(PlanVersion)) == 2


def test_a_stale_save_is_refused_with_who_saved_and_when(exhibition: Exhibition) -> None:
    seen = plan_versions.current(exhibition)
    plan_versions.save(BUDI, exhibition, changed(seen, FREE, x=5.6), seen=seen.mark)
    refused = refusal(exhibition, changed(seen, FREE, x=9.0), seen.mark)
    assert refused.code == "plan_changed"
    assert refused.details["by"] == "Budi"
    assert refused.details["at"]
    assert "Budi" in str(refused.message)
    assert booth(plan_versions.current(exhibition), FREE).x == 5.6


def test_going_back_is_a_new_version_that_brings_removed_booths_back(exhibition: Exhibition) -> None:
    first = plan_versions.current(exhibition)
    plan_versions.save(RATNA, exhibition, without(first, FREE), seen=first.mark)
    second = plan_versions.current(exhibition)
    assert [one.code for one in second.booths].count(FREE) == 0
    saved = plan_versions.go_back(BUDI, exhibition, 1, seen=second.mark)
    after = plan_versions.current(exhibition)
    assert saved.number == 3
    assert replace(booth(after, FREE), id=None) == replace(booth(first, FREE), id=None)
    assert replace(after, booths=()) == replace(first, booths=())
    with pytest.raises(NotFound):
        plan_versions.go_back(BUDI, exhibition, 99, seen=after.mark)


def test_a_booth_that_somebody_has_may_move_when_the_organizer_knows(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    wanted = changed(now, TAKEN, x=2.0)
    assert refusal(exhibition, wanted, now.mark, knowing=False).code == "plan_unsure"
    saved = plan_versions.save(RATNA, exhibition, wanted, seen=now.mark, knowing=True)
    [affected] = saved.changes.affected
    claim = next(one for one in allocation.plan(exhibition) if one.code == TAKEN)
    assert (affected.code, affected.holder, affected.how, affected.metres) == (TAKEN, claim.exhibitor, "moved", 0.5)


def test_a_renumbered_booth_stays_with_its_exhibitor(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    before = next(one for one in allocation.plan(exhibition) if one.code == TAKEN)
    wanted = changed(now, TAKEN, code="VIP-1")
    assert refusal(exhibition, wanted, now.mark, knowing=False).code == "plan_unsure"
    plan_versions.save(RATNA, exhibition, wanted, seen=now.mark, knowing=True)
    after = next(one for one in allocation.plan(exhibition) if one.code == "VIP-1")
    assert (after.id, after.exhibitor) == (before.id, before.exhibitor)


def test_two_booths_exchange_their_numbers(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    ids = {code: booth(now, code).id for code in ("A02", "A04")}
    booths = tuple(replace(one, code={"A02": "A04", "A04": "A02"}.get(one.code, one.code)) for one in now.booths)
    plan_versions.save(RATNA, exhibition, replace(now, booths=booths), seen=now.mark)
    after = plan_versions.current(exhibition)
    assert (booth(after, "A04").id, booth(after, "A02").id) == (ids["A02"], ids["A04"])


def test_a_booth_that_somebody_has_is_not_removed(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    refused = refusal(exhibition, without(now, TAKEN), now.mark)
    assert (refused.code, refused.details["booths"]) == ("booth_held", [TAKEN])
    assert booth(plan_versions.current(exhibition), TAKEN)


def test_a_booth_with_a_past_is_not_removed(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    claim = next(one for one in allocation.plan(exhibition) if one.code == TAKEN).claim
    assert claim is not None

    @transaction
    def release() -> None:
        db.session.execute(
            db.text("UPDATE allocation SET state = 'released', expires_at = NULL WHERE booth_id = :b"),
            {"b": booth(now, TAKEN).id},
        )
        db.session.execute(
            db.text("UPDATE allocation_day SET live = false WHERE booth_id = :b"), {"b": booth(now, TAKEN).id}
        )

    release()
    refused = refusal(exhibition, without(now, TAKEN), now.mark)
    assert (refused.code, refused.details["booths"]) == ("booth_has_history", [TAKEN])


def test_removing_a_free_booth_takes_it_out_of_every_layout(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    free_and_open = next(one for one in allocation.plan(exhibition) if one.state == "open")
    plan_versions.save(RATNA, exhibition, without(now, free_and_open.code), seen=now.mark)
    assert service.booths_open(exhibition) == 37
    assert db.session.get(Booth, free_and_open.id) is None


def test_problems_are_saved_only_when_the_organizer_knows(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    wanted = changed(now, FREE, x=booth(now, TAKEN).x)
    assert refusal(exhibition, wanted, now.mark, knowing=False).code == "plan_unsure"
    plan_versions.save(RATNA, exhibition, wanted, seen=now.mark, knowing=True)
    assert [version.problems for version in plan_versions.versions(exhibition)] == [1, 0]


def test_doubled_numbers_are_never_saved(exhibition: Exhibition) -> None:
    now = plan_versions.current(exhibition)
    refused = refusal(exhibition, changed(now, FREE, code="A04"), now.mark)
    assert (refused.code, refused.status, refused.field) == ("number_doubled", 422, "booths")
    assert refused.details["booths"] == ["A04"]


def test_of_two_organizers_who_save_at_once_one_is_refused(bare_app: Flask) -> None:
    with bare_app.app_context():
        exhibition_id = demo.load(open_now=True).id
        seen = plan_versions.current(db.session.get_one(Exhibition, exhibition_id))
        db.session.remove()
    start, answers = threading.Barrier(4), []

    def work(number: int) -> None:
        with bare_app.app_context():
            exhibition = db.session.get_one(Exhibition, exhibition_id)
            start.wait()
            try:
                answers.append(
                    plan_versions.save(
                        Actor(None, str(number)),
                        exhibition,
                        changed(seen, FREE, x=5.5 + number / 10 + 0.05),
                        seen=seen.mark,
                    ).number
                )
            except Refused as refused:
                answers.append(refused.code)
            db.session.remove()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == ["2", "plan_changed", "plan_changed", "plan_changed"]
