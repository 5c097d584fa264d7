"""The desk's page on which a fair is prepared: its checklist, and its steps from draft to archive."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.web.forms import require_valid
from exhibition.editions import contact, readiness
from exhibition.editions.web import checklist_texts
from exhibition.editions.web.forms import OrganizerContactForm, show_refusal
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import STEPS, EditionState

blueprint = Blueprint("preparation", __name__, url_prefix="/desk/prepare")


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """What is ready and what is missing, with the page where each is done."""
    found = readiness.read(exhibition)
    steps = checklist_texts.steps(found)
    return render_template("editions/prepare.html", exhibition=exhibition, found=found, steps=steps)


@blueprint.route("/contact", methods=["GET", "POST"])
def reach(exhibition: Exhibition) -> ResponseReturnValue:
    """How people reach the organizer."""
    form = OrganizerContactForm(obj=exhibition)
    if form.validate_on_submit():
        try:
            contact.change(actor(), exhibition, form.plan())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("The contact was saved."), "good")
            return redirect(url_for(".show"), 303)
    return render_template("editions/contact.html", form=form), 422 if form.errors else 200


def _state_page(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    found = readiness.read(exhibition)
    page = render_template(
        "editions/state.html",
        exhibition=exhibition,
        found=found,
        missing=[step for step in checklist_texts.steps(found) if not step.ready],
        targets=[target for target in EditionState if target in STEPS[exhibition.state]],
        acts=checklist_texts.ACTS,
        consequences=checklist_texts.CONSEQUENCES,
        state_names=states.STATE_NAMES,
        refused=refused,
    )
    return page, refused.status if refused else 200


@blueprint.get("/state")
def state(exhibition: Exhibition) -> ResponseReturnValue:
    """Before a step: what visitors will see, what is still missing, and what follows."""
    return _state_page(exhibition)


@blueprint.post("/state")
def change_state(exhibition: Exhibition) -> ResponseReturnValue:
    """Publish, postpone, call off or archive."""
    try:
        target = EditionState(request.form.get("target", ""))
    except ValueError as error:
        raise NotFound from error
    try:
        require_valid(FlaskForm())
        states.change_state(actor(), exhibition.slug, target)
    except NotFound:
        raise
    except Refused as refused:
        return _state_page(exhibition, refused)
    flash(
        _("%(name)s is %(state)s now.", name=exhibition.name, state=states.STATE_NAMES[target]),
        "good",
    )
    return redirect(url_for(".show", edition=exhibition.slug), 303)
