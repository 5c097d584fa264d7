"""Every plan of a small problem, valued only by the independent checker's formula."""

import math
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from exhibition.allocation.solver import checker

Document = dict[str, Any]


def plans(document: Document) -> Iterator[dict[str, str]]:
    """All assignments that keep the hard rules."""
    groups = sharing(document)
    fellows = {id_: ids for ids in groups for id_ in ids}

    def pin(application: Document) -> str | None:
        ids = fellows.get(application["id"], [application["id"]])
        return next((one["pinned"] for one in document["applications"] if one["id"] in ids and one.get("pinned")), None)

    def extend(left: list[Document], taken: dict[str, str]) -> Iterator[dict[str, str]]:
        if not left:
            yield dict(taken)
            return
        application, rest = left[0], left[1:]
        pinned = pin(application)
        if not pinned:
            yield from extend(rest, taken)
        for booth in document["booths"]:
            own = fellows.get(application["id"], [application["id"]])
            present = set().union(*(days(document, id_) for id_ in own))
            strangers = {
                id_
                for id_ in set(taken) - set(own)
                if any(days(document, fellow) & present for fellow in fellows.get(id_, [id_]))
            }
            if booth["code"] in {taken[id_] for id_ in strangers} or pinned not in {None, booth["code"]}:
                continue
            if pinned is None and not suits(application, booth):
                continue
            taken[application["id"]] = booth["code"]
            yield from extend(rest, taken)
            del taken[application["id"]]

    pinned = {one["id"] for one in document["applications"] if pin(one)}
    for plan in extend(document["applications"], {}):
        if (
            within_quotas(document, plan, pinned)
            and kept_apart(document, plan, pinned)
            and all(whole(document, ids, plan, pinned) for ids in groups)
        ):
            yield plan


def within_quotas(document: Document, plan: dict[str, str], pinned: set[str]) -> bool:
    """Whether the hard quotas hold; who is pinned has a booth in any case."""
    for quota in document.get("quotas", []):
        key = {"local": "local", "newcomers": "newcomer", "product_group": "product_group"}[quota["of"]]
        kept = quota["of"] != "product_group"
        most = int(len(document["booths"]) * (100 - quota["percent"] if kept else quota["percent"]) / 100)
        for value in {one.get(key) for one in document["applications"]}:
            ids = {one["id"] for one in document["applications"] if one.get(key) == value}
            limited = quota.get("hard") and (not value if kept else value)
            if limited and len(ids & plan.keys()) > max(most, len(ids & pinned)):
                return False
    return True


def days(document: Document, id_: str) -> set[str]:
    """The days on which an applicant comes; where nobody names any, the fair has one day."""
    named = {one["id"]: set(one.get("days") or []) for one in document["applications"]}
    return named[id_] or set().union(*named.values()) or {"the fair"}


def at_once(document: Document, ids: list[str], amount: Callable[[str], float]) -> float:
    """The largest sum of a value over those who come on the same day."""
    every = set().union(*(days(document, id_) for id_ in ids))
    return max(sum(amount(id_) for id_ in ids if day in days(document, id_)) for day in every)


def sharing(document: Document) -> list[list[str]]:
    """The groups that would fit into some booth if nobody else were there."""
    names = {one["share"] for one in document["applications"] if one.get("share")}
    groups = [[one["id"] for one in document["applications"] if one.get("share") == name] for name in sorted(names)]
    return [ids for ids in groups if len(ids) > 1 and any(takes(document, booth, ids) for booth in document["booths"])]


def takes(document: Document, booth: Document, ids: list[str]) -> bool:
    members = {one["id"]: one for one in document["applications"] if one["id"] in ids}
    if booth.get("tenants", 1) < at_once(document, ids, lambda _id: 1):
        return False
    pins = {one.get("pinned") for one in members.values()} - {None}
    if pins:
        return pins == {booth["code"]}
    present = set().union(*(days(document, id_) for id_ in ids))
    others = [one for one in document["applications"] if one["id"] not in ids and days(document, one["id"]) & present]
    if any(one.get("pinned") == booth["code"] for one in others):
        return False
    power = at_once(document, ids, lambda id_: members[id_].get("needs", {}).get("power_va", 0))
    quarrel = any(
        other in one.get("avoid", []) and days(document, other) & days(document, id_)
        for id_, one in members.items()
        for other in set(ids) - {id_}
    )
    return not quarrel and power <= booth.get("power_va", 0) and all(suits(one, booth) for one in members.values())


def whole(document: Document, ids: list[str], plan: dict[str, str], pinned: set[str]) -> bool:
    """Whether a group shares one booth that is large enough, or has none at all."""
    codes = {plan.get(id_) for id_ in ids}
    if len(codes) > 1:
        return False
    return codes == {None} or all(
        takes(document, booth, ids) for booth in document["booths"] if booth["code"] in codes and ids[0] not in pinned
    )


def suits(application: Document, booth: Document) -> bool:
    needs = application.get("needs", {})
    flags = all(booth.get(name) or not needs.get(name) for name in ("water", "accessible"))
    return flags and needs.get("power_va", 0) <= booth.get("power_va", 0)


def kept_apart(document: Document, plan: dict[str, str], pinned: set[str]) -> bool:
    applications = {application["id"]: application for application in document["applications"]}
    booths = {booth["code"]: booth for booth in document["booths"]}
    for one, other in combinations(plan, 2):
        first, second = applications[one], applications[other]
        if other in first.get("avoid", []) or one in second.get("avoid", []):
            here, there = booths[plan[one]], booths[plan[other]]
            meet = bool(days(document, one) & days(document, other))
            close = meet and math.hypot(here["x"] - there["x"], here["y"] - there["y"]) <= document["avoid_radius_m"]
            if close and not {one, other} <= pinned:
                return False
    return True


def best(document: Document) -> tuple[int, float]:
    """The largest number that can be placed, and the largest objective, of all plans."""
    found = list(plans(document))
    return max(len(plan) for plan in found), max(checker.objective(document, plan) for plan in found)
