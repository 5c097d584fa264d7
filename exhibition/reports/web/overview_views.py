"""The desk's page of the exhibitors' results, and the same as a table to download."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_number
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.core.files.spreadsheets import CSV_TYPE, Table, as_csv
from exhibition.core.i18n import short_date
from exhibition.reports import bars_chart, overview
from exhibition.storefront.visits import statistics
from exhibition.venue.models import Exhibition

COLUMNS = (
    _l("Exhibitor"),
    _l("Booth"),
    _l("Zone"),
    _l("Cluster"),
    _l("District"),
    _l("Products"),
    _l("Views"),
    _l("Clicks to the shop"),
    _l("Favourites"),
)


def register(blueprint: Blueprint) -> None:
    """Add the overview to the reports' blueprint."""
    blueprint.add_url_rule("/desk/statistics", endpoint="statistics", view_func=show)
    blueprint.add_url_rule("/desk/statistics.csv", endpoint="statistics_csv", view_func=download)


def _overview(exhibition: Exhibition) -> overview.FairOverview:
    return overview.overview(exhibition, statistics.period(exhibition, request.args.get("period", "")))


def show(exhibition: Exhibition) -> ResponseReturnValue:
    found = _overview(exhibition)
    return render_template(
        "reports/statistics.html", found=found, spans=statistics.spans(exhibition), days_chart=_days_chart(found)
    )


def _days_chart(found: overview.FairOverview) -> str:
    """Views, clicks and favourites day by day, each on a scale of its own."""
    days = [(day, short_date(day)) for day, _figures in found.days]
    rows = [
        (f"{name}: {format_number(total)}", {day: figures[n] for day, figures in found.days})
        for n, (name, total) in enumerate(
            zip((_("Views"), _("Clicks to the shop"), _("Favourites")), found.totals, strict=True)
        )
    ]
    return bars_chart.svg(rows, days, _("Views, clicks and favourites day by day"), one_scale=False)


def download(exhibition: Exhibition) -> Response:
    rows = [
        [line.exhibitor.name, line.code, line.zone, line.cluster, line.exhibitor.district, line.products, *line.figures]
        for line in _overview(exhibition).lines
    ]
    answer = Response(as_csv(Table("", COLUMNS, rows)), mimetype=CSV_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="statistics-{exhibition.slug}.csv"'
    return answer
