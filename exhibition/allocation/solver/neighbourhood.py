"""Reasons about an exhibitor's neighbours in a plan."""

from exhibition.allocation.solver.problem import AllocationProblem, BoothRequest, Reason, because
from exhibition.allocation.solver.scoring import EMPTY, Tables


class Neighbourhood:
    """The neighbours in a plan; ``standing`` is the booth of each application that has one."""

    def __init__(self, problem: AllocationProblem, table: Tables, standing: dict[int, int]) -> None:
        self.problem, self.table, self.standing = problem, table, standing
        self.position = {application.id: number for number, application in enumerate(problem.applications)}

    def reasons(self, number: int) -> list[Reason]:
        """The reasons about the neighbours of an exhibitor with a booth."""
        application = self.problem.applications[number]
        return [
            *self._near(number, application),
            *self._cluster(number, application),
            *self._competitors(number, application),
            *self._welcome(number, application),
        ]

    def _beside(self, one: int, other: int) -> bool:
        """Whether two applications with booths are near each other or share a booth, on the same day."""
        here, there, kinds = self.standing[one], self.standing[other], self.table.kinds
        return kinds[one].meets(kinds[other]) and (here == there or bool(self.table.neighbouring[here, there]))

    def _near(self, number: int, application: BoothRequest) -> list[Reason]:
        reasons: list[Reason] = []
        for other in dict.fromkeys(self.position[id_] for id_ in application.near if id_ in self.position):
            if other == number:
                continue
            name = self.problem.applications[other].id
            if other not in self.standing:
                reasons.append(
                    because("near_unplaced", "%(other)s, wished for as a neighbour, has no booth.", other=name)
                )
                continue
            if not self.table.kinds[number].meets(self.table.kinds[other]):
                reasons.append(because("near_other_days", "%(other)s, wished near, comes on other days.", other=name))
                continue
            metres = round(self.problem.distance_m(self.standing[number], self.standing[other]), 2)
            if self._beside(number, other):
                reasons.append(
                    because("near_met", "%(other)s is near, %(metres)s m away, as wished.", other=name, metres=metres)
                )
            else:
                reasons.append(
                    because("near_missed", "%(other)s, wished near, is %(metres)s m away.", other=name, metres=metres)
                )
        return reasons

    def _cluster(self, number: int, application: BoothRequest) -> list[Reason]:
        cluster = self.table.kinds[number].cluster
        if cluster == EMPTY:
            return []
        fellows = [a for a in self.standing if a != number and self.table.kinds[a].cluster == cluster]
        near = sum(self._beside(number, a) for a in fellows)
        return [
            because(
                "cluster_met" if near else "cluster_missed",
                "%(near)s of %(count)s placed fellows of cluster %(cluster)s stand near.",
                near=near,
                count=len(fellows),
                cluster=application.cluster or "",
            )
        ]

    def _competitors(self, number: int, application: BoothRequest) -> list[Reason]:
        here, kinds = self.standing[number], self.table.kinds
        rivals = [
            self.problem.applications[other].id
            for other, there in sorted(self.standing.items())
            if other != number and self.table.competing[here, there] and kinds[number].competes(kinds[other])
        ]
        if not rivals:
            return []
        return [
            because(
                "competitor_near",
                "Within %(radius)s m also sell %(group)s: %(others)s.",
                radius=self.problem.competitor_radius_m,
                group=application.product_group or "",
                others=tuple(rivals),
            )
        ]

    def _welcome(self, number: int, application: BoothRequest) -> list[Reason]:
        if not application.newcomer or not any(self.table.established):
            return []
        around = [
            other.id
            for place, other in enumerate(self.problem.applications)
            if place in self.standing and not other.newcomer and self._beside(number, place)
        ]
        if around:
            return [
                because(
                    "newcomer_met",
                    "For the first time at the fair, beside %(others)s, who know it.",
                    others=tuple(around),
                )
            ]
        return [
            because(
                "newcomer_missed", "For the first time at the fair, and nobody who knows it could be placed beside."
            )
        ]
