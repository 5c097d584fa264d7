"""The access table: every route of the application and who may use it. There is no second place.

A request to a route that is not listed is refused; a test walks the URL map and fails on a missing line.
What a person may do with *one* object (their own exhibitor, their own pass) is decided by the service.
"""

import enum
from http import HTTPStatus

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from exhibition.accounts.models import RoleName
from exhibition.core.errors import STATUS_PHRASES, NotFound, Refused


class Access(enum.Enum):
    PUBLIC = "anybody"
    KEY = "whoever has the secret in the address; the service checks it"
    DEVICE = "an enrolled device with its bearer token; the service checks it"
    SIGNED_IN = "anybody signed in"
    ORGANIZER = "organizers"
    GATE = "gate staff and organizers"
    EXHIBITOR = "exhibitors and organizers"
    NOBODY = "nobody: a library brings the route and we do not use it"


ROLES = {
    Access.ORGANIZER: frozenset({RoleName.ORGANIZER}),
    Access.GATE: frozenset({RoleName.GATE, RoleName.ORGANIZER}),
    Access.EXHIBITOR: frozenset({RoleName.EXHIBITOR, RoleName.ORGANIZER}),
}

ROUTES: dict[str, Access] = {
    # core
    "static": Access.PUBLIC,
    "core.healthz": Access.PUBLIC,
    "core.readyz": Access.PUBLIC,
    "openapi.doc_url": Access.PUBLIC,
    "openapi.openapi": Access.NOBODY,
    "openapi.static": Access.NOBODY,
    # accounts
    "security.login": Access.PUBLIC,
    "security.logout": Access.PUBLIC,
    "security.forgot_password": Access.PUBLIC,
    "security.reset_password": Access.KEY,
    "security.verify": Access.SIGNED_IN,
    "security.change_password": Access.SIGNED_IN,
    "security.two_factor_setup": Access.ORGANIZER,
    "security.two_factor_setup_validate": Access.ORGANIZER,
    "security.two_factor_token_validation": Access.PUBLIC,  # the password was right, the code is asked for now
    "security.two_factor_rescue": Access.NOBODY,
    "security.tf_select": Access.NOBODY,
    "security.mf_recovery": Access.PUBLIC,
    "security.mf_recovery_codes": Access.ORGANIZER,
    "accounts.start": Access.SIGNED_IN,
    "accounts.profile": Access.SIGNED_IN,
    "accounts.accept": Access.KEY,
    "accounts.users": Access.ORGANIZER,
    "accounts.disable": Access.ORGANIZER,
    "accounts.enable": Access.ORGANIZER,
    "accounts.remove_second_step": Access.ORGANIZER,
    "accounts.resend": Access.ORGANIZER,
    "accounts.revoke": Access.ORGANIZER,
    "accounts.audit_trail": Access.ORGANIZER,
}


def permits(access: Access, roles: frozenset[str], *, bearer: bool) -> bool:
    """Whether somebody with these roles (none: not signed in) may use a route."""
    match access:
        case Access.PUBLIC | Access.KEY:
            return True
        case Access.DEVICE:
            return bearer
        case Access.SIGNED_IN:
            return bool(roles)
        case Access.NOBODY:
            return False
        case _:
            return bool(roles & ROLES[access])


def _roles() -> frozenset[str]:
    return frozenset(role.name for role in current_user.roles) if current_user.is_authenticated else frozenset()


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address: the answer is 404 whoever asks
    access = ROUTES.get(request.endpoint)
    if access is None:
        raise Refused("not_declared", _("This address is not open to anybody."), status=HTTPStatus.FORBIDDEN)
    if access is Access.NOBODY:
        raise NotFound
    if access in (Access.PUBLIC, Access.KEY):
        return None
    if access is Access.DEVICE:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            raise Refused("device_unknown", _("Enrol this device first."), status=HTTPStatus.UNAUTHORIZED)
        return None
    roles = _roles()
    if permits(access, roles, bearer=False):
        return None
    if roles or request.path.startswith("/api/"):
        status = HTTPStatus.FORBIDDEN if roles else HTTPStatus.UNAUTHORIZED
        raise Refused(status.name.lower(), STATUS_PHRASES[status], status=status)
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def init_app(app: Flask) -> None:
    app.before_request(_check)
