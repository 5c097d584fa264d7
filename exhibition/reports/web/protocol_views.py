"""The desk's page of the health protocol's report, and the same as a document."""

from datetime import date

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from exhibition.core import clock
from exhibition.core.i18n import LOCALES, current_locale
from exhibition.reports import protocol, protocol_document
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def register(blueprint: Blueprint) -> None:
    """Add the report to the reports' blueprint."""
    blueprint.add_url_rule("/desk/protocol", endpoint="protocol", view_func=show)
    blueprint.add_url_rule("/desk/protocol.pdf", endpoint="protocol_pdf", view_func=as_pdf)
    blueprint.add_url_rule("/desk/protocol.xlsx", endpoint="protocol_xlsx", view_func=as_xlsx)


def _day(exhibition: Exhibition) -> date:
    """The requested day; otherwise today within the fair, or its first or last day."""
    try:
        wanted = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        wanted = venue.local_day(exhibition, clock.now())
    return min(max(wanted, exhibition.starts_on), exhibition.ends_on)


def _columns(names: list[str], rows: list[list[str | int]]) -> list[str | tuple[str, str]]:
    """The headings, those above numbers marked as such."""
    first = rows[0] if rows else names
    return [(name, "number") if isinstance(cell, int) else name for name, cell in zip(names, first, strict=True)]


def show(exhibition: Exhibition) -> ResponseReturnValue:
    day = protocol.of_day(exhibition, _day(exhibition))
    return render_template(
        "reports/protocol.html",
        exhibition=exhibition,
        day=day,
        days=venue.days(exhibition),
        figures=protocol_document.figures(day),
        tables=[
            (heading, _columns(names, rows), rows) for heading, names, rows in protocol_document.tables(day, exhibition)
        ],
        chart=protocol_document.chart(day, exhibition),
        address=lambda other: url_for("reports.protocol", day=other.isoformat()),
    )


def _language() -> str:
    wanted = request.args.get("language")
    return wanted if wanted in LOCALES else current_locale()


def _download(content: bytes, mimetype: str, exhibition: Exhibition, day: date, ending: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    name = f"protocol-{exhibition.slug}-{day.isoformat()}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def as_pdf(exhibition: Exhibition) -> Response:
    day = _day(exhibition)
    with force_locale(_language()):
        content = protocol_document.pdf(protocol.of_day(exhibition, day), exhibition)
    return _download(content, "application/pdf", exhibition, day, "pdf")


def as_xlsx(exhibition: Exhibition) -> Response:
    day = _day(exhibition)
    with force_locale(_language()):
        content = protocol_document.xlsx(protocol.of_day(exhibition, day), exhibition)
    return _download(content, XLSX, exhibition, day, "xlsx")
