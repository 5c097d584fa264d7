"""Quotas: shares of the booths kept for the regency and for newcomers, and the most that one product group may have.

Each is a cap on how many of certain exhibitors get a booth, so that whoever leaves never breaks one. The rules are
published in docs/allocation.md.
"""

from collections import defaultdict
from dataclasses import dataclass
from math import floor
from typing import NamedTuple

from exhibition.allocation.solver.problem import AllocationProblem, Quota, QuotaOf, Reason, because
from exhibition.allocation.solver.tenancies import Tenancy

ROUNDING = 1e-9


class Cap(NamedTuple):
    """At most so many exhibitors of a set get a booth; pinned ones do in any case."""

    quota: Quota
    name: str
    """The product group, where the quota is one of groups."""
    members: frozenset[int]
    """Applications, by number."""
    most: int


@dataclass(frozen=True)
class TenancyCap:
    """A cap in numbers of the solver: how many of each tenancy count, and the cost of each above ``most``."""

    counts: list[int]
    most: int
    hard: bool
    cost: int

    def excess(self, counted: int) -> int:
        return max(0, counted - self.most)


def caps(problem: AllocationProblem) -> list[Cap]:
    """The caps that follow from the quotas; percentages are of the booths."""
    found: list[Cap] = []
    for quota in problem.quotas:
        share = quota.percent if quota.of is QuotaOf.PRODUCT_GROUP else 100 - quota.percent
        most = floor(share * len(problem.booths) / 100 + ROUNDING)
        sets: dict[str, set[int]] = defaultdict(set)
        for number, application in enumerate(problem.applications):
            if quota.of is QuotaOf.PRODUCT_GROUP:
                if application.product_group is not None:
                    sets[application.product_group].add(number)
            elif not (application.local if quota.of is QuotaOf.LOCAL else application.newcomer):
                sets[""].add(number)
        found += [Cap(quota, name, frozenset(members), most) for name, members in sets.items()]
    return found


def tenancy_caps(problem: AllocationProblem, found: list[Tenancy], cost: int) -> list[TenancyCap]:
    """The caps by tenancy; ``cost`` in thousandths is that of a soft one. Caps that cannot be exceeded are left out."""
    made: list[TenancyCap] = []
    for cap in caps(problem):
        counts = [len(cap.members.intersection(tenancy.members)) for tenancy in found]
        pinned = sum(count for count, tenancy in zip(counts, found, strict=True) if tenancy.pinned is not None)
        hard = cap.quota.hard
        most = max(cap.most, pinned) if hard else cap.most
        if sum(counts) > most:
            made.append(TenancyCap(counts, most, hard, 0 if hard else cost))
    return made


def full(cap: Cap, others: tuple[str, ...]) -> Reason:
    """The reason of somebody whom a cap keeps out; ``others`` are those who are in."""
    named = others or ("-",)
    match cap.quota.of:
        case QuotaOf.LOCAL:
            return because(
                "quota_full",
                "At most %(count)s of the booths go to exhibitors from outside the regency; they are given to"
                " %(others)s.",
                count=cap.most,
                others=named,
            )
        case QuotaOf.NEWCOMERS:
            return because(
                "quota_full",
                "At most %(count)s of the booths go to exhibitors who were here before; they are given to %(others)s.",
                count=cap.most,
                others=named,
            )
        case QuotaOf.PRODUCT_GROUP:
            return because(
                "quota_full",
                "At most %(count)s of the booths go to the product group %(group)s; they are given to %(others)s.",
                count=cap.most,
                group=cap.name,
                others=named,
            )
