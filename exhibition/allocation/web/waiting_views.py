"""The desk's page of the waiting list."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.allocation import consequences, service, waiting
from exhibition.allocation.web.forms import WaitingForm, WaitingRulesForm
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid
from exhibition.venue.models import Exhibition

blueprint = Blueprint("waiting", __name__, url_prefix="/desk/waiting")

ROW = "<int(max=2147483647):"


def _page(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    lines = waiting.waiting(exhibition)
    listed = {line.exhibitor_id for line in lines}
    page = render_template(
        "allocation/waiting.html",
        exhibition=exhibition,
        lines=lines,
        others=[one for one in service.without_booth(exhibition) if one.id not in listed],
        free=[booth for booth in service.plan(exhibition) if booth.state == "open"],
        rules_form=WaitingRulesForm(
            formdata=None, offers_by_itself=exhibition.offers_by_itself, offer_hours=exhibition.offer_hours
        ),
        refused=refused,
    )
    return page, refused.status if refused else 200


def _carry_out(
    exhibition: Exhibition, form: FlaskForm, act: Callable[[Exhibition], object], done: str
) -> ResponseReturnValue:
    try:
        require_valid(form)
        act(exhibition)
    except Refused as refused:
        return _page(exhibition, refused)
    flash(done, "good")
    return redirect(url_for("waiting.show"))


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The waiting list in its order, and the rules for booths that become free."""
    return _page(exhibition)


@blueprint.post("")
def add(exhibition: Exhibition) -> ResponseReturnValue:
    form = WaitingForm()
    return _carry_out(
        exhibition,
        form,
        lambda exhibition: waiting.add(actor(), exhibition, form.exhibitor_id.data or 0),
        _("The exhibitor is on the waiting list."),
    )


@blueprint.post(f"/{ROW}exhibitor_id>/first")
def first(exhibition: Exhibition, exhibitor_id: int) -> ResponseReturnValue:
    return _carry_out(
        exhibition,
        FlaskForm(),
        lambda exhibition: waiting.put_first(actor(), exhibition, exhibitor_id),
        _("The exhibitor is the next now."),
    )


@blueprint.post(f"/{ROW}exhibitor_id>/remove")
def remove(exhibition: Exhibition, exhibitor_id: int) -> ResponseReturnValue:
    return _carry_out(
        exhibition,
        FlaskForm(),
        lambda exhibition: waiting.remove(actor(), exhibition, exhibitor_id),
        _("The exhibitor is off the waiting list."),
    )


@blueprint.post("/rules")
def rules(exhibition: Exhibition) -> ResponseReturnValue:
    form = WaitingRulesForm()
    return _carry_out(
        exhibition,
        form,
        lambda exhibition: waiting.rules(
            actor(), exhibition.id, by_itself=form.offers_by_itself.data, hours=form.offer_hours.data or 0
        ),
        _("Saved."),
    )


@blueprint.post(f"/booths/{ROW}booth_id>/offer")
def offer(exhibition: Exhibition, booth_id: int) -> ResponseReturnValue:
    """Offer a free booth to the next in line."""
    return _carry_out(
        exhibition,
        FlaskForm(),
        lambda exhibition: _offer(exhibition, booth_id),
        _("The booth is offered to the next on the waiting list."),
    )


def _offer(exhibition: Exhibition, booth_id: int) -> None:
    if consequences.offer_to_next(actor(), exhibition, booth_id) is None:
        raise Refused("nobody_waits", _("Nobody is on the waiting list."))
