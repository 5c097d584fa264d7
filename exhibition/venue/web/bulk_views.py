"""How far an act upon all that match is, and taking it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid
from exhibition.venue.bulk import acts
from exhibition.venue.bulk.models import BulkAct
from exhibition.venue.models import Exhibition

blueprint = Blueprint("bulk_acts", __name__, url_prefix="/desk/bulk")

ONE = "/<int(max=2147483647):number>"


@dataclass(frozen=True)
class ActsOfList:
    """What the page says of the acts of one list."""

    endpoint: str
    title: Any
    words: Mapping[Any, Any]
    """For each act."""
    on_undo: Any
    """Who gets what back, and who is told."""


LISTS: dict[str, ActsOfList] = {}
"""By the name of a list; filled by the pages of lists."""


def follow(run: BulkAct, asked: Mapping[str, Any]) -> ResponseReturnValue:
    """Lead to the page of an act, which is carried out before if it is of few; ``asked`` is the filter of the list."""
    if run.total <= acts.PIECE:
        acts.carry_out(run.id)
    return redirect(url_for("bulk_acts.show", number=run.id, **asked), HTTPStatus.SEE_OTHER)


@blueprint.get(ONE)
def show(exhibition: Exhibition, number: int) -> str:
    """The filter of the list stands in the address, so that one comes back to it."""
    run = acts.get(exhibition, number)
    of_list = LISTS[run.subject]
    undone = acts.get(exhibition, run.undoes_id) if run.undoes_id else None
    return render_template(
        "venue/bulk_act.html",
        run=run,
        of_list=of_list,
        belongs_to=of_list.endpoint,
        back=f"{url_for(of_list.endpoint)}{_filter()}",
        undo=f"{url_for('.undo', number=number)}{_filter()}",
        act=of_list.words[undone.act if undone else run.act],
        undoable=acts.undoable(run),
    )


@blueprint.post(f"{ONE}/undo")
def undo(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    """Take an act back; a job does it."""
    require_valid(FlaskForm())
    try:
        number = acts.undo(actor(), exhibition, number).id
    except Refused as refused:
        flash(str(refused.message), "bad")
    return redirect(f"{url_for('.show', number=number)}{_filter()}", HTTPStatus.SEE_OTHER)


def _filter() -> str:
    asked = request.query_string.decode("ascii", "ignore")
    return f"?{asked}" if asked else ""
