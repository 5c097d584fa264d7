"""Local improvement: simulated annealing over changes of a plan that always keeps the hard rules."""

import math
from collections.abc import Callable
from random import Random

from exhibition.allocation.solver.drafts import Draft
from exhibition.allocation.solver.scoring import EMPTY, Tables

WARM_UP = 400
SHARE_OF_WISHES, SHARE_OF_PARTNERS = 0.3, 0.3
"""The share of changes that try a wished-for booth or one near a wished-for neighbour; the others try any."""
HOTTEST = 0.05
"""The first temperature as a share of the median loss of random changes; low, because the start is already good."""
COLDEST = 0.1
"""The last temperature as a share of the first."""


def anneal(draft: Draft, steps: int, seed: int, out_of_time: Callable[[], bool]) -> list[int]:
    """The best plan found in ``steps`` random changes while cooling. Ends early only when out of time."""
    random = Random(seed)  # noqa: S311 - a repeatable search, not a secret
    movable = [t for t in draft.table.all if draft.table.pinned[t] == EMPTY and any(draft.allowed[t])]
    if not movable or not steps:
        return list(draft.booth_of)
    targets = [[b for b in draft.table.booths if draft.allowed[t][b]] for t in draft.table.all]
    dear = [[b for b in places if draft.gain[t][b] > min(draft.gain[t])] or places for t, places in enumerate(targets)]
    partners = _partners(draft.table)
    temperature = _first_temperature(draft, movable, targets, random)
    cooling = COLDEST ** (1 / steps)
    best, best_gained, gained = list(draft.booth_of), 0, 0
    draw, choice, chance, exp = random.random, random.choice, random.random, math.exp
    for step in range(steps):
        if step & 255 == 0 and out_of_time():
            break
        temperature *= cooling
        tenancy = movable[int(draw() * len(movable))]
        idea = draw()
        booth = choice(dear[tenancy] if idea < SHARE_OF_WISHES else targets[tenancy])
        if idea > 1 - SHARE_OF_PARTNERS and partners[tenancy]:
            place = draft.booth_of[choice(partners[tenancy])]
            if place != EMPTY and draft.near_places[place]:
                booth = choice(draft.near_places[place])
        if booth == draft.booth_of[tenancy]:
            continue
        change = draft.change(tenancy, booth)
        if change is None or (change < 0 and chance() >= exp(change / temperature)):
            continue
        draft.move(tenancy, booth)
        gained += change
        if gained > best_gained:
            best, best_gained = list(draft.booth_of), gained
    return best


def _partners(table: Tables) -> list[list[int]]:
    """Per tenancy, the tenancies it would gain by being near."""
    members: dict[int, set[int]] = {}
    clusters = [{table.kinds[member].cluster for member in one.members} - {EMPTY} for one in table.tenancies]
    for tenancy, found in enumerate(clusters):
        for cluster in found:
            members.setdefault(cluster, set()).add(tenancy)
    return [
        sorted(
            {*table.near[tenancy], *(other for cluster in clusters[tenancy] for other in members[cluster])} - {tenancy}
        )
        for tenancy in table.all
    ]


def _first_temperature(draft: Draft, movable: list[int], targets: list[list[int]], random: Random) -> float:
    losses: list[int] = []
    for _ in range(WARM_UP):
        tenancy = random.choice(movable)
        booth = random.choice(targets[tenancy])
        change = None if booth == draft.booth_of[tenancy] else draft.change(tenancy, booth)
        if change is not None and change < 0:
            losses.append(-change)
    return max(1.0, HOTTEST * sorted(losses)[len(losses) // 2]) if losses else 1.0
