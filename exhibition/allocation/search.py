"""Local improvement: a plan that always keeps the hard rules, the worth of a change, and annealing over changes.

A change swaps two booths' holders (either may be nobody) or lets somebody who has no booth take one's place. Holders
are tenancies: exhibitors who share a booth go together.
"""

import math
from collections.abc import Callable
from random import Random

from exhibition.allocation.scoring import EMPTY, Kind, Tables

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
        self.booth_of = [EMPTY] * len(table.tenancies)
        self.holder = [EMPTY] * len(table.booths)
        self._members = [[table.kinds[member] for member in tenancy.members] for tenancy in table.tenancies]
        counts: dict[tuple[object, ...], list[int]] = {}

        def row(*key: object) -> list[int]:
            return counts.setdefault(key, [0] * len(table.booths))

        # Fellows of a cluster do not compete, but a cluster may hold several product groups: only those who share
        # both, the allies, are taken off the rivals.
        self._rivals = [[row("group", m.group) for m in kinds if m.group != EMPTY] for kinds in self._members]
        self._allies = [[row("allies", m) for m in kinds if EMPTY not in m] for kinds in self._members]
        self._fellows = [[row("cluster", m.cluster) for m in kinds if m.cluster != EMPTY] for kinds in self._members]
        self._welcomes = [0] * len(table.booths)
        """How many of the tenancies around a booth have somebody established."""
        self._minding = bool(table.newcomer_gain and any(table.newcomers) and any(table.established))
        self._own_rivals = [_pairs(kinds, kinds, Kind.competes) for kinds in self._members]
        self._own_fellows = [_pairs(kinds, kinds, _are_fellows) for kinds in self._members]
        for tenancy, booth in enumerate(booth_of or []):
            if booth != EMPTY:
                self.put(tenancy, booth)

    def put(self, tenancy: int, booth: int) -> None:
        """Give an empty booth to a tenancy without one."""
        self.booth_of[tenancy], self.holder[booth] = booth, tenancy
        self._count(tenancy, booth, 1)

    def take(self, tenancy: int) -> None:
        """Take a tenancy's booth away."""
        booth = self.booth_of[tenancy]
        self.booth_of[tenancy], self.holder[booth] = EMPTY, EMPTY
        self._count(tenancy, booth, -1)

    def _count(self, tenancy: int, booth: int, change: int) -> None:
        for counts in self._rivals[tenancy]:
            for place in self.competing_places[booth]:
                counts[place] += change
        for counts in self._allies[tenancy]:
            for place in self.competing_places[booth]:
                counts[place] += change
        for counts in self._fellows[tenancy]:
            for place in self.near_places[booth]:
                counts[place] += change
        if self.table.established[tenancy]:
            for place in self.near_places[booth]:
                self._welcomes[place] += change

    def may_enter(self, tenancy: int, booth: int) -> bool:
        """Whether a tenancy may have a booth without anybody leaving it."""
        return self.holder[booth] == EMPTY and self.fits(tenancy, booth)

    def fits(self, tenancy: int, booth: int, leaving: int = EMPTY) -> bool:
        """Whether the hard rules let a tenancy stand at a booth once ``leaving`` has gone from there."""
        if not self.allowed[tenancy][booth]:
            return False
        for other in self.table.avoid[tenancy]:
            place = self.booth_of[other]
            if place != EMPTY and other != leaving and self.avoided[booth][place]:
                return False
        return True

    def worth(self, tenancy: int, booth: int, leaving: int = EMPTY) -> int:
        """What a tenancy earns at a booth, together with the neighbours there, but for newcomers; in thousandths.

        Its own present place does not count as a neighbour. ``leaving`` is who goes from that booth to the tenancy's
        present one (if there is one), or out of the hall.
        """
        table, old = self.table, self.booth_of[tenancy]
        arriving = leaving if old != EMPTY else EMPTY
        total = self.gain[tenancy][booth]
        if self._rivals[tenancy]:
            total -= table.competitors_cost * self._rivals_around(tenancy, booth, arriving)
        if self._fellows[tenancy]:
            total += table.cluster_gain * self._fellows_around(tenancy, booth, arriving)
        if near := table.near[tenancy]:
            close, booth_of = self.neighbouring[booth], self.booth_of
            for other, value in near.items():
                place = old if other == leaving else booth_of[other]
                if place != EMPTY and close[place]:
                    total += value
        return total

    def _rivals_around(self, tenancy: int, booth: int, arriving: int) -> int:
        rivals, old = 0, self.booth_of[tenancy]
        for counts in self._rivals[tenancy]:
            rivals += counts[booth]
        for counts in self._allies[tenancy]:
            rivals -= counts[booth]
        if old != EMPTY and self.competing[booth][old]:
            # The counts see the tenancy itself at the old place, and not yet who will stand there.
            rivals -= self._own_rivals[tenancy]
            if arriving != EMPTY:
                rivals += _pairs(self._members[tenancy], self._members[arriving], Kind.competes)
        return rivals

    def _fellows_around(self, tenancy: int, booth: int, arriving: int) -> int:
        fellows, old = 0, self.booth_of[tenancy]
        for counts in self._fellows[tenancy]:
            fellows += counts[booth]
        if old != EMPTY and self.neighbouring[booth][old]:
            fellows -= self._own_fellows[tenancy]
            if arriving != EMPTY:
                fellows += _pairs(self._members[tenancy], self._members[arriving], _are_fellows)
        return fellows

    def change(self, tenancy: int, booth: int) -> int | None:
        """By how much the plan changes if a tenancy goes to a booth and its holder to theirs, if that is allowed."""
        old, holder, size = self.booth_of[tenancy], self.holder[booth], self.table.size
        if not self.fits(tenancy, booth, leaving=holder):
            return None
        change = self.worth(tenancy, booth, leaving=holder)
        if self._minding:
            change += self.table.newcomer_gain * self._welcomed(tenancy, booth)
        if old == EMPTY:
            change += self.table.placed_gain * size[tenancy]
        else:
            change -= self.worth(tenancy, old)
        if holder == EMPTY:
            return change
        if self.table.pinned[holder] != EMPTY:
            return None
        change -= self.worth(holder, booth)
        if old == EMPTY:
            return change - self.table.placed_gain * size[holder]
        if not self.fits(holder, old, leaving=tenancy):
            return None
        return change + self.worth(holder, old, leaving=tenancy)

    def _welcomed(self, tenancy: int, booth: int) -> int:
        """How many more newcomers would stand beside somebody established after such a change."""
        old, holder, fresh = self.booth_of[tenancy], self.holder[booth], self.table.newcomers
        near_new, near_old = self.neighbouring[booth], self.neighbouring[old] if old != EMPTY else None
        coming = self.table.established[tenancy] - (holder != EMPTY and self.table.established[holder])

        def after(place: int) -> bool:
            leaving = near_old is not None and near_old[place]
            return self._welcomes[place] + coming * (near_new[place] - leaving) > 0

        more = 0
        if fresh[tenancy]:
            more += fresh[tenancy] * (after(booth) - (old != EMPTY and self._welcomes[old] > 0))
        if holder != EMPTY and fresh[holder]:
            more += fresh[holder] * ((old != EMPTY and after(old)) - (self._welcomes[booth] > 0))
        if coming:
            around = self.near_places[booth] + (self.near_places[old] if old != EMPTY else [])
            for place in around:
                other = self.holder[place]
                if other != EMPTY and fresh[other] and place not in {booth, old}:
                    more += fresh[other] * (after(place) - (self._welcomes[place] > 0))
        return more

    def move(self, tenancy: int, booth: int) -> None:
        """Make the change that ``change`` judged."""
        old, holder = self.booth_of[tenancy], self.holder[booth]
        if holder != EMPTY:
            self.take(holder)
        if old != EMPTY:
            self.take(tenancy)
        self.put(tenancy, booth)
        if EMPTY not in {holder, old}:
            self.put(holder, old)

    def lead_in(self, tenancy: int) -> bool:
        """Place a tenancy in an empty booth, if need be by moving one other there. False: it cannot be done."""
        empty = [booth for booth in self.table.booths if self.holder[booth] == EMPTY]
        for booth in empty:
            if self.fits(tenancy, booth):
                self.put(tenancy, booth)
                return True
        for booth in self.table.booths:
            holder = self.holder[booth]
            if holder == EMPTY or self.table.pinned[holder] != EMPTY:
                continue
            if not self.fits(tenancy, booth, leaving=holder):
                continue
            self.take(holder)
            self.put(tenancy, booth)
            for place in empty:
                if self.fits(holder, place):
                    self.put(holder, place)
                    return True
            self.take(tenancy)
            self.put(holder, booth)
        return False


def _are_fellows(one: Kind, other: Kind) -> bool:
    return one.cluster == other.cluster != EMPTY


def _pairs(some: list[Kind], others: list[Kind], related: Callable[[Kind, Kind], bool]) -> int:
    """How many pairs of one of these and one of those are related."""
    return sum(related(one, other) for one in some for other in others)


def anneal(draft: Draft, steps: int, seed: int, out_of_time: Callable[[], bool]) -> list[int]:
    """The best plan found in so many random changes, cooling from free to greedy. Ends early only when out of time."""
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
    """Per tenancy, beside whom it would be worth standing."""
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
