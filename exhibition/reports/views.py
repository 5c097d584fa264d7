"""The desk's first page: today at a glance, live."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from exhibition.core.live import Topic
from exhibition.reports import service, texts
from exhibition.venue.service import current_exhibition

blueprint = Blueprint("reports", __name__)


def _look() -> dict[str, Any]:
    return service.pulse(current_exhibition())


pulse = Topic(_look)


@blueprint.get("/desk")
def desk() -> ResponseReturnValue:
    """Today at a glance; only the changing part when the page asks for it again."""
    exhibition = current_exhibition()
    template = "reports/_today.html" if request.headers.get("HX-Request") else "reports/desk.html"
    return render_template(template, exhibition=exhibition, today=service.today(exhibition), refusals=texts.REFUSALS)


@blueprint.get("/desk/live")
def live() -> Response:
    """Server-sent events: the pulse, whenever it changes."""
    return pulse.stream(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 documented way to pass the app to a thread


@blueprint.get("/desk/pulse.json")
def poll() -> Response:
    """The same pulse for browsers and networks that cannot hold a stream."""
    return jsonify(_look())


@blueprint.get("/desk/curve.json")
def curve() -> Response:
    """People inside through the day, for the chart."""
    return jsonify(service.curve(current_exhibition()))
