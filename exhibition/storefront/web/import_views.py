"""The pages of imports: the address or file of a shop, the progress, the preview, and the result."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused
from exhibition.core.web.forms import show_refusal
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import editors, service
from exhibition.storefront.importing import import_runs, problem_texts
from exhibition.storefront.models import ImportRun, RunState
from exhibition.storefront.rules import doubts
from exhibition.storefront.web.desk_frame import editor, frame
from exhibition.storefront.web.forms import ImportForm

RUN_LABELS = {
    RunState.WAITING: _l("Next in line"),
    RunState.READING: _l("Being read"),
    RunState.PREVIEW: _l("Look at it"),
    RunState.PUBLISHED: _l("Published"),
    RunState.UNCHANGED: _l("No changes"),
    RunState.FAILED: _l("Not read"),
    RunState.CANCELLED: _l("Cancelled"),
}
IMPORT = "/exhibitor/listings/<slug>/import"
RUN = f"{IMPORT}/<int(max=2147483647):run_id>"
_NUMBER = re.compile(r"[0-9]{1,9}")
PRICE = "price-"
"""The beginning of the names of fields for prices, before the row."""
SHOWN_PROBLEMS = 100


def register(blueprint: Blueprint) -> None:
    """Add the pages of imports to the storefront's blueprint."""
    blueprint.add_url_rule(IMPORT, view_func=start_import, methods=["GET", "POST"])
    blueprint.add_url_rule(RUN, view_func=import_run)
    blueprint.add_url_rule(f"{RUN}/publish", view_func=publish_import, methods=["POST"])
    blueprint.add_url_rule(f"{RUN}/look-over", view_func=look_over, methods=["POST"])
    blueprint.add_url_rule(f"{RUN}/rupiah", view_func=take_as_rupiah, methods=["POST"])
    blueprint.add_url_rule(f"{RUN}/cancel", view_func=cancel_import, methods=["POST"])
    blueprint.add_url_rule(f"{IMPORT}/stop", view_func=stop_import, methods=["POST"])
    blueprint.add_app_template_global(_run_label, "run_label")
    blueprint.add_app_template_global(problem_texts.place, "problem_place")
    blueprint.add_app_template_global(problem_texts.advice, "problem_advice")
    blueprint.add_app_template_global(problem_texts.failure, "import_failure")
    blueprint.add_app_template_global(doubts.proposals, "proposed_prices")


def _run_label(state: RunState) -> str:
    return str(RUN_LABELS[state])


def start_import(slug: str) -> ResponseReturnValue:
    """Ask for the address or the file; the reading itself is done by a job."""
    exhibitor = editors.exhibitor_for(editor(), slug)
    form = ImportForm()
    if not form.is_submitted() and (storefront := service.storefront_of(exhibitor)):
        form.url.data = storefront.url
    if form.validate_on_submit():
        try:
            run = import_runs.start(editor(), slug, form.wish())
        except Refused as refused:
            if refused.code == "import_running":
                flash(str(refused.message), "warn")
            else:
                show_refusal(form, refused)
        else:
            return redirect(url_for("storefront.import_run", slug=slug, run_id=run.id))
    page = render_template(
        "storefront/importing/import.html",
        frame=frame(),
        form=form,
        exhibitor=exhibitor,
        source=import_runs.source_of(exhibitor),
        runs=import_runs.runs_of(exhibitor),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def import_run(slug: str, run_id: int) -> ResponseReturnValue:
    """A run as it is now; the page's script fetches it again while the run goes on."""
    exhibitor, run = import_runs.run_for(editor(), slug, run_id)
    return _page(exhibitor, run)


def _page(
    exhibitor: Exhibitor,
    run: ImportRun,
    wrong: Mapping[int, LazyString] | None = None,
    typed: Mapping[int, str] | None = None,
) -> ResponseReturnValue:
    """The run's page; ``wrong`` says what is wrong with the prices that were ``typed``, by row."""
    rows = import_runs.rows_of(run) if run.state is RunState.PREVIEW else {}
    every = [row for kind in rows.values() for row in kind]
    at_cards = [doubt for row in every for doubt in row.doubts]
    values = {
        "exhibitor": exhibitor,
        "run": run,
        "rows": rows,
        "pictures": import_runs.pictures_of(every),
        "wrong": wrong or {},
        "typed": typed or {},
        "unnamed_currency": any(row.stated for row in every),
        "problems": [one for one in run.problems if one not in at_cards],
        "most_problems": SHOWN_PROBLEMS,
        "pictures_waiting": import_runs.pictures_waiting(exhibitor) if run.state is RunState.PUBLISHED else 0,
    }
    page = render_template("storefront/importing/run.html", frame=frame(), **values)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _ticked() -> set[int]:
    return {int(text) for text in request.form.getlist("row") if _NUMBER.fullmatch(text)}


def _prices() -> dict[int, str]:
    """The price typed for each row; that of a proposal's button, ``row:amount``, counts before a typed one."""
    typed = {
        int(name.removeprefix(PRICE)): text
        for name, text in request.form.items()
        if name.startswith(PRICE) and _NUMBER.fullmatch(name.removeprefix(PRICE))
    }
    row, _colon, amount = request.form.get("proposed", "").partition(":")
    return typed | ({int(row): amount} if _NUMBER.fullmatch(row) else {})


def look_over(slug: str, run_id: int) -> ResponseReturnValue:
    """Note what is ticked and the prices that are corrected; nothing is published yet."""
    prices = _prices()
    wrong = import_runs.look_over(editor(), slug, run_id, _ticked(), prices)
    if wrong:
        return _page(*import_runs.run_for(editor(), slug, run_id), wrong, prices)
    row = request.form.get("proposed", "").partition(":")[0] or request.form.get("at", "")
    anchor = f"row-{row}" if _NUMBER.fullmatch(row) else None
    return redirect(url_for("storefront.import_run", slug=slug, run_id=run_id, _anchor=anchor), HTTPStatus.SEE_OTHER)


def take_as_rupiah(slug: str, run_id: int) -> ResponseReturnValue:
    """Take the prices that name no currency as rupiah."""
    import_runs.look_over(editor(), slug, run_id, _ticked(), {})
    import_runs.all_in_rupiah(editor(), slug, run_id)
    flash(_("All prices are in rupiah now. Look at those that are still without one."), "good")
    return redirect(url_for("storefront.import_run", slug=slug, run_id=run_id), HTTPStatus.SEE_OTHER)


def publish_import(slug: str, run_id: int) -> ResponseReturnValue:
    """Publish the ticked rows, with the prices that are corrected."""
    taken, prices = _ticked(), _prices()
    if wrong := import_runs.look_over(editor(), slug, run_id, taken, prices):
        return _page(*import_runs.run_for(editor(), slug, run_id), wrong, prices)
    outcome = import_runs.publish(editor(), slug, run_id, taken)
    waits = not (editor().organizer or editors.exhibitor_for(editor(), slug).trusted)
    if waits and (outcome.new or outcome.changed):
        flash(_("Saved. The organizer looks at your products before visitors see them."), "good")
    else:
        message = _(
            "Done: %(new)s new, %(changed)s changed, %(gone)s taken off.",
            new=outcome.new,
            changed=outcome.changed,
            gone=outcome.gone,
        )
        flash(message, "good")
    if outcome.skipped:
        flash(
            _("%(count)s were changed here meanwhile or did not fit, and stay as they are.", count=outcome.skipped),
            "warn",
        )
    return redirect(url_for("storefront.import_run", slug=slug, run_id=run_id))


def cancel_import(slug: str, run_id: int) -> ResponseReturnValue:
    import_runs.cancel(editor(), slug, run_id)
    flash(_("Cancelled. Nothing was changed."), "good")
    return redirect(url_for("storefront.start_import", slug=slug))


def stop_import(slug: str) -> ResponseReturnValue:
    import_runs.stop_reading_again(editor(), slug)
    flash(_("Your shop is no longer read by itself. The products stay as they are."), "good")
    return redirect(url_for("storefront.start_import", slug=slug))
