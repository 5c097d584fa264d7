"""Takings at the desk: sums with what they cover, who has not told, corrections, and the evening's report."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files.spreadsheets import XLSX_TYPE
from exhibition.core.i18n import LOCALES, current_locale, long_date
from exhibition.core.web.forms import show_refusal
from exhibition.core.web.list_files import asked_kind, list_file
from exhibition.core.web.lists import whole_list
from exhibition.exhibitors import participants
from exhibition.exhibitors import service as exhibitors
from exhibition.takings import document, overview, service
from exhibition.takings.overview import SellerLine
from exhibition.takings.web.forms import TakingsForm, typed_amounts
from exhibition.takings.web.takings_list import TAKINGS
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition

blueprint = Blueprint("takings_desk", __name__)

WHOLE = "fair"
"""Instead of a day in addresses."""
TOLD, MISSING = "told", "missing"


def _day(exhibition: Exhibition) -> date | None:
    """The requested day of the fair, None for the whole; otherwise the last that has begun, or the first."""
    text = request.args.get("day", "")
    if text == WHOLE:
        return None
    begun = service.days_to_tell(exhibition)
    usual = begun[-1] if begun else exhibition.starts_on
    return next((day for day in venue.days(exhibition) if day.isoformat() == text), usual)


def _named(day: date | None) -> str:
    return day.isoformat() if day else WHOLE


def _wanted(line: SellerLine, words: str, state: str) -> bool:
    told = line.amounts is not None
    if (state == TOLD and not told) or (state == MISSING and told):
        return False
    of_line = f"{line.exhibitor.name} {line.seller.booth} {line.seller.group} {line.seller.district}".casefold()
    return all(word in of_line for word in words.casefold().split())


@blueprint.get("/desk/takings")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """``?day=`` is one of the fair's, or ``fair``; ``?state=`` and ``?q=`` narrow the list; ``?file=`` as a file."""
    found = overview.overview(exhibition, _day(exhibition))
    words, state = request.args.get("q", "")[:80], request.args.get("state", "")
    rows = [line for line in found.lines if _wanted(line, words, state)]
    listed = whole_list(TAKINGS, "takings_desk.show", rows, ("day", "q", "state"))
    if kind := asked_kind():
        table = listed.view.table(_("Takings"), listed.rows, exhibition.timezone)
        return list_file(kind, table, f"{exhibition.slug}-takings-{_named(found.day)}")
    return render_template(
        "takings/desk.html",
        exhibition=exhibition,
        found=found,
        title=document.title(found),
        groups=document.groups(found),
        named=document.named,
        covers=lambda part: document.covers(part, by_day=found.day is None),
        days=venue.days(exhibition),
        address=lambda day: url_for("takings_desk.show", day=_named(day)),
        name=_named(found.day),
        listed=listed,
        words=words,
        state=state,
        states=[(TOLD, _("told")), (MISSING, _("not told yet"))],
    )


def _language() -> str:
    wanted = request.args.get("language")
    return wanted if wanted in LOCALES else current_locale()


def _download(content: bytes, mimetype: str, exhibition: Exhibition, day: date | None, ending: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    name = f"takings-{exhibition.slug}-{_named(day)}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/desk/takings.pdf")
def as_pdf(exhibition: Exhibition) -> Response:
    day = _day(exhibition)
    with force_locale(_language()):
        content = document.pdf(overview.overview(exhibition, day), exhibition)
    return _download(content, "application/pdf", exhibition, day, "pdf")


@blueprint.get("/desk/takings.xlsx")
def as_xlsx(exhibition: Exhibition) -> Response:
    day = _day(exhibition)
    with force_locale(_language()):
        content = document.xlsx(overview.overview(exhibition, day), exhibition)
    return _download(content, XLSX_TYPE, exhibition, day, "xlsx")


@blueprint.route("/desk/takings/<day>/<slug>", methods=["GET", "POST"])
def correct(exhibition: Exhibition, day: str, slug: str) -> ResponseReturnValue:
    """Enter or correct what one exhibitor took on one day."""
    exhibitor = participants.require(exhibition, exhibitors.by_slug(slug))
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    if on not in venue.days(exhibition):
        raise NotFound
    refused: Refused | None = None
    before = service.told(exhibition, exhibitor.id).get(on)
    form = TakingsForm(data=typed_amounts(service.amounts_of(before)) if before else None)
    if form.validate_on_submit():
        try:
            amounts = service.read_amounts(form.typed())
            service.correct(actor(), exhibition, exhibitor, on, amounts, form.note.data or "")
        except Refused as error:
            if error.field and error.field in form:
                show_refusal(form, error)
            else:
                refused = error
        else:
            flash(_("Kept: the takings of %(name)s, %(day)s.", name=exhibitor.name, day=long_date(on)), "good")
            return redirect(url_for(".show", day=on.isoformat()), HTTPStatus.SEE_OTHER)
    page = render_template(
        "takings/correct.html",
        exhibition=exhibition,
        exhibitor=exhibitor,
        day=on,
        before=before,
        form=form,
        refused=refused,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or refused else HTTPStatus.OK
