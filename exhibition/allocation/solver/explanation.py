"""Why each exhibitor has its booth, what stands in the way of its wishes, and why some have no booth.

Codes are stable; sentences are templates, so that the desk can show them in its own language.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from exhibition.allocation.solver.drafts import Draft
from exhibition.allocation.solver.given_booths import given
from exhibition.allocation.solver.neighbourhood import Neighbourhood
from exhibition.allocation.solver.problem import AllocationProblem, BoothRequest, Reason, Value, because
from exhibition.allocation.solver.quotas import caps, full
from exhibition.allocation.solver.scoring import EMPTY, UNIT, Tables
from exhibition.allocation.solver.tenancies import Tenancy, obstacle

NEEDS = {
    "power_va": "enough power",
    "water": "water",
    "accessible": "access without steps",
    "tenants": "room for all who share it",
}
MOST_NAMED = 4
"""How many exhibitors a reason names."""


def explain(
    problem: AllocationProblem, table: Tables, booth_of: list[int]
) -> tuple[dict[str, Reason], dict[str, list[Reason]]]:
    """One reason for each unplaced applicant, and a list of reasons for every applicant, the most important first."""
    return _Explainer(problem, table, booth_of).all()


class _Explainer:
    def __init__(self, problem: AllocationProblem, table: Tables, booth_of: list[int]) -> None:
        self.problem, self.table = problem, table
        self.draft = Draft(table, booth_of)
        self.standing = table.each(booth_of)
        self.tenancy_of = {member: t for t, tenancy in enumerate(table.tenancies) for member in tenancy.members}
        self.position = {application.id: number for number, application in enumerate(problem.applications)}
        self.place = {booth.code: number for number, booth in enumerate(problem.booths)}
        self.zones = {booth.zone for booth in problem.booths}
        self.neighbourhood = Neighbourhood(problem, table, self.standing)
        self.sharing: dict[str, list[int]] = defaultdict(list)
        for number, application in enumerate(problem.applications):
            if application.share is not None:
                self.sharing[application.share].append(number)

    def all(self) -> tuple[dict[str, Reason], dict[str, list[Reason]]]:
        unplaced: dict[str, Reason] = {}
        reasons: dict[str, list[Reason]] = {}
        for number, application in enumerate(self.problem.applications):
            if number in self.standing:
                reasons[application.id] = self._placed(number, application)
                continue
            unplaced[application.id] = self._unplaced(number, application)
            others = [
                *given(self.problem, self.table, self.draft, self.tenancy_of, number),
                *self._share(number, application),
                *self._ignored(application),
            ]
            reasons[application.id] = [unplaced[application.id], *others]
        return unplaced, reasons

    def _placed(self, number: int, application: BoothRequest) -> list[Reason]:
        found = [
            *self._pin(number, application),
            *self._share(number, application),
            *self._wishes(number, application),
            *self._zone(number, application),
            *self.neighbourhood.reasons(number),
            *self._other_days(number),
            *self._move(number, application),
            *self._ignored(application),
        ]
        code = self._code(number)
        return found or [because("placed", "Booth %(booth)s meets every need; nothing else was asked for.", booth=code)]

    def _code(self, number: int) -> str:
        return self.problem.booths[self.standing[number]].code

    def _id(self, number: int) -> str:
        return self.problem.applications[number].id

    def _tenancy(self, number: int) -> Tenancy:
        return self.table.tenancies[self.tenancy_of[number]]

    def _named(self, tenancies: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._id(member) for one in tenancies for member in self.table.tenancies[one].members)

    def _share(self, number: int, application: BoothRequest) -> list[Reason]:
        fellows = [other for other in self.sharing.get(application.share or "", ()) if other != number]
        if not fellows:
            return []
        members = self._tenancy(number).members
        if len(members) == 1:
            asked, days = self.problem.applications, [kind.days for kind in self.table.kinds]
            found = obstacle(self.problem.booths, asked, days, tuple(sorted([number, *fellows])))
            return [found] if found else []
        names = tuple(self._id(other) for other in fellows)
        if number in self.standing:
            booth = self._code(number)
            return [because("shares", "Shares booth %(booth)s with %(others)s.", booth=booth, others=names)]
        return [
            because(
                "share_unplaced",
                "%(others)s would share the booth and have none either: a group stands together or not at all.",
                others=names,
            )
        ]

    def _other_days(self, number: int) -> list[Reason]:
        others = self._named(
            sorted(one for one in self.draft.holders[self.standing[number]] if one != self.tenancy_of[number])
        )
        booth = self._code(number)
        if not others:
            return []
        return [because("other_days", "On other days %(others)s has booth %(booth)s.", booth=booth, others=others)]

    def _pin(self, number: int, application: BoothRequest) -> list[Reason]:
        booth = self._tenancy(number).pinned
        if booth is None:
            return []
        here = self.standing[number]
        if application.current == booth:
            reasons = [because("pinned", "Keeps booth %(booth)s, as the organizer has decided.", booth=booth)]
        else:
            reasons = [because("pinned", "The organizer has pinned this exhibitor to booth %(booth)s.", booth=booth)]
        reasons += [
            because(
                "pin_against_need",
                "The pin stands although booth %(booth)s lacks %(needs)s.",
                booth=booth,
                needs=(NEEDS[name],),
            )
            for name in self._tenancy(number).missing(self.problem.booths[here])
        ]
        for other in self._avoided(number):
            if other in self.standing and (
                self.table.avoided[here, self.standing[other]] or here == self.standing[other]
            ):
                metres = self.problem.distance_m(here, self.standing[other])
                reasons.append(
                    because(
                        "pin_against_avoid",
                        "The pin stands although %(other)s is only %(metres)s m away.",
                        other=self._id(other),
                        metres=round(metres, 2),
                    )
                )
        return reasons

    def _avoided(self, number: int) -> list[int]:
        """Applicants on the same days that avoid this one or are avoided by it, in the document's order."""
        own, kinds = self.problem.applications[number], self.table.kinds
        return [
            other
            for other, application in enumerate(self.problem.applications)
            if other != number
            and (application.id in own.avoid or own.id in application.avoid)
            and kinds[number].meets(kinds[other])
        ]

    def _wishes(self, number: int, application: BoothRequest) -> list[Reason]:
        reasons: list[Reason] = []
        for rank, code in enumerate(application.wishes, start=1):
            if code not in self.place:
                continue
            if self.place[code] == self.standing[number]:
                return [*reasons, because("wish_met", "Booth %(booth)s is wish %(rank)s.", booth=code, rank=rank)]
            reasons.append(self._wish_missed(number, rank, code))
        return reasons

    def _wish_missed(self, number: int, rank: int, code: str) -> Reason:
        booth = self.place[code]
        named: dict[str, Value] = {"rank": rank, "booth": code}
        tenancy = self._tenancy(number)
        lacking = tenancy.missing(self.problem.booths[booth])
        if tenancy.pinned is not None:
            return because(
                "wish_against_pin",
                "Wish %(rank)s, booth %(booth)s, was not met: the pin would have to be lifted.",
                **named,
            )
        if lacking:
            return because(
                "wish_unsuitable",
                "Wish %(rank)s, booth %(booth)s, was not met: it lacks %(needs)s.",
                **named,
                needs=tuple(NEEDS[name] for name in lacking),
            )
        holders = self.draft.in_the_way(self.tenancy_of[number], booth)
        fixed = [holder for holder in holders if self.table.pinned[holder] != EMPTY]
        if holders:
            named["other"] = " + ".join(self._named(fixed or holders))
        if fixed:
            return because(
                "wish_pinned",
                "Wish %(rank)s, booth %(booth)s, was not met: %(other)s is pinned there;"
                " that pin would have to be lifted.",
                **named,
            )
        change = self.draft.change(self.tenancy_of[number], booth)
        if change is None:
            return self._wish_forbidden(number, named, booth, holders)
        if not holders:
            return because(
                "wish_costs_others",
                "Wish %(rank)s, booth %(booth)s, was not met: it is free, but the plan's worth would change"
                " by %(change)s.",
                **named,
                change=f"{change / UNIT:+g}",
            )
        return because(
            "wish_taken",
            "Wish %(rank)s, booth %(booth)s, was not met: %(other)s stands there; if the two changed places,"
            " the plan's worth would change by %(change)s.",
            **named,
            change=f"{change / UNIT:+g}",
        )

    def _wish_forbidden(self, number: int, named: dict[str, Value], booth: int, holders: Sequence[int]) -> Reason:
        close = self._named(
            other
            for other in self.table.avoid[self.tenancy_of[number]]
            if other not in holders
            and self.draft.booth_of[other] != EMPTY
            and self.table.avoided[booth, self.draft.booth_of[other]]
        )
        if close:
            return because(
                "wish_near_avoided",
                "Wish %(rank)s, booth %(booth)s, was not met: it is too close to %(others)s, to be avoided.",
                **named | {"others": close},
            )
        return because(
            "wish_taken",
            "Wish %(rank)s, booth %(booth)s, was not met: %(other)s stands there and cannot take booth %(own)s"
            " in exchange.",
            **named,
            own=self._code(number),
        )

    def _zone(self, number: int, application: BoothRequest) -> list[Reason]:
        zone = self.problem.booths[self.standing[number]].zone
        if zone is not None and zone in application.zone_wishes:
            rank = 1 + application.zone_wishes.index(zone)
            return [because("zone_met", "Zone %(zone)s is zone wish %(rank)s.", zone=zone, rank=rank)]
        asked = [wish for wish in application.zone_wishes if wish in self.zones]
        if not asked:
            return []
        holders = self._with_booths(
            one for one in self.table.all if self.draft.booth_of[one] != EMPTY and self._zone_of(one) in asked
        )
        return [
            because(
                "zone_missed",
                "No booth in %(zones)s could be given without a worse plan; there stand %(others)s.",
                zones=tuple(asked),
                others=holders,
            )
            if holders
            else because(
                "zone_missed", "No booth in %(zones)s could be given without a worse plan.", zones=tuple(asked)
            )
        ]

    def _zone_of(self, tenancy: int) -> str | None:
        return self.problem.booths[self.draft.booth_of[tenancy]].zone

    def _with_booths(self, tenancies: Iterable[int]) -> tuple[str, ...]:
        """Exhibitors with their booths, ``Batik Indah (A03)``; of many the first few."""
        named = [
            f"{self._id(member)} ({self._code(member)})"
            for one in tenancies
            for member in self.table.tenancies[one].members
        ]
        return (*named[:MOST_NAMED], *(["…"] if len(named) > MOST_NAMED else []))

    def _move(self, number: int, application: BoothRequest) -> list[Reason]:
        if application.current is None:
            return []
        if application.current == self._code(number):
            return [because("stays", "Booth %(booth)s stays as published.", booth=application.current)]
        return [
            because(
                "moved",
                "Moves from booth %(origin)s to booth %(booth)s.",
                origin=application.current,
                booth=self._code(number),
            ),
            *given(self.problem, self.table, self.draft, self.tenancy_of, number),
        ]

    def _ignored(self, application: BoothRequest) -> list[Reason]:
        """Requests that match nothing in this document."""
        found = [
            because("unknown_name", "Wish %(name)s names no booth here and had no effect.", name=code)
            for code in application.wishes
            if code not in self.place
        ]
        found += [
            because("unknown_name", "Zone wish %(name)s names no zone here and had no effect.", name=zone)
            for zone in application.zone_wishes
            if zone not in self.zones
        ]
        found += [
            because("unknown_name", "Near-wish %(name)s names no other applicant here and had no effect.", name=id_)
            for id_ in application.near
            if id_ not in self.position or id_ == application.id
        ]
        found += [
            because("unknown_name", "Avoid entry %(name)s names no other applicant here and had no effect.", name=id_)
            for id_ in application.avoid
            if id_ not in self.position or id_ == application.id
        ]
        if application.share is not None and len(self.sharing[application.share]) == 1:
            found.append(
                because(
                    "unknown_name",
                    "Nobody else is in sharing group %(name)s; it had no effect.",
                    name=application.share,
                )
            )
        return found

    def _over_quota(self, number: int) -> Reason | None:
        members = self._tenancy(number).members
        for cap in caps(self.problem):
            own, inside = len(cap.members.intersection(members)), cap.members.intersection(self.standing)
            if cap.quota.hard and own and own + len(inside) > cap.most:
                fewest = sorted(inside, key=lambda one: self.problem.applications[one].points)
                return full(cap, self._with_booths(dict.fromkeys(self.tenancy_of[one] for one in fewest)))
        return None

    def _unplaced(self, number: int, application: BoothRequest) -> Reason:
        if not self.problem.booths:
            return because("no_booths", "There are no booths.")
        tenancy = self._tenancy(number)
        suitable = [b for b, booth in enumerate(self.problem.booths) if not tenancy.missing(booth)]
        if not suitable:
            wanted = tuple(NEEDS[name] for name, need in vars(tenancy.needs).items() if need)
            return because("needs_unmet", "No booth offers %(needs)s.", needs=wanted)
        if (kept_out := self._over_quota(number)) is not None:
            return kept_out
        holders = [self.draft.in_the_way(self.tenancy_of[number], b) for b in suitable]
        if not all(holders):
            free = [booth for booth, several in zip(suitable, holders, strict=True) if not several]
            close = [
                other
                for other in self.table.avoid[self.tenancy_of[number]]
                if self.draft.booth_of[other] != EMPTY
                and any(self.table.avoided[booth, self.draft.booth_of[other]] for booth in free)
            ]
            return because(
                "kept_apart",
                "Every suitable booth that is free is too close to %(others)s, to be avoided.",
                others=self._with_booths(close),
            )
        movable = [
            member
            for holder in dict.fromkeys(one for several in holders for one in several)
            if self.table.pinned[holder] == EMPTY
            for member in self.table.tenancies[holder].members
        ]
        if not movable:
            return because(
                "all_pinned",
                "The organizer has decided on every suitable booth: %(others)s.",
                others=self._with_booths(dict.fromkeys(one for several in holders for one in several)),
            )
        last = min(movable, key=lambda a: self.problem.applications[a].points)
        held = self.problem.applications[last]
        return because(
            "full",
            "With %(points)s points: the suitable booths are taken (%(count)s). The holder with the fewest points is"
            " %(other)s in booth %(booth)s with %(held)s; that booth would have to be given up.",
            points=application.points,
            count=len(suitable),
            other=held.id,
            booth=self._code(last),
            held=held.points,
        )
