"""The desk's page of movements: every entry and exit that counts, to find a wrong one and correct it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.sql.paging import page_number
from exhibition.core.web.forms import show_refusal
from exhibition.core.web.list_files import asked_kind, list_file
from exhibition.core.web.lists import ListView, list_view
from exhibition.gate.steward import corrections
from exhibition.gate.steward.corrections import MovementLine
from exhibition.gate.web.forms import CorrectionForm
from exhibition.gate.web.lists import MOVEMENTS
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import LARGEST_PARTY

blueprint = Blueprint("movements", __name__, url_prefix="/desk/movements")

ROW = "<int(max=2147483647):"
INVALID = 422


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The movements, newest first; with ``?q=`` those of one pass, with ``?file=`` all of them as a file."""
    if kind := asked_kind():
        table = _view().table(_("Entries and exits"), corrections.all_listed(exhibition, _code()), exhibition.timezone)
        return list_file(kind, table, f"{exhibition.slug}-movements", streamed=True)
    return _page(exhibition)


@blueprint.post(f"/{ROW}scan_id>")
def correct(exhibition: Exhibition, scan_id: int) -> ResponseReturnValue:
    """Write what happened instead of a movement."""
    form = CorrectionForm()
    if not form.validate_on_submit():
        return _page(exhibition, form=form, scan_id=scan_id), INVALID
    try:
        corrections.at_desk(actor(), exhibition, scan_id, form.people.data or 0, form.reason.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        show_refusal(form, refused if refused.field in form else Refused(refused.code, refused.message, field="people"))
        return _page(exhibition, form=form, scan_id=scan_id), refused.status
    flash(_("Corrected. Both the old and the new movement stay written down."), "good")
    return redirect(url_for(".show", q=request.args.get("q")))


def _code() -> str:
    return (request.args.get("q") or "").strip()[:64]


def _view() -> ListView[MovementLine]:
    code = _code()
    return list_view(MOVEMENTS, "movements.show", {"q": code} if code else {})


def _page(exhibition: Exhibition, *, form: FlaskForm | None = None, scan_id: int | None = None) -> str:
    code = _code()
    page = corrections.listed(exhibition, code, number=page_number(request.args.get("page")))
    return render_template(
        "gate/movements.html",
        exhibition=exhibition,
        page=page,
        view=_view(),
        code=code,
        form=form,
        scan_id=scan_id,
        largest_party=LARGEST_PARTY,
    )
