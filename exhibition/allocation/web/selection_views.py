"""The result of the selection: published at the desk, shown to everybody, and to each applicant by their own link."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.allocation.selection import service as selection
from exhibition.allocation.selection.rules import SelectionOutcome, quotas_kept, shares, standing
from exhibition.allocation.selection.texts import OUTCOMES, REASONS, TAGS
from exhibition.allocation.web.forms import QuotasForm
from exhibition.core.errors import NotFound, Refused
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.texts import GROUNDS
from exhibition.exhibitors.rules.application_steps import PointRules, PointsClaim, points
from exhibition.exhibitors.rules.quotas import CallQuotas
from exhibition.exhibitors.texts import KINDS
from exhibition.venue.models import Exhibition
from exhibition.venue.web import named_edition

blueprint = Blueprint("selection", __name__)


@blueprint.app_template_global()
def selection_is_published(exhibition: Exhibition) -> bool:
    """Whether everybody may see the result of the edition's selection."""
    return selection.published(exhibition) is not None


def _facts(document: dict[str, Any]) -> dict[str, Any]:
    """What the page of a result needs."""
    entries = selection.entries(document)
    return {
        "document": document,
        "entries": entries,
        "placed": sum(one.outcome is SelectionOutcome.BOOTH for one in entries),
        "groups": shares((one.product_group, one.outcome) for one in entries),
        "districts": shares((one.district, one.outcome) for one in entries),
        "kept": quotas_kept(CallQuotas.read(document.get("quotas", {})), entries),
        "kinds": {kind.value: name for kind, name in KINDS.items()},
        "outcomes": OUTCOMES,
        "tags": TAGS,
    }


@blueprint.get("/seleksi")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The published result: rules, numbers, the order, and how to check it."""
    found = selection.require(exhibition)
    return render_template(
        "allocation/selection/public.html",
        exhibition=exhibition,
        published=found,
        **_facts(found.document),
    )


@blueprint.get("/seleksi/data.json")
def data(exhibition: Exhibition) -> Response:
    """The published result for machines, as docs/selection.md describes it."""
    response = jsonify(selection.require(exhibition).document)
    name = f"seleksi-{exhibition.slug}.json"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/daftar-stan/<key>/hasil")
def own(key: str) -> ResponseReturnValue:
    """Why an applicant has a booth or not, and what was missing; for whoever has the link of the application."""
    application = applications.by_key(key)
    exhibition = applications.edition_of(application)
    named_edition.speak_of(exhibition)
    document = selection.require(exhibition).document
    found = standing(selection.entries(document), application.reference)
    if found is None:
        raise NotFound
    claim = PointsClaim(found.own.kind, found.own.district, found.own.attended, found.own.in_cluster)
    breakdown = points(PointRules(**document["rules"]), claim)
    return render_template(
        "allocation/selection/own.html",
        exhibition=exhibition,
        application=application,
        found=found,
        outcomes=OUTCOMES,
        tags=TAGS,
        reason=REASONS.get(found.own.reason, ""),
        breakdown=[(GROUNDS[ground], worth) for ground, worth in breakdown],
    )


def _desk(
    exhibition: Exhibition, refused: Refused | None = None, form: QuotasForm | None = None
) -> ResponseReturnValue:
    published, now = selection.published(exhibition), selection.compiled(exhibition)
    page = render_template(
        "allocation/selection/desk.html",
        exhibition=exhibition,
        published=published,
        changed=published is not None and published.document["applications"] != now["applications"],
        refused=refused if refused is None or not refused.field else None,
        form=form or QuotasForm.of(calls.quotas(calls.of(exhibition))),
        drawn=now["lottery"]["seed"] is not None,
        **_facts(now),
    )
    return page, refused.status if refused else 422 if form is not None and form.errors else 200


@blueprint.get("/desk/selection")
def desk(exhibition: Exhibition) -> ResponseReturnValue:
    """The result as it would be published now, with the button that publishes it."""
    return _desk(exhibition)


@blueprint.post("/desk/selection/quotas")
def quotas(exhibition: Exhibition) -> ResponseReturnValue:
    """Set the shares of the booths that proposals keep."""
    form = QuotasForm()
    if not form.validate_on_submit():
        return _desk(exhibition, form=form)
    try:
        calls.set_quotas(actor(), exhibition, form.quotas())
    except Refused as refused:
        if refused.field:
            show_refusal(form, refused)
        return _desk(exhibition, refused, form)
    flash(_("Saved."), "good")
    return redirect(url_for("selection.desk"))


def _carry_out(exhibition: Exhibition, act: Callable[[], object], done: str) -> ResponseReturnValue:
    try:
        require_valid(FlaskForm())
        act()
    except Refused as refused:
        return _desk(exhibition, refused)
    flash(done, "good")
    return redirect(url_for("selection.desk"))


@blueprint.post("/desk/selection/publish")
def publish(exhibition: Exhibition) -> ResponseReturnValue:
    return _carry_out(
        exhibition,
        lambda: selection.publish(actor(), exhibition),
        _("The result is published. Everybody can see and check it."),
    )


@blueprint.post("/desk/selection/withdraw")
def withdraw(exhibition: Exhibition) -> ResponseReturnValue:
    return _carry_out(
        exhibition,
        lambda: selection.withdraw(actor(), exhibition),
        _("The result is not public any more."),
    )
