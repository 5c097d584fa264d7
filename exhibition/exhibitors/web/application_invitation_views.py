"""The desk's page that invites exhibitors of earlier editions to apply, and the list of those to write to by phone."""

import re
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid
from exhibition.exhibitors.applications import invitations
from exhibition.venue.models import Exhibition

blueprint = Blueprint("application_invitations", __name__, url_prefix="/desk/applications/invite")
_ID = re.compile(r"[0-9]{1,9}")


def _page(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    page = render_template(
        "exhibitors/applications/invite.html",
        exhibition=exhibition,
        candidates=invitations.candidates(exhibition),
        phones=invitations.by_phone(exhibition),
        refused=refused,
    )
    return page, refused.status if refused else HTTPStatus.OK


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """Who can be invited, and who of the invited is to be written to by phone."""
    return _page(exhibition)


@blueprint.post("")
def invite(exhibition: Exhibition) -> ResponseReturnValue:
    """Invite the ticked exhibitors, or everybody."""
    require_valid(FlaskForm())
    if request.form.get("everybody") == "yes":
        ids = [one.exhibitor.id for one in invitations.candidates(exhibition)]
    else:
        ids = [int(text) for text in request.form.getlist("exhibitor") if _ID.fullmatch(text)]
    if not ids:
        return _page(exhibition, Refused("nobody_ticked", _("Tick those you want to invite."), status=422))
    try:
        invited = invitations.invite(actor(), exhibition, ids)
    except Refused as refused:
        return _page(exhibition, refused)
    if invited.mailed:
        flash(
            ngettext("%(num)s invitation goes out by mail.", "%(num)s invitations go out by mail.", invited.mailed),
            "good",
        )
    if invited.by_phone:
        text = ngettext(
            "%(num)s exhibitor has no e-mail address: write to them by WhatsApp below.",
            "%(num)s exhibitors have no e-mail address: write to them by WhatsApp below.",
            invited.by_phone,
        )
        flash(text, "warn")
    return redirect(url_for(".show"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<int(max=2147483647):application_id>")
def tick(exhibition: Exhibition, application_id: int) -> ResponseReturnValue:
    """Tick an invitation off as sent by WhatsApp, or take the tick back."""
    require_valid(FlaskForm())
    invitations.tick(actor(), exhibition, application_id, done=request.form.get("done") == "yes")
    return redirect(url_for(".show"), HTTPStatus.SEE_OTHER)
