"""The desk's first page: today at a glance, live."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_security import current_user

from exhibition.accounts.models import RoleName
from exhibition.accounts.service import keys_of
from exhibition.core.web.live import Topic
from exhibition.reports import service, texts
from exhibition.reports.web import export_views, overview_views, protocol_views
from exhibition.venue.service import current_exhibition

blueprint = Blueprint("reports", __name__)


def _look() -> dict[str, Any]:
    return service.pulse(current_exhibition())


pulse = Topic(_look, every_s=1.0, allowed=lambda: keys_of(RoleName.ORGANIZER))


@blueprint.get("/desk")
def desk() -> ResponseReturnValue:
    """Today at a glance; only the changing part when the page asks for it again."""
    exhibition = current_exhibition()
    template = "reports/_today.html" if request.headers.get("HX-Request") else "reports/desk.html"
    return render_template(template, exhibition=exhibition, today=service.today(exhibition), refusals=texts.REFUSALS)


@blueprint.get("/desk/live")
def live() -> Response:
    """Server-sent events: the pulse, whenever it changes, as long as the user is an organizer."""
    return pulse.stream(current_user.fs_uniquifier)


@blueprint.get("/desk/pulse.json")
def poll() -> Response:
    """The same pulse for browsers and networks that cannot hold a stream."""
    return jsonify(_look())


@blueprint.get("/desk/curve.json")
def curve() -> Response:
    """People inside through the day, for the chart."""
    return jsonify(service.curve(current_exhibition()))


overview_views.register(blueprint)
protocol_views.register(blueprint)
export_views.register(blueprint)
