"""Proposals at the desk: requested, worked out by a job, reviewed, and published in one step that can be undone.

Exhibitors with an offered or confirmed booth are pinned to it, so no proposal moves them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from exhibition.accounts.audit import Actor, record
from exhibition.allocation import service
from exhibition.allocation.consequences import carry_out
from exhibition.allocation.models import AllocationProposal, AllocationStep
from exhibition.allocation.planned import Claim, PlannedBooth
from exhibition.allocation.proposals.problem_builder import Wanted, ask
from exhibition.allocation.rules import KNOWN, AllocationState, Change, ProposalState, Snapshot, StepKind
from exhibition.allocation.solver import checker, problem_reading
from exhibition.allocation.solver.problem import AssignmentPlan
from exhibition.allocation.steps import expiry, new_claim
from exhibition.core import clock
from exhibition.core.db import after_commit, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files.json_documents import Fields
from exhibition.core.ids import LARGEST_ID
from exhibition.core.jobs import IN_LINE, by_name, in_time
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import CONSIDERED
from exhibition.venue.models import Exhibition

work_out = by_name("allocation.work_out")
NOTE_EVERY = timedelta(seconds=0.5)
"""How often the job records its progress."""


@transaction
def start(actor: Actor, exhibition: Exhibition, wanted: Wanted) -> AllocationProposal:
    """Request a proposal; a job works it out. Raises Refused ``proposal_running`` (409) while another one runs."""
    latest_one = latest(exhibition)
    if latest_one is not None and is_working(latest_one):
        raise Refused("proposal_running", _l("A proposal is being worked out. Wait for it or stop it."))
    asked = ask(exhibition, wanted)
    if not asked.problem.booths or not asked.problem.applications:
        message = _l("There is nothing to plan: open booths in a layout and add exhibitors first.")
        raise Refused("nothing_to_plan", message)
    proposal = AllocationProposal(
        exhibition_id=exhibition.id,
        problem=asked.problem.document() | {"keep_holds": wanted.keep_holds},
        exhibitors=asked.exhibitors,
        seen=asked.seen,
        created_by=actor.name,
    )
    db.session.add(proposal)
    db.session.flush()
    record(actor, "proposal.ask", "proposal", proposal.id, after={"seed": wanted.seed})
    number = proposal.id
    after_commit(lambda: work_out(number))
    return proposal


def latest(exhibition: Exhibition) -> AllocationProposal | None:
    """The newest proposal of the edition."""
    statement = select(AllocationProposal).where(AllocationProposal.exhibition_id == exhibition.id)
    return db.session.scalar(statement.order_by(AllocationProposal.id.desc()).limit(1))


def is_working(proposal: AllocationProposal) -> bool:
    """Whether a result can still be expected: it is waiting or running, and has not been silent for too long."""
    if proposal.state is ProposalState.WAITING:
        return in_time(proposal.created_at, IN_LINE)
    limit = timedelta(seconds=float(proposal.problem["time_limit_s"]))
    return proposal.state is ProposalState.RUNNING and in_time(proposal.started_at, limit)


def run(number: int) -> None:
    """Work out one proposal: the work of the job. A second run for the same proposal does nothing."""
    from exhibition.allocation.solver import solve as solver  # its libraries are large, and only jobs need them

    document = _begin(number)
    if document is None:
        return
    noted = clock.now()

    def progress(stage: str, objective: float, bound: float) -> bool:
        nonlocal noted
        if stage != "done" and clock.now() - noted < NOTE_EVERY:
            return True
        noted = clock.now()
        return _note(number, stage, objective, bound)

    try:
        _finish(number, solver.solve(problem_reading.read(Fields(document)), progress))
    except Exception:
        _finish(number, None)
        raise


@transaction
def _begin(number: int) -> dict[str, Any] | None:
    taken = db.session.execute(
        update(AllocationProposal)
        .where(AllocationProposal.id == number, AllocationProposal.state == ProposalState.WAITING)
        .values(state=ProposalState.RUNNING, started_at=clock.now())
    )
    if not taken.rowcount:  # pyright: ignore[reportAttributeAccessIssue] an UPDATE has it
        return None
    return db.session.scalar(select(AllocationProposal.problem).where(AllocationProposal.id == number))


@transaction
def _note(number: int, stage: str, objective: float, bound: float) -> bool:
    """Record the progress; False when somebody wants to stop."""
    db.session.execute(
        update(AllocationProposal)
        .where(AllocationProposal.id == number)
        .values(stage=stage, objective=objective, bound=bound)
    )
    return not db.session.scalar(select(AllocationProposal.stop).where(AllocationProposal.id == number))


@transaction
def _finish(number: int, plan: AssignmentPlan | None) -> None:
    values: dict[str, Any] = {"state": ProposalState.FAILED, "finished_at": clock.now()}
    if plan is not None:
        values |= {"state": ProposalState.DONE, "objective": plan.objective, "bound": plan.bound}
        values |= {"plan": plan.document()}
        values["reasons"] = {
            id_: [[reason.code, reason.template, reason.values] for reason in reasons]
            for id_, reasons in plan.reasons.items()
        }
    db.session.execute(update(AllocationProposal).where(AllocationProposal.id == number).values(**values))


@transaction
def stop(actor: Actor, exhibition: Exhibition, number: int) -> None:
    """Stop a running proposal; the best plan found so far is its result."""
    proposal = get(exhibition, number)
    proposal.stop = True
    record(actor, "proposal.stop", "proposal", proposal.id)


def get(exhibition: Exhibition, number: int) -> AllocationProposal:
    """Raises NotFound."""
    proposal = db.session.get(AllocationProposal, number) if number <= LARGEST_ID else None
    if proposal is None or proposal.exhibition_id != exhibition.id:
        raise NotFound
    return proposal


@dataclass(frozen=True)
class ProposalLine:
    """One exhibitor in a proposal; ``origin`` and ``target`` are booth codes, empty for none."""

    name: str
    exhibitor_id: int
    origin: str
    target: str
    promised: bool
    """Whether the booth was already offered or confirmed."""
    reasons: list[tuple[str, str, dict[str, Any]]]

    @property
    def change(self) -> str:
        """``new``, ``moved``, ``stays``, ``loses`` (a hold or offer) or ``unplaced``."""
        if self.origin == self.target:
            return "stays" if self.origin else "unplaced"
        if not self.target:
            return "loses"
        return "moved" if self.origin else "new"


def lines(proposal: AllocationProposal) -> list[ProposalLine]:
    """Every exhibitor of a finished proposal, compared with the plan it was made from; changes first."""
    if proposal.plan is None or proposal.reasons is None:
        return []
    origins = {one["id"]: one["current"] or "" for one in proposal.problem["applications"]}
    found = [
        ProposalLine(
            name=name,
            exhibitor_id=exhibitor_id,
            origin=origins[name],
            target=proposal.plan["assignments"].get(name, ""),
            promised=any(f".{state}." in proposal.seen.get(str(exhibitor_id), "") for state in KNOWN),
            reasons=[(code, template, values) for code, template, values in proposal.reasons[name]],
        )
        for name, exhibitor_id in proposal.exhibitors.items()
    ]
    order = ("unplaced", "loses", "new", "moved", "stays")
    return sorted(found, key=lambda line: (order.index(line.change), line.promised, line.name.casefold()))


def drawn(exhibition: Exhibition, proposal: AllocationProposal) -> list[PlannedBooth]:
    """The floor plan as it would be after publishing."""
    standing: dict[str, list[ProposalLine]] = {}
    for line in lines(proposal):
        standing.setdefault(line.target, []).append(line)
    days = {claim.exhibitor_id: claim.days for claim in service.claims(exhibition)}
    return [_drawn(booth, standing.get(booth.code, ()), days) for booth in service.plan(exhibition)]


def _drawn(booth: PlannedBooth, together: Sequence[ProposalLine], days: Mapping[int, tuple[date, ...]]) -> PlannedBooth:
    if not together:
        free = replace(booth, claims=(), free_days=(), state=service.booth_state(None, opened=True))
        return free if booth.opened else booth
    claims = tuple(
        Claim(
            allocation_id=0,
            booth_id=booth.id,
            exhibitor_id=line.exhibitor_id,
            exhibitor=line.name,
            slug="",
            state=AllocationState.CONFIRMED if line.promised else AllocationState.HELD,
            expires_at=None,
            changed_by="",
            changed_at=clock.now(),
            days=days.get(line.exhibitor_id, ()),
        )
        for line in together
    )
    return replace(booth, claims=claims, free_days=(), state=service.booth_state(claims[0].state, opened=True))


@transaction
def publish(
    actor: Actor, exhibition: Exhibition, number: int, state: AllocationState, *, hours: int | None = None
) -> AllocationStep:
    """Carry out a finished proposal in one step: new exhibitors get a hold or an offer, others move.

    ``state`` is held or offered. Raises Refused ``proposal_unfinished``, ``proposal_broken`` when the independent
    checker finds a violation, ``changed_since`` when somebody's booth has changed since, and what ``steps.apply``
    raises.
    """
    proposal = db.session.scalar(
        select(AllocationProposal)
        .where(AllocationProposal.id == get(exhibition, number).id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if proposal is None or proposal.state is not ProposalState.DONE or proposal.plan is None:
        raise Refused("proposal_unfinished", _l("This proposal has no plan to publish, or it was published already."))
    if broken := checker.violations(proposal.problem, proposal.plan):
        message = _l("The plan breaks a rule and cannot be published: %(fault)s", fault=broken[0])
        raise Refused("proposal_broken", message)
    present = {claim.exhibitor_id: claim for claim in service.claims(exhibition)}
    _refuse_changed(exhibition, proposal, present)
    changes = _changes(actor, exhibition, proposal, present, state, expiry(exhibition, hours))
    if not changes:
        raise Refused("nothing_to_change", _l("The plan is already as proposed."))
    step = carry_out(actor, exhibition, StepKind.PUBLISH, changes)
    proposal.state, proposal.step_id = ProposalState.PUBLISHED, step.id
    record(actor, "proposal.publish", "proposal", proposal.id, after={"changes": len(changes)})
    return step


def _refuse_changed(exhibition: Exhibition, proposal: AllocationProposal, present: dict[int, Claim]) -> None:
    now = {str(exhibitor_id): claim.mark for exhibitor_id, claim in present.items()}
    changed = {int(key) for key in now.keys() | proposal.seen.keys() if now.get(key) != proposal.seen.get(key)}
    changed |= _moved_on(exhibition, proposal)
    if not changed:
        return
    names = db.session.scalars(select(Exhibitor.name).where(Exhibitor.id.in_(changed)).order_by(Exhibitor.name)).all()
    message = _l(
        "Nothing was done, because the plan has changed since the proposal was made: %(names)s. Ask for a new one.",
        names=", ".join(names),
    )
    raise Refused("changed_since", message)


def _moved_on(exhibition: Exhibition, proposal: AllocationProposal) -> set[int]:
    """Exhibitors who would get a booth, but whose application was withdrawn, rejected … since the proposal was made."""
    pinned = {one["id"] for one in proposal.problem["applications"] if one["pinned"]}
    spoken = applications.speaking(exhibition)
    return {
        line.exhibitor_id
        for line in lines(proposal)
        if line.change == "new"
        and line.name not in pinned
        and (application := spoken.get(line.exhibitor_id)) is not None
        and application.state not in CONSIDERED
    }


def _changes(
    actor: Actor,
    exhibition: Exhibition,
    proposal: AllocationProposal,
    present: dict[int, Claim],
    state: AllocationState,
    expires_at: datetime,
) -> list[Change]:
    booths = {booth.code: booth.id for booth in service.plan(exhibition)}
    found = lines(proposal)
    tenants = Counter(line.target for line in found)
    changes = []
    for line in found:
        shares = tenants[line.target] > 1
        claim = present.get(line.exhibitor_id)
        if claim is not None and line.change in ("moved", "loses"):
            before = claim.snapshot
            target = (
                replace(before, booth_id=booths[line.target], shares=shares)
                if line.target
                else Snapshot(claim.booth_id, AllocationState.RELEASED)
            )
            changes.append(Change(claim.allocation_id, claim.exhibitor_id, before, target))
        elif line.change == "new":
            target = Snapshot(booths[line.target], state, expires_at, shares)
            changes.append(new_claim(actor, exhibition, line.exhibitor_id, target))
    return changes
