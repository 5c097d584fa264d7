"""A draft plan: it always keeps the hard rules, and knows the value of a change to it.

A change exchanges the booth of a tenancy (exhibitors who share a booth move together) with those who have its new booth
on its days. If the tenancy had no booth, those who leave get none.
"""

from collections.abc import Callable, Hashable, Sequence

from exhibition.allocation.solver.scoring import EMPTY, NeighbourTraits, Tables

Counts = list[int]
"""One count for each booth."""


class Draft:
    """A plan with counts of groups and clusters around each booth, so that a change can be valued in O(1)."""

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
        self.holders: list[list[int]] = [[] for _ in table.booths]
        self._taken = [0] * len(table.booths)
        """The days on which somebody has a booth, as bits."""
        self._counted = [0] * len(table.caps)
        """How many exhibitors count for each cap now."""
        self._prepare_counts()
        for tenancy, booth in enumerate(booth_of or []):
            if booth != EMPTY:
                self.put(tenancy, booth)

    def _prepare_counts(self) -> None:
        table = self.table
        self._members = members = [[table.kinds[m] for m in tenancy.members] for tenancy in table.tenancies]
        different = sorted({kind.days for kind in table.kinds})
        meeting = {days: [other for other in different if other & days] for days in different}
        counts: dict[tuple[int, Hashable], Counts] = {}

        def own(days: int, what: Hashable) -> Counts:
            return counts.setdefault((days, what), [0] * len(table.booths))

        def met(days: int, what: Hashable) -> list[Counts]:
            return [own(other, what) for other in meeting[days]]

        # Fellows of a cluster do not compete, but a cluster may have several product groups: only those who share both,
        # the allies, are subtracted from the rivals.
        groups = [[(k.days, ("group", k.group)) for k in kinds if k.group != EMPTY] for kinds in members]
        allies = [[(k.days, (k.group, k.cluster)) for k in kinds if EMPTY not in k] for kinds in members]
        clusters = [[(k.days, ("cluster", k.cluster)) for k in kinds if k.cluster != EMPTY] for kinds in members]
        self._rivals = [[one for key in keys for one in met(*key)] for keys in groups]
        self._allies = [[one for key in keys for one in met(*key)] for keys in allies]
        self._fellows = [[one for key in keys for one in met(*key)] for keys in clusters]
        self._marks_competing = [[own(*key) for key in (*groups[t], *allies[t])] for t in table.all]
        self._minding = bool(table.newcomer_gain and any(table.newcomers) and any(table.established))
        welcoming = [[(days, "welcome") for days in table.established[t]] if self._minding else [] for t in table.all]
        self._marks_near = [[own(*key) for key in (*clusters[t], *welcoming[t])] for t in table.all]
        self._welcomes = {days: met(days, "welcome") for days in different}
        self._own_rivals = [_pairs(kinds, kinds, NeighbourTraits.competes) for kinds in members]
        self._own_fellows = [_pairs(kinds, kinds, NeighbourTraits.is_fellow) for kinds in members]

    def put(self, tenancy: int, booth: int) -> None:
        """Give a tenancy that has no booth one that is free on its days."""
        self.booth_of[tenancy] = booth
        self.holders[booth].append(tenancy)
        self._taken[booth] ^= self.table.days[tenancy]
        self._count(tenancy, booth, 1)
        self._count_for_quotas(tenancy, 1)

    def take(self, tenancy: int) -> None:
        """Take a tenancy's booth away."""
        booth = self.booth_of[tenancy]
        self.booth_of[tenancy] = EMPTY
        self.holders[booth].remove(tenancy)
        self._taken[booth] ^= self.table.days[tenancy]
        self._count(tenancy, booth, -1)
        self._count_for_quotas(tenancy, -1)

    def _count_for_quotas(self, tenancy: int, sign: int) -> None:
        for number, cap in enumerate(self.table.caps):
            self._counted[number] += sign * cap.counts[tenancy]

    def admitted(self, tenancy: int, leaving: Sequence[int] = ()) -> int | None:
        """The change in value, by quotas alone, if a tenancy gets a booth and those leaving lose theirs; None if a hard
        quota forbids it.
        """
        change = 0
        for cap, before in zip(self.table.caps, self._counted, strict=True):
            more = cap.counts[tenancy] - sum(cap.counts[other] for other in leaving)
            if cap.hard and more > 0 and before + more > cap.most:
                return None
            change -= cap.cost * (cap.excess(before + more) - cap.excess(before))
        return change

    def _count(self, tenancy: int, booth: int, change: int) -> None:
        for counts in self._marks_competing[tenancy]:
            for place in self.competing_places[booth]:
                counts[place] += change
        for counts in self._marks_near[tenancy]:
            for place in self.near_places[booth]:
                counts[place] += change

    def in_the_way(self, tenancy: int, booth: int) -> tuple[int, ...]:
        """The tenancies that have the booth on this tenancy's days."""
        days = self.table.days
        if not self._taken[booth] & days[tenancy]:
            return ()
        return tuple(holder for holder in self.holders[booth] if days[holder] & days[tenancy])

    def may_enter(self, tenancy: int, booth: int) -> bool:
        """Whether a tenancy may have a booth while everybody in it stays."""
        free = not self._taken[booth] & self.table.days[tenancy]
        return free and self.fits(tenancy, booth) and self.admitted(tenancy) is not None

    def fits(self, tenancy: int, booth: int, leaving: Sequence[int] = ()) -> bool:
        """Whether the hard rules allow a tenancy in a booth once all in its way, ``leaving``, have left."""
        if not self.allowed[tenancy][booth]:
            return False
        for other in self.table.avoid[tenancy]:
            place = self.booth_of[other]
            if place != EMPTY and self.avoided[booth][place] and other not in leaving:
                return False
        return True

    def _may_follow(self, others: Sequence[int], tenancy: int, old: int) -> bool:
        """Whether all the others may have the booth that a tenancy leaves."""
        left = self._taken[old] ^ self.table.days[tenancy]
        return not any(left & self.table.days[other] or not self.fits(other, old, (tenancy,)) for other in others)

    def worth(self, tenancy: int, booth: int, leaving: Sequence[int] = ()) -> int:
        """The value of a tenancy at a booth, including its neighbours but not the newcomer term, in thousandths.

        Its own present place does not count as a neighbour. ``leaving`` are those who move from that booth to the
        tenancy's present one, or lose their booth if it has none.
        """
        table, old = self.table, self.booth_of[tenancy]
        arriving = leaving if old != EMPTY else ()
        total = self.gain[tenancy][booth]
        if self._rivals[tenancy]:
            total -= table.competitors_cost * self._rivals_around(tenancy, booth, arriving)
        if self._fellows[tenancy]:
            total += table.cluster_gain * self._fellows_around(tenancy, booth, arriving)
        if near := table.near[tenancy]:
            close, booth_of = self.neighbouring[booth], self.booth_of
            for other, value in near.items():
                place = old if other in leaving else booth_of[other]
                if place != EMPTY and close[place]:
                    total += value
        return total

    def _rivals_around(self, tenancy: int, booth: int, arriving: Sequence[int]) -> int:
        rivals, old = 0, self.booth_of[tenancy]
        for counts in self._rivals[tenancy]:
            rivals += counts[booth]
        for counts in self._allies[tenancy]:
            rivals -= counts[booth]
        if old != EMPTY and self.competing[booth][old]:
            # The counts still include the tenancy at its old place, and not yet those who will move there.
            rivals -= self._own_rivals[tenancy]
            for other in arriving:
                rivals += _pairs(self._members[tenancy], self._members[other], NeighbourTraits.competes)
        return rivals

    def _fellows_around(self, tenancy: int, booth: int, arriving: Sequence[int]) -> int:
        fellows, old = 0, self.booth_of[tenancy]
        for counts in self._fellows[tenancy]:
            fellows += counts[booth]
        if old != EMPTY and self.neighbouring[booth][old]:
            fellows -= self._own_fellows[tenancy]
            for other in arriving:
                fellows += _pairs(self._members[tenancy], self._members[other], NeighbourTraits.is_fellow)
        return fellows

    def change(self, tenancy: int, booth: int) -> int | None:
        """The change in value if a tenancy moves to a booth and those in its way to its own; None if not allowed."""
        old, size, pinned = self.booth_of[tenancy], self.table.size, self.table.pinned
        leaving = self.in_the_way(tenancy, booth)
        if not self.fits(tenancy, booth, leaving):
            return None
        for other in leaving:
            if pinned[other] != EMPTY:
                return None
        if old != EMPTY and leaving and not self._may_follow(leaving, tenancy, old):
            return None
        admitted = self.admitted(tenancy, leaving) if old == EMPTY else 0
        if admitted is None:
            return None
        change = self.worth(tenancy, booth, leaving) + admitted
        if self._minding:
            change += self.table.newcomer_gain * self._welcomed(tenancy, booth, leaving)
        if old == EMPTY:
            change += self.table.placed_gain * size[tenancy]
        else:
            change -= self.worth(tenancy, old)
        for other in leaving:
            change -= self.worth(other, booth)
            change += -self.table.placed_gain * size[other] if old == EMPTY else self.worth(other, old, (tenancy,))
        return change

    def _welcomed(self, tenancy: int, booth: int, leaving: Sequence[int]) -> int:
        """How many more newcomers would be near an established exhibitor after such a change."""
        old, fresh, established = self.booth_of[tenancy], self.table.newcomers, self.table.established
        near_old = self.neighbouring[old] if old != EMPTY else None
        arrivals = [(days, 1) for days in established[tenancy]]
        arrivals += [(days, -1) for other in leaving for days in established[other]]

        def before(days: int, place: int) -> bool:
            return any(counts[place] for counts in self._welcomes[days])

        def after(days: int, place: int) -> bool:
            # A tenancy that comes to the new place has left the old one, and the other way round.
            moved = self.neighbouring[booth][place] - (near_old is not None and near_old[place])
            coming = sum(change for other, change in arrivals if other & days)
            return sum(counts[place] for counts in self._welcomes[days]) + moved * coming > 0

        more = 0
        for days in fresh[tenancy]:
            more += after(days, booth) - (old != EMPTY and before(days, old))
        for other in leaving:
            for days in fresh[other]:
                more += (old != EMPTY and after(days, old)) - before(days, booth)
        alike = len(leaving) == 1 and established[tenancy] == established[leaving[0]]
        if alike or not arrivals:
            return more  # no difference for anybody else
        for place in self.near_places[booth] + (self.near_places[old] if old != EMPTY else []):
            if place not in {booth, old}:
                more += sum(
                    after(days, place) - before(days, place) for other in self.holders[place] for days in fresh[other]
                )
        return more

    def move(self, tenancy: int, booth: int) -> None:
        """Make the change that ``change`` valued."""
        old, leaving = self.booth_of[tenancy], self.in_the_way(tenancy, booth)
        for other in leaving:
            self.take(other)
        if old != EMPTY:
            self.take(tenancy)
        self.put(tenancy, booth)
        for other in leaving if old != EMPTY else ():
            self.put(other, old)

    def lead_in(self, tenancy: int) -> bool:
        """Place a tenancy where there is room, if necessary by moving one other. False if that is impossible."""
        roomy = [booth for booth in self.table.booths if self._taken[booth] != self.table.every_day]
        for booth in roomy:
            if self.may_enter(tenancy, booth):
                self.put(tenancy, booth)
                return True
        for booth in self.table.booths if self.admitted(tenancy) is not None else ():
            others = self.in_the_way(tenancy, booth)
            if len(others) != 1 or self.table.pinned[others[0]] != EMPTY or not self.fits(tenancy, booth, others):
                continue
            self.take(others[0])
            self.put(tenancy, booth)
            for place in roomy:
                if self.may_enter(others[0], place):
                    self.put(others[0], place)
                    return True
            self.take(tenancy)
            self.put(others[0], booth)
        return False


def _pairs(
    some: list[NeighbourTraits],
    others: list[NeighbourTraits],
    related: Callable[[NeighbourTraits, NeighbourTraits], bool],
) -> int:
    """How many pairs of one of these and one of those are related."""
    return sum(related(one, other) for one in some for other in others)
