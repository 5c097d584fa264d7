"""Answers to refusals, HTTP errors and our own faults: a page, or RFC 9457 problem+json under ``/api/``."""

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, json, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from exhibition.core.errors import STATUS_PHRASES, Refused

log = logging.getLogger(__name__)


def problem(status: int, code: str, detail: str, **members: Any) -> Response:
    """An ``application/problem+json`` answer (RFC 9457)."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    body |= {"detail": detail} | {name: value for name, value in members.items() if value is not None}
    return Response(json.dumps(body), status, content_type="application/problem+json")


def _wants_problem() -> bool:
    return request.path.startswith("/api/")


def _page(status: int, message: str) -> tuple[str, int]:
    return render_template("error.html", status=status, message=message), status


def on_refused(refused: Refused) -> Any:
    """The answer to a refusal; the detail ``retry_after``, in seconds, also becomes the header.

    ``g.refused`` holds the code for those who look at the answer later.
    """
    g.refused = refused.code
    if _wants_problem():
        answer = problem(refused.status, refused.code, str(refused.message), field=refused.field, **refused.details)
    else:
        answer = Response(*_page(refused.status, str(refused.message)))
    if "retry_after" in refused.details:
        answer.headers["Retry-After"] = str(refused.details["retry_after"])
    return answer


def _on_http(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    if isinstance(error, SecurityError):  # the host name is not ours: no address can be built, so no page either
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
    app.register_error_handler(Refused, on_refused)
    app.register_error_handler(HTTPException, _on_http)
    if not app.testing:
        app.register_error_handler(Exception, _on_failure)
