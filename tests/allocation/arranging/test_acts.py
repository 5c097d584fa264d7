"""Placing one or many exhibitors by one act, trying it first, and going back and forth in the history."""

import pytest
from sqlalchemy import func, select, update

from exhibition.accounts.audit import Actor
from exhibition.accounts.models import AuditEntry, User
from exhibition.allocation import history, service
from exhibition.allocation.arranging import rewinding, worth
from exhibition.allocation.arranging.acts import OUT, arrange
from exhibition.allocation.arranging.trial import attempt
from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.planned import PlannedBooth
from exhibition.allocation.rules import StepKind
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.core.outbox import OutboxMail
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition


@pytest.fixture
def ratna(organizer: User) -> Actor:
    return Actor(organizer.id, "Ratna")


def free(exhibition: Exhibition) -> list[str]:
    return [booth.code for booth in service.plan(exhibition) if booth.state == "open"]


def taken(exhibition: Exhibition) -> list[PlannedBooth]:
    return [booth for booth in service.plan(exhibition) if booth.state == "allocated"]


def mark(booth: PlannedBooth) -> str:
    assert booth.claim is not None
    return booth.claim.mark


def standing(exhibition: Exhibition) -> dict[str, str]:
    return {booth.code: booth.exhibitor for booth in service.plan(exhibition) if booth.claim}


def homeless(exhibition: Exhibition) -> list[Exhibitor]:
    return service.without_booth(exhibition)


def test_an_exhibitor_without_a_booth_is_held_the_booth_it_is_put_on(exhibition: Exhibition, ratna: Actor) -> None:
    code, one = free(exhibition)[0], homeless(exhibition)[0]
    assert arrange(ratna, exhibition, [str(one.id)], code).kind is StepKind.HOLD
    assert standing(exhibition)[code] == one.name


def test_one_claim_moves_to_a_free_booth_and_swaps_with_a_taken_one(exhibition: Exhibition, ratna: Actor) -> None:
    first, second = taken(exhibition)[:2]
    assert arrange(ratna, exhibition, [mark(first)], second.code).kind is StepKind.SWAP
    assert standing(exhibition)[first.code] == second.exhibitor
    code = free(exhibition)[0]
    again = next(booth for booth in taken(exhibition) if booth.code == first.code)
    assert arrange(ratna, exhibition, [mark(again)], code).kind is StepKind.MOVE
    assert standing(exhibition)[code] == second.exhibitor


def test_several_are_placed_by_one_step_or_not_at_all(exhibition: Exhibition, ratna: Actor) -> None:
    people, code = homeless(exhibition)[:3], free(exhibition)[0]
    before = standing(exhibition)
    step = arrange(ratna, exhibition, [str(one.id) for one in people], code)
    assert step.kind is StepKind.ARRANGE
    assert {*standing(exhibition).values()} == {*before.values(), *(one.name for one in people)}
    assert standing(exhibition)[code] == people[0].name
    service.undo(ratna, exhibition, step.id)
    assert standing(exhibition) == before
    gone = taken(exhibition)[0]
    seen = mark(gone)
    service.release(ratna, exhibition, seen)
    with pytest.raises(Refused) as refusal:
        arrange(ratna, exhibition, [str(people[0].id), seen], code)
    assert refusal.value.code == "changed_since"
    assert people[0].name not in standing(exhibition).values()


def test_several_are_taken_off_the_plan_together(exhibition: Exhibition, ratna: Actor) -> None:
    leaving = taken(exhibition)[:2]
    assert arrange(ratna, exhibition, [mark(one) for one in leaving], OUT).kind is StepKind.ARRANGE
    assert not {one.code for one in leaving} & standing(exhibition).keys()


def test_a_taken_booth_is_refused_to_somebody_without_one(exhibition: Exhibition, ratna: Actor) -> None:
    with pytest.raises(Refused) as refusal:
        arrange(ratna, exhibition, [str(homeless(exhibition)[0].id)], taken(exhibition)[0].code)
    assert refusal.value.code == "booth_taken"


@pytest.mark.parametrize("wrong", [[], ["x"], ["999999"], ["1.2"], ["9" * 30]])
def test_what_is_no_exhibitor_is_refused(exhibition: Exhibition, ratna: Actor, wrong: list[str]) -> None:
    with pytest.raises(Refused):
        arrange(ratna, exhibition, wrong, free(exhibition)[0])


def test_more_than_the_free_booths_are_refused(exhibition: Exhibition, ratna: Actor) -> None:
    codes, everybody = free(exhibition), [mark(booth) for booth in taken(exhibition)]
    people = [str(one.id) for one in homeless(exhibition)]
    for code in codes[: len(codes) - 1]:
        db.session.execute(update(Booth).where(Booth.code == code).values(blocked_reason="Wet"))
    db.session.commit()
    with pytest.raises(Refused) as refusal:
        arrange(ratna, exhibition, [*people, *everybody], codes[-1])
    assert refusal.value.code == "booths_full"


def counts() -> list[int | None]:
    return [
        db.session.scalar(select(func.count()).select_from(model))
        for model in (Allocation, AllocationStep, AuditEntry, OutboxMail)
    ]


def test_a_trial_says_what_would_happen_and_leaves_nothing(exhibition: Exhibition, ratna: Actor) -> None:
    first, second = taken(exhibition)[:2]
    before, rows = standing(exhibition), counts()
    found = attempt(ratna, exhibition, [mark(first)], second.code)
    assert found.kind is StepKind.SWAP
    assert {part.exhibitor for part in found.parts} == {first.exhibitor, second.exhibitor}
    assert standing(exhibition) == before
    assert counts() == rows


def test_a_trial_names_those_who_would_get_a_mail(exhibition: Exhibition, ratna: Actor) -> None:
    first = next(booth for booth in taken(exhibition) if service.exhibitors_of([booth]))
    assert first.claim is not None
    db.session.get_one(Exhibitor, first.claim.exhibitor_id).email = "siti@example.com"
    db.session.commit()
    assert attempt(ratna, exhibition, [mark(first)], free(exhibition)[0]).mailed == [first.exhibitor]
    assert attempt(ratna, exhibition, [str(homeless(exhibition)[0].id)], free(exhibition)[0]).mailed == []


def test_a_trial_refuses_what_the_act_refuses(exhibition: Exhibition, ratna: Actor) -> None:
    with pytest.raises(Refused) as refusal:
        attempt(ratna, exhibition, [str(homeless(exhibition)[0].id)], taken(exhibition)[0].code)
    assert refusal.value.code == "booth_taken"


def test_the_worth_of_a_move_is_the_difference_between_the_plans_of_the_proposal(
    exhibition: Exhibition, ratna: Actor
) -> None:
    from exhibition.allocation.solver.scoring import EMPTY, UNIT, tables, terms

    built, one, code = worth.asked(exhibition), taken(exhibition)[0], free(exhibition)[0]
    assert one.claim is not None
    table = tables(built.problem)
    place = {booth.code: number for number, booth in enumerate(built.problem.booths)}

    def value(moved: str | None) -> float:
        stands = []
        for tenancy in table.tenancies:
            asks = built.problem.applications[tenancy.members[0]]
            at = moved if moved and built.exhibitors[asks.id] == one.claim.exhibitor_id else asks.current  # pyright: ignore[reportOptionalMemberAccess]
            stands.append(EMPTY if at is None else place[at])
        return sum(terms(built.problem, table, stands).values()) / UNIT

    found = attempt(ratna, exhibition, [mark(one)], code).worth
    assert found.total == pytest.approx(value(code) - value(None))
    assert found.terms["moves"] < 0


def test_undo_and_redo_go_back_and_forth_without_end(exhibition: Exhibition, ratna: Actor) -> None:
    plans = [standing(exhibition)]
    for code in free(exhibition)[:3]:
        arrange(ratna, exhibition, [mark(taken(exhibition)[0])], code)
        plans.append(standing(exhibition))
    for _round in range(2):
        for earlier in reversed(plans[:-1]):
            line = rewinding.next_undo(exhibition)
            assert line is not None
            service.undo(ratna, exhibition, line.id)
            assert standing(exhibition) == earlier
        for later in plans[1:]:
            line = rewinding.next_redo(exhibition)
            assert line is not None
            assert service.undo(ratna, exhibition, line.id).kind is StepKind.REDO
            assert standing(exhibition) == later
    assert rewinding.next_redo(exhibition) is None


def test_a_new_step_leaves_nothing_to_redo(exhibition: Exhibition, ratna: Actor) -> None:
    step = arrange(ratna, exhibition, [mark(taken(exhibition)[0])], free(exhibition)[0])
    service.undo(ratna, exhibition, step.id)
    assert rewinding.next_redo(exhibition) is not None
    arrange(ratna, exhibition, [mark(taken(exhibition)[1])], free(exhibition)[0])
    assert rewinding.next_redo(exhibition) is None


def test_going_back_undoes_every_later_step_at_once(exhibition: Exhibition, ratna: Actor) -> None:
    first = arrange(ratna, exhibition, [mark(taken(exhibition)[0])], free(exhibition)[0])
    then = standing(exhibition)
    for code in free(exhibition)[:3]:
        arrange(ratna, exhibition, [mark(taken(exhibition)[0])], code)
    assert len(rewinding.back_to(ratna, exhibition, first.id)) == 3
    assert standing(exhibition) == then
    assert [line.undone for line in history.steps(exhibition) if line.kind is not StepKind.UNDO] == [True] * 3 + [False]
    with pytest.raises(NotFound):
        rewinding.back_to(ratna, exhibition, first.id)
