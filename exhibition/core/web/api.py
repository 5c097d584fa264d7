"""Shared by all JSON calls under ``/api/v1``: strict bodies, problem answers, the OpenAPI document."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, request
from flask_babel import gettext as _
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.media_type import MediaType
from flask_openapi3.types import ResponseDict
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from exhibition.core.errors import STATUS_PHRASES
from exhibition.core.web.answers import problem

PREFIX = "/api/v1"
METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Body(BaseModel):
    """A JSON body: unknown members are refused, types are not coerced."""

    model_config = ConfigDict(extra="forbid", strict=True)


def as_problem(name: str) -> ConfigDict:
    """The configuration of a problem model: its answers are sent as ``application/problem+json``."""
    media_type = MediaType.model_validate({"schema": {"$ref": f"#/components/schemas/{name}"}})
    return cast("ConfigDict", {"openapi_extra": {"content": {"application/problem+json": media_type}}})


class FieldError(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details. ``code`` is stable; ``detail`` is a sentence in the caller's language."""

    model_config = as_problem("Problem")

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    errors: list[FieldError] | None = Field(None, description="One entry for each field at fault.")


PROBLEMS: ResponseDict = {
    "400": Problem,
    "405": Problem,
    "413": Problem,
    "415": Problem,
    "422": Problem,
    "429": Problem,
}


_callers: dict[str, Callable[[], object]] = {}


def blueprint(
    name: str, import_name: str, *, caller: Callable[[], object] | None = None, **options: Any
) -> APIBlueprint:
    """A blueprint under ``/api/v1``; its calls document the problems that any call may answer with.

    ``caller`` raises when the caller has no right. It is asked before a request is refused for what it says, so a call
    without a right is told so whatever it sends; a sound call is not asked twice.
    """
    made = APIBlueprint(f"{name}_api", import_name, url_prefix=PREFIX, abp_responses=PROBLEMS, **options)
    made.before_request(_read_json)
    if caller is not None:
        _callers[made.name] = caller
    return made


def check_caller() -> None:
    """Look at the caller's right, before the request is refused for what it says."""
    if (caller := _callers.get(request.blueprint or "")) is not None:
        caller()


def _read_json() -> Response | None:
    """Refuse a body that is too long, not JSON, not UTF-8, or nested too deeply to read, before any model sees it."""
    refusal = _unreadable()
    if refusal is not None:
        check_caller()
    return refusal


def _unreadable() -> Response | None:
    if request.method not in METHODS_WITH_BODY:
        return None
    try:
        if not request.get_data():
            return None
    except RequestEntityTooLarge:
        check_caller()
        raise
    if not request.is_json:
        return problem(415, "unsupported_media_type", str(STATUS_PHRASES[415]), field="body")
    try:
        request.get_json()
    except (BadRequest, RecursionError):
        return problem(400, "bad_json", _("The body is not valid JSON in UTF-8."), field="body")
    return None


def on_invalid(error: ValidationError) -> Response:
    """Name each field at fault; flask-openapi3 calls this when a body, path or query does not fit its model."""
    check_caller()
    errors = [
        {"field": ".".join(str(part) for part in fault["loc"]) or "body", "message": fault["msg"]}
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = errors[0]
    detail = _("%(field)s is not valid: %(reason)s", field=first["field"], reason=first["message"])
    return problem(422, "invalid", detail, field=first["field"], errors=errors)


def exempt_from_csrf(app: Flask) -> None:
    """Exempt JSON calls from CSRF tokens: cookies give them no rights, devices and visitors send their own key."""
    from exhibition.core.extensions import csrf

    for blueprint in app.blueprints.values():
        if isinstance(blueprint, APIBlueprint):
            csrf.exempt(blueprint)
