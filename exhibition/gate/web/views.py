"""The scanner's page and the gates' desk."""

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup

from exhibition.accounts.web.signin import actor
from exhibition.core import qr
from exhibition.core.errors import Refused
from exhibition.core.i18n import current_locale
from exhibition.core.sql.paging import page_number
from exhibition.core.web.list_files import asked_kind, list_file
from exhibition.core.web.lists import whole_list
from exhibition.core.web.live import Topics
from exhibition.gate import devices
from exhibition.gate.occupancy import caps, counters, headcount
from exhibition.gate.offline import conflicts as found_conflicts
from exhibition.gate.offline import scanner_files
from exhibition.gate.scan import badge_scans
from exhibition.gate.scan import overrides as overruled
from exhibition.gate.web import lists, sentences
from exhibition.gate.web.forms import CapacityForm, ConflictForm, CountForm, DeviceNameForm, GateForm
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import LARGEST_PARTY

blueprint = Blueprint("gate", __name__)

ROW = "<int(max=2147483647):"
INVALID = 422
ICON_SIZES = (192, 512)


count_topics = Topics(counters.of_hall, every_s=0.25, allowed=devices.ids_that_may_scan)


@blueprint.get("/gate")
def scanner() -> str:
    """The scanner for phones: a shell for the gates of every edition; the right to scan is the device's token."""
    exhibition = choice.of_today()
    if exhibition is None:
        raise choice.NoFair
    settings = sentences.for_page() | {
        "locale": current_locale(),
        "timezone": exhibition.timezone,
        "version": scanner_files.version(),
        "reentry": exhibition.reentry,
        "override_codes": exhibition.override_codes.split(),
        "mask_required": exhibition.mask_required,
        "screening_question": exhibition.screening_question,
        "walk_in_name_required": exhibition.walk_in_name_required,
    }
    return render_template(
        "gate/scanner.html",
        exhibition=exhibition,
        settings=settings,
        largest_party=LARGEST_PARTY,
        override_reasons=sentences.OVERRIDE_REASONS,
    )


@blueprint.get("/gate/sw.js")
def service_worker() -> Response:
    """The scanner's service worker, in the language of the page that it caches."""
    addresses = [
        url_for("static", filename=file.relative_to(scanner_files.STATIC).as_posix()) for file in scanner_files.files()
    ]
    addresses += [url_for("gate.reading_worker"), url_for("gate.manifest")]
    script = scanner_files.worker(url_for("gate.scanner"), scanner(), addresses)
    response = Response(script, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = url_for("gate.scanner")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/gate/reading_worker.js")
def reading_worker() -> Response:
    """The worker that reads the camera's pictures; at this address, so that it is within the scope of the service
    worker.
    """
    response = Response(scanner_files.READER.read_text(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/gate/live")
def live() -> Response:
    """Server-sent events for an enrolled device: people inside and the cap, until the device is withdrawn."""
    device = devices.authenticate(request.headers["Authorization"].removeprefix("Bearer ").strip())
    return count_topics.of(device.exhibition_id).stream(device.id)


@blueprint.get("/gate/manifest.webmanifest")
def manifest() -> Response:
    """The manifest with which a phone installs the scanner as an app."""
    icons = [
        {"src": url_for("static", filename=f"images/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in ICON_SIZES
    ]
    content = {
        "id": url_for("gate.scanner"),
        "name": _("Gate scanner"),
        "short_name": _("Gate"),
        "lang": current_locale(),
        "start_url": url_for("gate.scanner"),
        "scope": url_for("gate.scanner"),
        "display": "standalone",
        "background_color": "#16181f",
        "theme_color": "#2c3e91",
        "icons": [icon | {"purpose": "any maskable"} for icon in icons],
    }
    response = jsonify(content)
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/desk/gates")
def desk(exhibition: Exhibition) -> ResponseReturnValue:
    return _desk(exhibition)


@blueprint.post("/desk/gates")
def add(exhibition: Exhibition) -> ResponseReturnValue:
    form = GateForm()
    if not form.validate_on_submit():
        return _desk(exhibition, gate_form=form), INVALID
    try:
        gate = devices.add_gate(actor(), exhibition, form.code.data or "", form.name.data or "")
    except Refused as refused:
        return _desk(exhibition, gate_form=_with_error(form, refused)), refused.status
    flash(_("Gate %(name)s is there. Make an enrolment code for its phone.", name=gate.name), "good")
    return redirect(url_for("gate.desk"))


@blueprint.post("/desk/gates/capacity")
def capacity(exhibition: Exhibition) -> ResponseReturnValue:
    form = CapacityForm()
    if not form.validate_on_submit():
        return _desk(exhibition, capacity_form=form), INVALID
    caps.set_now(actor(), exhibition, form.capacity.data or 0)
    flash(_("Up to %(number)s people may be inside now.", number=form.capacity.data), "good")
    return redirect(url_for("gate.desk"))


@blueprint.post("/desk/gates/count")
def count(exhibition: Exhibition) -> ResponseReturnValue:
    """Take over a count of the hall by hand."""
    form = CountForm()
    if not form.validate_on_submit():
        return _desk(exhibition, count_form=form), INVALID
    try:
        headcount.set_count(actor(), exhibition, form.inside.data or 0, form.reason.data or "")
    except Refused as refused:
        return _desk(exhibition, count_form=_with_error(form, refused)), refused.status
    flash(_("%(number)s people are inside by the count.", number=form.inside.data), "good")
    return redirect(url_for("gate.desk"))


@blueprint.post(f"/desk/gates/{ROW}gate_id>/enrolment-code")
def enrolment_code(exhibition: Exhibition, gate_id: int) -> ResponseReturnValue:
    """The code is shown once, in the answer itself; coming back to the page does not show it again."""
    code = devices.make_enrolment_code(actor(), exhibition, gate_id)
    gate = next((line for line in devices.gates(exhibition) if line.id == gate_id), None)
    address = f"{current_app.config['PUBLIC_URL']}{url_for('gate.scanner')}"
    picture = Markup(qr.svg(f"{address}#{code}", _("QR with the enrolment address")))  # noqa: S704 our own SVG of an address without markup
    minutes = int(devices.ENROLMENT_LIFETIME.total_seconds() // 60)
    return render_template(
        "gate/enrolment_code.html", code=code, gate=gate, address=address, picture=picture, minutes=minutes
    )


@blueprint.post(f"/desk/devices/{ROW}device_id>/rename")
def rename_device(exhibition: Exhibition, device_id: int) -> ResponseReturnValue:
    form = DeviceNameForm()
    if not form.validate_on_submit():
        return _desk(exhibition, device_form=form, device_id=device_id), INVALID
    try:
        device = devices.rename_device(actor(), exhibition, device_id, form.name.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        return _desk(exhibition, device_form=_with_error(form, refused), device_id=device_id), refused.status
    flash(_("The device is called %(name)s now.", name=device.name), "good")
    return redirect(url_for("gate.desk"))


@blueprint.post(f"/desk/devices/{ROW}device_id>/revoke")
def revoke_device(exhibition: Exhibition, device_id: int) -> ResponseReturnValue:
    device = devices.revoke_device(actor(), exhibition, device_id)
    flash(_("%(name)s can no longer scan.", name=device.name), "warn")
    return redirect(url_for("gate.desk"))


@blueprint.get("/desk/conflicts")
def conflicts(exhibition: Exhibition) -> str:
    """Conflicts of offline decisions: the open ones, or with ``?closed`` the settled ones."""
    return _conflicts(exhibition)


@blueprint.post(f"/desk/conflicts/{ROW}conflict_id>/close")
def close_conflict(exhibition: Exhibition, conflict_id: int) -> ResponseReturnValue:
    form = ConflictForm()
    if not form.validate_on_submit():
        return _conflicts(exhibition, form=form, conflict_id=conflict_id), INVALID
    try:
        found_conflicts.close(actor(), exhibition, conflict_id, form.note.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        return _conflicts(exhibition, form=_with_error(form, refused), conflict_id=conflict_id), refused.status
    flash(_("The conflict is closed."), "good")
    return redirect(url_for("gate.conflicts"))


@blueprint.get("/desk/overrides")
def overrides(exhibition: Exhibition) -> ResponseReturnValue:
    """Refusals that a supervisor has overruled: who, when, where and why; ``?file=`` as a file."""
    listed = whole_list(lists.OVERRIDES, "gate.overrides", overruled.listed(exhibition))
    if kind := asked_kind():
        table = listed.view.table(_("Overruled refusals"), listed.rows, exhibition.timezone)
        return list_file(kind, table, f"{exhibition.slug}-overrides")
    return render_template("gate/overrides.html", listed=listed)


def _conflicts(exhibition: Exhibition, *, form: FlaskForm | None = None, conflict_id: int | None = None) -> str:
    closed = "closed" in request.args
    page = found_conflicts.listed(exhibition, closed=closed, number=page_number(request.args.get("page")))
    return render_template(
        "gate/conflicts.html",
        exhibition=exhibition,
        page=page,
        closed=closed,
        kinds=sentences.CONFLICTS,
        reasons=sentences.SHORT_REASONS,
        form=form,
        conflict_id=conflict_id,
        address=lambda number: url_for("gate.conflicts", page=number, closed="" if closed else None),
    )


def _with_error(form: FlaskForm, refused: Refused) -> FlaskForm:
    field = form[refused.field or "name"]
    field.errors = [*field.errors, str(refused.message)]
    return form


def _desk(
    exhibition: Exhibition,
    *,
    gate_form: FlaskForm | None = None,
    capacity_form: FlaskForm | None = None,
    count_form: FlaskForm | None = None,
    device_form: FlaskForm | None = None,
    device_id: int | None = None,
) -> str:
    count = counters.occupancy(exhibition.id, exhibition.timezone)
    return render_template(
        "gate/desk.html",
        exhibition=exhibition,
        gates=devices.gates(exhibition),
        count=count,
        movements={gate.code: gate for gate in count.gates},
        gate_form=gate_form or GateForm(formdata=None),
        capacity_form=capacity_form or CapacityForm(formdata=None, capacity=count.capacity),
        count_form=count_form or CountForm(formdata=None),
        counts=headcount.recent(exhibition),
        badges_valid=badge_scans.badges_valid(exhibition),
        device_form=device_form,
        device_id=device_id,
    )
