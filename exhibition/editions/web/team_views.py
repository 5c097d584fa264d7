"""The people of one fair, whom its organizers invite themselves; roles at all fairs are for administrators."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts import invitations, service, texts
from exhibition.accounts.models import RoleName
from exhibition.accounts.web.forms import ROLE_LABELS, TeamForm, show_refusal
from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid
from exhibition.venue.models import Exhibition

blueprint = Blueprint("team", __name__, url_prefix="/desk/team")


@blueprint.route("", methods=["GET", "POST"])
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """Who works at this fair, and a form to invite another."""
    form = TeamForm()
    if form.validate_on_submit():
        try:
            invitation = invitations.invite(
                actor(),
                form.email.data or "",
                RoleName(form.role.data),
                name=(form.name.data or "").strip(),
                exhibition_id=exhibition.id,
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(texts.invited(invitation), "good")
            return redirect(url_for(".show"), 303)
    page = render_template(
        "editions/team.html",
        exhibition=exhibition,
        form=form,
        people=service.team(exhibition.id),
        invited=[one for one in invitations.open_invitations() if one.exhibition_id == exhibition.id],
        labels=ROLE_LABELS,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/<int(max=2147483647):user_id>/leave")
def leave(exhibition: Exhibition, user_id: int) -> ResponseReturnValue:
    """Somebody works at this fair no longer."""
    require_valid(FlaskForm())
    user = service.take_role(actor(), user_id, exhibition.id)
    flash(_("%(email)s works at this fair no longer.", email=user.email), "good")
    return redirect(url_for(".show"), 303)
