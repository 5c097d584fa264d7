"""Sentences for people: the problems of a plan, the changes that saving it makes, the faults of a list."""

from collections.abc import Sequence

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.venue.plan.reading.booth_lists import BoothListFault
from exhibition.venue.plan.reading.plan_problems import PlanProblem, ProblemCode
from exhibition.venue.plan.reading.plan_repairs import ProblemGroup, Repair, can_repair, roomy_hall
from exhibition.venue.plan.reading.plan_values import Affected, Changes, FloorPlan

KIND_NAMES = {
    "entrance": _l("Entrance"),
    "exit": _l("Exit"),
    "door": _l("Door"),
    "stage": _l("Stage"),
    "wall": _l("Wall"),
    "aisle": _l("Aisle"),
    "hand_washing": _l("Hand washing"),
    "information": _l("Information"),
}
FAULTS = {
    BoothListFault.CODE_MISSING: _l("no booth number"),
    BoothListFault.CODE_INVALID: _l("not a booth number that we can read: at most 16 letters and digits"),
    BoothListFault.CODE_REPEATED: _l("this booth was there before"),
    BoothListFault.LENGTH_INVALID: _l("not a length that we can read"),
    BoothListFault.NUMBER_INVALID: _l("not a number that we can read"),
    BoothListFault.CHOICE_UNKNOWN: _l("neither yes nor no"),
    BoothListFault.ZONE_INVALID: _l("not a name for a zone"),
    BoothListFault.SHIFTED: _l("this row has more cells than the headings, so its columns are shifted"),
    BoothListFault.BROKEN: _l("a quotation mark in this row is never closed"),
}
COLUMN_NAMES = {
    "code": _l("Booth number"),
    "zone": _l("Zone"),
    "x": "x",
    "y": "y",
    "width": _l("Width"),
    "depth": _l("Depth"),
    "size": _l("Size (3 x 2)"),
    "rotation": _l("Turned by (degrees)"),
    "power_va": _l("Power (VA)"),
    "water": _l("Water"),
    "corner": _l("Corner"),
    "accessible": _l("Step-free"),
}
SHOWN_CODES = 30


def _landmark(plan: FloorPlan, number: int) -> str:
    mark = plan.landmarks[number]
    return mark.label or str(KIND_NAMES[mark.kind])


def _hall_name(plan: FloorPlan, code: str) -> str:
    """The hall's name, empty where there is only one."""
    return next((hall.name for hall in plan.halls if hall.code == code), "") if len(plan.halls) > 1 else ""


def _outside(plan: FloorPlan, code: str, name: str) -> str:
    hall = _hall_name(plan, code)
    if hall:
        return _("%(name)s reaches beyond %(hall)s.", name=name, hall=hall)
    return _("%(name)s reaches beyond the hall.", name=name)


def problem_text(plan: FloorPlan, problem: PlanProblem) -> str:
    """One problem as a sentence that names booths by their numbers."""
    codes = [plan.booths[number].code for number in problem.booths]
    marks = [_landmark(plan, number) for number in problem.landmarks]
    match problem.code:
        case ProblemCode.NUMBER_DOUBLED:
            return _(
                "%(code)s is there %(count)s times. Give each booth its own number.", code=codes[0], count=len(codes)
            )
        case ProblemCode.BOOTHS_OVERLAP:
            return _("%(one)s and %(other)s overlap.", one=codes[0], other=codes[1])
        case ProblemCode.BOOTH_ON_LANDMARK:
            return _("%(code)s stands on: %(landmark)s.", code=codes[0], landmark=marks[0])
        case ProblemCode.OUTSIDE_HALL:
            return _outside(plan, problem.hall, (codes or marks)[0])
        case ProblemCode.DOOR_BLOCKED:
            return _("%(name)s blocks: %(door)s.", name=(codes or marks[1:])[0], door=marks[0])
        case ProblemCode.AISLE_BLOCKED:
            return _("%(name)s stands in: %(aisle)s.", name=(codes or marks[1:])[0], aisle=marks[0])


def group_text(plan: FloorPlan, group: ProblemGroup) -> str:
    """All problems of a kind as one sentence with their count, and with the hall where there are several."""
    text = _counted(group)
    hall = _hall_name(plan, group.hall)
    return f"{hall}: {text}" if hall else text


def _counted(group: ProblemGroup) -> str:
    count = group.count
    match group.code:
        case ProblemCode.NUMBER_DOUBLED:
            text = ngettext(
                "%(num)d booth shares its number.", "%(num)d booths share their number with another.", count
            )
        case ProblemCode.BOOTHS_OVERLAP:
            text = ngettext("%(num)d booth overlaps.", "%(num)d booths overlap.", count)
        case ProblemCode.BOOTH_ON_LANDMARK:
            text = ngettext(
                "%(num)d booth stands on a wall or the like.", "%(num)d booths stand on a wall or the like.", count
            )
        case ProblemCode.OUTSIDE_HALL if not group.landmarks:
            text = ngettext("%(num)d booth outside the hall.", "%(num)d booths outside the hall.", count)
        case ProblemCode.OUTSIDE_HALL:
            text = ngettext("%(num)d thing outside the hall.", "%(num)d things outside the hall.", count)
        case ProblemCode.DOOR_BLOCKED:
            text = ngettext("%(num)d thing blocks a door.", "%(num)d things block a door.", count)
        case ProblemCode.AISLE_BLOCKED:
            text = ngettext("%(num)d thing stands in an aisle.", "%(num)d things stand in an aisle.", count)
    return text


def _size(width: float, depth: float) -> str:
    return f"{format_decimal(width)} \u00d7 {format_decimal(depth)}"


def repair_text(plan: FloorPlan, group: ProblemGroup) -> str:
    """The act that repairs a kind of problem, as a button says it; empty where there is none."""
    if not can_repair(plan, group):
        return ""
    if group.code is ProblemCode.NUMBER_DOUBLED:
        return _("Give them numbers of their own")
    hall = roomy_hall(plan, group.hall) if group.code is ProblemCode.OUTSIDE_HALL else None
    if hall is None:
        return _("Move booths to the nearest free place")
    return _("Enlarge the hall to %(size)s m", size=_size(hall.width, hall.depth))


def repaired_text(code: ProblemCode, before: FloorPlan, repair: Repair, hall: str = "") -> str:
    """What a repair did, in which hall, and what is left to do."""
    if code is ProblemCode.OUTSIDE_HALL:
        room = next((one for one in repair.plan.rooms if one.code == hall), repair.plan.rooms[0])
        return _("The hall is %(size)s m now.", size=_size(room.width, room.depth))
    if code is ProblemCode.NUMBER_DOUBLED:
        changed = [f"{before.booths[one].code} → {repair.plan.booths[one].code}" for one in repair.changed]
        return _("New numbers: %(codes)s", codes=_codes(changed))
    moved = ngettext("%(num)d booth was moved.", "%(num)d booths were moved.", len(repair.changed))
    if not repair.left:
        return moved
    room = ngettext(
        "There is no room for %(num)d: enlarge the hall or remove it.",
        "There is no room for %(num)d: enlarge the hall or remove them.",
        len(repair.left),
    )
    return f"{moved} {room}"


def affected_text(one: Affected) -> str:
    """The change of somebody's booth, as a sentence."""
    values = {"code": one.code, "holder": one.holder}
    match one.how:
        case "moved":
            return _("%(code)s (%(holder)s) moves by %(metres)s m.", metres=format_decimal(one.metres), **values)
        case "resized":
            return _("%(code)s (%(holder)s) changes its size.", **values)
        case "renumbered":
            return _("%(code)s (%(holder)s) becomes %(new)s.", new=one.new_code, **values)
        case _:
            return _("%(code)s (%(holder)s) would be removed; that is not possible.", **values)


def _codes(codes: Sequence[str]) -> str:
    more = len(codes) - SHOWN_CODES
    return " ".join(codes[:SHOWN_CODES]) + (f" … (+{more})" if more > 0 else "")


def change_texts(changes: Changes) -> list[str]:
    """The changes, one sentence for each kind."""
    renumbered = [f"{old} → {new}" for old, new in changes.renumbered]
    lines = [
        (changes.added, _("New: %(codes)s", codes=_codes(changes.added))),
        (changes.removed, _("Removed: %(codes)s", codes=_codes(changes.removed))),
        (renumbered, _("New numbers: %(codes)s", codes=_codes(renumbered))),
        (changes.moved, _("Moved: %(codes)s", codes=_codes(changes.moved))),
        (changes.resized, _("Other size: %(codes)s", codes=_codes(changes.resized))),
        (changes.other, _("Other zone or equipment: %(codes)s", codes=_codes(changes.other))),
        (changes.surroundings, _("Hall, zones, walls, doors, aisles or background change.")),
    ]
    return [line for there, line in lines if there]
