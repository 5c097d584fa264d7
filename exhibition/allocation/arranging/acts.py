"""Placing one or many exhibitors by one act: hold, move, swap or release, whichever fits what was put where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l

from exhibition.accounts.audit import Actor
from exhibition.allocation import service
from exhibition.allocation.arranging.places import Spot, gathered, shifted
from exhibition.allocation.consequences import carry_out
from exhibition.allocation.models import Allocation, AllocationStep
from exhibition.allocation.planned import PlannedBooth
from exhibition.allocation.rules import AllocationState, Change, Snapshot, StepKind, marked_id
from exhibition.allocation.steps import expiry, locked, new_claim
from exhibition.core.db import transaction
from exhibition.core.errors import Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.exhibitors import participants
from exhibition.venue.models import Exhibition

MOST = 200
"""So many exhibitors can be placed by one act."""
OUT = ""
"""Instead of a booth's code: off the plan."""


@dataclass(frozen=True)
class _Taken:
    """The claims and the exhibitors without a booth that were picked up, in the order in which they were chosen."""

    claims: list[tuple[Allocation, Snapshot]]
    newcomers: list[int]

    def __len__(self) -> int:
        return len(self.claims) + len(self.newcomers)


@transaction
def arrange(actor: Actor, exhibition: Exhibition, taken: Sequence[str], code: str) -> AllocationStep:
    """Put exhibitors down on a booth, or off the plan with the code ``OUT``, all of them or none.

    ``taken`` are marks of claims and ids of exhibitors without a booth. One claim on a taken booth swaps the two.
    Several go as far as the first of them, if all booths there are free, and otherwise to the free booths nearest to
    the one they were put on. Raises Refused: what ``service.hold``, ``move``, ``swap`` and ``release`` raise,
    ``invalid`` (422) for too many or none, and ``booths_full`` when too few booths are free.
    """
    if not 1 <= len(taken) <= MOST:
        message = _l("Choose from 1 to %(most)s exhibitors.", most=MOST)
        raise Refused("invalid", message, status=422, field="taken")
    picked = _picked(exhibition, list(dict.fromkeys(taken)))
    if code == OUT:
        kind, changes = _released(picked)
    elif len(picked) == 1 and picked.claims:
        kind, changes = _put(exhibition, *picked.claims[0], code)
    else:
        kind, changes = _spread(actor, exhibition, picked, code)
    return carry_out(actor, exhibition, kind, changes)


def _picked(exhibition: Exhibition, taken: list[str]) -> _Taken:
    locked([number for text in taken if "." in text and (number := marked_id(text)) is not None])  # all at once
    claims = [service.as_seen(exhibition, text, "taken") for text in taken if "." in text]
    newcomers = [int(text) for text in taken if text.isascii() and text.isdigit() and len(text) < len(str(LARGEST_ID))]
    if len(claims) + len(newcomers) < len(taken) or not all(
        participants.takes_part(exhibition.id, exhibitor_id) for exhibitor_id in newcomers
    ):
        message = _l("Choose an exhibitor from the list.")
        raise Refused("exhibitor_unknown", message, status=422, field="taken")
    if not all(present.live for _allocation, present in claims):
        raise Refused("wrong_state", _l("That is not possible in the present state of this booth."))
    return _Taken(claims, newcomers)


def _released(picked: _Taken) -> tuple[StepKind, list[Change]]:
    if picked.newcomers:
        raise Refused("wrong_state", _l("Who has no booth cannot be taken off the plan."), field="taken")
    changes = [
        Change(one.id, one.exhibitor_id, present, Snapshot(present.booth_id, AllocationState.RELEASED))
        for one, present in picked.claims
    ]
    return (StepKind.RELEASE if len(changes) == 1 else StepKind.ARRANGE), changes


def _put(exhibition: Exhibition, one: Allocation, present: Snapshot, code: str) -> tuple[StepKind, list[Change]]:
    """Move one claim to a free booth, or swap it with that of whoever stands there."""
    booth = service.booth_of(exhibition, code)
    if booth.id == present.booth_id:
        raise Refused("wrong_state", _l("Choose another booth to move to."), field="booth")
    moved = replace(present, booth_id=booth.id, shares=False)
    there_days = {claim.mark: set(claim.days) for claim in service.claims(exhibition) if claim.booth_id == booth.id}
    own_days = next(set(claim.days) for claim in service.claims(exhibition) if claim.allocation_id == one.id)
    met = [mark for mark, days in there_days.items() if not days or not own_days or days & own_days]
    if len(met) != 1:
        # On other days than those who have it; several whom it would meet are refused when it is written.
        return StepKind.MOVE, [Change(one.id, one.exhibitor_id, present, moved)]
    return StepKind.SWAP, service.exchanged((one, present), service.as_seen(exhibition, met[0], "booth"))


def _spread(actor: Actor, exhibition: Exhibition, picked: _Taken, code: str) -> tuple[StepKind, list[Change]]:
    booths = {booth.code: booth for booth in service.plan(exhibition)}
    if code not in booths:
        service.booth_of(exhibition, code)  # refuses
    codes = _codes(booths, picked, code)
    moved = [
        Change(one.id, one.exhibitor_id, present, replace(present, booth_id=booths[to].id, shares=False))
        for (one, present), to in zip(picked.claims, codes, strict=False)
        if booths[to].id != present.booth_id
    ]
    until = expiry(exhibition, None)
    held = [
        new_claim(actor, exhibition, exhibitor_id, Snapshot(booths[to].id, AllocationState.HELD, until))
        for exhibitor_id, to in zip(picked.newcomers, codes[len(picked.claims) :], strict=True)
    ]
    if not moved and not held:
        raise Refused("wrong_state", _l("Choose another booth to move to."), field="booth")
    return (StepKind.HOLD if len(held) == 1 and not moved else StepKind.ARRANGE), [*moved, *held]


def _codes(booths: dict[str, PlannedBooth], picked: _Taken, code: str) -> list[str]:
    spots = {
        booth.code: Spot(booth.code, booth.x + booth.width / 2, booth.y + booth.depth / 2) for booth in booths.values()
    }
    by_id = {booth.id: booth.code for booth in booths.values()}
    own = [by_id[present.booth_id] for _allocation, present in picked.claims]
    free = {booth.code for booth in booths.values() if booth.opened and (booth.claim is None or booth.code in own)}
    codes = shifted(spots, free, own, code) if own and not picked.newcomers else None
    codes = codes or gathered(spots, free, len(picked), code)
    if codes is None:
        message = _l("Only %(free)s booths are free for them.", free=len(free))
        raise Refused("booths_full", message, field="booth")
    return codes
