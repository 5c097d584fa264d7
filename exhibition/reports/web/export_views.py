"""The desk's page of exports, and each of them as a file."""

from dataclasses import replace

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.allocation import service as allocation
from exhibition.core import clock
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_chunks, xlsx_chunks
from exhibition.core.web.forms import require_valid
from exhibition.reports import exports, plan_sheet
from exhibition.reports.web.words import in_words
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy

MIMETYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
CHUNKS = {"csv": csv_chunks, "xlsx": xlsx_chunks}


def register(blueprint: Blueprint) -> None:
    """Add the exports to the reports' blueprint."""
    blueprint.add_url_rule("/desk/exports", endpoint="exports", view_func=show)
    blueprint.add_url_rule("/desk/exports/plan.pdf", endpoint="plan_pdf", view_func=plan_pdf)
    blueprint.add_url_rule("/desk/exports/<key>.<kind>", endpoint="export", view_func=download)
    blueprint.add_url_rule("/desk/exports/<key>", endpoint="export_why", view_func=download_why, methods=["POST"])


def _page(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    page = render_template(
        "reports/exports.html",
        exhibition=exhibition,
        datasets=exports.DATASETS,
        reasons=privacy.REASONS,
        refused=refused,
    )
    return page, refused.status if refused else 200


def show(exhibition: Exhibition) -> ResponseReturnValue:
    """All exports: tables, the plan, signs, badges."""
    return _page(exhibition)


def _file_name(exhibition: Exhibition, key: str, kind: str) -> str:
    day = venue.local_day(exhibition, clock.now())
    return f"{exhibition.slug}-{key}-{day:%Y%m%d}.{kind}"


def _file(exhibition: Exhibition, key: str, kind: str, reason: str = "") -> Response:
    if kind not in CHUNKS:
        raise NotFound
    table = exports.table(actor(), exhibition, key, kind, reason)
    chunks = CHUNKS[kind](replace(table, rows=map(in_words, table.rows)))
    answer = Response(stream_with_context(chunks), mimetype=MIMETYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{_file_name(exhibition, key, kind)}"'
    return answer


def download(exhibition: Exhibition, key: str, kind: str) -> Response:
    """One table; each download is in the audit trail."""
    return _file(exhibition, key, kind)


def download_why(exhibition: Exhibition, key: str) -> ResponseReturnValue:
    """A table of visitors' names, for a reason."""
    try:
        require_valid(FlaskForm())
        return _file(exhibition, key, request.form.get("kind", "")[:8], request.form.get("reason", "")[:20])
    except NotFound:
        raise
    except Refused as refused:
        return _page(exhibition, refused)


def plan_pdf(exhibition: Exhibition) -> Response:
    """``?paper=a3``; ``?everything=1`` shows held and offered booths with their exhibitors."""
    paper = request.args.get("paper", "a4")
    if paper not in plan_sheet.PAPERS:
        raise NotFound
    hall = venue.hall(exhibition)
    planned = allocation.plan if request.args.get("everything") else allocation.shown
    content = plan_sheet.pdf(exhibition, hall, planned(exhibition, hall), paper=paper)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_file_name(exhibition, f"plan-{paper}", "pdf")}"'
    return answer
