"""Importing a plan at the desk: choose the file, look at its plan and at what it would change, confirm."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import imports as plan_imports
from exhibition.venue.plan.imports import Preview
from exhibition.venue.plan.plan_files import ReadingOptions
from exhibition.venue.plan.reading.plan_columns import FIELDS
from exhibition.venue.web import plan_texts
from exhibition.venue.web.forms import PlanFileForm, PlanWishForm

blueprint = Blueprint("hall_import", __name__, url_prefix="/desk/hall/import")

NUMBER = "<int(max=2147483647):number>"
SHOWN_FAULTS = 100
COLUMN = "column_"


@blueprint.route("", methods=["GET", "POST"])
def start(exhibition: Exhibition) -> ResponseReturnValue:
    """Choose the file."""
    form = PlanFileForm()
    if form.validate_on_submit():
        try:
            upload = form.file.data
            number = plan_imports.begin(actor(), exhibition, upload.filename or "", upload.read())
        except Refused as refused:
            if refused.field != "file":
                form.file.errors = [*form.file.errors, str(refused.message)]
            else:
                show_refusal(form, refused)
        else:
            return redirect(url_for("hall_import.preview", number=number))
    return render_template("venue/plan/import.html", exhibition=exhibition, form=form), 422 if form.errors else 200


def _columns(values: Mapping[str, str]) -> dict[str, int]:
    """The columns matched by hand."""
    chosen = {name: values.get(COLUMN + name, "") for name in FIELDS}
    return {name: int(text) for name, text in chosen.items() if text.isdecimal() and len(text) <= 3}  # noqa: PLR2004 — there are at most 100


def _wish(values: MultiDict[str, str]) -> tuple[ReadingOptions, PlanWishForm]:
    """How the file is to be read; an invalid value is replaced by the default and reported at its field."""
    form = PlanWishForm(values if "mode" in values else None)
    if "mode" not in values:
        return ReadingOptions(), form
    form.validate()
    wrong = set(form.errors)

    def said(name: str, otherwise: object) -> object:
        return form[name].data if name not in wrong and form[name].data is not None else otherwise

    wish = ReadingOptions(
        replace=form.mode.data == "replace",
        columns=_columns(values),
        unit=str(said("unit", "")),
        centred=form.centred.data,
        fit=form.fit.data,
        drawing_width_m=said("drawing_width_m", None),  # pyright: ignore[reportArgumentType] a number or None
        booth_width_m=said("booth_width_m", ReadingOptions.booth_width_m),  # pyright: ignore[reportArgumentType] a number
        booth_depth_m=said("booth_depth_m", ReadingOptions.booth_depth_m),  # pyright: ignore[reportArgumentType] a number
    )
    return wish, form


def _preview_page(
    exhibition: Exhibition, number: int, values: MultiDict[str, str], refused: Refused | None = None
) -> tuple[str, int]:
    wish, form = _wish(values)
    found = plan_imports.preview(exhibition, number, wish)
    if "mode" not in values:
        form.mode.data = "replace" if found.reading.wish.replace else "add"
        form.unit.data = found.reading.wish.unit or "m"
    page = render_template(
        "venue/plan/import_preview.html",
        exhibition=exhibition,
        form=form,
        found=found,
        columns=plan_texts.COLUMN_NAMES,
        faults=_faults(found),
        problems=[plan_texts.problem_text(found.reading.wanted, one) for one in found.problems],
        change_texts=plan_texts.change_texts(found.changes),
        affected=[plan_texts.affected_text(one) for one in found.changes.affected],
        values=values,
        refused=refused,
    )
    return page, refused.status if refused else 422 if form.errors else 200


def _faults(found: Preview) -> list[dict[str, str]]:
    return [
        {"cell": one.cell, "reason": str(plan_texts.FAULTS[one.code]), "said": one.said}
        for one in found.reading.faults[:SHOWN_FAULTS]
    ]


@blueprint.get(f"/{NUMBER}")
def preview(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    """The plan in the file, what it would change and for whom; nothing is written."""
    return _preview_page(exhibition, number, request.args)


@blueprint.post(f"/{NUMBER}")
def confirm(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    try:
        require_valid(FlaskForm())
        wish, _form = _wish(request.form)
        seen, knowing = request.form.get("mark", ""), request.form.get("knowing") == "yes"
        saved = plan_imports.confirm(actor(), exhibition, number, wish, seen=seen, knowing=knowing)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return _preview_page(exhibition, number, request.form, refused)
    if saved.changes.nothing:
        flash(_("Nothing has changed, so nothing was saved."), "good")
    else:
        flash(_("Saved as version %(number)s.", number=saved.number), "good")
    return redirect(url_for("hall.editor"))


@blueprint.post(f"/{NUMBER}/cancel")
def cancel(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    require_valid(FlaskForm())
    plan_imports.cancel(exhibition, number)
    flash(_("Cancelled. Nothing was changed."), "good")
    return redirect(url_for("hall_import.start"))
