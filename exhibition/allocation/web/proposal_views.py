"""The desk's page of the proposal: request it, watch it run, pin, review, publish."""

from collections import Counter
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.allocation import service
from exhibition.allocation.proposals import pins
from exhibition.allocation.proposals import service as proposals
from exhibition.allocation.rules import AllocationState
from exhibition.allocation.solver.problem import AllocationProblem
from exhibition.allocation.texts import CHANGES, STAGES, counted, reason
from exhibition.allocation.web.forms import PinBoothForm, ProposalForm, PublishForm
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid
from exhibition.exhibitors.applications import service as applications
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition

blueprint = Blueprint("proposal", __name__, url_prefix="/desk/proposal")


def _page(exhibition: Exhibition, form: ProposalForm, refused: Refused | None = None) -> ResponseReturnValue:
    proposal = proposals.latest(exhibition)
    lines = proposals.lines(proposal) if proposal else []
    page = render_template(
        "allocation/proposal.html",
        exhibition=exhibition,
        hall=venue.hall(exhibition),
        form=form,
        proposal=proposal,
        working=proposal is not None and proposals.is_working(proposal),
        lines=lines,
        counts=Counter(line.change for line in lines),
        booths=proposals.drawn(exhibition, proposal) if proposal and lines else service.plan(exhibition),
        pinned=pins.pinned_booths(exhibition),
        spoken=applications.speaking(exhibition),
        undecided=applications.undecided(exhibition),
        changes=CHANGES,
        counted=counted,
        stages=STAGES,
        reason=reason,
        refused=refused,
    )
    return page, refused.status if refused else 200


def _form(exhibition: Exhibition) -> ProposalForm:
    """The form, filled in with the settings of the latest proposal."""
    latest = proposals.latest(exhibition)
    asked = latest.problem if latest else AllocationProblem().document()
    return ProposalForm(formdata=None, data=asked | asked["weights"])  # the weight of a term, not the term itself


def _carry_out(
    exhibition: Exhibition, form: FlaskForm, act: Callable[[Exhibition], object], done: str
) -> ResponseReturnValue:
    try:
        require_valid(form)
        act(exhibition)
    except Refused as refused:
        return _page(exhibition, form if isinstance(form, ProposalForm) else _form(exhibition), refused)
    flash(done, "good")
    return redirect(url_for("proposal.show"))


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The latest proposal, or a form to request the first one."""
    return _page(exhibition, _form(exhibition))


@blueprint.post("")
def ask(exhibition: Exhibition) -> ResponseReturnValue:
    form = ProposalForm()
    return _carry_out(
        exhibition,
        form,
        lambda exhibition: proposals.start(actor(), exhibition, form.wanted()),
        _("The proposal is being worked out."),
    )


@blueprint.post("/<int:number>/stop")
def stop(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    return _carry_out(
        exhibition,
        FlaskForm(),
        lambda exhibition: proposals.stop(actor(), exhibition, number),
        _("It ends now with the best plan found so far."),
    )


@blueprint.post("/pins")
def pin(exhibition: Exhibition) -> ResponseReturnValue:
    form = PinBoothForm()
    code = (form.booth.data or "").strip()
    return _carry_out(
        exhibition,
        form,
        lambda exhibition: pins.pin(actor(), exhibition, form.exhibitor_id.data or 0, code),
        _("Pinned to booth %(code)s. Ask for a new proposal.", code=code)
        if code
        else _("The pin is gone. Ask for a new proposal."),
    )


@blueprint.post("/<int:number>/publish")
def publish(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    form = PublishForm()
    return _carry_out(
        exhibition,
        form,
        lambda exhibition: proposals.publish(
            actor(), exhibition, number, AllocationState(form.state.data or ""), hours=form.hours.data
        ),
        _("The proposal is published. It can be undone on the floor plan."),
    )
