"""Adding and editing exhibitors at the desk, and the exhibitor's own profile."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.guard import rights
from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.web.forms import listed, require_valid, show_refusal
from exhibition.exhibitors import participants, service
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ExhibitorKind
from exhibition.exhibitors.web import acting
from exhibition.exhibitors.web.forms import ContactForm, ExhibitorForm
from exhibition.venue.models import Exhibition

blueprint = Blueprint("exhibitors", __name__)


def _details(form: ExhibitorForm) -> service.Details:
    return service.Details(
        name=form.name.data or "",
        kind=ExhibitorKind(form.kind.data),
        product_group=form.product_group.data or "",
        district=form.district.data or "",
        description=form.description.data or "",
        contact_name=form.contact_name.data or "",
        email=form.email.data or "",
        phone=form.phone.data or "",
        cluster_id=form.cluster_id.data or None,
    )


def _form(exhibitor: Exhibitor | None = None) -> ExhibitorForm:
    form = ExhibitorForm(obj=exhibitor)
    form.cluster_id.choices = listed([(0, _("None")), *((one.id, one.name) for one in service.clusters())])
    if not form.is_submitted():
        form.cluster_id.data = exhibitor.cluster_id or 0 if exhibitor else 0
    return form


def _page(form: ExhibitorForm, exhibitor: Exhibitor | None) -> ResponseReturnValue:
    status = 422 if form.errors else 200
    return render_template("exhibitors/edit.html", form=form, exhibitor=exhibitor), status


@blueprint.route("/desk/exhibitors/new", methods=["GET", "POST"])
def add(exhibition: Exhibition) -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        try:
            exhibitor = service.add(actor(), exhibition, _details(form))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("%(name)s was added.", name=exhibitor.name), "good")
            return redirect(url_for("allocation.exhibitors"))
    return _page(form, None)


@blueprint.route("/desk/exhibitors/<slug>", methods=["GET", "POST"])
def edit(exhibition: Exhibition, slug: str) -> ResponseReturnValue:
    exhibitor = service.by_slug(slug)
    if not rights().administers:
        participants.require(exhibition, exhibitor)
    form = _form(exhibitor)
    if form.validate_on_submit():
        try:
            exhibitor = service.edit(actor(), slug, _details(form))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("%(name)s was saved.", name=exhibitor.name), "good")
            return redirect(url_for("allocation.exhibitors"))
    return _page(form, exhibitor)


@blueprint.post("/desk/exhibitors/<slug>/take-in")
def take_in(exhibition: Exhibition, slug: str) -> ResponseReturnValue:
    """Let an exhibitor of another fair take part in this one."""
    require_valid(FlaskForm())
    exhibitor = service.by_slug(slug)
    participants.invite_back(actor(), exhibition, exhibitor)
    flash(_("%(name)s takes part in this fair.", name=exhibitor.name), "good")
    return redirect(url_for("allocation.exhibitors"))


@blueprint.route("/exhibitor/profile", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    exhibitor = acting.exhibitor()
    form = ContactForm(obj=exhibitor)
    if form.validate_on_submit():
        try:
            service.edit_profile(
                actor(),
                exhibitor.id,
                description=form.description.data or "",
                contact_name=form.contact_name.data or "",
                email=form.email.data or "",
                phone=form.phone.data or "",
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("Your details were saved."), "good")
            return redirect(url_for("allocation.own_desk"))
    return render_template("exhibitors/profile.html", form=form, exhibitor=exhibitor), 422 if form.errors else 200
