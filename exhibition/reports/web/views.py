"""The desk's first page: today at a glance, live."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from exhibition.accounts.service import organizers_signed_in
from exhibition.accounts.web.sessions import sign_in_id
from exhibition.core.web.live import Topics
from exhibition.reports import service, texts
from exhibition.reports.web import comparison_views, export_views, overview_views, protocol_views
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition

blueprint = Blueprint("reports", __name__)


def _look(exhibition_id: int) -> dict[str, Any]:
    return service.pulse(states.by_id(exhibition_id))


pulse = Topics(_look, every_s=1.0, allowed=organizers_signed_in)


@blueprint.get("/desk")
def desk(exhibition: Exhibition) -> ResponseReturnValue:
    """Today at a glance; only the changing part when the page asks for it again."""
    template = "reports/_today.html" if request.headers.get("HX-Request") else "reports/desk.html"
    return render_template(template, exhibition=exhibition, today=service.today(exhibition), refusals=texts.REFUSALS)


@blueprint.get("/desk/live")
def live(exhibition: Exhibition) -> Response:
    """Server-sent events: the pulse, whenever it changes, as long as the user is an organizer."""
    return pulse.of(exhibition.id).stream(sign_in_id())


@blueprint.get("/desk/pulse.json")
def poll(exhibition: Exhibition) -> Response:
    """The same pulse for browsers and networks that cannot hold a stream."""
    return jsonify(service.pulse(exhibition))


@blueprint.get("/desk/curve.json")
def curve(exhibition: Exhibition) -> Response:
    """People inside through the day, for the chart."""
    return jsonify(service.curve(exhibition))


comparison_views.register(blueprint)
overview_views.register(blueprint)
protocol_views.register(blueprint)
export_views.register(blueprint)
