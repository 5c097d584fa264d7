"""Calls of the hall's editor that answer with what an act on many booths would make of the plan. Nothing is saved."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from exhibition.core.errors import Refused
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.reading import plan_json
from exhibition.venue.plan.reading.plan_problems import ProblemCode
from exhibition.venue.plan.reading.plan_repairs import repaired
from exhibition.venue.plan.reading.plan_values import FloorPlan
from exhibition.venue.plan.reading.renumbering import Renumbering, renumbered
from exhibition.venue.rules.booth_numbers import LONGEST_CODE, NumberFault, NumberScheme
from exhibition.venue.web import plan_requests, plan_texts

blueprint = Blueprint("hall_acts", __name__, url_prefix="/desk/hall")

Choice = TypeVar("Choice", bound=StrEnum)
NAMED_CODES = 5
FAULTS = {
    NumberFault.UNREADABLE: _l("This is not a booth number: letters and digits, without blanks."),
    NumberFault.NO_LETTER: _l("A row needs a letter before the digits, as in A01."),
    NumberFault.TOO_LONG: _l("A booth number has at most %(longest)s characters.", longest=LONGEST_CODE),
}


def _chosen(sent: Any, plan: FloorPlan) -> list[int]:
    indexes = sent if isinstance(sent, list) else []
    wrong = any(type(one) is not int or not 0 <= one < len(plan.booths) for one in indexes)
    if not indexes or wrong:
        message = _l("%(field)s must be a list of places of booths.", field="chosen")
        raise Refused("plan_invalid", message, status=422, field="chosen")
    return indexes


def _one_of(kinds: type[Choice], sent: Any, field: str) -> Choice:
    if sent not in list(kinds):
        message = _l("%(field)s must be one of: %(choices)s.", field=field, choices=", ".join(kinds))
        raise Refused("plan_invalid", message, status=422, field=field)
    return kinds(sent)


def _numbering(plan: FloorPlan, body: dict[str, Any]) -> Renumbering:
    """Raises Refused ``plan_invalid``, ``number_invalid`` and ``number_doubled`` (422)."""
    chosen, scheme = _chosen(body.get("chosen"), plan), _one_of(NumberScheme, body.get("scheme"), "scheme")
    found = renumbered(plan, chosen, str(body.get("first", "")), scheme, snake=body.get("snake") is True)
    if isinstance(found, NumberFault):
        raise Refused("number_invalid", FAULTS[found], status=422, field="first")
    if found.taken:
        shown = ", ".join(found.taken[:NAMED_CODES]) + (" …" if len(found.taken) > NAMED_CODES else "")
        message = _l(
            "Booths that are not chosen have these numbers: %(codes)s. Begin with another one, or choose them too.",
            codes=shown,
        )
        raise Refused("number_doubled", message, status=422, field="first", booths=found.taken[:NAMED_CODES])
    return found


@blueprint.post("/numbers")
def number(exhibition: Exhibition) -> ResponseReturnValue:
    """What the chosen booths would be called, which numbers change, and who has to be told."""
    try:
        body = plan_requests.body()
        plan = plan_json.floor_plan(body.get("plan"))
        found = _numbering(plan, body)
    except Refused as refused:
        return plan_requests.refusal(refused)
    changed = {one: code for one, code in found.numbers.items() if code != plan.booths[one].code}
    names = plan_versions.holders(exhibition)
    held = [one for one in changed if plan.booths[one].id in names]
    return {
        "numbers": [[one, code] for one, code in found.numbers.items()],
        "lines": [_line(plan, one, code, names) for one, code in changed.items()],
        "text": _summary(len(changed), len(held)),
    }


@blueprint.post("/repair")
def repair(exhibition: Exhibition) -> ResponseReturnValue:
    """The plan with one kind of problem repaired, as far as it can be."""
    try:
        body = plan_requests.body()
        plan = plan_json.floor_plan(body.get("plan"))
        code, hall = _one_of(ProblemCode, body.get("code"), "code"), str(body.get("hall", ""))
    except Refused as refused:
        return plan_requests.refusal(refused)
    names = plan_versions.holders(exhibition)
    done = repaired(plan, code, {one for one, booth in enumerate(plan.booths) if booth.id in names}, hall)
    return {
        "plan": done.plan.document(ids=True),
        "changed": done.changed,
        "text": plan_texts.repaired_text(code, plan, done, hall),
    }


def _line(plan: FloorPlan, one: int, code: str, names: dict[int, str]) -> str:
    booth = plan.booths[one]
    holder = names.get(booth.id, "") if booth.id else ""
    return f"{booth.code} → {code}" + (f" · {holder}" if holder else "")


def _summary(changed: int, held: int) -> str:
    if changed == 0:
        return _("They have these numbers already.")
    text = ngettext("%(num)d number changes.", "%(num)d numbers change.", changed)
    if held == 0:
        return text
    kept = ngettext(
        "%(num)d booth belongs to somebody, who keeps it: tell them.",
        "%(num)d booths belong to somebody, who keeps them: tell them.",
        held,
    )
    signs = _(
        "Signs and lists with an old number have to be printed anew; "
        "the QR code on a sign still leads to the same exhibitor."
    )
    return f"{text} {kept} {signs}"
