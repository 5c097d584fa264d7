"""The desk's list of all fairs, and the form that makes another one: from nothing, or from an earlier one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.editions import checking, creating
from exhibition.editions.plans import EditionPlan, Part
from exhibition.editions.web.forms import NewEditionForm, show_refusal
from exhibition.venue.edition import choice, states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState

blueprint = Blueprint("editions", __name__, url_prefix="/desk/editions")


@blueprint.get("")
def listed() -> ResponseReturnValue:
    """Every fair of this installation, the latest first; archived ones below."""
    lines = [(one, choice.phase(one)) for one in states.every()[::-1]]
    return render_template(
        "editions/list.html",
        live=[(one, phase) for one, phase in lines if one.state is not EditionState.ARCHIVED],
        archived=[(one, phase) for one, phase in lines if one.state is EditionState.ARCHIVED],
    )


def _plan(form: NewEditionForm) -> EditionPlan:
    starts_on, ends_on, opens, closes = (form[name].data for name in ("starts_on", "ends_on", "opens", "closes"))
    name = form.name.data or ""
    return EditionPlan(
        slug=form.slug.data or checking.proposed_slug(name, starts_on.year),
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        venue_name=form.venue_name.data or "",
        address=form.address.data or "",
        timezone=form.timezone.data,
        opens=opens,
        closes=closes,
        contact=form.plan(),
    )


def _make(form: NewEditionForm, source: Exhibition | None) -> Exhibition:
    if source is None:
        return creating.create(actor(), _plan(form))
    return creating.renew(actor(), source.slug, _plan(form), [Part(name) for name in form.parts.data or []])


def _proposed(source: Exhibition | None) -> dict[str, Any]:
    """What the form shows first: the earlier fair's name, place, hours and contact, but not its days."""
    if source is None:
        return {}
    kept = (
        "name",
        "venue_name",
        "address",
        "timezone",
        "organizer_name",
        "contact_email",
        "contact_phone",
        "contact_whatsapp",
    )
    first = source.days[0]
    return {name: getattr(source, name) for name in kept} | {"opens": first.opens_at, "closes": first.closes_at}


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a draft; ``?source=`` names the fair that it is made from."""
    slug = request.args.get("source", "")
    source = states.by_slug(slug) if slug else None
    form = NewEditionForm(data=_proposed(source))
    if form.validate_on_submit():
        try:
            exhibition = _make(form, source)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("%(name)s is made, as a draft that only organizers see.", name=exhibition.name), "good")
            return redirect(url_for("preparation.show", edition=exhibition.slug), 303)
    page = render_template("editions/new.html", form=form, source=source, editions=states.every()[::-1])
    return page, 422 if form.errors else 200
