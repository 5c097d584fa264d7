"""Holding each request against the access table.

A role holds for all editions or for one: anyone who has it somewhere gets as far as the edition that the address speaks
of, and must have it there (``require_at``).
"""

from datetime import timedelta
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from exhibition.accounts import audit, refusals
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.refusals import Refusal
from exhibition.accounts.rights import NOBODY, Rights, rights_of
from exhibition.accounts.web import link_holders
from exhibition.accounts.web.access import ROUTES
from exhibition.accounts.web.access_kinds import ADMINISTRATOR, Access, permits
from exhibition.accounts.web.disclosure import (
    MAY_BE_STORED,
    RECORDED_WHERE_MADE,
    WITHOUT_FORMS,
    holds_contacts,
)
from exhibition.accounts.web.known_devices import network
from exhibition.accounts.web.signin import FRESH_FOR, actor
from exhibition.core import clock
from exhibition.core.errors import STATUS_PHRASES, NotFound, Refused
from exhibition.core.web.origins import SAFE_METHODS
from exhibition.core.web.security import NO_STORE


def rights() -> Rights:
    """Those of whoever sends this request: of an account, else of the link that was opened in this browser."""
    if current_user.is_authenticated:
        return rights_of(cast("User", current_user))
    holder = link_holders.present()
    return Rights(at={holder.exhibition_id: frozenset({RoleName.EXHIBITOR})}) if holder else NOBODY


def _permits(endpoint: str, roles: frozenset[str], mine: Rights) -> bool:
    if ROUTES[endpoint] is Access.SIGNED_IN:
        return current_user.is_authenticated and bool(roles)
    return permits(ROUTES[endpoint], roles | {ADMINISTRATOR} if mine.administers else roles, bearer=False)


def require_at(exhibition_id: int) -> None:
    """Whoever sends this request must have a role that the table asks for at this very edition.

    Raises NotFound: of an edition that is not theirs people learn nothing.
    """
    mine = rights()
    if not _permits(request.endpoint or "", mine.at_edition(exhibition_id), mine):
        if mine.anywhere:
            refusals.note(Refusal.ACCESS, actor(), request.endpoint or "", network(), "not_found")
        raise NotFound


def editions_open(endpoint: str) -> frozenset[int] | None:
    """The ids of the editions at which whoever sends this request may open the page; None: all of them."""
    mine = rights()
    if _permits(endpoint, mine.everywhere, mine):
        return None
    return frozenset(one for one in mine.at if _permits(endpoint, mine.at_edition(one), mine))


def may_open(endpoint: str) -> bool:
    """Whether a link to this page is of use to whoever sends this request."""
    mine = rights()
    return _permits(endpoint, mine.anywhere, mine)


def _asked_by_a_script() -> bool:
    """A script cannot do anything with the sign-in page; it opens the page that it is on again."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def _ask_for_password() -> ResponseReturnValue | None:
    """Lead to the page that asks for the password, unless it was typed just now; from there the person comes back."""
    if clock.now().timestamp() - session.get("fs_paa", 0) < FRESH_FOR.total_seconds():
        return None
    if _asked_by_a_script():
        raise Refused("password_needed", _("Type your password once more before you take this list."), status=401)
    flash(_("This list has people's addresses and numbers. Type your password, then it is yours."), "warn")
    safe = request.method in SAFE_METHODS
    back = request.full_path.rstrip("?") if safe else urlsplit(request.referrer or "").path or "/desk"
    return redirect(url_for("security.verify", next=back), HTTPStatus.FOUND if safe else HTTPStatus.SEE_OTHER)


def _lacks_second_step() -> bool:
    """The pages of the sign-in itself stay open, so that it can be set up."""
    setting_up = (request.endpoint or "").startswith("security.")
    return not setting_up and current_user.is_authenticated and cast("User", current_user).lacks_second_step


def _lead_to_second_step() -> ResponseReturnValue:
    message = _("Set up the second step first; organizers need it to reach the desk.")
    if _asked_by_a_script() or request.method not in SAFE_METHODS:
        raise Refused("second_step_missing", message, status=HTTPStatus.FORBIDDEN)
    flash(message, "warn")
    return redirect(url_for("security.two_factor_setup"))


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address: the answer is 404 for everybody
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
    mine = rights()
    if _permits(request.endpoint, mine.anywhere, mine):
        if access is not Access.SIGNED_IN and _lacks_second_step():
            return _lead_to_second_step()
        return _ask_for_password() if holds_contacts(request.endpoint, request.view_args or {}) else None
    known = current_user.is_authenticated and bool(mine.anywhere)
    if known or request.path.startswith("/api/") or _asked_by_a_script():
        status = HTTPStatus.FORBIDDEN if known else HTTPStatus.UNAUTHORIZED
        raise Refused(status.name.lower(), STATUS_PHRASES[status], status=status)
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def _keep_private(response: Response) -> Response:
    """Have no answer kept that is not declared public, and no address with a secret told to other sites or found."""
    if request.endpoint not in MAY_BE_STORED or request.method not in SAFE_METHODS:
        response.headers["Cache-Control"] = NO_STORE
    if ROUTES.get(request.endpoint or "") is Access.KEY:
        # With "no-referrer" the page's own forms would not say where they come from (core.web.origins).
        response.headers["Referrer-Policy"] = "no-referrer" if request.endpoint in WITHOUT_FORMS else "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _record_list(response: Response) -> Response:
    """Write down that a list of contacts was handed out: each file, and a page once in a while."""
    endpoint = request.endpoint or ""
    handed_out = response.status_code == HTTPStatus.OK and endpoint not in RECORDED_WHERE_MADE
    if handed_out and holds_contacts(endpoint, request.view_args or {}):
        again_after = FRESH_FOR if response.mimetype == "text/html" else timedelta()
        audit.record_list(actor(), endpoint, request.path, again_after=again_after)
    return response


def init_app(app: Flask) -> None:
    app.before_request(_check)
    app.after_request(_keep_private)
    app.after_request(_record_list)
    app.jinja_env.tests["open_to_me"] = may_open
    app.jinja_env.globals["may_open"] = may_open
