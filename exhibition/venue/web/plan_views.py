"""The plan at the desk: its editor and the editor's calls, its versions, and its files."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.web.forms import require_valid
from exhibition.venue import service
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import export as plan_export
from exhibition.venue.plan import pictures as plan_pictures
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.reading import plan_json
from exhibition.venue.plan.reading.plan_problems import MOST_PROBLEMS, PlanProblem, all_problems, problems
from exhibition.venue.plan.reading.plan_repairs import ProblemGroup, gathered
from exhibition.venue.plan.reading.plan_values import FloorPlan
from exhibition.venue.web import plan_requests, plan_texts

blueprint = Blueprint("hall", __name__, url_prefix="/desk/hall")

NUMBER = "<int(max=2147483647):number>"
A_YEAR_S = 31_536_000
FORMATS = {
    "json": "application/json",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}


@blueprint.get("")
def editor(exhibition: Exhibition) -> ResponseReturnValue:
    """The editor; without its script, a picture of the plan with its problems and links to files and versions."""
    plan = plan_versions.current(exhibition)
    return render_template(
        "venue/plan/hall.html",
        exhibition=exhibition,
        plan=plan,
        hall=service.hall(exhibition),
        data=_editor_data(exhibition, plan),
        problems=[plan_texts.problem_text(plan, one) for one in problems(plan)],
        kinds=plan_texts.KIND_NAMES,
    )


def _editor_data(exhibition: Exhibition, plan: FloorPlan) -> dict[str, Any]:
    """The data with which the editor's script starts."""
    return {
        "plan": plan.document(ids=True),
        "mark": plan.mark,
        "holders": {str(number): name for number, name in plan_versions.holders(exhibition).items()},
        "kinds": {kind: str(name) for kind, name in plan_texts.KIND_NAMES.items()},
        "addresses": {
            "judge": url_for("hall.judge"),
            "save": url_for("hall.save"),
            "number": url_for("hall_acts.number"),
            "repair": url_for("hall_acts.repair"),
            "picture": url_for("hall.add_picture"),
            "pictures": url_for("hall.picture", digest="-"),
        },
    }


def _problem_rows(plan: FloorPlan, found: list[PlanProblem]) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code.value,
            "text": plan_texts.problem_text(plan, one),
            "booths": one.booths,
            "landmarks": one.landmarks,
            "hall": one.hall,
        }
        for one in found
    ]


def _group_row(plan: FloorPlan, group: ProblemGroup) -> dict[str, Any]:
    return {
        "code": group.code.value,
        "text": plan_texts.group_text(plan, group),
        "repair": plan_texts.repair_text(plan, group),
        "booths": group.booths,
        "landmarks": group.landmarks,
        "hall": group.hall,
    }


@blueprint.post("/problems")
def judge(exhibition: Exhibition) -> ResponseReturnValue:
    """The problems of the plan in the editor, and what saving it would change."""
    try:
        plan = plan_json.floor_plan(plan_requests.body().get("plan"))
    except Refused as refused:
        return plan_requests.refusal(refused)
    changes = plan_versions.consequences(exhibition, plan)
    found = all_problems(plan)
    return {
        "count": len(found),
        "groups": [_group_row(plan, group) for group in gathered(found)],
        "problems": _problem_rows(plan, found[:MOST_PROBLEMS]),
        "affected": [plan_texts.affected_text(one) for one in changes.affected],
        "changes": plan_texts.change_texts(changes),
    }


@blueprint.post("/save")
def save(exhibition: Exhibition) -> ResponseReturnValue:
    """Save the plan in the editor; the answer contains the plan as saved."""
    try:
        body = plan_requests.body()
        plan = plan_json.floor_plan(body.get("plan"))
        seen, note = str(body.get("mark", "")), str(body.get("note", ""))
        saved = plan_versions.save(actor(), exhibition, plan, seen=seen, note=note, knowing=body.get("knowing") is True)
    except Refused as refused:
        return plan_requests.refusal(refused)
    now = plan_versions.current(exhibition)
    text = _("Nothing has changed, so nothing was saved.") if saved.changes.nothing else ""
    text = text or _("Saved as version %(number)s.", number=saved.number)
    return {"number": saved.number, "mark": saved.mark, "plan": now.document(ids=True), "text": text}


@blueprint.post("/picture")
def add_picture(exhibition: Exhibition) -> ResponseReturnValue:
    """Store a picture for the background; it becomes part of the plan when that is saved."""
    upload = request.files.get("picture")
    try:
        content = upload.read() if upload else b""
        kept = plan_pictures.add(actor(), exhibition, content)
    except Refused as refused:
        return plan_requests.refusal(refused)
    return {"picture": kept.digest, "pixel_width": kept.pixel_width, "pixel_height": kept.pixel_height}


@blueprint.get("/picture/<digest>")
def picture(exhibition: Exhibition, digest: str) -> ResponseReturnValue:
    answer = Response(plan_pictures.content(exhibition, digest), mimetype="image/jpeg")
    answer.cache_control.private = True
    answer.cache_control.max_age = A_YEAR_S
    return answer


@blueprint.get("/plan.<form>")
def export(exhibition: Exhibition, form: str) -> ResponseReturnValue:
    """The plan as a file: as it is now, or with ``version`` as it was then."""
    if form not in FORMATS:
        raise NotFound
    number = request.args.get("version", type=int)
    plan = plan_versions.version(exhibition, number)[1] if number else plan_versions.current(exhibition)
    makers: dict[str, Any] = {
        "json": plan_export.as_json,
        "svg": plan_export.as_svg,
        "pdf": plan_export.as_pdf,
    }
    name = f"{exhibition.slug}-plan{f'-{number}' if number else ''}.{form}"
    answer = Response(makers[form](exhibition, plan), mimetype=FORMATS[form])
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.get("/versions")
def versions(exhibition: Exhibition) -> ResponseReturnValue:
    """Every version, newest first."""
    found = plan_versions.versions(exhibition)
    return render_template("venue/plan/versions.html", exhibition=exhibition, versions=found)


def _version_page(exhibition: Exhibition, number: int, refused: Refused | None = None) -> tuple[str, int]:
    found, plan = plan_versions.version(exhibition, number)
    present = plan_versions.current(exhibition)
    changes = plan_versions.consequences(exhibition, plan)
    page = render_template(
        "venue/plan/version.html",
        exhibition=exhibition,
        version=found,
        plan=plan,
        mark=present.mark,
        changes=changes,
        change_texts=plan_texts.change_texts(changes),
        affected=[plan_texts.affected_text(one) for one in changes.affected],
        problems=[plan_texts.problem_text(plan, one) for one in problems(plan)],
        refused=refused,
    )
    return page, refused.status if refused else 200


@blueprint.get(f"/versions/{NUMBER}")
def version(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    """One version on the plan, and what going back to it would change."""
    return _version_page(exhibition, number)


@blueprint.post(f"/versions/{NUMBER}/back")
def go_back(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    try:
        require_valid(FlaskForm())
        knowing = request.form.get("knowing") == "yes"
        saved = plan_versions.go_back(actor(), exhibition, number, seen=request.form.get("mark", ""), knowing=knowing)
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return _version_page(exhibition, number, refused)
    flash(_("Saved as version %(number)s.", number=saved.number), "good")
    return redirect(url_for("hall.editor"))
