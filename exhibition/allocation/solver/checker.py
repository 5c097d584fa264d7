"""An independent check of a plan against its document, from the documented rules alone.

It deliberately shares no code with the solver, so that a mistake there is not repeated here. It expects a valid
document. It runs before a plan is published.
"""

import math
from itertools import combinations
from typing import Any

Document = dict[str, Any]
WEIGHTS = {
    "priority": 100.0,
    "wishes": 10.0,
    "zone_wishes": 5.0,
    "competitors": 50.0,
    "cluster": 20.0,
    "near": 20.0,
    "affinity": 100.0,
    "newcomers": 20.0,
    "moves": 10.0,
    "quotas": 100.0,
}


def violations(document: Document, plan: Document) -> list[str]:
    """Every rule that a plan breaks, one sentence each; empty if it may be published."""
    booths, applications = _by(document, "booths", "code"), _by(document, "applications", "id")
    assignments: dict[str, str] = plan["assignments"]
    found = [f"{id_} is no applicant." for id_ in assignments if id_ not in applications]
    found += [f"{code} is no booth." for code in assignments.values() if code not in booths]
    if found:
        return found
    groups = _sharing(booths, applications)
    pins = _pins(applications, groups)
    found += _crowded(booths, applications, groups, assignments)
    found += _unkept(booths, applications, pins, plan)
    for ids in groups:
        if pins[ids[0]] is None and ids[0] in assignments:
            found += _too_little_power([applications[id_] for id_ in ids], booths[assignments[ids[0]]])
    found += _over_quotas(document, assignments, pins)
    found += _too_close(document, booths, applications, assignments, pins)
    stated = objective(document, assignments)
    if not math.isclose(plan["objective"], stated, rel_tol=1e-12, abs_tol=1e-6):
        found.append(f"The objective is {stated}, not {plan['objective']}.")
    if plan["bound"] < plan["objective"]:
        found.append("The bound is below the objective.")
    if plan["optimal"] and plan["bound"] != plan["objective"]:
        found.append("The plan is called optimal, but its bound differs from the objective.")
    return found


def _pins(applications: dict[str, Document], groups: list[list[str]]) -> dict[str, str | None]:
    """The pinned booth of each application; a pin of one member holds for a whole sharing group."""
    pins = {id_: _text(application.get("pinned")) for id_, application in applications.items()}
    for ids in groups:
        pins |= dict.fromkeys(ids, next((pins[id_] for id_ in ids if pins[id_] is not None), None))
    return pins


def _unkept(
    booths: dict[str, Document], applications: dict[str, Document], pins: dict[str, str | None], plan: Document
) -> list[str]:
    found: list[str] = []
    assignments: dict[str, str] = plan["assignments"]
    for id_, application in applications.items():
        if (id_ in assignments) == (id_ in plan["unplaced"]):
            found.append(f"{id_} must be either placed or unplaced with a reason.")
        if pins[id_] is not None and assignments.get(id_) != pins[id_]:
            found.append(f"{id_} is pinned to {pins[id_]}.")
        if pins[id_] is None and id_ in assignments:
            found += _unmet(id_, application, booths[assignments[id_]])
        if not plan["reasons"].get(id_):
            found.append(f"{id_} is given no reason.")
    return found


def _quotas(document: Document) -> list[Document]:
    return document.get("quotas") or []


def _capped(document: Document, quota: Document) -> tuple[int, dict[str, set[str]]]:
    """How many of each set that a quota limits may have a booth, and the sets: ids by product group, or all others."""
    share = float(quota["percent"]) if quota["of"] == "product_group" else 100 - float(quota["percent"])
    sets: dict[str, set[str]] = {}
    for id_, application in _by(document, "applications", "id").items():
        if quota["of"] == "product_group":
            group = _text(application.get("product_group"))
            if group is not None:
                sets.setdefault(group, set()).add(id_)
        elif not application.get("local" if quota["of"] == "local" else "newcomer"):
            sets.setdefault("", set()).add(id_)
    return math.floor(share * len(_by(document, "booths", "code")) / 100 + 1e-9), sets


def _over_quotas(document: Document, assignments: dict[str, str], pins: dict[str, str | None]) -> list[str]:
    found: list[str] = []
    for quota in _quotas(document):
        most, sets = _capped(document, quota)
        for ids in sets.values() if quota.get("hard") else ():
            allowed = max(most, sum(pins[id_] is not None for id_ in ids))
            if len(ids & assignments.keys()) > allowed:
                found.append(f"The quota of {quota['of']} allows {allowed}, not {len(ids & assignments.keys())}.")
    return found


def _quota_costs(document: Document, assignments: dict[str, str], weight: float) -> float:
    soft = [_capped(document, quota) for quota in _quotas(document) if not quota.get("hard")]
    return sum(
        round(weight, 3) * max(0, len(ids & assignments.keys()) - most) for most, sets in soft for ids in sets.values()
    )


def objective(document: Document, assignments: dict[str, str]) -> float:
    """The value of a plan by the published formula."""
    booths, applications = _by(document, "booths", "code"), _by(document, "applications", "id")
    weights = _weights(document)
    affinity = document.get("affinity") or {"ministry": ["entrance"]}
    total = len(assignments) * _placed_weight(document, weights)
    total -= _quota_costs(document, assignments, weights["quotas"])
    for id_, code in assignments.items():
        total += _alone(applications[id_], booths[code], weights, affinity)
    near_radius = _number(document, "near_radius_m", 4.5) + 1e-9
    competitor_radius = _number(document, "competitor_radius_m", 6.0) + 1e-9
    introduced: set[str] = set()
    for one, other in combinations(assignments, 2):
        first, second = applications[one], applications[other]
        metres = _metres(booths[assignments[one]], booths[assignments[other]])
        if not _meet(first, second):
            continue
        if metres <= near_radius and bool(first.get("newcomer")) != bool(second.get("newcomer")):
            introduced.add(one if first.get("newcomer") else other)
        fellows = _same(first, second, "cluster")
        if metres <= near_radius:
            wishes = (other in _texts(first, "near")) + (one in _texts(second, "near"))
            total += round(weights["near"], 3) * wishes + round(weights["cluster"], 3) * fellows
        apart = assignments[one] != assignments[other]
        if apart and metres <= competitor_radius and _same(first, second, "product_group") and not fellows:
            total -= round(weights["competitors"], 3)
    return total + round(weights["newcomers"], 3) * len(introduced)


def _alone(application: Document, booth: Document, weights: dict[str, float], affinity: Document) -> float:
    points = _number(application, "points", 0)
    total = round(weights["priority"] * points, 3)
    for term, name in (("wishes", _text(booth["code"])), ("zone_wishes", _text(booth.get("zone")))):
        wishes = _texts(application, term)
        if name in wishes:
            total += round(weights[term] * (1 + points) / (1 + wishes.index(name)), 3)
    zones: list[object] = affinity.get(_text(application.get("kind")) or "") or []
    if _text(booth.get("zone")) in [str(zone) for zone in zones]:
        total += round(weights["affinity"], 3)
    if _text(application.get("current")) not in {None, _text(booth["code"])}:
        total -= round(weights["moves"], 3)
    return total


def _placed_weight(document: Document, weights: dict[str, float]) -> float:
    """A weight larger than the sum of all other terms, so that no plan gives up a placement for them."""
    applications = _by(document, "applications", "id")
    total = 1.0
    for quota in _quotas(document):
        limited = _capped(document, quota)[1].values()
        total += round(weights["quotas"], 3) * sum(map(len, limited)) * (not quota.get("hard"))
    for id_, application in applications.items():
        points = _number(application, "points", 0)
        total += round(weights["priority"] * points, 3)
        total += round(weights["wishes"] * (1 + points), 3) + round(weights["zone_wishes"] * (1 + points), 3)
        total += round(weights["affinity"], 3) + round(weights["moves"], 3)
        total += round(weights["newcomers"], 3) * bool(application.get("newcomer"))
        total += round(weights["near"], 3) * len(set(_texts(application, "near")) & set(applications) - {id_})
    for one, other in combinations(applications.values(), 2):
        total += round(weights["cluster"], 3) * _same(one, other, "cluster")
        total += round(weights["competitors"], 3) * _same(one, other, "product_group")
    return total


def _sharing(booths: dict[str, Document], applications: dict[str, Document]) -> list[list[str]]:
    """The groups that must share one booth or get none."""
    named: dict[str, list[str]] = {}
    for id_, application in applications.items():
        name = _text(application.get("share"))
        if name is not None:
            named.setdefault(name, []).append(id_)
    return [ids for ids in named.values() if len(ids) > 1 and _can_share(ids, booths, applications)]


def _can_share(ids: list[str], booths: dict[str, Document], applications: dict[str, Document]) -> bool:
    members = [applications[id_] for id_ in ids]
    pins = {_text(member.get("pinned")) for member in members} - {None}
    most = max(len(comers) for comers in _by_day(members))
    if pins:
        return len(pins) == 1 and _number(booths[str(pins.pop())], "tenants", 1) >= most
    if any(
        _meet(one, other) and (str(other["id"]) in _texts(one, "avoid") or str(one["id"]) in _texts(other, "avoid"))
        for one, other in combinations(members, 2)
    ):
        return False
    elsewhere = {
        _text(other.get("pinned"))
        for id_, other in applications.items()
        if id_ not in ids and any(_meet(other, member) for member in members)
    }
    return any(
        _number(booth, "tenants", 1) >= most
        and code not in elsewhere
        and not _too_little_power(members, booth)
        and not any(_unmet("", member, booth) for member in members)
        for code, booth in booths.items()
    )


def _crowded(
    booths: dict[str, Document], applications: dict[str, Document], groups: list[list[str]], assignments: dict[str, str]
) -> list[str]:
    together = {id_: number for number, ids in enumerate(groups) for id_ in ids}
    fellows = {number: [applications[id_] for id_ in ids] for number, ids in enumerate(groups)}
    found: list[str] = []
    for one, other in combinations(assignments, 2):
        if assignments[one] != assignments[other] or together.get(one, one) == together.get(other, other):
            continue
        some, others = (fellows.get(together.get(id_, -1), [applications[id_]]) for id_ in (one, other))
        if any(_meet(first, second) for first in some for second in others):
            found.append(f"{one} and {other} share booth {assignments[one]}.")
    found += [
        f"{', '.join(ids)} share a booth, but not all of them stand in one."
        for ids in groups
        if len({assignments.get(id_) for id_ in ids}) > 1
    ]
    for code, booth in booths.items():
        there = [applications[id_] for id_, assigned in assignments.items() if assigned == code]
        count = max((len(comers) for comers in _by_day(there)), default=0)
        if count > max(1, _number(booth, "tenants", 1)):
            found.append(f"Booth {code} has no room for {count}.")
    return found


def _too_little_power(members: list[Document], booth: Document) -> list[str]:
    for comers in _by_day(members):
        if sum(_number(one.get("needs") or {}, "power_va", 0) for one in comers) > _number(booth, "power_va", 0):
            return [f"Those who share booth {booth['code']} need more power together than it has."]
    return []


def _meet(one: Document, other: Document) -> bool:
    """Whether there is a day on which both come; one without named days comes every day."""
    some, others = _texts(one, "days"), _texts(other, "days")
    return not some or not others or bool(set(some) & set(others))


def _by_day(members: list[Document]) -> list[list[Document]]:
    """The members who come on each named day; if nobody names a day, all of them as one group."""
    days = sorted({day for member in members for day in _texts(member, "days")})
    if not days:
        return [members]
    return [[one for one in members if not one.get("days") or day in _texts(one, "days")] for day in days]


def _unmet(id_: str, application: Document, booth: Document) -> list[str]:
    needs: Document = application.get("needs") or {}
    found = [
        f"{id_} needs {name}, which booth {booth['code']} lacks."
        for name in ("water", "accessible")
        if needs.get(name) and not booth.get(name)
    ]
    if _number(needs, "power_va", 0) > _number(booth, "power_va", 0):
        found.append(f"{id_} needs more power than booth {booth['code']} has.")
    return found


def _too_close(
    document: Document,
    booths: dict[str, Document],
    applications: dict[str, Document],
    assignments: dict[str, str],
    pins: dict[str, str | None],
) -> list[str]:
    radius = _number(document, "avoid_radius_m", 6.0)
    found: list[str] = []
    for one, other in combinations(assignments, 2):
        first, second = applications[one], applications[other]
        if other not in _texts(first, "avoid") and one not in _texts(second, "avoid"):
            continue
        if not _meet(first, second):
            continue
        both_pinned = pins[one] is not None and pins[other] is not None
        metres = _metres(booths[assignments[one]], booths[assignments[other]])
        if metres <= radius + 1e-9 and not both_pinned:
            found.append(f"{one} and {other} avoid each other but stand {metres:.2f} m apart.")
    return found


def _metres(one: Document, other: Document) -> float:
    across, along = (
        one[axis] + (one.get(size) or 0) / 2 - other[axis] - (other.get(size) or 0) / 2
        for axis, size in (("x", "width"), ("y", "depth"))
    )
    return math.hypot(across, along)


def _same(one: Document, other: Document, name: str) -> bool:
    return _text(one.get(name)) is not None and _text(one.get(name)) == _text(other.get(name))


def _by(document: Document, list_name: str, key: str) -> dict[str, Document]:
    entries: list[Document] = document.get(list_name) or []
    return {str(entry[key]): entry for entry in entries}


def _weights(document: Document) -> dict[str, float]:
    given: Document = document.get("weights") or {}
    return {name: _number(given, name, default) for name, default in WEIGHTS.items()}


def _number(entry: Document, name: str, default: float) -> float:
    value = entry.get(name)
    return default if value is None else float(value)


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _texts(entry: Document, name: str) -> list[str]:
    values: list[object] = entry.get(name) or []
    return list(dict.fromkeys(map(str, values)))
