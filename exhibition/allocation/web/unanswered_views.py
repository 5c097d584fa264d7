"""The desk's page of offers that nobody has answered: call or write by WhatsApp, and tick off."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.allocation import offers
from exhibition.core.web.forms import require_valid
from exhibition.venue.models import Exhibition

blueprint = Blueprint("unanswered", __name__, url_prefix="/desk/unanswered")


@blueprint.get("")
def show(exhibition: Exhibition) -> str:
    """Who has not answered an offer yet; those to be asked first."""
    return render_template("allocation/unanswered.html", exhibition=exhibition, offers=offers.unanswered(exhibition))


@blueprint.post("/<int(max=2147483647):allocation_id>")
def tick(exhibition: Exhibition, allocation_id: int) -> ResponseReturnValue:
    """Tick an offer off as asked about, or with ``done=no`` take the tick back."""
    require_valid(FlaskForm())
    offers.tick_off(actor(), exhibition, allocation_id, done=request.form.get("done") != "no")
    return redirect(url_for(".show"), 303)
