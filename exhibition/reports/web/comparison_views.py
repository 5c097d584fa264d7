"""The administrators' page that compares fairs, and the same as a table to download."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from exhibition.core.files.spreadsheets import CSV_TYPE, as_csv
from exhibition.reports import comparison, comparison_rows
from exhibition.reports.comparison import Comparison

FAIR = "edition"


def register(blueprint: Blueprint) -> None:
    """Add the comparison to the reports' blueprint."""
    blueprint.add_url_rule("/desk/editions/compare", endpoint="comparison", view_func=show)
    blueprint.add_url_rule("/desk/editions/compare.csv", endpoint="comparison_csv", view_func=download)


def _compared() -> Comparison:
    """``?edition=`` names a fair, and may be given several times."""
    return comparison.compare(request.args.getlist(FAIR))


def show() -> ResponseReturnValue:
    found = _compared()
    return render_template(
        "reports/comparison.html",
        found=found,
        slugs=[one.exhibition.slug for one in found.fairs],
        most=comparison.MOST,
        name_of=comparison_rows.name_of,
        change_text=comparison_rows.change_text,
        figures=comparison_rows.figures(found),
        hours=comparison_rows.hours(found),
        refusals=comparison_rows.refusals(found),
        chart=comparison_rows.chart(found),
    )


def download() -> Response:
    found = _compared()
    answer = Response(as_csv(comparison_rows.table(found)), mimetype=CSV_TYPE)
    names = "-".join(one.exhibition.slug for one in found.fairs)
    answer.headers["Content-Disposition"] = f'attachment; filename="compared-{names}.csv"'
    return answer
