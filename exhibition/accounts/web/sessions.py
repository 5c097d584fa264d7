"""Tying Flask's session and remember-me cookie to a sign-in that the server can end (``accounts.sign_in.sign_ins``).

Flask-Login keeps one text in both cookies and asks us whose it is. That text is the secret key of a sign-in here, so
one look at the table decides about both.
"""

from typing import Any

from flask import Flask, Response, after_this_request, g, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security import Security
from flask_security.utils import set_request_attr

from exhibition.accounts.models import User
from exhibition.accounts.sign_in import sign_ins
from exhibition.accounts.sign_in.sign_ins import SignedIn, SignInOrigin
from exhibition.accounts.web import known_devices, link_holders
from exhibition.accounts.web.datastore import Datastore
from exhibition.core.web.origins import SAFE_METHODS

FORGET_PAGES = '"cache"'
"""Sent at sign-out (Clear-Site-Data): pages of the desk leave the browser's cache. Not ``"storage"``, which would also
erase scans that a gate page in the same browser has not sent yet."""


def this_one() -> SignedIn | None:
    """The sign-in that this request came with; None before anything has asked who sends it."""
    return g.get("sign_in")


def sign_in_id() -> int:
    """The id of the sign-in of a request that the access table has let through as somebody's."""
    signed_in = this_one()
    if signed_in is None:
        raise RuntimeError("this request is nobody's")
    return signed_in.id


def _load(key: str) -> User | None:
    found = sign_ins.find(str(key))
    g.sign_in = found
    if found is None:
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return found.user


def _no_tokens(_request: Any) -> None:
    """Flask-Security would also take a token in the address or body; nobody has one."""


def _is_by_a_person() -> bool:
    """Whether somebody opened a page or sent a form, as far as the browser says; pages also ask again by themselves."""
    if request.method not in SAFE_METHODS:
        return True
    by_itself = "HX-Request" in request.headers or "text/event-stream" in request.headers.get("Accept", "")
    return not by_itself and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _note_use(_error: BaseException | None) -> None:
    """At the very end, when a file that is read while it is sent needs the request's database session no more."""
    signed_in = this_one()
    if signed_in is not None and _is_by_a_person():
        sign_ins.note_use(signed_in)


def init_app(app: Flask, security: Security, datastore: Datastore) -> None:
    manager: Any = security.login_manager
    manager.user_loader(_load)
    manager.request_loader(_no_tokens)
    app.teardown_request(_note_use)

    def begin(_app: Flask, user: User, **_values: Any) -> None:
        """The key is new at each sign-in, and so is the token of the forms: nobody can have planted them before."""
        user_id, email, before = user.id, user.email, this_one()
        session.pop("csrf_token", None)
        g.pop("csrf_token", None)
        link_holders.leave()  # else signing out would lead back into somebody else's pages
        origin = SignInOrigin(
            user_agent=request.user_agent.string,
            address=request.remote_addr or "",
            remembered=session.get("_remember") == "set",
        )

        def store(response: Response) -> Response:
            datastore.store_changes()  # a new password ends all sign-ins, so it must be stored before this one begins
            instead_of = None if before is None else before.id
            session["_user_id"] = sign_ins.begin(user_id, origin, instead_of=instead_of)
            known_devices.remember(response, email)
            return response

        after_this_request(store)

    def end(_app: Flask, **_values: Any) -> None:
        if (signed_in := g.pop("sign_in", None)) is not None:
            sign_ins.sign_out(signed_in)

        def forget(response: Response) -> Response:
            response.headers["Clear-Site-Data"] = FORGET_PAGES
            return response

        after_this_request(forget)

    user_logged_in.connect(begin, app, weak=False)
    user_logged_out.connect(end, app, weak=False)
