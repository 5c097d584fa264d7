"""What the editor's calls send, and how a refusal of theirs is answered."""

from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused
from exhibition.core.web.answers import problem
from exhibition.venue.plan.reading import plan_json


def refusal(refused: Refused) -> Response:
    """The refusal as ``application/problem+json``."""
    return problem(refused.status, refused.code, str(refused.message), field=refused.field, **refused.details)


def body() -> dict[str, Any]:
    """The body of the call. Raises Refused ``plan_invalid`` (422)."""
    sent = plan_json.loads(request.get_data())
    if not isinstance(sent, dict):
        message = _l("%(field)s must be an object in braces.", field="{}")
        raise Refused("plan_invalid", message, status=422, field="plan")
    return sent
