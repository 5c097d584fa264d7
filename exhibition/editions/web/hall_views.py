"""A hall drawn by rule at the desk; the drawing changes as one types."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.web.forms import show_refusal
from exhibition.editions import drawing
from exhibition.editions.web.forms import HallGridForm
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.plan.reading.plan_values import FloorPlan
from exhibition.venue.rules.hall_grid import HallGrid, Wall

blueprint = Blueprint("hall_grid", __name__, url_prefix="/desk/prepare/hall")


def _grid(form: HallGridForm) -> HallGrid:
    return HallGrid(
        rows=form.rows.data or 0,
        columns=form.columns.data or 0,
        booth_width=form.booth_width.data or 0,
        booth_depth=form.booth_depth.data or 0,
        aisle=form.aisle.data or 0,
        door=Wall(form.door.data),
    )


def _plan(form: HallGridForm) -> FloorPlan | None:
    """The plan that the form describes; None while it describes none."""
    try:
        return drawing.plan_of(_grid(form))
    except Refused as refused:
        show_refusal(form, refused)
        return None


@blueprint.get("/drawing")
def sketch(exhibition: Exhibition) -> ResponseReturnValue:
    """The drawing alone, for a form that is being filled in."""
    form = HallGridForm(request.args, meta={"csrf": False})
    plan = _plan(form) if form.validate() else None
    return render_template("editions/_drawing.html", exhibition=exhibition, drawn=plan, form=form)


@blueprint.route("", methods=["GET", "POST"])
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The form with its drawing; ``save`` makes it the hall."""
    form = HallGridForm()
    valid = form.validate_on_submit() if request.method == "POST" else True
    plan = _plan(form) if valid else None
    if plan is not None and "save" in request.form:
        try:
            drawing.draw(actor(), exhibition, _grid(form), form.open_booths.data, replace=form.replace.data)
        except Refused as refused:
            if refused.field is None:
                form.form_errors = [str(refused.message)]
            else:
                show_refusal(form, refused)
        else:
            flash(ngettext("%(num)s booth is drawn.", "%(num)s booths are drawn.", len(plan.booths)), "good")
            return redirect(url_for("preparation.show"), 303)
    drawn = len(venue.hall(exhibition).booths)
    page = render_template("editions/hall.html", form=form, drawn=plan, present=drawn)
    return page, 422 if form.errors or form.form_errors else 200
