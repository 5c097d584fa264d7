"""After each request: whether its answer is a refusal that the audit trail keeps or the account's owner is told of."""

from http import HTTPStatus
from typing import cast

from flask import Flask, Response, g, request, session
from flask_security import current_user

from exhibition.accounts import refusals
from exhibition.accounts.models import User
from exhibition.accounts.refusals import Refusal
from exhibition.accounts.sign_in import wrong_tries
from exhibition.accounts.web.known_devices import network
from exhibition.accounts.web.signin import actor, datastore, email_typed
from exhibition.core.limiting.tries import seconds_to_wait

WRONG_BEFORE_TOLD = "10 per hour"
SIGN_IN_FORMS = frozenset(
    {"security.login", "security.verify", "security.two_factor_token_validation", "security.mf_recovery"}
)
"""Forms that are shown again, with 200, when what was typed is wrong."""
NOTED_ELSEWHERE = frozenset({"password_needed", "second_step_missing", "password_wrong", "pin_wrong"})
"""Codes of refusals that only lead people to a form, or that have an entry of their own."""
KINDS = {
    HTTPStatus.UNAUTHORIZED: Refusal.ACCESS,
    HTTPStatus.FORBIDDEN: Refusal.ACCESS,
    HTTPStatus.TOO_MANY_REQUESTS: Refusal.LIMIT,
}


def _note(response: Response) -> Response:
    if response.status_code == HTTPStatus.OK:
        if request.method == "POST" and request.endpoint in SIGN_IN_FORMS:
            _note_wrong_sign_in(request.endpoint)
        return response
    kind = KINDS.get(HTTPStatus(response.status_code))
    code: str = g.get("refused", "")
    if kind is not None and code not in NOTED_ELSEWHERE:
        who = actor() if current_user.is_authenticated else refusals.NOBODY
        refusals.note(kind, who, request.endpoint or "", network(), code)
    return response


def _note_wrong_sign_in(form: str) -> None:
    refusals.note_wrong_sign_in(_whose(form), form, network())
    if form == "security.login" and seconds_to_wait(WRONG_BEFORE_TOLD, "wrong password", email_typed()) is not None:
        wrong_tries.tell(email_typed())


def _whose(form: str) -> User | None:
    """The account that somebody tried to sign in with."""
    if current_user.is_authenticated:
        return cast("User", current_user)
    if form == "security.login":
        return cast("User | None", datastore.find_user(email=email_typed()))
    return cast("User | None", datastore.find_user(fs_uniquifier=session.get("tf_user_id", "")))


def init_app(app: Flask) -> None:
    app.after_request(_note)
