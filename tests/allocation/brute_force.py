"""Every plan of a small problem, judged by the independent checker's formula only."""

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from exhibition.allocation import checker

Document = dict[str, Any]


def plans(document: Document) -> Iterator[dict[str, str]]:
    """All assignments that keep the hard rules."""

    def extend(left: list[Document], taken: dict[str, str]) -> Iterator[dict[str, str]]:
        if not left:
            yield dict(taken)
            return
        application, rest = left[0], left[1:]
        if not application.get("pinned"):
            yield from extend(rest, taken)
        for booth in document["booths"]:
            pinned = application.get("pinned")
            if booth["code"] in taken.values() or pinned not in {None, booth["code"]}:
                continue
            if pinned is None and not suits(application, booth):
                continue
            taken[application["id"]] = booth["code"]
            yield from extend(rest, taken)
            del taken[application["id"]]

    for plan in extend(document["applications"], {}):
        if kept_apart(document, plan):
            yield plan


def suits(application: Document, booth: Document) -> bool:
    needs = application.get("needs", {})
    flags = all(booth.get(name) or not needs.get(name) for name in ("water", "accessible"))
    return flags and needs.get("power_va", 0) <= booth.get("power_va", 0)


def kept_apart(document: Document, plan: dict[str, str]) -> bool:
    applications = {application["id"]: application for application in document["applications"]}
    booths = {booth["code"]: booth for booth in document["booths"]}
    for one, other in combinations(plan, 2):
        first, second = applications[one], applications[other]
        if other in first.get("avoid", []) or one in second.get("avoid", []):
            here, there = booths[plan[one]], booths[plan[other]]
            close = math.hypot(here["x"] - there["x"], here["y"] - there["y"]) <= document["avoid_radius_m"]
            if close and not (first.get("pinned") and second.get("pinned")):
                return False
    return True


def best(document: Document) -> tuple[int, float]:
    """The largest number placed, and the largest objective of all plans."""
    found = list(plans(document))
    return max(len(plan) for plan in found), max(checker.objective(document, plan) for plan in found)
