"""Texts for states and steps, on pages and in exports."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.allocation.history import StepPart
from exhibition.allocation.rules import BoothState, StepKind

BOOTH_STATES = {
    BoothState.OPEN: _l("Free"),
    BoothState.HELD: _l("Held"),
    BoothState.OFFERED: _l("Offered"),
    BoothState.ALLOCATED: _l("Allocated"),
    BoothState.CLOSED: _l("Not in use"),
}


SENTENCES = {
    StepKind.HOLD: _l("%(booth)s is held for %(exhibitor)s."),
    StepKind.OFFER: _l("%(booth)s is offered to %(exhibitor)s."),
    StepKind.CONFIRM: _l("%(booth)s is confirmed for %(exhibitor)s."),
    StepKind.RELEASE: _l("%(booth)s was taken back from %(exhibitor)s."),
    StepKind.MOVE: _l("%(exhibitor)s moved from %(origin)s to %(booth)s."),
    StepKind.SWAP: _l("%(exhibitor)s (now %(booth)s) and %(other)s (now %(origin)s) swapped booths."),
    StepKind.ACCEPT: _l("%(exhibitor)s accepted %(booth)s."),
    StepKind.DECLINE: _l("%(exhibitor)s gave %(booth)s back."),
    StepKind.PUBLISH: _l("A proposal was published: %(count)s exhibitors changed."),
    StepKind.UNDO: _l("Undone: %(exhibitor)s, booth %(booth)s."),
    StepKind.REDO: _l("Done again: %(exhibitor)s, booth %(booth)s."),
}


WAYS = {
    "state": _l("State"),
    "kind": _l("Kind"),
    "group": _l("Product group"),
    "cluster": _l("Cluster"),
    "points": _l("Points"),
    "readiness": _l("Readiness"),
}
"""What the colours of the plan can stand for."""
TOGETHER = {
    StepKind.ARRANGE: _l("%(count)s exhibitors were placed: %(names)s."),
    StepKind.UNDO: _l("Undone for %(count)s exhibitors: %(names)s."),
    StepKind.REDO: _l("Done again for %(count)s exhibitors: %(names)s."),
}
"""Sentences for steps of several exhibitors."""
NAMED = 4
"""How many exhibitors of such a step are named."""


PLANNED = {
    StepKind.HOLD: _l("%(booth)s will be held for %(exhibitor)s."),
    StepKind.RELEASE: _l("%(booth)s will be taken back from %(exhibitor)s."),
    StepKind.MOVE: _l("%(exhibitor)s will move from %(origin)s to %(booth)s."),
    StepKind.SWAP: _l("%(exhibitor)s will go to %(booth)s and %(other)s to %(origin)s."),
}
"""Sentences for steps that are only tried."""
PLANNED_TOGETHER = {StepKind.ARRANGE: _l("%(count)s exhibitors will change: %(names)s.")}


def told(kind: StepKind, parts: Sequence[StepPart]) -> str:
    """A step as a sentence: ``A03 is held for Batik Serasi.``"""
    if kind is StepKind.PUBLISH and len(parts) == 1:
        kind = StepKind.HOLD if parts[0].origin == parts[0].target else StepKind.MOVE
    return _sentence(kind, parts, SENTENCES, TOGETHER)


def would(kind: StepKind, parts: Sequence[StepPart]) -> str:
    """A step that is only tried, as a sentence: ``A03 will be held for Batik Serasi.``"""
    return _sentence(kind, parts, PLANNED, PLANNED_TOGETHER)


def _sentence(
    kind: StepKind, parts: Sequence[StepPart], alone: Mapping[StepKind, Any], together: Mapping[StepKind, Any]
) -> str:
    part = parts[0]
    if kind in together and (len(parts) > 1 or kind not in alone):
        listed = [f"{one.target} {one.exhibitor}" for one in parts[:NAMED]]
        names = ", ".join([*listed, *(["…"] if len(parts) > NAMED else [])])
        return str(together[kind]) % {"count": len(parts), "names": names}
    values = {"exhibitor": part.exhibitor, "booth": part.target, "origin": part.origin}
    return str(alone[kind]) % (values | {"other": parts[-1].exhibitor, "count": len(parts)})


TERMS = {
    "priority": _l("Points"),
    "wishes": _l("Booth wishes"),
    "zone_wishes": _l("Zone wishes"),
    "competitors": _l("Competitors apart"),
    "cluster": _l("Clusters together"),
    "near": _l("Wished neighbours"),
    "affinity": _l("Ministries at the entrance"),
    "newcomers": _l("Newcomers beside established exhibitors"),
    "moves": _l("Few moves"),
    "quotas": _l("Soft quotas"),
}
"""Labels for the terms of a proposal, named as in docs/allocation.md."""


NEEDS = {
    "enough power": _l("enough power"),
    "water": _l("water"),
    "access without steps": _l("access without steps"),
    "room for all who share it": _l("room for all who share it"),
}


def reason(template: str, values: dict[str, Any]) -> str:
    """A reason of a proposal in the reader's language."""
    return _(template) % {name: _filled(value) for name, value in values.items()}


def _filled(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(NEEDS.get(one, one)) for one in value)
    return format_decimal(value, "0.##") if isinstance(value, float) else str(value)


CHANGES = {
    "unplaced": _l("no booth"),
    "loses": _l("loses the booth"),
    "new": _l("new"),
    "moved": _l("moves"),
    "stays": _l("stays"),
}
"""Labels for the effect of a proposal on an exhibitor."""


def counted(change: str, number: int) -> str:
    """How many exhibitors a proposal has this effect on."""
    match change:
        case "unplaced":
            return ngettext("%(num)s without a booth", "%(num)s without a booth", number)
        case "loses":
            return ngettext("%(num)s loses the booth", "%(num)s lose their booths", number)
        case "moved":
            return ngettext("%(num)s moves", "%(num)s move", number)
        case "stays":
            return ngettext("%(num)s stays", "%(num)s stay", number)
        case _:
            return ngettext("%(num)s new", "%(num)s new", number)


STAGES = {
    "": _l("Waiting to begin"),
    "preferences": _l("Looking at wishes and needs"),
    "separation": _l("Looking at neighbours"),
    "proof": _l("Looking for a proof"),
    "done": _l("Writing down the reasons"),
}
