"""The desk's page of what was changed about the fair's days: moving the whole fair, and taking a change back."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.editions import consequences
from exhibition.editions.rules.consequences import Counts
from exhibition.editions.web.forms import MoveForm
from exhibition.venue.models import Exhibition

blueprint = Blueprint("edition_changes", __name__, url_prefix="/desk/edition/changes")


def _page(
    exhibition: Exhibition, form: MoveForm | None = None, *, tried: Counts | None = None, refused: Refused | None = None
) -> ResponseReturnValue:
    g.timezone = exhibition.timezone
    kept = consequences.changes(exhibition)
    page = render_template(
        "editions/changes.html",
        form=form or MoveForm(formdata=None),
        tried=tried,
        refused=refused,
        changes=kept,
        can_undo={change.id for change in kept if consequences.can_undo(exhibition, change)},
    )
    if refused is not None:
        return page, refused.status
    return page, 422 if form is not None and form.errors else 200


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The latest changes, and a form to move the whole fair."""
    return _page(exhibition)


@blueprint.post("")
def move(exhibition: Exhibition) -> ResponseReturnValue:
    """Show what would move; once that was seen, move it."""
    form = MoveForm()
    if not form.validate_on_submit():
        return _page(exhibition, form)
    seen, days = request.form.get("seen") == str(form.days.data), form.days.data or 0
    try:
        counts = consequences.move(actor(), exhibition, days, dry_run=not seen)
    except Refused as refused:
        if refused.field == form.days.name:
            show_refusal(form, refused)
            return _page(exhibition, form)
        return _page(exhibition, form, refused=refused)
    if not seen:
        return _page(exhibition, form, tried=counts)
    flash(
        ngettext("The fair was moved by %(num)s day.", "The fair was moved by %(num)s days.", days)
        + " "
        + _("%(sessions)s sessions with %(people)s people moved along.", **vars(counts)),
        "good",
    )
    return redirect(url_for(".show"), 303)


@blueprint.get("/<int(max=2147483647):change_id>")
def change(exhibition: Exhibition, change_id: int) -> str:
    """One change, with those whom it concerns and who have no e-mail address."""
    g.timezone = exhibition.timezone
    kept = consequences.get(exhibition, change_id)
    return render_template(
        "editions/change.html",
        change=kept,
        can_undo=consequences.can_undo(exhibition, kept),
        unreached=consequences.unreached(exhibition, kept),
    )


@blueprint.post("/<int(max=2147483647):change_id>/undo")
def undo(exhibition: Exhibition, change_id: int) -> ResponseReturnValue:
    """Take a change back."""
    try:
        require_valid(FlaskForm())
        consequences.undo(actor(), exhibition, change_id)
    except NotFound:
        raise
    except Refused as refused:
        return _page(exhibition, refused=refused)
    flash(_("The change was undone."), "good")
    return redirect(url_for(".show"), 303)
