"""The desk's layouts: which booths are open, and the spacing planner that proposes them."""

import re
from collections import defaultdict
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.venue import layouts, service, spacing_planner
from exhibition.venue.models import Exhibition
from exhibition.venue.service import PlacedBooth
from exhibition.venue.spacing_planner import Question
from exhibition.venue.web.forms import LayoutForm, SpacingForm

blueprint = Blueprint("layouts", __name__, url_prefix="/desk/layouts")

ROW = "<int(max=2147483647):"
OWN = "own-"
"""Before the names of the fields of a layout of one's own, beside those of the planner's draft."""
FIRST_COUNT = 38
"""The number of booths open at the fair of 2020, as the first question."""


def _page(
    exhibition: Exhibition,
    form: SpacingForm,
    draft_form: LayoutForm | None = None,
    refused: Refused | None = None,
    own_form: LayoutForm | None = None,
) -> tuple[str, int]:
    run = spacing_planner.latest(exhibition)
    page = render_template(
        "venue/layouts/layouts.html",
        exhibition=exhibition,
        hall=service.hall(exhibition),
        layouts=layouts.listed(exhibition),
        form=form,
        draft_form=draft_form or LayoutForm(formdata=None),
        own_form=own_form or LayoutForm(formdata=None, prefix=OWN),
        run=run,
        working=run is not None and spacing_planner.is_working(run),
        refused=refused,
    )
    faulty = any(one is not None and one.errors for one in (form, draft_form, own_form))
    return page, refused.status if refused else 422 if faulty else 200


def _latest_question_form(exhibition: Exhibition) -> SpacingForm:
    """The form, filled in with the latest question."""
    run = spacing_planner.latest(exhibition)
    if run is None:
        return SpacingForm(formdata=None, count=FIRST_COUNT)
    codes = {name: " ".join(run.question[name]) for name in ("fixed", "forbidden")}
    return SpacingForm(formdata=None, data=run.question | codes)


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """Every layout, the spacing planner, and its latest answer."""
    return _page(exhibition, _latest_question_form(exhibition))


@blueprint.post("")
def create(exhibition: Exhibition) -> ResponseReturnValue:
    """Begin a layout with no booth in use, to tick them."""
    form = LayoutForm(prefix=OWN)
    if form.validate_on_submit():
        try:
            layout_id = layouts.draft(actor(), exhibition, form.name.data or "", ())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return redirect(url_for("layouts.layout", layout_id=layout_id))
    return _page(exhibition, _latest_question_form(exhibition), own_form=form)


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"[^\s,;]+", (text or "").upper())))


@blueprint.post("/spacing")
def ask(exhibition: Exhibition) -> ResponseReturnValue:
    form = SpacingForm()
    if not form.validate_on_submit():
        return _page(exhibition, form)
    question = Question(
        count=form.count.data,
        distance_m=form.distance_m.data,
        metric=form.metric.data,
        fixed=_codes(form.fixed.data),
        forbidden=_codes(form.forbidden.data),
    )
    try:
        spacing_planner.ask(actor(), exhibition, question)
    except Refused as refused:
        show_refusal(form, refused)
        return _page(exhibition, form)
    return redirect(url_for("layouts.show") + "#answer")


@blueprint.post(f"/spacing/{ROW}number>/draft")
def draft(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    """Make the planner's answer a draft layout."""
    run, form = spacing_planner.get(exhibition, number), LayoutForm()
    if run.answer is None or not form.validate_on_submit():
        return _page(exhibition, _latest_question_form(exhibition), form)
    try:
        layout_id = layouts.draft(actor(), exhibition, form.name.data or "", run.answer["open"])
    except Refused as refused:
        if refused.field != "name":
            return _page(exhibition, _latest_question_form(exhibition), form, refused)
        show_refusal(form, refused)
        return _page(exhibition, _latest_question_form(exhibition), form)
    flash(_("The draft is there. Nothing changes before you publish it."), "good")
    return redirect(url_for("layouts.layout", layout_id=layout_id))


def _rows(booths: Sequence[PlacedBooth]) -> list[tuple[str, list[PlacedBooth]]]:
    """The booths by the letters that their codes begin with."""
    rows: dict[str, list[PlacedBooth]] = defaultdict(list)
    for booth in booths:
        rows[re.split(r"\d", booth.code, maxsplit=1)[0].strip(" -")].append(booth)
    return sorted(rows.items())


def _layout_page(exhibition: Exhibition, layout_id: int, refused: Refused | None = None) -> tuple[str, int]:
    hall = service.hall(exhibition)
    page = render_template(
        "venue/layouts/layout.html",
        exhibition=exhibition,
        hall=hall,
        layout=layouts.get(exhibition, layout_id),
        in_rows=_rows,
        what=layouts.consequences(exhibition, layout_id),
        form=LayoutForm(formdata=None),
        refused=refused,
    )
    return page, refused.status if refused else 200


@blueprint.get(f"/{ROW}layout_id>")
def layout(exhibition: Exhibition, layout_id: int) -> ResponseReturnValue:
    """One layout on the plan, what publishing it changes and for whom, and tick boxes for its booths."""
    return _layout_page(exhibition, layout_id)


@blueprint.post(f"/{ROW}layout_id>")
def change(exhibition: Exhibition, layout_id: int) -> ResponseReturnValue:
    try:
        require_valid(FlaskForm())
        codes = request.form.getlist("codes")
        layouts.change(actor(), exhibition, layout_id, codes, request.form.get("seen", ""))
    except Refused as refused:
        return _refused(exhibition, layout_id, refused)
    flash(_("The draft is saved."), "good")
    return redirect(url_for("layouts.layout", layout_id=layout_id))


@blueprint.post(f"/{ROW}layout_id>/copy")
def copy(exhibition: Exhibition, layout_id: int) -> ResponseReturnValue:
    form = LayoutForm()
    try:
        require_valid(form)
        codes = layouts.get(exhibition, layout_id).codes
        copied = layouts.draft(actor(), exhibition, form.name.data or "", codes)
    except Refused as refused:
        return _refused(exhibition, layout_id, refused)
    flash(_("The draft is there. Nothing changes before you publish it."), "good")
    return redirect(url_for("layouts.layout", layout_id=copied))


@blueprint.post(f"/{ROW}layout_id>/publish")
def publish(exhibition: Exhibition, layout_id: int) -> ResponseReturnValue:
    try:
        require_valid(FlaskForm())
        knowing = request.form.get("knowing") == "yes"
        layouts.publish(actor(), exhibition, layout_id, knowing=knowing)
    except Refused as refused:
        return _refused(exhibition, layout_id, refused)
    flash(_("The layout is published."), "good")
    return redirect(url_for("layouts.show"))


@blueprint.post(f"/{ROW}layout_id>/remove")
def remove(exhibition: Exhibition, layout_id: int) -> ResponseReturnValue:
    try:
        require_valid(FlaskForm())
        layouts.remove(actor(), exhibition, layout_id)
    except Refused as refused:
        return _refused(exhibition, layout_id, refused)
    flash(_("The draft is gone."), "good")
    return redirect(url_for("layouts.show"))


def _refused(exhibition: Exhibition, layout_id: int, refused: Refused) -> ResponseReturnValue:
    if refused.code == "not_found":
        raise refused
    return _layout_page(exhibition, layout_id, refused)
