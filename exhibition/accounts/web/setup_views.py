"""``/setup``: the first page of a fresh installation, where its first administrator is made."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import login_user

from exhibition.accounts import setup
from exhibition.accounts.web.forms import SetupForm, show_refusal
from exhibition.core.errors import NotFound, Refused
from exhibition.core.limiting.tries import count_try

blueprint = Blueprint("setup", __name__)

TRIES = "10 per minute; 60 per hour"
"""For everybody together: there is one code, and one person who has it."""


@blueprint.before_app_request
def nobody_could_sign_in() -> ResponseReturnValue | None:
    """Lead from the sign-in page, and so from every desk, to the setup as long as there is no user."""
    if request.endpoint == "security.login" and request.method == "GET" and setup.is_open():
        return redirect(url_for("setup.begin"))
    return None


@blueprint.route("/setup", methods=["GET", "POST"])
def begin() -> ResponseReturnValue:
    """Make the first administrator by the code of the console, sign them in, and go on to their first fair."""
    if not setup.is_open():
        raise NotFound
    form = SetupForm()
    if request.method == "POST":
        count_try(TRIES, "setup")
    if form.validate_on_submit():
        try:
            user = setup.take(
                form.code.data or "",
                form.email.data or "",
                form.password.data or "",
                name=(form.name.data or "").strip(),
            )
        except NotFound:
            raise
        except Refused as refused:
            show_refusal(form, refused)
        else:
            login_user(user, authn_via=["setup"])
            return redirect(url_for("accounts.start"), 303)
    return render_template("accounts/setup.html", form=form), 422 if form.errors else 200
