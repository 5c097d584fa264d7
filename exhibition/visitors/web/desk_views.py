"""The organizer's pages of registrations."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.sql.paging import page_number
from exhibition.venue.models import Exhibition
from exhibition.visitors import search, service
from exhibition.visitors.models import PassState

blueprint = Blueprint("visitors_desk", __name__, url_prefix="/desk")


@blueprint.get("/registrations")
def registrations(exhibition: Exhibition) -> str:
    """The registrations, searched by name, reference, code, e-mail or the last digits of the phone number."""
    words = search.tidy(request.args.get("q", ""))
    return render_template(
        "visitors/desk_registrations.html",
        page=search.registrations(exhibition, words, page_number(request.args.get("page"))),
        words=words,
        address=lambda number: url_for(".registrations", q=words or None, page=number),
    )


@blueprint.get("/registrations/<int:registration_id>")
def registration(exhibition: Exhibition, registration_id: int) -> str:
    """One registration with its pass and mails."""
    issued = service.get_of(exhibition, registration_id)
    return render_template(
        "visitors/desk_registration.html",
        issued=issued,
        contact=service.contact(registration_id),
        mails=search.mails(registration_id),
        valid=issued.state is PassState.VALID,
    )


@blueprint.post("/registrations/<int:registration_id>/mail")
def mail(exhibition: Exhibition, registration_id: int) -> ResponseReturnValue:
    """Send the pass again."""
    service.get_of(exhibition, registration_id)
    try:
        service.send_again(registration_id)
    except Refused as refused:
        flash(str(refused.message), "bad")
    else:
        flash(_("The pass is on its way."), "good")
    return redirect(url_for(".registration", registration_id=registration_id), 303)


@blueprint.post("/registrations/<int:registration_id>/revoke")
def revoke(exhibition: Exhibition, registration_id: int) -> ResponseReturnValue:
    """Withdraw the pass."""
    service.get_of(exhibition, registration_id)
    try:
        service.revoke(actor(), registration_id)
    except Refused as refused:
        flash(str(refused.message), "bad")
    else:
        flash(_("The pass was withdrawn. Gates refuse it from now on."), "good")
    return redirect(url_for(".registration", registration_id=registration_id), 303)
