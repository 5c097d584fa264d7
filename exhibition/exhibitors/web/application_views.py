"""Applying for a booth: short pages behind a secret link, without an account or JavaScript."""

import hashlib
import secrets
from http import HTTPStatus

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from exhibition.accounts.audit import Actor
from exhibition.accounts.models import RoleName
from exhibition.accounts.web.guard import rights
from exhibition.accounts.web.signin import actor as signed_in
from exhibition.core.contacts import whatsapp_link
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import limiter
from exhibition.core.i18n import current_locale
from exhibition.core.limiting import budgets
from exhibition.core.web.forms import listed, show_refusal
from exhibition.core.web.senders import origin
from exhibition.exhibitors import newcomers, service
from exhibition.exhibitors.applications import answers, calls, documents
from exhibition.exhibitors.applications import mail as application_mail
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications import texts as application_texts
from exhibition.exhibitors.models import Application, ApplicationDocument
from exhibition.exhibitors.rules.application_steps import (
    EDITABLE,
    ApplicationState,
    Step,
    StepTaker,
    passage,
    seed_hash,
)
from exhibition.exhibitors.texts import KINDS
from exhibition.exhibitors.web import acting
from exhibition.exhibitors.web.application_forms import (
    POWERS,
    ApplicationPart,
    BeginForm,
    BoothForm,
    BusinessForm,
    DocumentForm,
    LinkForm,
    ProductForm,
    SubmitForm,
)
from exhibition.venue.models import Exhibition
from exhibition.venue.web import named_edition

blueprint = Blueprint("applications", __name__)

BEGIN_LIMIT = "60/minute;300/hour"
"""For one IP address: many applicants may fill in the form on the Wi-Fi of one office."""
LINK_LIMIT = "5/10minutes;20/day"
UPLOAD_LIMIT = "20/10minutes;60/day"
FORM_KEY_BYTES = 12
SESSION_KEY = "application"
BROWSER_KEY = "applicant"
PLACE = "/daftar-stan/<key>"
PARTS: dict[str, type[ApplicationPart]] = {"usaha": BusinessForm, "produk": ProductForm, "stan": BoothForm}
OTHERS = {"berkas": "files", "kirim": "send"}
ORDER = ("usaha", "produk", "stan", "berkas", "kirim")


def part_titles() -> dict[str, str]:
    """The parts of the form in their order."""
    return {
        "usaha": _("Your business"),
        "produk": _("Products"),
        "stan": _("Booth"),
        "berkas": _("Files"),
        "kirim": _("Check and send"),
    }


@blueprint.app_template_global()
def application_state(state: ApplicationState) -> str:
    return str(application_texts.STATES[state])


@blueprint.app_template_global()
def application_tag(state: ApplicationState) -> str:
    return application_texts.TAGS[state]


@blueprint.app_template_global()
def application_action(action: str) -> str:
    """The name of an entry in the history that is not a step."""
    return str(application_texts.ACTIONS.get(action, action))


@blueprint.errorhandler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
def _too_large(_error: Exception) -> ResponseReturnValue:
    message = _("The file is larger than 5 MB. Go back and choose a smaller one; what you have written is saved.")
    return render_template("error.html", status=413, message=message), HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def _find(key: str) -> tuple[Exhibition, Application]:
    """The application with the edition that it is for, which the links of the page name from here on."""
    application = applications.by_key(key)
    exhibition = applications.edition_of(application)
    named_edition.speak_of(exhibition)
    return exhibition, application


def _actor(application: Application) -> Actor:
    """The signed-in user, otherwise the applicant."""
    return signed_in() if current_user.is_authenticated else applications.actor_of(application)


def _status(form: FlaskForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.route("/daftar-stan", methods=["GET", "POST"])
@limiter.limit(BEGIN_LIMIT, methods=["POST"])
def begin(exhibition: Exhibition) -> ResponseReturnValue:
    """What the fair asks for, and the first part of the form; sending it saves a draft and leads to the next part."""
    call = calls.of(exhibition)
    form = BeginForm()
    if form.validate_on_submit():
        try:
            budgets.take_mail(form.email.data)
            application = applications.begin(
                exhibition, form.values(), locale=current_locale(), form_key=_form_key(form), origin=origin()
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            session[SESSION_KEY] = application.key
            return redirect(url_for(".edit", key=application.key, part="produk"), HTTPStatus.SEE_OTHER)
    form.form_key.data = form.form_key.data or secrets.token_urlsafe(FORM_KEY_BYTES)
    _browser()
    page = render_template(
        "exhibitors/applications/apply.html",
        exhibition=exhibition,
        call=call,
        is_open=calls.takes_applications(exhibition, call),
        form=form,
        begun=_begun_here(exhibition),
        seed_hash=seed_hash(call.seed),
        retention_days=exhibition.retention_days,
    )
    return page, _status(form)


def _browser() -> str:
    """A secret of this browser's session."""
    return session.setdefault(BROWSER_KEY, secrets.token_urlsafe(FORM_KEY_BYTES))


def _form_key(form: BeginForm) -> str | None:
    """The form's key bound to the browser: sent again by another one, the form does not lead to what this one wrote."""
    key = form.key()
    return hashlib.sha256(f"{_browser()}\n{key}".encode()).hexdigest() if key else None


def _begun_here(exhibition: Exhibition) -> Application | None:
    """The draft last begun in this browser."""
    key = session.get(SESSION_KEY)
    if not isinstance(key, str):
        return None
    try:
        application = applications.by_key(key)
    except NotFound:
        return None
    return application if application.exhibition_id == exhibition.id else None


@blueprint.route("/daftar-stan/tautan", methods=["GET", "POST"])
@limiter.limit(LINK_LIMIT, methods=["POST"])
def link(exhibition: Exhibition) -> ResponseReturnValue:
    """Mail people the links of their applications; the answer is the same whether or not there are any."""
    form = LinkForm()
    if form.validate_on_submit():
        budgets.asks_for_mail()
        applications.send_links(exhibition, form.email.data or "")
        flash(_("If there is an application with this address, its link is on the way to it."), "good")
        return redirect(url_for(".begin"), HTTPStatus.SEE_OTHER)
    return render_template("exhibitors/applications/apply_link.html", exhibition=exhibition, form=form), _status(form)


@blueprint.get(PLACE)
def show(key: str) -> ResponseReturnValue:
    """The application's state, its answers, and what can be done now."""
    exhibition, application = _find(key)
    return status_page(exhibition, application)


def status_page(
    exhibition: Exhibition, application: Application, frame: str = "exhibitors/applications/_apply.html"
) -> str:
    """The application's page, the same behind the secret link and on the exhibitor's desk."""
    call = calls.of(exhibition)
    address = application_mail.address(application)
    told = _("My application for a booth at %(name)s: %(address)s", name=exhibition.name, address=address)
    breakdown = calls.breakdown(calls.point_rules(call), application)
    return render_template(
        "exhibitors/applications/status.html",
        frame=frame,
        exhibition=exhibition,
        application=application,
        call=call,
        meaning=application_texts.MEANINGS[application.state],
        answering=newcomers.answering(application),
        editable=application.state in EDITABLE,
        withdrawable=passage(application.state, Step.WITHDRAW, StepTaker.APPLICANT) is not None,
        missing=applications.missing(application),
        history=applications.history(application, steps_only=True),
        breakdown=[(application_texts.GROUNDS[ground], worth) for ground, worth in breakdown],
        kind=KINDS[application.kind],
        seed_hash=seed_hash(call.seed),
        address=address,
        whatsapp=whatsapp_link("", told),
    )


def _part(part: str, exhibition: Exhibition) -> ApplicationPart:
    form = PARTS[part]()
    if isinstance(form, ProductForm):
        form.cluster_id.choices = listed([(0, _("None")), *((one.id, one.name) for one in service.clusters())])
    if isinstance(form, BoothForm):
        form.power_va.choices = listed(
            (power, _("%(power)s VA", power=power) if power else _("None")) for power in POWERS
        )
        zones = [("", _("No wish")), *((zone.code, zone.name) for zone in answers.zones(exhibition))]
        form.zone_1.choices = form.zone_2.choices = listed(zones)
    return form


@blueprint.route(f"{PLACE}/<any(usaha, produk, stan):part>", methods=["GET", "POST"])
def edit(key: str, part: str) -> ResponseReturnValue:
    """One part of the form; saving leads on to the next."""
    exhibition, application = _find(key)
    applications.require_editable(application)
    form = _part(part, exhibition)
    if form.validate_on_submit():
        try:
            if (email := form.values().get("email")) and email != application.email:
                budgets.take_mail(email)
            applications.save(_actor(application), exhibition, application, form.values())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("Saved."), "good")
            following = ORDER[ORDER.index(part) + 1]
            return redirect(application_part(key, following), HTTPStatus.SEE_OTHER)
    elif not form.is_submitted():
        form.show(application)
    page = render_template(
        "exhibitors/applications/apply_part.html",
        exhibition=exhibition,
        application=application,
        form=form,
        part=part,
        titles=part_titles(),
    )
    return page, _status(form)


@blueprint.app_template_global()
def application_part(key: str, part: str) -> str:
    """The address of a part of the form."""
    if part in PARTS:
        return url_for("applications.edit", key=key, part=part)
    return url_for(f"applications.{OTHERS[part]}", key=key)


@blueprint.route(f"{PLACE}/berkas", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"], key_func=lambda: str(request.view_args))
def files(key: str) -> ResponseReturnValue:
    """The documents of an application: pictures and PDFs."""
    exhibition, application = _find(key)
    applications.require_editable(application)
    form = DocumentForm()
    if form.validate_on_submit():
        upload = form.document.data
        content = upload.read(documents.MAX_BYTES + 1) if upload else b""
        try:
            budgets.take_upload(len(content), documents.FIELD)
            kept = documents.add(_actor(application), application.id, upload.filename if upload else "", content)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("The file is saved.") if kept else _("This file was here already."), "good")
            return redirect(url_for(".files", key=key), HTTPStatus.SEE_OTHER)
    page = render_template(
        "exhibitors/applications/apply_files.html",
        exhibition=exhibition,
        application=application,
        form=form,
        part="berkas",
        titles=part_titles(),
        most=documents.MOST,
    )
    return page, _status(form)


def as_download(document: ApplicationDocument) -> Response:
    """A document as a download, never shown inside our pages, because its content is not trusted."""
    response = current_app.response_class(document.content, mimetype=document.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=document.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.get(f"{PLACE}/berkas/<int(max=2147483647):document_id>")
def document(key: str, document_id: int) -> Response:
    _exhibition, application = _find(key)
    return as_download(documents.of(application.id, document_id))


@blueprint.post(f"{PLACE}/berkas/<int(max=2147483647):document_id>/hapus")
def remove_document(key: str, document_id: int) -> ResponseReturnValue:
    _exhibition, application = _find(key)
    applications.require_editable(application)
    name = documents.remove(_actor(application), application.id, document_id)
    flash(_("%(name)s is removed.", name=name), "good")
    return redirect(url_for(".files", key=key), HTTPStatus.SEE_OTHER)


@blueprint.route(f"{PLACE}/kirim", methods=["GET", "POST"])
def send(key: str) -> ResponseReturnValue:
    """All answers for a last check, and the button that submits the application."""
    exhibition, application = _find(key)
    applications.require_editable(application)
    form = SubmitForm()
    refused: Refused | None = None
    if form.validate_on_submit():
        party = StepTaker.ORGANIZER if RoleName.ORGANIZER in rights().at_edition(exhibition.id) else StepTaker.APPLICANT
        try:
            applications.submit(_actor(application), party, exhibition, application, consent=bool(form.consent.data))
        except Refused as said:
            if said.field == "consent":
                show_refusal(form, said)
            refused = said
        else:
            session.pop(SESSION_KEY, None)
            flash(_("Thank you! Your application is with the organizers."), "good")
            return redirect(url_for(".show", key=key), HTTPStatus.SEE_OTHER)
    page = render_template(
        "exhibitors/applications/apply_send.html",
        exhibition=exhibition,
        application=application,
        form=form,
        part="kirim",
        titles=part_titles(),
        missing=applications.missing(application),
        kind=KINDS[application.kind],
        refused=refused,
        retention_days=exhibition.retention_days,
    )
    return page, refused.status if refused else 200


@blueprint.post(f"{PLACE}/tarik")
def withdraw(key: str) -> ResponseReturnValue:
    """The applicant withdraws; the organizers may reopen the application."""
    _exhibition, application = _find(key)
    try:
        applications.take(_actor(application), StepTaker.APPLICANT, application.id, Step.WITHDRAW)
    except Refused as refused:
        flash(str(refused.message), "bad")
    else:
        flash(_("Your application is withdrawn."), "good")
    return redirect(url_for(".show", key=key), HTTPStatus.SEE_OTHER)


@blueprint.route("/exhibitor/application", methods=["GET", "POST"])
def own(exhibition: Exhibition) -> ResponseReturnValue:
    """The exhibitor's own application: its state, or a form for a new one, filled in with known values."""
    exhibitor = acting.exhibitor()
    application = applications.of_exhibitor(exhibition, exhibitor.id)
    form = FlaskForm()
    if application is None and form.validate_on_submit():
        known = (
            "name",
            "kind",
            "contact_name",
            "email",
            "phone",
            "product_group",
            "district",
            "description",
            "cluster_id",
        )
        values = {name: getattr(exhibitor, name) for name in known}
        application = applications.begin(exhibition, values, locale=current_locale(), exhibitor=exhibitor)
        return redirect(url_for(".edit", key=application.key, part="usaha"), HTTPStatus.SEE_OTHER)
    if application is not None:
        return status_page(exhibition, application, "exhibitors/frame.html")
    is_open = calls.takes_applications(exhibition, calls.of(exhibition))
    return render_template(
        "exhibitors/applications/none.html", exhibition=exhibition, exhibitor=exhibitor, form=form, is_open=is_open
    )
