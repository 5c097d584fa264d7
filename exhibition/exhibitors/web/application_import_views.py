"""Importing a list of applicants at the desk: choose the file, match its columns, check the preview, confirm."""

import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.files import uploaded_tables
from exhibition.core.sql.paging import Page, page_number
from exhibition.core.web.forms import show_refusal
from exhibition.core.web.lists import Chip
from exhibition.exhibitors.applications import imports as application_imports
from exhibition.exhibitors.applications.import_effects import CHANGED, DECIDED, FAULTY, KNOWN, NEW, SAME
from exhibition.exhibitors.models import ApplicationImport, ImportState
from exhibition.exhibitors.rules import applicant_rows
from exhibition.exhibitors.rules.applicant_rows import ApplicantFault
from exhibition.exhibitors.rules.column_names import FIELDS
from exhibition.exhibitors.rules.row_kinds import RowKind
from exhibition.exhibitors.web.application_forms import ListFileForm
from exhibition.venue.models import Exhibition

blueprint = Blueprint("application_imports", __name__, url_prefix="/desk/applications/import")

RUN = "/<int(max=2147483647):run_id>"
SHOWN_PROBLEMS, SHOWN_ROWS = 100, 100
_COLUMN = re.compile(r"[0-9]{1,3}")

STATE_NAMES = {
    ImportState.MATCHING: _l("Match the columns"),
    ImportState.WAITING: _l("Next in line"),
    ImportState.CHECKING: _l("Being checked"),
    ImportState.PREVIEW: _l("Look at it"),
    ImportState.WRITING: _l("Being written"),
    ImportState.DONE: _l("Done"),
    ImportState.FAILED: _l("Failed"),
    ImportState.CANCELLED: _l("Cancelled"),
}
FIELD_NAMES = {
    "name": _l("Business"),
    "kind": _l("Kind"),
    "contact_name": _l("Contact person"),
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "product_group": _l("Product group"),
    "district": _l("District"),
    "description": _l("Description"),
    "storefront_url": _l("Online shop"),
    "nib": _l("NIB"),
    "pirt": _l("P-IRT"),
    "halal": _l("Halal"),
    "power_va": _l("Power (VA)"),
    "water": _l("Water"),
    "accessible": _l("Accessible"),
    "attended": _l("Attended before"),
    "wishes": _l("Booth wishes"),
    "zone_wishes": _l("Zone wishes"),
    "near": _l("Near"),
    "avoid": _l("Avoid"),
    "share": _l("Would share"),
}
REASONS = {
    ApplicantFault.MISSING: _l("There is no name."),
    ApplicantFault.TOO_LONG: _l("The text is too long."),
    ApplicantFault.PHONE: _l("This is not a phone number."),
    ApplicantFault.EMAIL: _l("This is not an e-mail address."),
    ApplicantFault.LICENCE: _l("This number does not have the shape of the licence."),
    ApplicantFault.NUMBER: _l("This is not a number of volt-amperes."),
    ApplicantFault.CHOICE: _l("This is not one of the possible words."),
    ApplicantFault.ADDRESS: _l("This is not a web address."),
    ApplicantFault.WISH: _l("There is no such booth or zone."),
    ApplicantFault.TOO_MANY: _l("There are more than five."),
    ApplicantFault.REPEATED: _l("The same business stands in an earlier row."),
    ApplicantFault.SHIFTED: _l("This row has more cells than the headings, so its columns are shifted."),
    ApplicantFault.BROKEN: _l("A quotation mark in this row is never closed."),
    ApplicantFault.NEAR_WORD: _l("The fair has nearly the same word. Is it meant?"),
    ApplicantFault.SHARED: _l("Others in this list have the same:"),
    ApplicantFault.PRESENT: _l("An application that is here already has the same:"),
}
OUTCOMES = {
    NEW: _l("new"),
    CHANGED: _l("changed"),
    SAME: _l("the same as here"),
    KNOWN: _l("have applied themselves and stay as they are"),
    DECIDED: _l("are decided on and stay as they are"),
    FAULTY: _l("with something wrong, left out"),
}
EFFECTS = {
    NEW: Chip(_l("New"), "good"),
    CHANGED: Chip(_l("Changed"), "accent"),
    SAME: Chip(_l("Same as here")),
    KNOWN: Chip(_l("Applied themselves")),
    DECIDED: Chip(_l("Decided already")),
}
NOTES = {
    RowKind.TOTAL: _l("A total of other rows."),
    RowKind.HEADINGS: _l("Headings or numbers of columns."),
    RowKind.NOTE: _l("A note or the heading of a section."),
}
"""Why a row is no business."""

FAILURES = {
    "file_too_heavy": _l("Reading this list takes too much memory or time. Save it with less in it and try again."),
    "file_unreadable": _l("This list cannot be read. Save it as CSV and import it again."),
    "reading_busy": _l("Too many lists were being read at that moment. Please import this one again."),
    "internal": _l(
        "Something went wrong on our side. Please import the list again; rows that are written already are found again."
    ),
}
"""Why the list as a whole was not read, by the code of the refusal."""


@blueprint.app_template_global()
def list_failure(run: ApplicationImport) -> str:
    """Why an import failed, and what to do."""
    code = run.problems[0]["code"] if run.problems else ""
    return str(FAILURES.get(code, FAILURES["internal"]))


@blueprint.app_template_global()
def import_state(state: ImportState) -> str:
    return str(STATE_NAMES[state])


@blueprint.app_template_global()
def import_reason(code: str) -> str:
    """Why a cell was refused."""
    return str(REASONS[ApplicantFault(code)])


@blueprint.app_template_global()
def import_note(code: str) -> str:
    """Why a row is not taken for a business."""
    return str(NOTES[RowKind(code)])


@blueprint.errorhandler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
def _too_large(_error: Exception) -> ResponseReturnValue:
    message = _("The file is larger than 5 MB. Save it with less in it.")
    return render_template("error.html", status=413, message=message), HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@blueprint.route("", methods=["GET", "POST"])
def start(exhibition: Exhibition) -> ResponseReturnValue:
    """Choose a file."""
    form = ListFileForm()
    if form.validate_on_submit():
        upload = form.file.data
        content = upload.read(uploaded_tables.MAX_BYTES + 1) if upload else b""
        try:
            run = application_imports.start(actor(), exhibition, upload.filename if upload else "", content)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return redirect(url_for(".show", run_id=run.id), HTTPStatus.SEE_OTHER)
    page = render_template(
        "exhibitors/applications/import.html",
        exhibition=exhibition,
        form=form,
        runs=application_imports.latest(exhibition),
        fields=FIELD_NAMES,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _page(run: ApplicationImport, refused: Refused | None = None) -> ResponseReturnValue:
    looked_at = run.state is ImportState.PREVIEW
    examples = application_imports.examples(run) if looked_at or run.state is ImportState.MATCHING else []
    rows = run.rows if looked_at else []
    good = [row for row in rows if not row["remarks"]]
    remarked = [row for row in rows if row["remarks"]]
    number = page_number(request.args.get("page"))
    begin = (number - 1) * SHOWN_ROWS
    shown = good[begin : begin + SHOWN_ROWS]
    values = {
        "run": run,
        "fields": FIELD_NAMES,
        "outcomes": OUTCOMES,
        "effects": EFFECTS,
        "examples": examples,
        "left_out": _cards(run, run.left_out) if looked_at else [],
        "remarked": _cards(run, remarked),
        "good": good,
        "good_page": Page(shown, number, has_next=len(good) > begin + SHOWN_ROWS),
        "problems": run.problems[:SHOWN_PROBLEMS] if run.state is ImportState.DONE else [],
        "notes": [note for note in run.notes if note["code"] != application_imports.SHEETS_LEFT],
        "sheets_left": [note["said"] for note in run.notes if note["code"] == application_imports.SHEETS_LEFT],
        "refused": refused,
    }
    page = render_template("exhibitors/applications/import_run.html", **values)
    return page, refused.status if refused else HTTPStatus.OK


def _cards(run: ApplicationImport, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], list[str]]]:
    """The first rows to look at, each with the fields in which it can be corrected."""
    return [(row, applicant_rows.to_correct(row, run.columns)) for row in rows[:SHOWN_PROBLEMS]]


@blueprint.get(RUN)
def show(exhibition: Exhibition, run_id: int) -> ResponseReturnValue:
    """The current state of the import; the page's script reloads it while the job runs."""
    return _page(application_imports.get(exhibition, run_id))


@blueprint.post(f"{RUN}/columns")
def match(exhibition: Exhibition, run_id: int) -> ResponseReturnValue:
    """Set which column is which."""
    run = application_imports.get(exhibition, run_id)
    chosen = {name: request.form.get(name, "") for name in FIELDS}
    columns = {name: int(text) for name, text in chosen.items() if _COLUMN.fullmatch(text)}
    return _act(exhibition, run_id, lambda: application_imports.match(run, columns))


@blueprint.post(f"{RUN}/confirm")
def confirm(exhibition: Exhibition, run_id: int) -> ResponseReturnValue:
    run = application_imports.get(exhibition, run_id)
    return _act(exhibition, run_id, lambda: application_imports.confirm(actor(), run))


@blueprint.post(f"{RUN}/rows/<int(max=9999):number>")
def correct(exhibition: Exhibition, run_id: int, number: int) -> ResponseReturnValue:
    """Correct cells of one row; of two values for a field the last counts, which is that of a button."""
    run = application_imports.get(exhibition, run_id)
    texts = {name: request.form.getlist(name)[-1] for name in FIELDS if name in request.form}
    try:
        row = application_imports.correct(run, number, texts)
    except Refused as refused:
        return _page(application_imports.get(exhibition, run_id), refused)
    if row.faults:
        name = str(row.values.get("name") or _("Row %(number)s", number=row.place))
        flash(_("%(name)s is still left out. Look at what is marked.", name=name), "warn")
    elif any(note.get("code") not in applicant_rows.LISTED for note in row.remarks):
        flash(_("%(name)s still has a cell that is not understood.", name=row.name), "warn")
    else:
        flash(_("%(name)s is corrected and will be taken.", name=row.name), "good")
    return redirect(url_for(".show", run_id=run_id, _anchor=f"row-{number}"), HTTPStatus.SEE_OTHER)


@blueprint.post(f"{RUN}/cancel")
def cancel(exhibition: Exhibition, run_id: int) -> ResponseReturnValue:
    run = application_imports.get(exhibition, run_id)
    return _act(exhibition, run_id, lambda: application_imports.cancel(run), _("Cancelled. Nothing was changed."))


def _act(exhibition: Exhibition, run_id: int, act: Callable[[], None], done: str = "") -> ResponseReturnValue:
    try:
        act()
    except Refused as refused:
        return _page(application_imports.get(exhibition, run_id), refused)
    if done:
        flash(done, "good")
    return redirect(url_for(".show", run_id=run_id), HTTPStatus.SEE_OTHER)
