"""Applications at the desk: the list, one application, the rules for points, and the export as a table."""

import re
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.accounts.web.signin import actor
from exhibition.core.contacts import whatsapp_link
from exhibition.core.errors import Refused
from exhibition.core.files import spreadsheets
from exhibition.core.sql.paging import page_number
from exhibition.core.web import list_files
from exhibition.core.web.forms import show_refusal
from exhibition.core.web.lists import ListView, list_view
from exhibition.core.web.narrow_form import WithdrawForm, narrow_form
from exhibition.core.web.sorting import Sorting, sorting
from exhibition.exhibitors import newcomers
from exhibition.exhibitors.applications import bulk, calls, documents, duplicates, floods
from exhibition.exhibitors.applications import desk as application_desk
from exhibition.exhibitors.applications import mail as application_mail
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications import texts as application_texts
from exhibition.exhibitors.applications.desk import ApplicationLine, Filter
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import (
    EDITABLE,
    ApplicationState,
    ExhibitorKind,
    PointRules,
    Step,
    StepTaker,
    seed_hash,
    steps_from,
)
from exhibition.exhibitors.texts import KINDS
from exhibition.exhibitors.web.application_columns import APPLICATIONS
from exhibition.exhibitors.web.application_forms import CallForm, StepForm, kind_field
from exhibition.exhibitors.web.application_views import as_download
from exhibition.venue.bulk import acts
from exhibition.venue.models import Exhibition
from exhibition.venue.web import bulk_views

blueprint = Blueprint("applications_desk", __name__, url_prefix="/desk/applications")

ONE = "/<int(max=2147483647):application_id>"
IN_ADDRESS = ("state", "q", "duplicates", "order", "group", "district", "kind", "points", "lacking")
SHOWN = 10
"""So many of those that would be withdrawn are shown before."""
bulk_views.LISTS[bulk.SUBJECT] = bulk_views.ActsOfList(
    "applications_desk.show",
    _l("Applications"),
    application_texts.STEPS | {Step.WITHDRAW: _l("Withdraw")},
    _l(
        "All get the state back that they had, except those that have moved on since. Mails go out %(number)s minutes"
        " after the act: taken back before, it is told to nobody; later, both are told.",
        number=bulk.HELD_FOR.seconds // 60,
    ),
)
_ID = re.compile(r"[0-9]{1,9}")


def _typed(name: str, longest: int) -> str:
    return "".join(sign for sign in request.args.get(name, "")[:longest] if sign.isprintable()).strip()


def _sorting() -> Sorting:
    return sorting(request.args.get("order", ""), application_desk.SORTED_BY, application_desk.RANK)


def _view() -> ListView[ApplicationLine]:
    return list_view(APPLICATIONS, "applications_desk.show", _filter_values(), _sorting())


def _filter(exhibition: Exhibition) -> Filter:
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    points, lacking = request.args.get("points", ""), request.args.get("lacking", "")
    order = _sorting()
    return Filter(
        state=ApplicationState(state) if state in list(ApplicationState) else None,
        words=_typed("q", 80),
        duplicates=request.args.get("duplicates") == "1",
        order=order.column,
        backwards=order.backwards,
        narrowing=narrow_form().narrowing(exhibition.timezone),
        group=_typed("group", 80),
        district=_typed("district", 80),
        kind=ExhibitorKind(kind) if kind in list(ExhibitorKind) else None,
        points=int(points) if _ID.fullmatch(points) else 0,
        lacking=lacking if lacking in application_desk.LACKING else "",
    )


def _filter_values() -> dict[str, Any]:
    """The filter in the address of the page."""
    own = {name: request.args[name] for name in IN_ADDRESS if request.args.get(name)}
    return own | narrow_form().in_address()


def _list(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    wanted = _filter(exhibition)
    narrow = narrow_form()
    narrow.validate()
    view = _view()
    whole = not all(column.at_first for column in view.columns)
    listing = application_desk.listing(exhibition, wanted, page_number(request.args.get("page")), whole=whole)
    counts = applications.counts(exhibition)
    page = render_template(
        "exhibitors/applications/list.html",
        exhibition=exhibition,
        found=listing.found,
        page=listing.page,
        wanted=wanted,
        view=view,
        order=str(_sorting()),
        choices=application_desk.choices(exhibition),
        kinds=KINDS,
        lacking=application_texts.LACKING,
        narrow=narrow,
        chosen=narrow.in_address(),
        withdrawable=floods.count(exhibition, wanted.narrowing) if wanted.narrowing and not wanted.words else 0,
        counts=counts,
        duplicate_count=listing.alike,
        states=application_texts.STATES,
        steps={
            step: application_texts.STEPS[step]
            for step in bulk.STEPS
            if step is not Step.CONFIRM or counts.get(ApplicationState.ACCEPTED)
        },
        drawn=calls.of(exhibition).drawn_at is not None,
        asked=view.everything,
        refused=refused,
    )
    return page, refused.status if refused else HTTPStatus.OK


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """``?order=`` is one of ``applications.desk.SORTED_BY``, backwards with ``-``; all else in the address filters."""
    return _list(exhibition)


@blueprint.post("")
def decide(exhibition: Exhibition) -> ResponseReturnValue:
    """Shortlist, put on the waiting list, reject or confirm the ticked applications, or all that match."""
    step = request.form.get("step", "")
    if step not in bulk.STEPS:
        return _list(exhibition, Refused("step_unknown", _("Choose what to do with them."), status=422))
    seen = request.form.get("seen", "")
    try:
        if request.form.get("all"):
            survey = bulk.survey(exhibition, _filter(exhibition))
            shown = int(seen) if _ID.fullmatch(seen) else 0
        else:
            ids = [int(text) for text in request.form.getlist("application") if _ID.fullmatch(text)]
            survey = bulk.survey_of(exhibition, ids)
            shown = survey.count
        run = acts.begin(actor(), exhibition, bulk.SUBJECT, step, survey, shown)
    except Refused as refused:
        return _list(exhibition, refused)
    return bulk_views.follow(run, _view().everything)


@blueprint.route("/withdraw", methods=["GET", "POST"])
def withdraw(exhibition: Exhibition) -> ResponseReturnValue:
    """Withdraw all applications that one sender has made and nobody has decided on, after their number was typed."""
    narrow = narrow_form()
    narrowing, chosen = narrow.narrowing(exhibition.timezone), narrow.in_address()
    if not narrowing:
        return redirect(url_for(".show"))
    form, status = WithdrawForm(), HTTPStatus.OK
    if form.validate_on_submit():
        try:
            survey = bulk.survey_of_flood(exhibition, narrowing)
            run = acts.begin(actor(), exhibition, bulk.SUBJECT, Step.WITHDRAW, survey, form.seen.data or 0)
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
        else:
            return bulk_views.follow(run, chosen)
    elif form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    page = render_template(
        "exhibitors/applications/withdraw.html",
        form=form,
        narrow=narrow,
        narrowing=narrowing,
        chosen=chosen,
        count=floods.count(exhibition, narrowing),
        found=floods.newest(exhibition, narrowing, SHOWN),
    )
    return page, status


def _one(
    exhibition: Exhibition, application: Application, form: StepForm, refused: Refused | None = None
) -> ResponseReturnValue:
    call = calls.of(exhibition)
    address = application_mail.address(application)
    greeting = _(
        "Hello %(name)s, about your application for a booth at %(fair)s: %(state)s. %(address)s",
        name=application.contact_name or application.name,
        fair=exhibition.name,
        state=application_texts.STATES[application.state],
        address=address,
    )
    page = render_template(
        "exhibitors/applications/application.html",
        exhibition=exhibition,
        application=application,
        form=form,
        rank=application_desk.rank(exhibition, application),
        drawn=call.drawn_at is not None,
        breakdown=[
            (application_texts.GROUNDS[ground], worth)
            for ground, worth in calls.breakdown(calls.point_rules(call), application)
        ],
        history=applications.history(application),
        others=[
            (other, [application_texts.LIKENESSES[likeness] for likeness in likenesses])
            for other, likenesses in duplicates.of(application)
        ],
        likely=newcomers.likely(application) if newcomers.linkable(application) else [],
        steps={
            step: application_texts.STEPS[step]
            for step in steps_from(application.state, StepTaker.ORGANIZER)
            if step in application_texts.STEPS and step is not Step.SUBMIT
        },
        kind=KINDS[application.kind],
        missing=applications.missing(application),
        editable=application.state in EDITABLE,
        whatsapp=whatsapp_link(application.phone, greeting) if application.phone else "",
        refused=refused,
    )
    return page, refused.status if refused else HTTPStatus.OK


@blueprint.get(ONE)
def application(exhibition: Exhibition, application_id: int) -> ResponseReturnValue:
    """Everything about one application."""
    return _one(exhibition, applications.get(exhibition, application_id), StepForm(formdata=None))


@blueprint.post(ONE)
def step(exhibition: Exhibition, application_id: int) -> ResponseReturnValue:
    """Decide on one application."""
    found = applications.get(exhibition, application_id)
    form = StepForm()
    name = form.step.data or ""
    if not form.validate_on_submit() or name not in application_texts.STEPS:
        return _one(exhibition, found, form, Refused("step_unknown", _("Choose what to do with them."), status=422))
    try:
        applications.take(actor(), StepTaker.ORGANIZER, application_id, Step(name), note=form.note.data or "")
    except Refused as refused:
        return _one(exhibition, applications.get(exhibition, application_id), form, refused)
    flash(_("Saved."), "good")
    return redirect(url_for(".application", application_id=application_id), HTTPStatus.SEE_OTHER)


@blueprint.post(f"{ONE}/link")
def link(exhibition: Exhibition, application_id: int) -> ResponseReturnValue:
    """Set which exhibitor the applicant is."""
    found = applications.get(exhibition, application_id)
    text = request.form.get("exhibitor_id", "")
    try:
        exhibitor = newcomers.link(actor(), found, int(text) if _ID.fullmatch(text) else 0)
    except Refused as refused:
        return _one(exhibition, found, StepForm(formdata=None), refused)
    flash(_("The application is from %(name)s now.", name=exhibitor.name), "good")
    return redirect(url_for(".application", application_id=application_id), HTTPStatus.SEE_OTHER)


@blueprint.get(f"{ONE}/documents/<int(max=2147483647):document_id>")
def document(exhibition: Exhibition, application_id: int, document_id: int) -> Response:
    return as_download(documents.of(applications.get(exhibition, application_id).id, document_id))


def _points(form: CallForm) -> PointRules:
    kinds = {kind.value: form[kind_field(kind.value)].data or 0 for kind in KINDS}
    return PointRules(
        kinds={kind: worth for kind, worth in kinds.items() if worth},
        districts=form.district_points(),
        first_time=form.first_time.data or 0,
        attended=form.attended.data or 0,
        cluster=form.cluster.data or 0,
    )


@blueprint.route("/rules", methods=["GET", "POST"])
def rules(exhibition: Exhibition) -> ResponseReturnValue:
    """The rules for points, the closing date, and the lottery."""
    call = calls.of(exhibition)
    points = calls.point_rules(call)
    form = CallForm()
    if form.validate_on_submit():
        try:
            calls.change(
                actor(),
                exhibition,
                is_open=bool(form.is_open.data),
                closes_on=form.closes_on.data,
                points=_points(form),
            )
        except Refused as refused:
            show_refusal(form, refused if refused.field else _at(refused, "districts"))
        else:
            flash(_("Saved."), "good")
            return redirect(url_for(".rules"), HTTPStatus.SEE_OTHER)
    elif not form.is_submitted():
        form.is_open.data, form.closes_on.data = call.open, call.closes_on
        form.first_time.data, form.attended.data, form.cluster.data = points.first_time, points.attended, points.cluster
        form.districts.data = "\n".join(f"{name} = {worth}" for name, worth in points.districts.items())
        for kind in KINDS:
            form[kind_field(kind.value)].data = points.kinds.get(kind.value, 0)
    page = render_template(
        "exhibitors/applications/rules.html",
        exhibition=exhibition,
        form=form,
        kinds=[form[kind_field(kind.value)] for kind in KINDS],
        call=call,
        seed_hash=seed_hash(call.seed),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _at(refused: Refused, field: str) -> Refused:
    return Refused(refused.code, refused.message, status=refused.status, field=field)


@blueprint.post("/draw")
def draw(exhibition: Exhibition) -> ResponseReturnValue:
    """Publish the lottery's seed; from then on everybody can compute the order."""
    try:
        calls.draw(actor(), exhibition)
    except Refused as refused:
        flash(str(refused.message), "bad")
    else:
        flash(_("The lottery is drawn. Its seed is published, and the order stands."), "good")
    return redirect(url_for(".rules"), HTTPStatus.SEE_OTHER)


def _table(exhibition: Exhibition) -> spreadsheets.Table:
    found = application_desk.lines(exhibition, _filter(exhibition))
    return _view().table(_("Applications"), found, exhibition.timezone)


@blueprint.get("/export.csv")
def export_csv(exhibition: Exhibition) -> Response:
    return list_files.list_file("csv", _table(exhibition), f"{exhibition.slug}-applications")


@blueprint.get("/export.xlsx")
def export_xlsx(exhibition: Exhibition) -> Response:
    return list_files.list_file("xlsx", _table(exhibition), f"{exhibition.slug}-applications")
