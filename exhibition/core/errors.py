"""One family of refusals, and how each becomes an answer at the edge.

A service raises ``Refused`` with a stable ``code``; here it turns into RFC 9457 problem+json under ``/api/``
and into a page elsewhere. The codes are listed in docs/api.md; a test compares.
"""

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, render_template, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, SecurityError

log = logging.getLogger(__name__)

STATUS_PHRASES = {
    400: _l("The request could not be read. Check what you entered and send it again."),
    401: _l("Please sign in first."),
    403: _l("You are not allowed to open this page. Sign in with an account that may."),
    404: _l("There is nothing at this address. It may have moved; start again from the front page."),
    405: _l("This address does not take that kind of request."),
    413: _l("That is too large. The limit is 6 MB."),
    415: _l("Send this as JSON."),
    429: _l("Too many tries. Wait a minute and try again."),
    500: _l("Something went wrong on our side. Nothing was changed; please try again."),
    503: _l("Too busy at this moment. Nothing was changed; please try again."),
}


class Refused(Exception):
    """A use case said no.

    ``code`` is stable and for machines, ``message`` is a sentence for the person, ``field`` names the input at
    fault (the names of the JSON contract), ``details`` are further members of the JSON answer.
    """

    def __init__(
        self,
        code: str,
        message: str | LazyString,
        *,
        status: int = HTTPStatus.CONFLICT,
        field: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = int(status)
        self.field = field
        self.details = details


class NotFound(Refused):
    """The thing does not exist, or not for this person; the answer does not tell which."""

    def __init__(self, message: str | LazyString | None = None) -> None:
        super().__init__("not_found", message or STATUS_PHRASES[404], status=HTTPStatus.NOT_FOUND)


def problem(status: int, code: str, detail: str, **members: Any) -> Response:
    """An ``application/problem+json`` answer (RFC 9457)."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    body |= {"detail": detail} | {name: value for name, value in members.items() if value is not None}
    return Response(json.dumps(body), status, content_type="application/problem+json")


def _wants_problem() -> bool:
    return request.path.startswith("/api/")


def _page(status: int, message: str) -> tuple[str, int]:
    return render_template("error.html", status=status, message=message), status


def _on_refused(refused: Refused) -> Any:
    if _wants_problem():
        return problem(refused.status, refused.code, str(refused.message), field=refused.field, **refused.details)
    return _page(refused.status, str(refused.message))


def _on_http(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    if isinstance(error, SecurityError):  # a host that is not ours: no address can be built, so no page either
        return Response("This server does not answer for that host name.\n", error.code, mimetype="text/plain")
    message = str(STATUS_PHRASES.get(error.code, error.description))
    if _wants_problem():
        answer = problem(error.code, HTTPStatus(error.code).name.lower(), message)
    else:
        answer = Response(*_page(error.code, message))
    for name in ("Allow", "Retry-After"):
        for header, value in error.get_headers(request.environ):
            if header == name:
                answer.headers[name] = value
    return answer


def _on_failure(error: Exception) -> Any:
    log.error("unhandled error", exc_info=error)
    if _wants_problem():
        return problem(500, "internal_server_error", str(STATUS_PHRASES[500]))
    return _page(500, str(STATUS_PHRASES[500]))


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _on_refused)
    app.register_error_handler(HTTPException, _on_http)
    if not app.testing:
        app.register_error_handler(Exception, _on_failure)
