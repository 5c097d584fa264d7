"""The desk's page of caps: how many people may be inside, now and from which moment on."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core import clock
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.gate.occupancy import caps
from exhibition.gate.web.forms import AreaForm, PlannedCapForm
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition import suggested_cap

blueprint = Blueprint("caps", __name__, url_prefix="/desk/caps")

ROW = "<int(max=2147483647):"
INVALID = 422
SHARES = (25, 50, 75, 100)
"""Percentages of the suggested cap, as regulations state them."""


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The cap in force, its changes, what the floor allows, and sessions that hold more people."""
    return _page(exhibition)


@blueprint.post("")
def plan(exhibition: Exhibition) -> ResponseReturnValue:
    form = PlannedCapForm()
    if not form.validate_on_submit():
        return _page(exhibition, form=form), INVALID
    assert form.starts_at.data is not None
    try:
        caps.plan(
            actor(),
            exhibition,
            form.starts_at.data,
            form.capacity.data or 0,
            form.reason.data or "",
        )
    except Refused as refused:
        show_refusal(form, refused)
        return _page(exhibition, form=form), refused.status
    flash(_("The change of the cap is planned. Gates know it, also without a network."), "good")
    return redirect(url_for(".show"))


@blueprint.post("/area")
def set_area(exhibition: Exhibition) -> ResponseReturnValue:
    """Set how much floor the protocol requires for each person."""
    form = AreaForm()
    if not form.validate_on_submit():
        return _page(exhibition, area_form=form), INVALID
    caps.set_area(actor(), exhibition, form.square_metres_each.data)
    flash(_("Saved. The cap itself is changed only by you."), "good")
    return redirect(url_for(".show"))


@blueprint.post(f"/{ROW}cap_id>/remove")
def remove(exhibition: Exhibition, cap_id: int) -> ResponseReturnValue:
    """Remove a change that has not begun."""
    require_valid(FlaskForm())
    try:
        caps.remove(actor(), exhibition, cap_id)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        flash(str(refused.message), "bad")
    else:
        flash(_("The change is taken away."), "good")
    return redirect(url_for(".show"))


def _asked() -> int | None:
    """The number of people to fill in, from a link on this page."""
    number = request.args.get("capacity", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= len(str(caps.LARGEST_CAP)) else None


def _suggested(exhibition: Exhibition, floor: venue.FloorArea) -> int | None:
    each = exhibition.square_metres_each
    return None if each is None else min(suggested_cap(floor.usable, each), caps.LARGEST_CAP)


def _tidy(number: float | None) -> float | None:
    """A whole number without its ``.0``."""
    return int(number) if number is not None and number == int(number) else number


def _page(exhibition: Exhibition, *, form: PlannedCapForm | None = None, area_form: AreaForm | None = None) -> str:
    now = clock.now()
    floor = venue.floor_area(venue.hall(exhibition))
    inside, capacity = caps.hall(exhibition.id, now)
    suggested = _suggested(exhibition, floor)
    return render_template(
        "gate/caps.html",
        exhibition=exhibition,
        now=now,
        inside=inside,
        capacity=capacity,
        own=caps.before_all(exhibition.id),
        changes=caps.changes(exhibition.id),
        above=caps.sessions_above(exhibition, now),
        floor=floor,
        suggested=suggested,
        shares=[(share, (suggested or 0) * share // 100) for share in SHARES],
        form=form or PlannedCapForm(formdata=None, capacity=_asked()),
        area_form=area_form or AreaForm(formdata=None, square_metres_each=_tidy(exhibition.square_metres_each)),
    )
