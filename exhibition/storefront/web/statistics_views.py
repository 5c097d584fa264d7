"""Results of the fair: the exhibitor's page, and the take-home sheets at the desk."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files import spreadsheets
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import editors
from exhibition.storefront.models import ClickSource
from exhibition.storefront.visits import sheet_runs, sheets, statistics, statistics_export
from exhibition.storefront.visits.statistics import StatisticsSpan
from exhibition.storefront.visits.statistics_export import SOURCES
from exhibition.storefront.web.desk_frame import editor, frame
from exhibition.venue.models import Exhibition

SPANS = {
    StatisticsSpan.ALL: _l("All so far"),
    StatisticsSpan.FAIR: _l("Days of the fair"),
    StatisticsSpan.AFTER: _l("Since the fair"),
}
OWN = "/exhibitor/statistics"
SHEETS = "/desk/statistics/sheets"


def register(blueprint: Blueprint) -> None:
    """Add the pages of statistics to the storefront's blueprint."""
    blueprint.add_url_rule(OWN, endpoint="statistics", view_func=own)
    blueprint.add_url_rule(f"{OWN}.csv", endpoint="statistics_csv", view_func=own_csv)
    blueprint.add_url_rule(f"{OWN}.pdf", endpoint="statistics_pdf", view_func=own_pdf)
    blueprint.add_url_rule(SHEETS, endpoint="sheets", view_func=show_sheets)
    blueprint.add_url_rule(SHEETS, view_func=make_sheets, methods=["POST"])
    blueprint.add_url_rule(f"{SHEETS}.pdf", view_func=sheets_pdf)
    blueprint.add_url_rule(f"{SHEETS}.zip", view_func=sheets_zip)
    blueprint.add_app_template_global(_source_label, "source_label")
    blueprint.add_app_template_global(_span_label, "span_label")


def _source_label(source: ClickSource) -> str:
    return str(SOURCES[source])


def _span_label(span: StatisticsSpan) -> str:
    return str(SPANS[span])


def _exhibitor() -> tuple[Exhibitor, list[Exhibitor]]:
    """The exhibitor in the address, or the user's first; with all whom the user acts for."""
    mine = editors.exhibitors_of(editor())
    slug = request.args.get("exhibitor", "")
    if slug:
        return editors.exhibitor_for(editor(), slug), mine
    if not mine:
        raise NotFound(_("Your account is not linked to an exhibitor yet. Please ask the organizers."))
    return mine[0], mine


def own(exhibition: Exhibition) -> ResponseReturnValue:
    """The exhibitor's figures; organizers who name no exhibitor are sent to the desk's table, to choose one."""
    if editor().organizer and not request.args.get("exhibitor") and not editors.exhibitors_of(editor()):
        return redirect(url_for("reports.statistics"))
    exhibitor, mine = _exhibitor()
    during = statistics.period(exhibition, request.args.get("period", ""))
    return render_template(
        "storefront/visits/statistics.html",
        frame=frame(),
        exhibitor=exhibitor,
        mine=mine,
        exhibition=exhibition,
        spans=statistics.spans(exhibition),
        found=statistics.of(exhibitor, exhibition, during),
    )


def own_csv(exhibition: Exhibition) -> Response:
    exhibitor, _mine = _exhibitor()
    during = statistics.period(exhibition, request.args.get("period", ""))
    content = spreadsheets.as_csv(statistics_export.table(exhibitor, during))
    return _file(content, spreadsheets.CSV_TYPE, f"statistics-{exhibitor.slug}.csv")


def own_pdf(exhibition: Exhibition) -> Response:
    """The exhibitor's take-home sheet as of now."""
    exhibitor, _mine = _exhibitor()
    return _file(sheets.pdf(exhibition, [exhibitor]), "application/pdf", f"{exhibitor.slug}.pdf")


def show_sheets(exhibition: Exhibition) -> ResponseReturnValue:
    """The newest run as it is now; the page's script fetches it again while the run goes on."""
    run = sheet_runs.latest(exhibition)
    ready = sheet_runs.finished(exhibition)
    values = {
        "run": run,
        "silent": run is not None and sheet_runs.is_silent(run),
        "ready": ready,
        "exhibitors": sheet_runs.exhibitors_of(ready),
    }
    return render_template("storefront/visits/sheets.html", exhibition=exhibition, **values)


def make_sheets(exhibition: Exhibition) -> ResponseReturnValue:
    try:
        sheet_runs.start(actor(), exhibition)
    except Refused as refused:
        flash(str(refused.message), "warn")
    return redirect(url_for("storefront.sheets"))


def sheets_pdf(exhibition: Exhibition) -> Response:
    """One exhibitor's sheet of the newest run (``exhibitor``), or all sheets in one file for printing."""
    slug = request.args.get("exhibitor", "")
    if slug:
        return _file(sheet_runs.sheet(exhibition, slug), "application/pdf", f"{slug}.pdf")
    return _file(sheet_runs.together(exhibition), "application/pdf", f"sheets-{exhibition.slug}.pdf")


def sheets_zip(exhibition: Exhibition) -> Response:
    return _file(sheet_runs.zipped(exhibition), "application/zip", f"sheets-{exhibition.slug}.zip")


def _file(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
