"""Every change of booths goes through one pipeline: each consequence once, in the listed order; an undo goes back."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from exhibition.accounts.audit import Actor
from exhibition.accounts.models import AuditEntry
from exhibition.allocation import consequences, offers, service, waiting
from exhibition.allocation.conditions import confirmed_in, live_at, over_at
from exhibition.allocation.models import Allocation, AllocationStep, AllocationWaiting
from exhibition.allocation.proposals import service as proposals
from exhibition.allocation.proposals.problem_builder import Wanted
from exhibition.allocation.rules import AllocationState, News, Snapshot, is_over
from exhibition.allocation.steps import Act
from exhibition.badges import service as badges
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import Step, StepTaker
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.exhibitors.applications.applying import submitted

RATNA = Actor(None, "Ratna")
NAMES = ["follow_with_applications", "write_trail", "keep_line", "mail", "pass_on"]

pytestmark = pytest.mark.usefixtures("nobody_waits")


@dataclass
class Told:
    """The news and steps recorded while a test runs."""

    mails: list[tuple[int, str]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    found = Told([])

    def note(allocation: Allocation, news: News) -> None:
        found.mails.append((allocation.exhibitor_id, news.value))

    monkeypatch.setattr(consequences.messages, "tell", note)
    return found


@dataclass
class Stall:
    """An exhibitor who applied, is shortlisted, and waits in line, with a free booth."""

    exhibition: Exhibition
    application: Application
    code: str

    @property
    def exhibitor_id(self) -> int:
        assert self.application.exhibitor_id is not None
        return self.application.exhibitor_id

    @property
    def mark(self) -> str:
        claim = service.places(self.exhibition)[self.exhibitor_id].claim
        assert claim is not None
        return claim.mark

    def hold(self) -> None:
        service.hold(RATNA, self.exhibition, self.code, self.exhibitor_id)

    def offer(self) -> None:
        self.hold()
        service.offer(RATNA, self.exhibition, self.mark)

    def confirm(self) -> None:
        self.hold()
        service.confirm(RATNA, self.exhibition, self.mark)

    def state(self) -> tuple[str, int | None, bool]:
        """Of the application, the position in line, and whether badges of the exhibitor open gates."""
        db.session.expire_all()
        row = db.session.get(AllocationWaiting, (self.exhibition.id, self.exhibitor_id))
        confirmed = badges.is_confirmed(self.exhibition, self.exhibitor_id)
        return self.application.state.value, row.position if row else None, confirmed


def free(exhibition: Exhibition) -> list[str]:
    return [booth.code for booth in service.plan(exhibition) if booth.state == "open"]


def applied(exhibition: Exhibition, name: str, code: str) -> Stall:
    number = sum(map(ord, name))
    application = submitted(exhibition, name=name, phone=f"0812345{number:05}", email=f"{number}@example.com")
    applications.take(RATNA, StepTaker.ORGANIZER, application.id, Step.SHORTLIST)
    return Stall(exhibition, application, code)


@pytest.fixture
def stall(exhibition: Exhibition) -> Stall:
    return applied(exhibition, "Kopi Lereng", free(exhibition)[0])


@pytest.fixture
def in_line(exhibition: Exhibition, stall: Stall) -> Stall:
    """The second of three in line."""
    others = service.without_booth(exhibition)
    first, last = [one.id for one in others if one.id != stall.exhibitor_id][:2]
    for exhibitor_id in (first, stall.exhibitor_id, last):
        waiting.add(RATNA, exhibition, exhibitor_id)
    return stall


def late(exhibitor_id: int) -> None:
    """Let the time of this exhibitor's hold or offer run out."""
    passed = update(Allocation).where(Allocation.exhibitor_id == exhibitor_id, Allocation.expires_at.is_not(None))
    db.session.execute(passed.values(expires_at=clock.now() - timedelta(minutes=1)))
    db.session.commit()


def last_step(exhibition: Exhibition) -> int:
    return service.pulse(exhibition)["step"]


def entries(after: int) -> Counter[str]:
    """The trail's later entries about booths, applications and the waiting list."""
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.id > after))
    return Counter(action for action in actions if action.startswith(("booth.", "application.", "waiting.")))


def last_entry() -> int:
    return db.session.scalar(select(func.max(AuditEntry.id))) or 0


def test_the_listed_order_is_what_runs(exhibition: Exhibition, stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def noted(handle: Callable[[Act], Act]) -> Callable[[Act], Act]:
        def run(act: Act) -> Act:
            ran.append(handle.__name__)
            return handle(act)

        return run

    assert [handle.__name__ for handle in consequences.HANDLERS] == NAMES
    monkeypatch.setattr(consequences, "HANDLERS", tuple(noted(handle) for handle in consequences.HANDLERS))
    stall.hold()
    assert ran == NAMES
    service.undo(RATNA, exhibition, last_step(exhibition))
    assert ran == NAMES * 2


def _accept(stall: Stall) -> None:
    offers.accept(RATNA, stall.exhibition, stall.exhibitor_id, stall.mark)


def _decline(stall: Stall) -> None:
    offers.decline(RATNA, stall.exhibition, stall.exhibitor_id, stall.mark)


def _ask_for_another(stall: Stall) -> None:
    offers.ask_for_another(RATNA, stall.exhibition, stall.exhibitor_id, stall.mark, "dekat pintu")


def _offer(stall: Stall) -> None:
    service.offer(RATNA, stall.exhibition, stall.mark)


def _confirm(stall: Stall) -> None:
    service.confirm(RATNA, stall.exhibition, stall.mark)


def _release(stall: Stall) -> None:
    service.release(RATNA, stall.exhibition, stall.mark)


def _move(stall: Stall) -> None:
    service.move(RATNA, stall.exhibition, stall.mark, free(stall.exhibition)[-1])


def _swap(stall: Stall) -> None:
    claims = service.claims(stall.exhibition)
    other = next(claim for claim in claims if claim.confirmed and claim.exhibitor_id != stall.exhibitor_id)
    service.swap(RATNA, stall.exhibition, stall.mark, other.mark)


def _undo(stall: Stall) -> None:
    service.undo(RATNA, stall.exhibition, last_step(stall.exhibition))


Do = Callable[[Stall], object]


@dataclass(frozen=True)
class Case:
    """The state before, the act, and everything that must follow."""

    given: Do
    do: Do
    trail: dict[str, int]
    mails: list[str]
    state: str


CASES = {
    "hold": Case(lambda _stall: None, Stall.hold, {"booth.hold": 1}, [], "shortlisted"),
    "offer": Case(Stall.hold, _offer, {"booth.offer": 1, "application.offer": 1}, ["offered"], "offered"),
    "confirm": Case(Stall.hold, _confirm, {"booth.confirm": 1, "application.confirm": 1}, ["confirmed"], "confirmed"),
    "accept": Case(Stall.offer, _accept, {"booth.accept": 1, "application.accept": 1}, ["accepted"], "accepted"),
    "decline": Case(Stall.offer, _decline, {"booth.decline": 1, "application.decline": 1}, [], "declined"),
    "another": Case(
        Stall.offer,
        _ask_for_another,
        {"booth.decline": 1, "application.lapse": 1, "waiting.put_first": 1},
        [],
        "waitlisted",
    ),
    "release": Case(Stall.confirm, _release, {"booth.release": 1, "application.cancel": 1}, ["withdrawn"], "cancelled"),
    "take back": Case(
        Stall.offer,
        _release,
        {"booth.release": 1, "application.lapse": 1, "waiting.add": 1},
        ["withdrawn"],
        "waitlisted",
    ),
    "move": Case(Stall.confirm, _move, {"booth.move": 1}, ["moved"], "confirmed"),
    "swap": Case(Stall.confirm, _swap, {"booth.swap": 2}, ["moved"], "confirmed"),
    "undo": Case(Stall.offer, _undo, {"booth.undo": 1, "application.undo": 1}, [], "shortlisted"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_entry_has_each_consequence_once(stall: Stall, told: Told, name: str) -> None:
    case = CASES[name]
    case.given(stall)
    told.mails.clear()
    before = last_entry()
    case.do(stall)
    assert entries(before) == case.trail
    assert [news for exhibitor_id, news in told.mails if exhibitor_id == stall.exhibitor_id] == case.mails
    assert stall.state()[0] == case.state


@pytest.mark.parametrize("name", CASES)
def test_an_undo_brings_application_place_in_line_and_badges_back(in_line: Stall, told: Told, name: str) -> None:
    case = CASES[name]
    case.given(in_line)
    before = in_line.state()
    case.do(in_line)
    after = in_line.state()
    _undo(in_line)
    assert in_line.state() == before
    _undo(in_line)
    assert in_line.state()[1:] == after[1:]


def test_the_undo_of_asking_for_another_takes_the_wish_back(in_line: Stall) -> None:
    in_line.offer()
    _ask_for_another(in_line)
    assert [line.wish for line in waiting.waiting(in_line.exhibition)] == ["dekat pintu", "", ""]
    _undo(in_line)
    service.release(RATNA, in_line.exhibition, in_line.mark)
    assert [line.wish for line in waiting.waiting(in_line.exhibition)] == ["", "", ""]


def test_a_published_proposal_has_each_consequence_once_for_everybody(exhibition: Exhibition, told: Told) -> None:
    proposals.start(RATNA, exhibition, Wanted(effort=1))
    run_jobs()
    proposal = proposals.latest(exhibition)
    assert proposal is not None
    new = {line.exhibitor_id for line in proposals.lines(proposal) if line.change == "new"}
    assert new
    before = last_entry()
    proposals.publish(RATNA, exhibition, proposal.id, AllocationState.OFFERED)
    changes = len(db.session.get_one(AllocationStep, last_step(exhibition)).changes)
    found = entries(before)
    assert found["booth.publish"] == changes
    assert found["application.offer"] == len(new)
    assert Counter(told.mails)[(min(new), "offered")] == 1
    assert {who for who, news in told.mails if news == "offered"} >= new


@pytest.mark.parametrize("in_the_way", [False, True], ids=["by the clock", "in somebody's way"])
def test_an_offer_that_lapses_has_each_consequence_once(
    exhibition: Exhibition, stall: Stall, told: Told, *, in_the_way: bool
) -> None:
    stall.offer()
    late(stall.exhibitor_id)
    told.mails.clear()
    before = last_entry()
    if in_the_way:
        other = next(one for one in service.without_booth(exhibition) if one.id != stall.exhibitor_id)
        service.hold(RATNA, exhibition, stall.code, other.id)
    assert consequences.lapse() == (0 if in_the_way else 1)
    hold = {"booth.hold": 1} if in_the_way else {}
    assert entries(before) == {"booth.expire": 1, "application.lapse": 1, "waiting.add": 1} | hold
    assert told.mails == [(stall.exhibitor_id, "expired")]
    assert stall.state() == ("waitlisted", 1, False)


def test_who_never_applied_leaves_the_line_when_the_offer_lapses_in_somebodys_way(exhibition: Exhibition) -> None:
    code, (one, other) = free(exhibition)[0], service.without_booth(exhibition)[:2]
    db.session.execute(update(Application).where(Application.exhibitor_id == one.id).values(exhibitor_id=None))
    db.session.commit()
    waiting.add(RATNA, exhibition, one.id)
    booth_id = next(booth.id for booth in service.plan(exhibition) if booth.code == code)
    consequences.offer_to_next(RATNA, exhibition, booth_id)
    late(one.id)
    service.hold(RATNA, exhibition, code, other.id)
    assert not waiting.waits(exhibition, one.id)


def test_a_booth_whose_offer_lapsed_goes_to_the_next_when_its_exhibitor_gets_another(
    exhibition: Exhibition, stall: Stall
) -> None:
    waiting.rules(RATNA, exhibition.id, by_itself=True, hours=24)
    db.session.refresh(exhibition)
    stall.offer()
    other = next(one for one in service.without_booth(exhibition) if one.id != stall.exhibitor_id)
    waiting.add(RATNA, exhibition, other.id)
    late(stall.exhibitor_id)
    service.hold(RATNA, exhibition, free(exhibition)[-1], stall.exhibitor_id)
    now = next(booth for booth in service.plan(exhibition) if booth.code == stall.code)
    assert (now.state, now.exhibitor) == ("offered", other.name)


@pytest.mark.parametrize("state", AllocationState)
@pytest.mark.parametrize("minutes", [-1, 0, 1, None])
def test_queries_and_rules_agree_which_allocations_count(
    exhibition: Exhibition, stall: Stall, state: AllocationState, minutes: int | None
) -> None:
    if minutes is None and state in (AllocationState.HELD, AllocationState.OFFERED):
        return  # the database refuses a hold without an end
    stall.hold()
    now = clock.now()
    expires_at = None if minutes is None else now + timedelta(minutes=minutes)
    own = Allocation.exhibitor_id == stall.exhibitor_id
    db.session.execute(update(Allocation).where(own).values(state=state, expires_at=expires_at))
    over, live, confirmed = (
        bool(db.session.scalar(select(func.count()).where(own, condition)))
        for condition in (over_at(now), live_at(now), confirmed_in(exhibition.id))
    )
    assert over == is_over(state, expires_at, now)
    assert live == Snapshot(1, state, expires_at).at(now).live
    assert confirmed == (state is AllocationState.CONFIRMED)
