"""What all JSON calls under ``/api/v1`` share: strict bodies, problem answers, the OpenAPI document."""

from typing import Any

from flask import Flask, Response
from flask_babel import gettext as _
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.types import ResponseDict
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exhibition.core.errors import problem

PREFIX = "/api/v1"


class Body(BaseModel):
    """A JSON body: unknown members are refused, types are not coerced."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FieldError(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details. ``code`` is stable; ``detail`` is a sentence in the caller's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    errors: list[FieldError] | None = Field(None, description="One entry for each field at fault.")


PROBLEMS: ResponseDict = {
    "400": Problem,
    "413": Problem,
    "415": Problem,
    "422": Problem,
    "429": Problem,
}


def blueprint(name: str, import_name: str, **options: Any) -> APIBlueprint:
    """A blueprint under ``/api/v1`` whose calls document the problems any call may answer with."""
    return APIBlueprint(f"{name}_api", import_name, url_prefix=PREFIX, abp_responses=PROBLEMS, **options)


def on_invalid(error: ValidationError) -> Response:
    """Name each field at fault; flask-openapi3 calls this when a body, path or query does not fit its model."""
    errors = [
        {"field": ".".join(str(part) for part in fault["loc"]) or "body", "message": fault["msg"]}
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = errors[0]
    detail = _("%(field)s is not valid: %(reason)s", field=first["field"], reason=first["message"])
    return problem(422, "invalid", detail, field=first["field"], errors=errors)


def exempt_from_csrf(app: Flask) -> None:
    """JSON calls carry no cookie rights, so they need no CSRF token: devices and visitors bring their own key."""
    from exhibition.core.extensions import csrf

    for blueprint in app.blueprints.values():
        if isinstance(blueprint, APIBlueprint):
            csrf.exempt(blueprint)
