"""Why each exhibitor stands where it stands, what would have to give for its wishes, and why some have no booth.

Codes are stable; sentences are plain English.
"""

from exhibition.allocation.problem import Application, Problem, Reason
from exhibition.allocation.scoring import EMPTY, UNIT, Tables, compete
from exhibition.allocation.search import Draft

NEEDS = {"power_va": "enough power", "water": "water", "accessible": "access without steps"}


def explain(problem: Problem, table: Tables, booth_of: list[int]) -> tuple[dict[str, Reason], dict[str, list[Reason]]]:
    """One reason for each unplaced applicant, and a list of reasons for every applicant, in order of importance."""
    return _Explainer(problem, table, booth_of).all()


class _Explainer:
    def __init__(self, problem: Problem, table: Tables, booth_of: list[int]) -> None:
        self.problem, self.table = problem, table
        self.draft = Draft(table, booth_of)
        self.position = {application.id: number for number, application in enumerate(problem.applications)}
        self.place = {booth.code: number for number, booth in enumerate(problem.booths)}
        self.zones = {booth.zone for booth in problem.booths}

    def all(self) -> tuple[dict[str, Reason], dict[str, list[Reason]]]:
        unplaced: dict[str, Reason] = {}
        reasons: dict[str, list[Reason]] = {}
        for number, application in enumerate(self.problem.applications):
            if self.draft.booth_of[number] == EMPTY:
                unplaced[application.id] = self._unplaced(number, application)
                reasons[application.id] = [unplaced[application.id], *self._ignored(application)]
            else:
                reasons[application.id] = self._placed(number, application)
        return unplaced, reasons

    def _placed(self, number: int, application: Application) -> list[Reason]:
        found = [
            *self._pin(number, application),
            *self._wishes(number, application),
            *self._zone(number, application),
            *self._neighbours(number, application),
            *self._move(number, application),
            *self._ignored(application),
        ]
        code = self._code(number)
        return found or [Reason("placed", f"Booth {code} meets every need; nothing else was asked for.")]

    def _code(self, number: int) -> str:
        return self.problem.booths[self.draft.booth_of[number]].code

    def _id(self, number: int) -> str:
        return self.problem.applications[number].id

    def _pin(self, number: int, application: Application) -> list[Reason]:
        if application.pinned is None:
            return []
        here = self.draft.booth_of[number]
        reasons = [Reason("pinned", f"The organizer has pinned this exhibitor to booth {application.pinned}.")]
        reasons += [
            Reason("pin_against_need", f"The pin stands although booth {application.pinned} lacks {NEEDS[name]}.")
            for name in application.needs.missing(self.problem.booths[here])
        ]
        for other in self.table.avoid[number]:
            there = self.draft.booth_of[other]
            if there != EMPTY and self.table.avoided[here, there]:
                metres = self.problem.distance_m(here, there)
                reasons.append(
                    Reason(
                        "pin_against_avoid", f"The pin stands although {self._id(other)} is only {metres:.2f} m away."
                    )
                )
        return reasons

    def _wishes(self, number: int, application: Application) -> list[Reason]:
        reasons: list[Reason] = []
        for rank, code in enumerate(application.wishes, start=1):
            if code not in self.place:
                continue
            if self.place[code] == self.draft.booth_of[number]:
                return [*reasons, Reason("wish_met", f"Booth {code} is wish {rank}.")]
            reasons.append(self._wish_missed(number, application, rank, code))
        return reasons

    def _wish_missed(self, number: int, application: Application, rank: int, code: str) -> Reason:
        booth = self.place[code]
        wish = f"Wish {rank}, booth {code}, was not met:"
        lacking = application.needs.missing(self.problem.booths[booth])
        if application.pinned is not None:
            return Reason("wish_against_pin", f"{wish} the pin would have to be lifted.")
        if lacking:
            return Reason("wish_unsuitable", f"{wish} it lacks {' and '.join(NEEDS[name] for name in lacking)}.")
        holder = self.draft.holder[booth]
        if holder != EMPTY and self.table.pinned[holder] != EMPTY:
            return Reason(
                "wish_pinned", f"{wish} {self._id(holder)} is pinned there; that pin would have to be lifted."
            )
        change = self.draft.change(number, booth)
        if change is None:
            return self._wish_forbidden(number, wish, booth, holder)
        loss = f"{abs(change) / UNIT:g} less" if change < 0 else "no more" if change == 0 else f"{change / UNIT:g} more"
        if holder == EMPTY:
            return Reason("wish_costs_others", f"{wish} it is free, but the plan would be worth {loss}.")
        return Reason(
            "wish_taken",
            f"{wish} {self._id(holder)} stands there; if the two changed places, the plan would be worth {loss}.",
        )

    def _wish_forbidden(self, number: int, wish: str, booth: int, holder: int) -> Reason:
        close = [
            self._id(other)
            for other in self.table.avoid[number]
            if other != holder
            and (
                self.table.avoided[booth, self.draft.booth_of[other]] if self.draft.booth_of[other] != EMPTY else False
            )
        ]
        if close:
            return Reason("wish_near_avoided", f"{wish} it is too close to {', '.join(close)}, to be avoided.")
        return Reason(
            "wish_taken",
            f"{wish} {self._id(holder)} stands there and cannot take booth {self._code(number)} in exchange.",
        )

    def _zone(self, number: int, application: Application) -> list[Reason]:
        zone = self.problem.booths[self.draft.booth_of[number]].zone
        if zone is not None and zone in application.zone_wishes:
            rank = 1 + application.zone_wishes.index(zone)
            return [Reason("zone_met", f"Zone {zone} is zone wish {rank}.")]
        asked = [wish for wish in application.zone_wishes if wish in self.zones]
        if not asked:
            return []
        return [Reason("zone_missed", f"No booth in {' or '.join(asked)} could be given without a worse plan.")]

    def _neighbours(self, number: int, application: Application) -> list[Reason]:
        here, booth_of = self.draft.booth_of[number], self.draft.booth_of
        reasons: list[Reason] = []
        for other in dict.fromkeys(self.position[id_] for id_ in application.near if id_ in self.position):
            if other == number:
                continue
            if booth_of[other] == EMPTY:
                reasons.append(Reason("near_unplaced", f"{self._id(other)}, wished for as a neighbour, has no booth."))
                continue
            metres = self.problem.distance_m(here, booth_of[other])
            met = self.table.neighbouring[here, booth_of[other]]
            reasons.append(
                Reason("near_met", f"{self._id(other)} is near, {metres:.2f} m away, as wished.")
                if met
                else Reason("near_missed", f"{self._id(other)}, wished near, is {metres:.2f} m away.")
            )
        others = [a for a in self.table.applications if a != number and booth_of[a] != EMPTY]
        if self.table.cluster[number] != EMPTY:
            fellows = [a for a in others if self.table.cluster[a] == self.table.cluster[number]]
            near = sum(bool(self.table.neighbouring[here, booth_of[a]]) for a in fellows)
            reasons.append(
                Reason(
                    "cluster_met" if near else "cluster_missed",
                    f"{near} of {len(fellows)} placed fellows of cluster {application.cluster} stand near.",
                )
            )
        rivals = [
            self._id(a) for a in others if self.table.competing[here, booth_of[a]] and compete(self.table, number, a)
        ]
        if rivals:
            radius = self.problem.competitor_radius_m
            reasons.append(
                Reason(
                    "competitor_near",
                    f"Within {radius:g} m also sell {application.product_group}: {', '.join(rivals)}.",
                )
            )
        return reasons

    def _move(self, number: int, application: Application) -> list[Reason]:
        if application.current is None:
            return []
        if application.current == self._code(number):
            return [Reason("stays", f"Booth {application.current} stays as published.")]
        return [Reason("moved", f"Moves from booth {application.current} to booth {self._code(number)}.")]

    def _ignored(self, application: Application) -> list[Reason]:
        """What was asked for but names nothing in this document."""
        unknown = [(f"Wish {code}", "booth") for code in application.wishes if code not in self.place]
        unknown += [(f"Zone wish {zone}", "zone") for zone in application.zone_wishes if zone not in self.zones]
        for label, ids in (("Near-wish", application.near), ("Avoid entry", application.avoid)):
            unknown += [
                (f"{label} {id_}", "other applicant")
                for id_ in ids
                if id_ not in self.position or id_ == application.id
            ]
        return [Reason("unknown_name", f"{what} names no {kind} here and had no effect.") for what, kind in unknown]

    def _unplaced(self, number: int, application: Application) -> Reason:
        if not self.problem.booths:
            return Reason("no_booths", "There are no booths.")
        suitable = [b for b, booth in enumerate(self.problem.booths) if not application.needs.missing(booth)]
        if not suitable:
            wanted = [NEEDS[name] for name, need in vars(application.needs).items() if need]
            return Reason("needs_unmet", f"No booth offers {' and '.join(wanted)}.")
        free = [b for b in suitable if self.draft.holder[b] == EMPTY]
        if free:
            return Reason("kept_apart", "Every suitable booth that is free is too close to an exhibitor to be avoided.")
        holders = [self.draft.holder[b] for b in suitable]
        movable = [a for a in holders if self.table.pinned[a] == EMPTY]
        if not movable:
            return Reason("all_pinned", "Every suitable booth is pinned to another exhibitor.")
        last = min(movable, key=lambda a: self.problem.applications[a].points)
        held = self.problem.applications[last]
        count = "the only suitable booth is" if len(suitable) == 1 else f"all {len(suitable)} suitable booths are"
        return Reason(
            "full",
            f"With {application.points:g} points: {count} taken. The holder with the fewest points is {held.id} "
            f"in booth {self._code(last)} with {held.points:g}; that booth would have to be given up.",
        )
