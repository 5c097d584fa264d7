"""Who asks for one booth together, and how many a booth has room for, as plain values.

The rules are published in docs/allocation.md, under "At the desk".
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from exhibition.allocation.planned import Claim
from exhibition.allocation.rules import MOST_TENANTS
from exhibition.allocation.solver.problem import BoothRequest

ROOM_M2 = 2.0
"""So much of a booth one of several needs: a metre of table, and a place to stand behind it."""


def room(width: float, depth: float, present: int = 1) -> int:
    """How many exhibitors a booth of this size (in metres) has room for; at least the ``present``."""
    return max(1, present, min(MOST_TENANTS, int(width * depth / ROOM_M2)))


def together(claims: Collection[Claim]) -> list[tuple[int, int]]:
    """The pairs of exhibitors, by their ids, who have one booth on the same day."""
    booths: dict[int, list[Claim]] = {}
    for claim in claims:
        booths.setdefault(claim.booth_id, []).append(claim)
    return [
        (one.exhibitor_id, other.exhibitor_id)
        for tenants in booths.values()
        for number, one in enumerate(tenants)
        for other in tenants[:number]
        if not one.days or not other.days or set(one.days) & set(other.days)
    ]


def agreed(applicants: Iterable[BoothRequest], willing: Collection[str]) -> list[tuple[str, str]]:
    """The pairs who would both share a booth, and one of whom asks to be near the other."""
    return [(one.id, near) for one in applicants if one.id in willing for near in one.near if near in willing]


def grouped(applicants: list[BoothRequest], pairs: Iterable[tuple[str, str]]) -> list[BoothRequest]:
    """The applicants with the sharing group in which the pairs put them, named after its first member."""
    leaders: dict[str, str] = {}
    for pair in pairs:
        one, other = sorted(_leader(leaders, id_) for id_ in pair)
        leaders[other] = one
    return [replace(one, share=_leader(leaders, one.id) if _in_a_pair(leaders, one.id) else None) for one in applicants]


def _in_a_pair(leaders: Mapping[str, str], id_: str) -> bool:
    return id_ in leaders or id_ in leaders.values()


def _leader(leaders: Mapping[str, str], id_: str) -> str:
    while leaders.get(id_, id_) != id_:
        id_ = leaders[id_]
    return id_
