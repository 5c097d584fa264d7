"""Working on the floor plan: placing one or many exhibitors, what that would do, and going back in the history."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.sign_in import presence
from exhibition.accounts.web.sessions import sign_in_id
from exhibition.accounts.web.signin import actor
from exhibition.allocation.arranging import acts, rewinding, trial
from exhibition.allocation.arranging.trial import Trial
from exhibition.allocation.arranging.worth import Worth
from exhibition.allocation.models import AllocationStep
from exhibition.allocation.texts import NEEDS, TERMS, would
from exhibition.allocation.web.forms import ArrangeForm, LookingForm
from exhibition.allocation.web.views import carry_out, selected_code
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid
from exhibition.venue.models import Exhibition

blueprint = Blueprint("arranging", __name__, url_prefix="/desk/plan")
NEED_NAMES = {"power_va": "enough power", "water": "water", "accessible": "access without steps"}


def _taken(form: ArrangeForm) -> list[str]:
    return [text or "" for text in form.taken.data]


@blueprint.post("/arrange")
def arrange(exhibition: Exhibition) -> ResponseReturnValue:
    """Put the exhibitors down on a booth; without ``booth`` take them off the plan."""
    form = ArrangeForm()
    code = (form.booth.data or "").strip()
    return carry_out(
        exhibition,
        form,
        selected_code() or code,
        lambda exhibition: acts.arrange(actor(), exhibition, _taken(form), code),
    )


@blueprint.post("/arrange/trial")
def attempt(exhibition: Exhibition) -> ResponseReturnValue:
    """What ``arrange`` would do, as sentences for the person who is about to let go."""
    form = ArrangeForm()
    try:
        require_valid(form)
        found = trial.attempt(actor(), exhibition, _taken(form), (form.booth.data or "").strip())
    except Refused as refused:
        return jsonify(
            possible=False, sentence=str(refused.message), code=refused.code, notes=[], warnings=[], terms=[], worth=""
        )
    return jsonify(_told(found))


@blueprint.post("/looking")
def looking(exhibition: Exhibition) -> ResponseReturnValue:
    """Which booth is open on this page, for the others who work on the plan; it is told with the live events."""
    form = LookingForm()
    require_valid(form)
    presence.look(sign_in_id(), f"plan-{exhibition.id}", (form.booth.data or "").strip())
    return "", 204


def _told(found: Trial) -> dict[str, Any]:
    terms = [f"{TERMS[term]} {_signed(value)}" for term, value in found.worth.terms.items()]
    return {
        "possible": True,
        "kind": found.kind,
        "sentence": would(found.kind, found.parts),
        "notes": _notes(found),
        "warnings": _warnings(found.worth),
        "terms": terms,
        "worth": _signed(found.worth.total) if terms else "",
        "better": found.worth.total > 0,
    }


def _notes(found: Trial) -> list[str]:
    if not found.mailed:
        return []
    named, number = ", ".join(found.mailed[:3]), len(found.mailed)
    return [ngettext("%(num)s mail will go to %(named)s.", "%(num)s mails will go to %(named)s.", number, named=named)]


def _warnings(worth: Worth) -> list[str]:
    unmet = [
        _(
            "%(exhibitor)s needs %(needs)s.",
            exhibitor=name,
            needs=", ".join(str(NEEDS[NEED_NAMES[one]]) for one in needs),
        )
        for name, needs in worth.unmet.items()
    ]
    avoided = [_("%(one)s and %(other)s would stand too close.", one=one, other=other) for one, other in worth.avoided]
    return [*unmet, *avoided]


def _signed(value: float) -> str:
    sign = "+" if value > 0 else "\u2212" if value < 0 else "±"
    return sign + format_decimal(abs(value), "#,##0.#")


@blueprint.post("/steps/<int:number>/back")
def back(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    """Undo everything after this step."""

    def undo_later(exhibition: Exhibition) -> AllocationStep:
        return rewinding.back_to(actor(), exhibition, number)[-1]

    return carry_out(exhibition, FlaskForm(), selected_code(), undo_later)
