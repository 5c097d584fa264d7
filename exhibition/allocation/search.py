"""Local improvement: a plan that always keeps the hard rules, the worth of a change, and annealing over changes.

A change swaps two booths' holders (either may be nobody) or lets an applicant who has no booth take one's place.
"""

import math
from collections.abc import Callable
from random import Random

from exhibition.allocation.scoring import EMPTY, Tables, compete

WARM_UP = 400
SHARE_OF_WISHES, SHARE_OF_PARTNERS = 0.3, 0.3
"""How many of the changes try a booth wished for, or one beside someone wished for; the others try any."""
HOTTEST = 0.05
"""The first temperature as a share of the median loss of random changes: the start is good, so never far from it."""
COLDEST = 0.1
"""The last temperature as a share of the first."""


class Draft:
    """Who stands where, with counts of groups and clusters around each booth so that a change is judged in O(1)."""

    def __init__(self, table: Tables, booth_of: list[int] | None = None) -> None:
        self.table = table
        self.gain: list[list[int]] = table.gain.tolist()
        self.allowed: list[list[bool]] = table.allowed.tolist()
        self.competing: list[list[bool]] = table.competing.tolist()
        self.neighbouring: list[list[bool]] = table.neighbouring.tolist()
        self.avoided: list[list[bool]] = table.avoided.tolist()
        self.competing_places = [[b for b in table.booths if row[b]] for row in self.competing]
        self.near_places = [[b for b in table.booths if row[b]] for row in self.neighbouring]
        self.booth_of = [EMPTY] * len(table.applications)
        self.holder = [EMPTY] * len(table.booths)
        places = len(table.booths)
        self._rivals = [[0] * places for _ in range(max(table.group, default=EMPTY) + 1)]
        self._fellows = [[0] * places for _ in range(max(table.cluster, default=EMPTY) + 1)]
        # Fellows of a cluster do not compete, but a cluster may hold several product groups: only those who share
        # both, the allies, are taken off the rivals.
        pairs = self._numbered_pairs()
        self._allies = [[0] * places for _ in range(max(pairs, default=EMPTY) + 1)]
        self._kin = list(zip(table.group, table.cluster, pairs, table.near, strict=True))
        self._avoid = table.avoid
        for application, booth in enumerate(booth_of or []):
            if booth != EMPTY:
                self.put(application, booth)

    def _numbered_pairs(self) -> list[int]:
        both = [
            (group, cluster) if EMPTY not in {group, cluster} else None
            for group, cluster in zip(self.table.group, self.table.cluster, strict=True)
        ]
        numbers = {pair: number for number, pair in enumerate(dict.fromkeys(pair for pair in both if pair))}
        return [EMPTY if pair is None else numbers[pair] for pair in both]

    def put(self, application: int, booth: int) -> None:
        """Give an empty booth to an applicant without one."""
        self.booth_of[application], self.holder[booth] = booth, application
        self._count(application, booth, 1)

    def take(self, application: int) -> None:
        """Take an applicant's booth away."""
        booth = self.booth_of[application]
        self.booth_of[application], self.holder[booth] = EMPTY, EMPTY
        self._count(application, booth, -1)

    def _count(self, application: int, booth: int, change: int) -> None:
        group, cluster, pair, _ = self._kin[application]
        if group != EMPTY:
            counts = self._rivals[group]
            for place in self.competing_places[booth]:
                counts[place] += change
        if pair != EMPTY:
            counts = self._allies[pair]
            for place in self.competing_places[booth]:
                counts[place] += change
        if cluster != EMPTY:
            counts = self._fellows[cluster]
            for place in self.near_places[booth]:
                counts[place] += change

    def fits(self, application: int, booth: int, leaving: int = EMPTY) -> bool:
        """Whether the hard rules let an applicant stand at a booth once ``leaving`` has gone from there."""
        if not self.allowed[application][booth]:
            return False
        for other in self._avoid[application]:
            place = self.booth_of[other]
            if place != EMPTY and other != leaving and self.avoided[booth][place]:
                return False
        return True

    def worth(self, application: int, booth: int, leaving: int = EMPTY) -> int:
        """What an applicant earns at a booth, together with the neighbours there, in thousandths.

        The applicant's own present place does not count as a neighbour. ``leaving`` is who goes from that booth to
        the applicant's present one (if there is one), or out of the hall.
        """
        table, old = self.table, self.booth_of[application]
        group, cluster, pair, near = self._kin[application]
        arrives = EMPTY not in {leaving, old}
        total = self.gain[application][booth]
        if group != EMPTY:
            rivals = self._rivals[group][booth]
            if pair != EMPTY:
                rivals -= self._allies[pair][booth]
            if old != EMPTY and self.competing[booth][old]:
                # The counts see the applicant itself at the old place (an ally of itself, if it has a cluster),
                # and not yet who will stand there.
                rivals += (arrives and compete(table, application, leaving)) - (pair == EMPTY)
            total -= table.competitors_cost * rivals
        if cluster != EMPTY:
            fellows = self._fellows[cluster][booth]
            if old != EMPTY and self.neighbouring[booth][old]:
                fellows -= 0 if arrives and table.cluster[leaving] == cluster else 1
            total += table.cluster_gain * fellows
        if near:
            close, booth_of = self.neighbouring[booth], self.booth_of
            for other, value in near.items():
                place = booth_of[other]
                if other == leaving:
                    place = old
                if place != EMPTY and close[place]:
                    total += value
        return total

    def change(self, application: int, booth: int) -> int | None:
        """By how much the plan changes if an applicant goes to a booth and its holder to theirs, if that is allowed."""
        old, holder = self.booth_of[application], self.holder[booth]
        if not self.fits(application, booth, leaving=holder):
            return None
        change = self.worth(application, booth, leaving=holder)
        if old == EMPTY:
            change += self.table.placed_gain
        else:
            change -= self.worth(application, old)
        if holder == EMPTY:
            return change
        if self.table.pinned[holder] != EMPTY:
            return None
        change -= self.worth(holder, booth)
        if old == EMPTY:
            return change - self.table.placed_gain
        if not self.fits(holder, old, leaving=application):
            return None
        return change + self.worth(holder, old, leaving=application)

    def move(self, application: int, booth: int) -> None:
        """Make the change that ``change`` judged."""
        old, holder = self.booth_of[application], self.holder[booth]
        if holder != EMPTY:
            self.take(holder)
        if old != EMPTY:
            self.take(application)
        self.put(application, booth)
        if EMPTY not in {holder, old}:
            self.put(holder, old)

    def lead_in(self, application: int) -> bool:
        """Place an applicant in an empty booth, if need be by moving one other there. False: it cannot be done."""
        empty = [booth for booth in self.table.booths if self.holder[booth] == EMPTY]
        for booth in empty:
            if self.fits(application, booth):
                self.put(application, booth)
                return True
        for booth in self.table.booths:
            holder = self.holder[booth]
            if holder == EMPTY or self.table.pinned[holder] != EMPTY:
                continue
            if not self.fits(application, booth, leaving=holder):
                continue
            self.take(holder)
            self.put(application, booth)
            for place in empty:
                if self.fits(holder, place):
                    self.put(holder, place)
                    return True
            self.take(application)
            self.put(holder, booth)
        return False


def anneal(draft: Draft, steps: int, seed: int, out_of_time: Callable[[], bool]) -> list[int]:
    """The best plan found in so many random changes, cooling from free to greedy. Ends early only when out of time."""
    random = Random(seed)  # noqa: S311 - a repeatable search, not a secret
    movable = [a for a in draft.table.applications if draft.table.pinned[a] == EMPTY and any(draft.allowed[a])]
    if not movable or not steps:
        return list(draft.booth_of)
    targets = [[b for b in draft.table.booths if draft.allowed[a][b]] for a in draft.table.applications]
    dear = [[b for b in places if draft.gain[a][b] > min(draft.gain[a])] or places for a, places in enumerate(targets)]
    partners = _partners(draft.table)
    temperature = _first_temperature(draft, movable, targets, random)
    cooling = COLDEST ** (1 / steps)
    best, best_gained, gained = list(draft.booth_of), 0, 0
    draw, choice, chance, exp = random.random, random.choice, random.random, math.exp
    for step in range(steps):
        if step & 255 == 0 and out_of_time():
            break
        temperature *= cooling
        application = movable[int(draw() * len(movable))]
        idea = draw()
        booth = choice(dear[application] if idea < SHARE_OF_WISHES else targets[application])
        if idea > 1 - SHARE_OF_PARTNERS and partners[application]:
            place = draft.booth_of[choice(partners[application])]
            if place != EMPTY and draft.near_places[place]:
                booth = choice(draft.near_places[place])
        if booth == draft.booth_of[application]:
            continue
        change = draft.change(application, booth)
        if change is None or (change < 0 and chance() >= exp(change / temperature)):
            continue
        draft.move(application, booth)
        gained += change
        if gained > best_gained:
            best, best_gained = list(draft.booth_of), gained
    return best


def _partners(table: Tables) -> list[list[int]]:
    members: dict[int, list[int]] = {}
    for application in table.applications:
        members.setdefault(table.cluster[application], []).append(application)
    members.pop(EMPTY, None)
    return [sorted({*table.near[a], *members.get(table.cluster[a], ())} - {a}) for a in table.applications]


def _first_temperature(draft: Draft, movable: list[int], targets: list[list[int]], random: Random) -> float:
    losses: list[int] = []
    for _ in range(WARM_UP):
        application = random.choice(movable)
        booth = random.choice(targets[application])
        change = None if booth == draft.booth_of[application] else draft.change(application, booth)
        if change is not None and change < 0:
            losses.append(-change)
    return max(1.0, HOTTEST * sorted(losses)[len(losses) // 2]) if losses else 1.0
